"""Worker processes as their parent sees them: started, listened to, asked to end, ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from casebook.execute.job import Job
from casebook.execute.processes import end_group
from casebook.execute.stop import StopReason


@dataclass(frozen=True)
class Event:
    """Something that a worker said, or that happened to it.

    kind: `kernel`, `cell` and `end` as the worker says them; `exit` when its process is gone;
    `stop` when a person or the system asks the run to end (then stem is empty).
    """

    kind: str
    stem: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


Events = SimpleQueue[Event]  # its put may be called from a signal handler


class Worker:
    """One notebook being executed in a process of its own."""

    def __init__(self, job: Job, job_file: Path, log: Path, threads: int, events: Events) -> None:
        self.job = job
        self.log = log
        self._events = events
        self._kernel_group: int | None = None
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "casebook.execute.worker", str(job_file)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(threads),
                cwd=job.folder,
                start_new_session=True,  # Ctrl-C in a terminal reaches the parent alone
            )
        threading.Thread(target=self._listen, name=job.stem, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            values = json.loads(line)
            kind = values.pop("event")
            if kind == "kernel":
                self._kernel_group = values["group"] or None
            self._events.put(Event(kind, self.job.stem, values))
        self.process.stdout.close()
        code = self.process.wait()
        if code < 0:  # killed: its kernel would outlive it for a second
            end_group(self._kernel_group)
        self._events.put(Event("exit", self.job.stem, {"code": code}))

    def ask(self, reason: StopReason) -> None:
        """Ask the worker to end its kernel and itself."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended already
            self.process.stdin.write(f"{reason}\n".encode())
            self.process.stdin.flush()

    def end(self) -> None:
        """End the worker and its kernel at once."""
        end_group(self._kernel_group)
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    def close(self) -> None:
        """Let go of the worker's input, after it has ended."""
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()


_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def _environment(threads: int) -> dict[str, str]:
    """The environment of a worker: libraries share the cores with the other workers."""
    return {**dict.fromkeys(_THREADS, str(threads)), **os.environ}


class Signals:
    """SIGINT and SIGTERM as events of the run, while in a `with` block of the main thread."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._heard)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _heard(self, number: int, _frame: object) -> None:
        self._events.put(Event("stop", values={"signal": number}))


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
