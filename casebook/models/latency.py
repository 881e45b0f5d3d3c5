"""How long a fitted candidate takes to answer, as it would be served, and how large it is."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from casebook.exceptions import ModelError
from casebook.models import blob

ROWS = 1_000
SECONDS = 0.8  # of measuring a candidate, warm-up and size apart
DIFFERENT = 20  # one-row frames, so that no row's luck counts
FEWEST, MOST = 5, 500
WARM_UP = 3


@dataclass(frozen=True)
class Speed:
    """Milliseconds of one call and megabytes, of one candidate on this machine.

    one, one_slow: of one row, median and 95th percentile over `one_calls` calls of rows drawn from
    the table; many, many_slow: of `rows` rows at once, over `many_calls` calls.
    size_mb: of model.skops; None where skops cannot save it. peak_mb: of memory that one call of
    `rows` rows takes on top of the model, as Python counts it.
    """

    one: float
    one_slow: float
    many: float
    many_slow: float
    one_calls: int
    many_calls: int
    rows: int = ROWS
    size_mb: float | None = None
    peak_mb: float | None = None


def measured(
    estimator: Any,
    X: pd.DataFrame,
    *,
    seed: int = 0,
    seconds: float = SECONDS,
    size: float | None = None,
) -> Speed:
    """Time calls of `predict` on raw rows; of `predict_proba` where there is one.

    X: (n_rows, n_columns) from which rows are drawn, again where there are fewer than a thousand.
    One thread, as a served model has; other cores may be busy, as a server's are; no garbage is
    collected meanwhile. Each of the two sizes gets half of the time and at least 5 calls.
    size: megabytes of its file, where they are known; else it is written down for them.
    """
    rng = np.random.default_rng(seed)
    ask = getattr(estimator, "predict_proba", estimator.predict)
    singles = [X.iloc[[place]] for place in rng.integers(0, len(X), DIFFERENT)]
    thousand = X.iloc[rng.integers(0, len(X), ROWS)].reset_index(drop=True)
    with threadpool_limits(1), _no_collection():
        one = _times(ask, singles, seconds / 2)
        many = _times(ask, [thousand], seconds / 2)
        peak = _peak_mb(ask, thousand)
    return Speed(
        one=_milliseconds(one, 0.5),
        one_slow=_milliseconds(one, 0.95),
        many=_milliseconds(many, 0.5),
        many_slow=_milliseconds(many, 0.95),
        one_calls=len(one),
        many_calls=len(many),
        size_mb=size_mb(estimator) if size is None else size,
        peak_mb=peak,
    )


def _milliseconds(taken: Sequence[float], share: float) -> float:
    return float(1000 * np.quantile(taken, share))


def size_mb(estimator: Any) -> float | None:
    """Megabytes of the model's file; None where skops has no form for it."""
    try:
        return len(blob.dumped(estimator)) / 1e6
    except ModelError:
        return None


def _times(ask: Callable[[Any], Any], frames: Sequence[Any], budget: float) -> list[float]:
    """Seconds of each call, after a few that do not count."""
    for frame in frames[:WARM_UP]:
        ask(frame)
    taken: list[float] = []
    end = time.perf_counter() + budget
    while len(taken) < FEWEST or (len(taken) < MOST and time.perf_counter() < end):
        frame = frames[len(taken) % len(frames)]
        start = time.perf_counter()
        ask(frame)
        taken.append(time.perf_counter() - start)
    return taken


def _peak_mb(ask: Callable[[Any], Any], frame: Any) -> float:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        ask(frame)
        return (tracemalloc.get_traced_memory()[1] - before) / 1e6
    finally:
        tracemalloc.stop()


@contextmanager
def _no_collection() -> Iterator[None]:
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
