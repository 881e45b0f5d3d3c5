"""Work in forks of this process: what it needs is there already, and what it made is sent back.

A fork starts in a hundredth of a second, has every import, and shares the rows until somebody
writes to them. Threads would wait for Python's lock, which boosted trees hold much of their time;
processes that start anew import for seconds and are sent the rows. But a fork of a process with
threads has none of these, and may wait without end for what one of them held: it is then ended,
and its work is done here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Generic, TypeVar

import joblib
from joblib.parallel import BACKENDS, get_active_backend

from casebook.models.fork_inside import Answer, Warned, live

Job = TypeVar("Job")
Result = TypeVar("Result")

LOOK_SECONDS = 2.0
STUCK_SECONDS = 20.0
"""A fork that sleeps so long and uses no core meanwhile waits for what will never come: no work
of ours sleeps."""


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

    def answer(self) -> Answer | None:
        """What it sent; None where it is gone."""
        try:
            found = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return found if isinstance(found, Answer) else None

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
    jobs: Sequence[Job],
    places: Sequence[int],
    work: Callable[[Job], Result],
    *,
    most: int,
    alike: Callable[[Job], Hashable] = lambda _job: None,
) -> Generator[tuple[int, Result]]:
    """Results as they come, with their places; none of a job whose process was ended from outside.

    places: of the jobs to be done, in the order in which they begin. most: forks at a time, of one
    thread each. alike: a fork goes on with a job that is like the one before, if there is one; None
    is like no other. work: must not raise. What cannot be sent is made once more, here. To close
    the iterator ends the forks.
    """
    kinds = {place: alike(jobs[place]) for place in places}
    return _Forks(jobs, work, most, _Queue(list(places), kinds)).results()


@dataclass(eq=False)
class _Queue:
    """Places of jobs that wait, and what each is like."""

    waiting: list[int]
    kinds: Mapping[int, Hashable]
    begun: set[Hashable] = field(default_factory=set)

    def next(self, before: int) -> int:
        """One like the one before, else the first of a kind that nobody has begun, else any."""
        kind = self.kinds.get(before)
        same = (p for p in self.waiting if kind is not None and self.kinds[p] == kind)
        new = (p for p in self.waiting if self.kinds[p] not in self.begun)
        place = next(same, next(new, self.waiting[0]))
        if self.kinds[place] is not None:
            self.begun.add(self.kinds[place])
        self.waiting.remove(place)
        return place

    def empty(self) -> list[int]:
        """All that wait, which then do so no more."""
        left, self.waiting = self.waiting, []
        return left


class _Forks(Generic[Job, Result]):
    """The forks, what they have to do, and what is left to this process."""

    def __init__(
        self, jobs: Sequence[Job], work: Callable[[Job], Result], most: int, queue: _Queue
    ) -> None:
        self.jobs, self.work, self.most, self.queue = jobs, work, most, queue
        self.forks: list[_Fork] = []
        self.here: list[int] = []
        self.looked = time.monotonic()

    def results(self) -> Generator[tuple[int, Result]]:
        """Until all is done."""
        try:
            while self.queue.waiting or self.forks:
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
        while self.queue.waiting and len(self.forks) < self.most:
            try:
                fork = _started(self.jobs, self.work, self.forks)
            except OSError:
                self.most = len(self.forks)
                if not self.forks:
                    self.here += self.queue.empty()
                return
            self.forks.append(fork)
            fork.give(self.queue.next(fork.place))

    def _heard(self) -> list[_Fork]:
        """Those that have something to say, or are gone."""
        if not self.forks:
            return []
        said = wait([fork.pipe for fork in self.forks], min(LOOK_SECONDS, STUCK_SECONDS))
        return [fork for fork in self.forks if fork.pipe in said]

    def _go_on(self, fork: _Fork, answer: Answer | None) -> None:
        """Give a fork its next job, or let it go."""
        if answer is not None and not answer.sent:
            self.here.append(fork.place)
        if answer is not None and self.queue.waiting:
            fork.give(self.queue.next(fork.place))
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
            live(theirs, [ours, *(fork.pipe for fork in others)], jobs, work)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
    theirs.close()
    return _Fork(pid, ours)


def _warn_again(warned: Sequence[Warned]) -> None:
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
