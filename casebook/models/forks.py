"""Work in forks of this process: what it needs is there already, and what it made is sent back.

A fork starts in a hundredth of a second, has every import, and shares the rows until somebody
writes to them. Threads would wait for Python's lock, which boosted trees hold much of their time;
processes that start anew import for seconds and are sent the rows. But a fork of a process with
threads has none of these, and may wait without end for what one of them held: it is then ended,
and its work is done here.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import logging
import os
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

import joblib
from joblib.parallel import BACKENDS, get_active_backend
from threadpoolctl import threadpool_limits

from casebook.progress import told_to

Job = TypeVar("Job")
Result = TypeVar("Result")

LOOK_SECONDS = 2.0
STUCK_SECONDS = 20.0
"""A fork that sleeps so long and uses no core meanwhile waits for what will never come: no work
of ours sleeps."""
SOONER_ENDED = "500"  # of 1000: where memory is short, a fork goes before whom it works for


class _Warned(NamedTuple):
    """A warning of a fork, which is raised again where a person sees it."""

    text: str
    category: type[Warning]
    file: str
    line: int


@dataclass(frozen=True)
class _Answer:
    """What a job came to; nothing of it where it cannot be sent."""

    result: Any = None
    warned: tuple[_Warned, ...] = ()
    sent: bool = True


@dataclass(eq=False)
class _Fork:
    """A forked process and the place of the job that it has.

    used: seconds of a core when it was looked at; quiet: since when it has used no more.
    """

    pid: int
    pipe: Connection
    place: int = -1
    used: float = -1.0
    quiet: float = 0.0

    def give(self, place: int) -> None:
        """Name its next job. One that is gone by then is noticed when its answer is read."""
        self.place, self.used = place, -1.0
        with contextlib.suppress(OSError):
            self.pipe.send(place)

    def answer(self) -> _Answer | None:
        """What it sent; None where it is gone."""
        try:
            found = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return found if isinstance(found, _Answer) else None

    def stuck(self) -> bool:
        """Whether it slept for all of `STUCK_SECONDS`, and used no core."""
        (state, used), now = _state(self.pid), time.monotonic()
        if state != "S" or used != self.used:
            self.used, self.quiet = used, now
        return now - self.quiet > STUCK_SECONDS

    def end(self) -> None:
        """End it at once."""
        self.pipe.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):  # somebody else has collected it
            os.waitpid(self.pid, 0)


def possible() -> bool:
    """Whether work can be forked: on Linux, with several cores, where nobody chose other workers.

    Elsewhere the system's libraries do not bear a fork, or there is none.
    """
    usual = isinstance(get_active_backend()[0], BACKENDS["loky"])
    return sys.platform == "linux" and usual and bool(joblib.cpu_count() > 1)


def forked(
    jobs: Sequence[Job], places: Sequence[int], work: Callable[[Job], Result], *, most: int
) -> Generator[tuple[int, Result]]:
    """Results as they come, with their places; none of a job whose process was ended from outside.

    places: of the jobs to be done, in the order in which they begin. most: forks at a time, of one
    thread each. work: must not raise. What cannot be sent is made once more, here. To close the
    iterator ends the forks.
    """
    return _Forks(jobs, places, work, most).results()


class _Forks(Generic[Job, Result]):
    """The forks, what they have to do, and what is left to this process."""

    def __init__(
        self, jobs: Sequence[Job], places: Sequence[int], work: Callable[[Job], Result], most: int
    ) -> None:
        self.jobs, self.work, self.most = jobs, work, most
        self.waiting = deque(places)
        self.forks: list[_Fork] = []
        self.here: list[int] = []
        self.looked = time.monotonic()

    def results(self) -> Generator[tuple[int, Result]]:
        """Until all is done."""
        try:
            while self.waiting or self.forks:
                self._start()
                for fork in self._heard():
                    place, answer = fork.place, fork.answer()
                    self._go_on(fork, answer)
                    if answer is not None and answer.sent:
                        _warn_again(answer.warned)
                        yield place, answer.result
                self._look()
        finally:
            for fork in self.forks:
                fork.end()
        for place in self.here:
            yield place, self.work(self.jobs[place])

    def _start(self) -> None:
        """As many forks as there may be; fewer where the system allows no more."""
        while self.waiting and len(self.forks) < self.most:
            try:
                fork = _started(self.jobs, self.work, self.forks)
            except OSError:
                self.most = len(self.forks)
                if not self.forks:
                    self.here += self.waiting
                    self.waiting.clear()
                return
            self.forks.append(fork)
            fork.give(self.waiting.popleft())

    def _heard(self) -> list[_Fork]:
        """Those that have something to say, or are gone."""
        said = wait([fork.pipe for fork in self.forks], min(LOOK_SECONDS, STUCK_SECONDS))
        return [fork for fork in self.forks if fork.pipe in said]

    def _go_on(self, fork: _Fork, answer: _Answer | None) -> None:
        """Give a fork its next job, or let it go."""
        if answer is not None and not answer.sent:
            self.here.append(fork.place)
        if answer is not None and self.waiting:
            fork.give(self.waiting.popleft())
        else:
            self._let_go(fork)

    def _let_go(self, fork: _Fork) -> None:
        self.forks.remove(fork)
        fork.end()

    def _look(self) -> None:
        """Every few seconds: whether a fork is stuck. Its job is then this process's."""
        now = time.monotonic()
        if now - self.looked < min(LOOK_SECONDS, STUCK_SECONDS):
            return
        self.looked = now
        for fork in [fork for fork in self.forks if fork.stuck()]:
            self.here.append(fork.place)
            self._let_go(fork)


def _started(
    jobs: Sequence[Job], work: Callable[[Job], Result], others: Sequence[_Fork]
) -> _Fork:  # fmt: skip
    ours, theirs = Pipe()
    # An interrupt between the fork and its first line would run on in the caller's code, twice.
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # threads: see the module
            pid = os.fork()
        if pid == 0:
            _as_fork(theirs, [ours, *(fork.pipe for fork in others)], jobs, work)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
    theirs.close()
    return _Fork(pid, ours)


def _as_fork(
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
        _Warned(str(one.message), one.category, one.filename, one.lineno) for one in caught
    )
    try:
        pipe.send(_Answer(result, warned))
    except OSError:
        raise
    except Exception:  # noqa: BLE001 (what cannot be sent raises anything)
        pipe.send(_Answer(sent=False))


def _warn_again(warned: Sequence[_Warned]) -> None:
    for one in warned:
        warnings.warn_explicit(one.text, one.category, one.file, one.line)


def _state(pid: int) -> tuple[str, float]:
    """Whether a process runs (R), sleeps (S) or waits for the disk (D), and its ticks of a core."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rpartition(")")[2]
    except OSError:
        return "", -1.0
    state, *numbers = words.split()
    return state, float(numbers[10]) + float(numbers[11])
