"""Fits on all cores: short ones here, the others in forks or threads, or in processes of their own.

A process that is killed (memory) takes all its pool with it, and the pool cannot say for which
fit. What was not done is then tried once more, one fit at a time, so that the one that kills is
known. A fork takes nothing with it but its own fit.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

import joblib
from threadpoolctl import threadpool_limits

from casebook.models.forks import forked

Job = TypeVar("Job")
Result = TypeVar("Result")

Where = Literal["here", "forks", "threads", "processes"]

IDLE_SECONDS = 20  # after which a process of the pool ends


@dataclass(frozen=True)
class Killed:
    """The process that worked on a job was ended from outside, twice."""


def in_order(
    jobs: Sequence[Job],
    work: Callable[[Job], Result],
    *,
    where: Where,
    done: Callable[[int], None],
    effort: Callable[[Job], Any] = lambda _job: 0,
    alike: Callable[[Job], Hashable] = lambda _job: None,
) -> list[Result | Killed]:
    """What `work` makes of each job, in the order of the jobs.

    work: must not raise. where: `forks` share all that is there, and send back what they return;
    in `threads` of one core each nothing is copied, but a job that crashes takes all with it; what
    `processes` are given and return goes through pickle, and they take two to three seconds to
    start. done: is told how many are.
    effort: those of the greatest begin first where several are done at a time. alike: a fork
    goes on with a job that is like the one before; None is like no other.
    A job whose process was killed is tried again, alone; then its result is `Killed`.
    """
    found: dict[int, Result | Killed] = {}
    places = sorted(range(len(jobs)), key=lambda n: effort(jobs[n]), reverse=True)
    with closing(_results(jobs, places, work, where, alike)) as results:
        for place, result in results:
            found[place] = result
            done(len(found))
    for place in [place for place in range(len(jobs)) if place not in found]:
        found[place] = _again(jobs, place, work, where)
        done(len(found))
    return [found[place] for place in range(len(jobs))]


def _results(
    jobs: Sequence[Job],
    places: Sequence[int],
    work: Callable[[Job], Result],
    where: Where,
    alike: Callable[[Job], Hashable],
) -> Generator[tuple[int, Result]]:
    """Results as they come, with their places; none of those whose process was killed."""
    if where == "here" or len(jobs) < 2 or joblib.cpu_count() < 2:
        return ((place, work(job)) for place, job in enumerate(jobs))
    if where == "threads":
        return _threaded(jobs, places, work)
    if where == "forks":
        return forked(jobs, places, work, most=joblib.cpu_count(), alike=alike)
    return _pooled(jobs, places, work, one_by_one=False)


def _again(
    jobs: Sequence[Job], place: int, work: Callable[[Job], Result], where: Where
) -> Result | Killed:
    """A job alone in its pool, while nothing else takes memory: if that breaks too, it was it."""
    if where == "forks":
        results = forked(jobs, [place], work, most=1)
    else:
        results = _pooled(jobs, [place], work, one_by_one=True)
    with closing(results):
        return dict(results).get(place, Killed())


def _threaded(
    jobs: Sequence[Job], places: Sequence[int], work: Callable[[Job], Result]
) -> Generator[tuple[int, Result]]:
    """Results as they come, with their places.

    The limit of BLAS is one of the process, so that it is set around all of them; that of OpenMP
    is each thread's own.
    """
    alone = partial(threadpool_limits, 1, user_api="openmp")
    with (
        threadpool_limits(1, user_api="blas"),
        ThreadPoolExecutor(joblib.cpu_count(), initializer=alone) as pool,
    ):
        begun: dict[Future[Result], int] = {
            pool.submit(work, jobs[place]): place for place in places
        }
        for future in as_completed(begun):
            yield begun[future], future.result()


def _pooled(
    jobs: Sequence[Job], places: Sequence[int], work: Callable[[Job], Result], *, one_by_one: bool
) -> Generator[tuple[int, Result]]:
    """Results as they come, with their places; those that were made before a pool broke."""
    tasks = (joblib.delayed(partial(_placed, work))(place, jobs[place]) for place in places)
    with joblib.parallel_config("loky", inner_max_num_threads=1, idle_worker_timeout=IDLE_SECONDS):
        # Two processes even for one job: with one, joblib works in this very process.
        pool = joblib.Parallel(
            n_jobs=2 if one_by_one else joblib.cpu_count(),
            return_as="generator_unordered",
            batch_size=1,
        )
        with warnings.catch_warnings():
            # Workers that idled too long are started again, and joblib says so.
            warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
            try:
                yield from pool(tasks)
            except BrokenProcessPool:
                return


def _placed(work: Callable[[Job], Result], place: int, job: Job) -> tuple[int, Result]:
    return place, work(job)
