"""The contest: every candidate on the same folds, and on the rows kept for the last test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from casebook import language
from casebook.exceptions import CasebookError, ModelError
from casebook.language import _
from casebook.models import forks
from casebook.models.crossval import Fit, OutOfFold, fit_once, joined, nothing_to_score
from casebook.models.fitting import SharedSteps
from casebook.models.labelled import Labelled
from casebook.models.latency import size_mb
from casebook.models.parallel import Killed, Where, in_order
from casebook.models.registry import Candidate
from casebook.progress import tell
from casebook.stats.splits import Rows, Splits


@dataclass(frozen=True, eq=False)
class Entrant:
    """A candidate that took part, and what it said of rows that it had not seen.

    outs: of the folds, once a repeat; the first is the one of `data.splits`.
    held: of the rows kept for the last test, after a fit on the others; None where none are kept.
    estimator, size_mb: of that fit. failed: why it could not be fitted; then nothing else is there.
    """

    candidate: Candidate
    outs: tuple[OutOfFold, ...] = ()
    held: OutOfFold | None = None
    estimator: Any = None
    size_mb: float | None = None
    failed: str = ""

    @property
    def out(self) -> OutOfFold:
        """Its predictions on the folds that everybody shares."""
        return self.outs[0]


@dataclass(frozen=True, eq=False)
class Job:
    """One fit of a candidate: trained on some rows, tested on others.

    where: it belongs, in words. keep: the estimator is wanted.
    """

    candidate: Candidate
    train: Rows
    test: Rows
    where: str
    keep: bool = False


FORK_ROWS, SOME_ROWS, OWN_ROWS, MANY_ROWS = 200, 2_000, 8_000, 50_000
"""From so many rows on, fits run in forks; in threads where nothing can be forked; those of the
record's own estimators, which may crash and start threads that no fork has, in processes; and so
all of them that cannot be forked, since processes then take shorter to start than is gained."""

KINDS = ("reference", "simple", "model")  # of candidates, those that take longest last

Outcome = Fit | str
"""A fit, or why there is none."""

Errand: TypeAlias = Callable[[], Any]
"""Work that changes nothing of what is there."""


@dataclass(frozen=True)
class _Left:
    """What an errand came to that failed elsewhere: it is done here, where its error is told."""


def contest(
    candidates: Sequence[Candidate], data: Labelled, repeats: Sequence[Splits] = ()
) -> tuple[Entrant, ...]:
    """Let every candidate take part; one that fails is told, the others stand.

    repeats: the same rows in other folds. All fits run on all cores where they take long.
    """
    rounds = [data.splits, *repeats]
    silent = {c.name: why for c in candidates if (why := nothing_to_score(c, data))}
    jobs = [
        job
        for candidate in candidates
        if candidate.name not in silent
        for job in (_last_job(candidate, data), *(j for s in rounds for j in jobs_of(candidate, s)))
    ]
    outcomes = iter(fits(jobs, data))
    return tuple(
        Entrant(candidate, failed=silent[candidate.name])
        if candidate.name in silent
        else _entrant(
            candidate, next(outcomes), [[next(outcomes) for _f in s.folds] for s in rounds]
        )
        for candidate in candidates
    )


def jobs_of(candidate: Candidate, splits: Splits) -> list[Job]:
    """A job for each fold."""
    k = len(splits.folds)
    return [
        Job(candidate, train, test, _("fold {n} of {all}", n=n + 1, all=k))
        for n, (train, test) in enumerate(splits.folds)
    ]


def fits(jobs: Sequence[Job], data: Labelled) -> list[Outcome]:
    """All of the jobs, on all cores where there are many rows; progress is told."""
    found = _done(jobs, data, _where(jobs, data), _("Fitting candidates"))
    return [_outcome(job, fit) for job, fit in zip(jobs, found, strict=True)]


def beside(
    errands: Sequence[Errand], jobs: Sequence[Job], data: Labelled
) -> tuple[list[Any], list[Outcome]]:
    """What errands return, and fits: on all cores at once where they can be forked.

    Elsewhere fits are spread as always, and errands done here; so too where the record has
    estimators of its own, which an errand may ask. Errors of an errand come through.
    """
    what, where = _("Measuring and scoring candidates"), _where(jobs, data)
    if where != "forks" or data.setting.own:
        return _here(errands, what), fits(jobs, data)
    found = _done([*errands, *jobs], data, where, what)
    results = [
        errand() if isinstance(result, _Left | Killed) else result
        for errand, result in zip(errands, found, strict=False)
    ]
    rest = found[len(errands) :]
    return results, [_outcome(job, fit) for job, fit in zip(jobs, rest, strict=True)]


def _here(errands: Sequence[Errand], what: str) -> list[Any]:
    results = []
    for n, errand in enumerate(errands):
        tell(n, len(errands), what)
        results.append(errand())
    return results


def _done(tasks: Sequence[Errand | Job], data: Labelled, where: Where, what: str) -> list[Any]:
    """What comes of each, the longest begun first, so that all cores end together."""
    forked = where == "forks" and len(tasks) > 1
    shared = SharedSteps() if forked else None  # each fork has one of its own
    return in_order(
        tasks,
        partial(_tried, data=data, told=language.current(), shared=shared),
        where=where,
        done=lambda n: tell(n, len(tasks), what),
        effort=_effort,
        alike=_rows_of,
    )


def _effort(task: Errand | Job) -> tuple[int, int]:
    """How long it takes, roughly: the kind of the candidate, then the rows."""
    if not isinstance(task, Job):
        return len(KINDS), 0
    return KINDS.index(task.candidate.kind), len(task.train)


def _rows_of(task: Errand | Job) -> int | None:
    """The same for fits on the same rows, which a fork had better do one after the other."""
    return hash(task.train.tobytes()) if isinstance(task, Job) else None


def _where(jobs: Sequence[Job], data: Labelled) -> Where:
    rows, names = len(data.y), {one.name for one in data.setting.own}
    own = any(job.candidate.name in names for job in jobs)
    if not own and rows >= FORK_ROWS and forks.possible():
        return "forks"
    if rows < SOME_ROWS:
        return "here"
    return "processes" if rows >= (OWN_ROWS if own else MANY_ROWS) else "threads"


def _last_job(candidate: Candidate, data: Labelled) -> Job:
    """Fitted on all rows but those of the last test, which it then predicts."""
    splits = data.splits
    train = splits.last if len(splits.last) else np.arange(len(data.y))
    return Job(candidate, train, splits.held, _("the fit for the last test"), keep=True)


def _tried(task: Errand | Job, *, data: Labelled, told: str, shared: SharedSteps | None) -> Any:
    """What comes of it."""
    with language.using(told):
        if isinstance(task, Job):
            return _fitted(task, data, shared)
        try:
            return task()
        except Exception:  # noqa: BLE001 (whatever it is: it comes again, where it is told)
            return _Left()


def _fitted(job: Job, data: Labelled, shared: SharedSteps | None) -> Outcome:
    """A fit, or in words why it failed; the estimator only where it is to be kept."""
    try:
        fit = fit_once(job.candidate, data, job.train, job.test, shared)
    except CasebookError as error:
        return _("{where}: {error}", where=job.where, error=error)
    except Exception as error:  # noqa: BLE001 an estimator of somebody's own may raise anything
        named = f"{type(error).__name__}: {error}"
        return _("{where}: {error}", where=job.where, error=named)
    if not job.keep:
        return replace(fit, estimator=None)
    # Here, since other fits go on beside it: trees take half a second to write down.
    return replace(fit, size_mb=size_mb(fit.estimator))


def _outcome(job: Job, found: Outcome | Killed) -> Outcome:
    if not isinstance(found, Killed):
        return found
    return _("{where}: its process was ended from outside, twice; is the memory enough?",
             where=job.where)  # fmt: skip


def _entrant(candidate: Candidate, last: Outcome, rounds: list[list[Outcome]]) -> Entrant:
    failed = [fit for fits in ([last], *rounds) for fit in fits if isinstance(fit, str)]
    if failed or isinstance(last, str):
        return Entrant(candidate, failed=failed[0])
    made = [[fit for fit in fits if isinstance(fit, Fit)] for fits in rounds]
    try:
        outs = tuple(joined(candidate.name, fits) for fits in made)
    except ModelError as error:
        return Entrant(candidate, failed=str(error))
    held = joined(candidate.name, [last]) if last.predictions is not None else None
    return Entrant(candidate, outs, held, last.estimator, last.size_mb)
