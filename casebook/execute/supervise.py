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
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from casebook.exceptions import RunError
from casebook.execute.job import Job
from casebook.execute.stop import StopReason
from casebook.warm import client
from casebook.warm.process import WarmProcess
from casebook.warm.processes import end_group
from casebook.warm.settings import KINDS


@dataclass(frozen=True)
class Event:
    """Something that a worker said, or that happened to it.

    kind: `kernel`, `cell` and `end` as the worker says them; `exit` when its process is gone;
    `stop` when a person or the system asks the run to end (then stem is empty).
    """

    kind: str
    stem: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


Process = subprocess.Popen[bytes] | WarmProcess
_GRACE = 2.0  # seconds for a worker whose parent has gone to end its kernel and tidy up

Events = SimpleQueue[Event]  # its put may be called from a signal handler


class Worker:
    """One notebook being executed in a process of its own.

    It is started by a thread: the first one may wait for its template, and a wish to end may not.
    """

    def __init__(self, job: Job, job_file: Path, log: Path, threads: int, events: Events) -> None:
        self.job = job
        self.log = log
        self.process: Process | None = None
        self._events = events
        self._kernel_group: int | None = None
        self._lock = threading.Lock()
        self._is_over = False
        stdin, input_ = os.pipe()
        self._input = os.fdopen(input_, "wb", buffering=0)
        start = partial(self._run, stdin, str(job_file), _environment(threads))
        threading.Thread(target=start, name=job.stem, daemon=True).start()

    def _run(self, stdin: int, job_file: str, environment: dict[str, str]) -> None:
        """Start the process, pass on what it says, and tell how it ended."""
        output, stdout = os.pipe()
        with self.log.open("wb") as errors:
            streams = (stdin, stdout, errors.fileno())
            process = _started(job_file, str(self.job.folder), streams, environment)
        os.close(stdin)
        os.close(stdout)
        with self._lock:
            self.process = process
            if self._is_over:  # nobody waits for it any more
                process.kill()
        with os.fdopen(output, "rb") as lines:
            for line in lines:
                self._hear(json.loads(line))
        code = process.wait()
        if code < 0:  # killed: its kernel would outlive it for a second
            end_group(self._kernel_group)
        self._say_exit(code)

    def _hear(self, values: dict[str, Any]) -> None:
        kind = values.pop("event")
        if kind == "kernel":
            self._kernel_group = values["group"] or None
        self._events.put(Event(kind, self.job.stem, values))

    def _say_exit(self, code: int) -> None:
        """Tell once that it is over."""
        with self._lock:
            told, self._is_over = self._is_over, True
        if not told:
            self._events.put(Event("exit", self.job.stem, {"code": code}))

    def ask(self, reason: StopReason) -> None:
        """Ask the worker to end its kernel and itself."""
        with contextlib.suppress(OSError):  # it has ended already
            self._input.write(f"{reason}\n".encode())

    def end(self) -> None:
        """End the worker and its kernel at once."""
        end_group(self._kernel_group)
        with self._lock:
            process = self.process
        if process is None:
            self._say_exit(-signal.SIGKILL)
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()

    def close(self) -> None:
        """Let go of the worker's input, after it has ended."""
        with contextlib.suppress(OSError):
            self._input.close()


def _started(
    job_file: str, folder: str, streams: tuple[int, int, int], environment: dict[str, str]
) -> Process:
    """A worker forked from its template, or started in the ordinary way."""
    request = client.Request("worker", (job_file,), environment, folder, streams, grace=_GRACE)
    try:
        return client.fork(request)
    except RunError:  # the kernels' reason is the same, and is told
        stdin, stdout, stderr = streams
        return subprocess.Popen(
            [sys.executable, "-m", "casebook.execute.worker", job_file],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=environment,
            cwd=folder,
            start_new_session=True,  # Ctrl-C in a terminal reaches the parent alone
        )


def warm_up(*kinds: str) -> None:
    """Start templates, or replace those that are out of date; every kind where none is named.

    Returns at once. They must not be started by a worker, which ends all that is below it.
    """
    for kind in kinds or KINDS:
        threading.Thread(target=_warm_up, args=(kind,), name=kind, daemon=True).start()


def _warm_up(kind: str) -> None:
    with contextlib.suppress(RunError):  # whoever needs it hears of it again
        client.refresh(kind)


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
