"""Work that a kernel forks: its sockets, its streams and its interrupts are the kernel's alone."""

from __future__ import annotations

import pytest

from casebook.models import forks

pytestmark = pytest.mark.skipif(not forks.possible(), reason="nothing can be forked here")

WORK = """
import os, signal, sys, time, warnings
from contextlib import closing
from casebook.models.forks import forked
kernel = os.getpid()
def work(job):
    print("printed by a fork")
    sys.stderr.write("written by a fork")
    os.system("echo shell")
    display("shown by a fork")
    warnings.warn(f"warned of job {job}")
    return job
def done(work):
    with closing(forked([0, 1, 2], range(3), work, most=2)) as results:
        return sorted(results)
"""

INTERRUPTED = """
def sleeping(job):
    if job == 0:
        os.kill(kernel, signal.SIGINT)
    time.sleep(600)
try:
    done(sleeping)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("name", ["casebook", "python3"])
def test_forks_of_a_kernel_say_nothing_and_leave_it_as_it_was(start, name):
    kernel = start(name)
    assert kernel.run(WORK) == ""
    said = kernel.run("print(done(work))")
    assert "[(0, 0), (1, 1), (2, 2)]" in said
    assert all(f"warned of job {n}" in said for n in range(3))
    assert "by a fork" not in said
    assert "shell" not in said
    assert kernel.run(INTERRUPTED) == "interrupted"
    assert kernel.run("print(done(lambda job: job * 2))") == "[(0, 0), (1, 2), (2, 4)]"
