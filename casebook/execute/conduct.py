"""Conducting a run: start what is ready, hear what happens, end everything in time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from casebook.execute.board import Board
from casebook.execute.job import Job
from casebook.execute.plan import Task, doomed, ready
from casebook.execute.sentences import run_timeout, stopped, worker_death
from casebook.execute.stop import StopReason
from casebook.execute.supervise import Event, Events, Signals, Worker
from casebook.language import _
from casebook.runs.manifest import ErrorKind, PhaseError, PhaseStatus
from casebook.runs.unfinished import mark_unfinished

_GRACE = 2.0  # seconds for workers to end their kernels and save, before they are killed


@dataclass(frozen=True)
class Limits:
    """jobs: notebooks at once. threads: for the libraries of each. run: seconds, None for none."""

    jobs: int
    threads: int
    run: float | None = None


class Conductor:
    """The loop of one run."""

    def __init__(
        self, tasks: Sequence[Task], jobs: Mapping[str, Job], board: Board, limits: Limits
    ) -> None:
        self.tasks = tasks
        self.jobs = jobs
        self.board = board
        self.limits = limits
        self.events: Events = SimpleQueue()
        self.workers: dict[str, Worker] = {}
        self.ends: dict[str, Event] = {}
        self.stop: StopReason | None = None
        self._deadline = time.monotonic() + limits.run if limits.run is not None else None

    def conduct(self) -> None:
        """Run every task that can be run; afterwards no process of it is left.

        Raises OSError where the manifest cannot be saved.
        """
        with Signals(self.events):
            try:
                while self._is_going_on():
                    self._hear(self._next_event())
            finally:
                for worker in self.workers.values():
                    worker.end()

    def _is_going_on(self) -> bool:
        while lost := doomed(self.tasks, self.board.statuses):
            for task, reason in lost:
                self.board.skip(task.stem, reason)
        if self.stop is None:
            for task in ready(self.tasks, self.board.statuses)[: self._free()]:
                self._start(task)
        return bool(self.workers)

    def _free(self) -> int:
        return max(0, self.limits.jobs - len(self.workers))

    def _start(self, task: Task) -> None:
        job = self.jobs[task.stem]
        job_file = job.runtime.with_suffix(".json")
        job.save(job_file)
        log = log_of(self.board.folder, task.name)
        self.board.start(task.stem)
        self.workers[task.stem] = Worker(job, job_file, log, self.limits.threads, self.events)

    def _next_event(self) -> Event:
        wait = None if self._deadline is None else max(0.0, self._deadline - time.monotonic())
        try:
            return self.events.get(timeout=wait)
        except Empty:
            return Event("deadline")

    def _hear(self, event: Event) -> None:
        hearers: dict[str, Callable[[Event], None]] = {
            "kernel": self._kernel,
            "cell": self._cell,
            "end": self._end,
            "exit": self._exit,
            "stop": self._signal,
            "deadline": self._too_late,
        }
        hearer = hearers.get(event.kind)
        if hearer is not None:
            hearer(event)

    def _kernel(self, event: Event) -> None:
        if event.values["reason"]:
            self._not_warm(event.values["reason"])

    def _not_warm(self, reason: str) -> None:
        """Note a reason for slower starts once, however many there were for it."""
        sentence = _("Kernels were started in the ordinary, slower way: {reason}", reason=reason)
        if sentence not in self.board.manifest.notes:
            self.board.note(sentence)

    def _cell(self, event: Event) -> None:
        self.board.count(event.stem, event.values["done"], event.values["total"])

    def _end(self, event: Event) -> None:
        self.ends[event.stem] = event

    def _exit(self, event: Event) -> None:
        worker = self.workers.pop(event.stem)
        worker.close()
        end = self.ends.get(event.stem)
        if end is not None:
            self.board.end(event.stem, PhaseStatus(end.values["status"]), error_of(end))
            return
        error = self._death(worker.job, event.values["code"])
        was_stopped = error.kind is ErrorKind.STOPPED
        status = PhaseStatus.STOPPED if was_stopped else PhaseStatus.FAILED
        self.board.end(event.stem, status, error)

    def _death(self, job: Job, code: int) -> PhaseError:
        """The error of a worker that ended without a word, written into its notebook too."""
        error = stopped(self.stop, self.limits.run) if self.stop else worker_death(code)
        cell = mark_unfinished(job.output, error.sentence, source=job.notebook)
        return PhaseError(error.kind, error.name, error.message, error.sentence, cell)

    def _signal(self, event: Event) -> None:
        if self.stop is not None:  # asked twice: no more waiting
            self._too_late(event)
            return
        self._stop_all(StopReason.of_signal(event.values["signal"]), _("the run was stopped"))

    def _too_late(self, _event: Event) -> None:
        if self.stop is None:
            self._stop_all(StopReason.RUN_TIMEOUT, run_timeout(self.limits.run))
            return
        self._deadline = None
        for worker in self.workers.values():
            worker.end()

    def _stop_all(self, reason: StopReason, sentence: str) -> None:
        self.stop = reason
        self._deadline = time.monotonic() + _GRACE
        for worker in self.workers.values():
            worker.ask(reason)
        for stem, status in self.board.statuses.items():
            if status is PhaseStatus.PENDING:
                self.board.skip(stem, sentence)


def error_of(end: Event) -> PhaseError | None:
    """The error that a worker told, or None."""
    told = end.values["error"]
    return PhaseError(**{**told, "kind": ErrorKind(told["kind"])}) if told else None


def log_of(folder: Path, name: str) -> Path:
    """Where a run keeps what a worker and its kernel print outside of cells."""
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    return logs / f"{name}.log"


def drop_empty_logs(folder: Path) -> None:
    """Remove the logs that hold nothing."""
    logs = folder / "logs"
    for log in logs.glob("*.log"):
        if log.stat().st_size == 0:
            log.unlink()
    with contextlib.suppress(OSError):  # some are kept, or there are none
        logs.rmdir()
