"""Fits on all cores: short ones here or in threads, long ones in processes of one thread each.

A process that is killed (memory) takes all its pool with it, and the pool cannot say for which
fit. What was not done is then tried once more, one fit at a time, so that the one that kills is
known.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar

import joblib
from threadpoolctl import threadpool_limits

Job = TypeVar("Job")
Result = TypeVar("Result")

Where = Literal["here", "threads", "processes"]

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
) -> list[Result | Killed]:
    """What `work` makes of each job, in the order of the jobs.

    work: must not raise. where: in `threads` of one core each what is shared is not copied, but a
    job that crashes takes all with it; what `processes` are given and return goes through pickle,
    and they take two to three seconds to start. done: is told how many are.
    A job whose process was killed is tried again, alone; then its result is `Killed`.
    """
    found: dict[int, Result | Killed] = {}
    if where == "here" or len(jobs) < 2 or joblib.cpu_count() < 2:
        results: Iterator[tuple[int, Result]] = (
            (place, work(job)) for place, job in enumerate(jobs)
        )
    elif where == "threads":
        results = _threaded(jobs, work)
    else:
        results = _pooled(jobs, list(range(len(jobs))), work, one_by_one=False)
    for place, result in results:
        found[place] = result
        done(len(found))
    for place in [place for place in range(len(jobs)) if place not in found]:
        # Alone in its pool: if that breaks as well, it was this job.
        again = dict(_pooled(jobs, [place], work, one_by_one=True))
        found[place] = again.get(place, Killed())
        done(len(found))
    return [found[place] for place in range(len(jobs))]


def _threaded(jobs: Sequence[Job], work: Callable[[Job], Result]) -> Iterator[tuple[int, Result]]:
    """Results as they come, with their places.

    The limit of BLAS is one of the process, so that it is set around all of them; that of OpenMP
    is each thread's own.
    """
    alone = partial(threadpool_limits, 1, user_api="openmp")
    with (
        threadpool_limits(1, user_api="blas"),
        ThreadPoolExecutor(joblib.cpu_count(), initializer=alone) as pool,
    ):
        places: dict[Future[Result], int] = {
            pool.submit(work, job): place for place, job in enumerate(jobs)
        }
        for future in as_completed(places):
            yield places[future], future.result()


def _pooled(
    jobs: Sequence[Job], places: Sequence[int], work: Callable[[Job], Result], *, one_by_one: bool
) -> Iterator[tuple[int, Result]]:
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
