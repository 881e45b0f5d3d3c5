"""One run at a time: the lock, and what is proof that a run is alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casebook.runs import lock
from casebook.runs.lost import is_alive
from casebook.runs.manifest import Manifest, RunStatus

HOLD = """
import sys, time
from pathlib import Path
from casebook.runs import lock
with lock.hold(Path(sys.argv[1]), "the-run"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_case_08_a_second_one_is_told_since_when(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with lock.hold(path, "first"):
        with (
            pytest.raises(lock.AlreadyRunning, match=r"already running since .*run first") as told,
            lock.hold(path, "second"),
        ):
            pass
        assert told.value.exit_status == 75
        assert lock.holder(path).run == "first"
    assert lock.holder(path) is None
    with lock.hold(path, "second"):
        assert lock.holder(path).run == "second"


def test_case_06_the_lock_ends_with_its_process_and_an_id_is_no_proof(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        running = Manifest(
            "the-run", "tiny", "/", datetime.now(UTC), boot=lock.boot_id(), lock=str(path)
        )
        assert is_alive(running)
        assert not is_alive(replace(running, boot="another"))
        assert not is_alive(replace(running, name="an-older-run"))
        assert not is_alive(replace(running, status=RunStatus.OK))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not is_alive(running)
    assert "the-run" in path.read_text()  # what it wrote is still there, and means nothing
