"""A warm kernel is what an ordinary one is, to whoever uses it."""

from __future__ import annotations

import json
import os
import signal
import time

import jupyter_kernel_test
import pytest

# What a program can see of the process that it runs in.
STATE = """
import codecs, gc, json, locale, os, resource, signal, sys, tempfile, threading, time, warnings
import matplotlib, sklearn
import matplotlib.pyplot as plt
print(json.dumps({
    "argv": sys.argv[:1], "path": sys.path, "cwd": os.getcwd(), "flags": str(sys.flags),
    "executable": sys.executable, "prefix": sys.prefix, "main": sys.modules["__main__"].__name__,
    "environment": {k: v for k, v in os.environ.items() if k not in ("JPY_PARENT_PID",)},
    "umask": os.umask(0), "locale": locale.setlocale(locale.LC_ALL), "zone": time.tzname,
    "signals": {s.name: str(signal.getsignal(s)) for s in signal.Signals if s.name != "SIGINT"},
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "streams": [s.encoding for s in (sys.__stdin__, sys.__stdout__, sys.__stderr__)],
    "buffering": [s.line_buffering for s in (sys.__stdout__, sys.__stderr__)],
    "leader": os.getsid(0) == os.getpid() == os.getpgrp(),
    "daemon": threading.current_thread().daemon,
    "affinity": sorted(os.sched_getaffinity(0)), "niceness": os.nice(0), "gc": gc.isenabled(),
    "limits": [resource.getrlimit(n) for n in range(16)], "backend": matplotlib.get_backend(),
    "style": plt.rcParams["figure.figsize"], "temporary": tempfile.gettempdir(),
    "recursion": sys.getrecursionlimit(), "switch": sys.getswitchinterval(),
    "files": sorted(n for n in os.listdir("/proc/self/fd") if int(n) < 3),
}))
"""
LIBRARIES = """
import numpy as np, threadpoolctl
from sklearn.ensemble import HistGradientBoostingRegressor
rng = np.random.default_rng(0)
X = rng.normal(size=(20_000, 12)); y = X[:, 0] * X[:, 1] + rng.normal(size=20_000)
model = HistGradientBoostingRegressor(random_state=0, max_iter=40).fit(X, y)
square = X @ (X.T[:, :500])
values = np.linalg.eigvalsh(X.T @ X)
"""
FIGURES = """
import hashlib, os
pools = sorted((p["user_api"], p["num_threads"]) for p in threadpoolctl.threadpool_info())
used = len(os.listdir("/proc/self/task"))
digest = hashlib.sha256(model.predict(X).tobytes() + square.tobytes() + values.tobytes())
print(digest.hexdigest(), pools)
"""


class TestJupytersOwn(jupyter_kernel_test.KernelTests):
    """What Jupyter's own test kit asks of every kernel."""

    kernel_name = "casebook"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples = ({"text": "zi", "matches": {"zip"}},)
    complete_code_samples = ("1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n")
    incomplete_code_samples = ("print('''hello", "def f(x):\n  x*2")
    invalid_code_samples = ("import = 7q",)
    code_page_something = "zip?"
    code_generate_error = "raise RuntimeError"
    code_execute_result = ({"code": "1+2+3", "result": "6"},)
    code_display_data = (
        {"code": "from IPython.display import HTML, display; display(HTML('<b>t</b>'))",
         "mime": "text/html"},
    )  # fmt: skip
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"


def test_the_state_that_code_finds_is_the_same(start, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    monkeypatch.setenv("SOME_VARIABLE", "한글")
    os.umask(before := os.umask(0o027))
    warm, ordinary = (
        json.loads(start(name, cwd=str(tmp_path)).run(STATE)) for name in ("casebook", "python3")
    )
    assert before is not None
    for name, value in ordinary.items():
        assert warm[name] == value, name
    assert warm["cwd"] == str(tmp_path)


def test_fits_with_openmp_and_blas_give_the_same_and_use_all_cores(start) -> None:
    warm, ordinary = start(), start("python3")
    assert warm.is_warm
    assert not ordinary.is_warm
    said = [kernel.run(LIBRARIES + FIGURES) for kernel in (warm, ordinary)]
    assert said[0] == said[1]
    cores = len(os.sched_getaffinity(0))
    assert f"('blas', {cores})" in said[0]
    assert f"('openmp', {cores})" in said[0]


@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_that_the_environment_allows(start, threads) -> None:
    kernel = start(env={**os.environ, "OMP_NUM_THREADS": threads})
    assert kernel.is_warm
    said = kernel.run(LIBRARIES + FIGURES)
    assert f"('blas', {threads})" in said
    assert f"('openmp', {threads})" in said


def test_interrupt(start) -> None:
    kernel = start()
    message = kernel.client.execute("import time; print('on'); time.sleep(60)")
    while kernel.client.get_iopub_msg(timeout=10)["msg_type"] != "stream":
        pass
    kernel.manager.interrupt_kernel()
    while (reply := kernel.client.get_shell_msg(timeout=10))["parent_header"]["msg_id"] != message:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.run("print(6 * 7)") == "42"


def test_restart(start) -> None:
    kernel = start()
    kernel.run("x = 1")
    before = kernel.pid
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=30)
    assert kernel.is_warm
    assert kernel.pid != before
    assert kernel.run("x").startswith("NameError")


def test_shutdown_runs_what_was_left_for_the_end(start, tmp_path) -> None:
    kernel = start()
    end = tmp_path / "end.txt"
    kernel.run(f"import atexit, pathlib; atexit.register(pathlib.Path({str(end)!r}).touch)")
    process = kernel.manager.provisioner.process
    kernel.manager.shutdown_kernel()
    assert process.returncode == 0
    assert end.exists()


@pytest.mark.parametrize(
    ("code", "status"),
    [("import os; os._exit(7)", 7), ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL)],
)
def test_the_exit_status_of_a_kernel_that_ends_by_itself(start, code, status) -> None:
    kernel = start()
    process = kernel.manager.provisioner.process
    kernel.client.execute(code)
    assert process.wait(10) == status
    assert not kernel.manager.is_alive()


def test_input_is_refused_where_nobody_can_answer(start) -> None:
    kernel = start()
    message = kernel.client.execute("input()", allow_stdin=False)
    while (reply := kernel.client.get_shell_msg(timeout=10))["parent_header"]["msg_id"] != message:
        pass
    assert reply["content"]["ename"] == "StdinNotImplementedError"


def test_widgets_can_be_opened_from_the_page(start) -> None:
    kernel = start()
    kernel.run("import ipywidgets")
    client = kernel.client
    content = {"comm_id": "c1", "target_name": "jupyter.widget.control", "data": {}}
    client.shell_channel.send(client.session.msg("comm_open", content))
    assert kernel.run("from comm import get_comm_manager; print('c1' in get_comm_manager().comms)")


def test_figures_of_pyplot_are_drawn_inline(start) -> None:
    said = [
        start(name).run("import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
        for name in ("casebook", "python3")
    ]
    assert "image/png" in said[0]
    assert said[0] == said[1]


def test_a_debugger_can_attach(start) -> None:
    kernel = start()
    content = {"type": "request", "seq": 1, "command": "debugInfo"}
    session = kernel.client.session
    kernel.client.control_channel.send(session.msg("debug_request", content))
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        reply = kernel.client.get_control_msg(timeout=10)
        if reply["msg_type"] == "debug_reply":
            assert reply["content"]["success"]
            return
    pytest.fail("the kernel did not answer the debugger")
