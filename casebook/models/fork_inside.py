"""Inside of a fork: cut loose from the process that it was, do what comes through the pipe."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

import joblib
from threadpoolctl import threadpool_limits

from casebook.progress import told_to

Job = TypeVar("Job")
Result = TypeVar("Result")

SOONER_ENDED = "500"  # of 1000: where memory is short, a fork goes before whom it works for


class Warned(NamedTuple):
    """A warning of a fork, which is raised again where a person sees it."""

    text: str
    category: type[Warning]
    file: str
    line: int


@dataclass(frozen=True)
class Answer:
    """What a job came to; nothing of it where it cannot be sent."""

    result: Any = None
    warned: tuple[Warned, ...] = ()
    sent: bool = True


def live(
    pipe: Connection, inherited: Sequence[Connection], jobs: Sequence[Job],
    work: Callable[[Job], Result],
) -> NoReturn:  # fmt: skip
    """Do what comes through the pipe until its other end is closed; nothing of the caller ends."""
    try:
        for other in inherited:
            other.close()  # so that each ends with this process's parent
        _cut_loose()
        with (
            told_to(lambda _step: None),
            threadpool_limits(1),
            joblib.parallel_config("sequential"),
        ):
            while True:
                _send(pipe, work, jobs[pipe.recv()])
    finally:
        os._exit(0)


def _cut_loose() -> None:
    """No word on the caller's streams, none of its handlers, and nothing of it is cleaned up."""
    gc.freeze()  # what others made, as sockets and folders, is theirs to close
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whom it works for ends it
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    faulthandler.disable()
    logging.disable()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(SOONER_ENDED, "ascii")


def _send(pipe: Connection, work: Callable[[Job], Result], job: Job) -> None:
    with warnings.catch_warnings(record=True) as caught:
        result = work(job)
    warned = tuple(
        Warned(str(one.message), one.category, one.filename, one.lineno) for one in caught
    )
    try:
        pipe.send(Answer(result, warned))
    except OSError:
        raise
    except Exception:  # noqa: BLE001 (what cannot be sent raises anything)
        pipe.send(Answer(sent=False))
