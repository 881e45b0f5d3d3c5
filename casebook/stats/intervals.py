"""Intervals: bootstrap over rows or blocks of rows, proportions, means."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import stats

from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats, Score

MOST_CELLS = 250_000
"""Weights held at once, as many as a core has near; more resamples are drawn in portions."""
MOST_KEPT = 20_000_000
"""Draws of one kind that are kept, at a byte each."""


def resamples(
    n: int, times: int, seed: int, units: npt.NDArray[np.intp] | None
) -> Iterator[Floats]:
    """Row weights of bootstrap resamples, (portion, n) at a time: how often each row was drawn.

    units: (n,) code of the block a row belongs to (a guest, a week); blocks are drawn whole,
    so that rows which depend on each other do not narrow the interval. None: each row alone.
    """
    size = n if units is None else int(units.max()) + 1
    portion = max(1, MOST_CELLS // max(n, size))
    kept = _kept(size, times, portion, seed) if size * times <= MOST_KEPT else None
    for counts in kept or _drawn(size, times, portion, seed):
        yield (counts if units is None else np.take(counts, units, axis=1)).astype(float)


@lru_cache(maxsize=4)
def _kept(
    size: int, times: int, portion: int, seed: int
) -> tuple[npt.NDArray[np.unsignedinteger], ...]:
    """The same draws serve every score of the same rows; they take longer than most scores."""
    return tuple(_drawn(size, times, portion, seed))


def _drawn(
    size: int, times: int, portion: int, seed: int
) -> Iterator[npt.NDArray[np.unsignedinteger]]:
    """(portion, size) how often each unit is drawn, in as few bytes as hold it."""
    rng = np.random.default_rng(seed)
    for start in range(0, times, portion):
        draws = min(portion, times - start)
        drawn = rng.integers(0, size, (draws, size)) + size * np.arange(draws)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=draws * size)
        yield counts.astype(np.min_scalar_type(counts.max())).reshape(draws, size)


def bootstrap(
    score: Score,
    n: int,
    *,
    units: npt.NDArray[np.intp] | None = None,
    times: int = 400,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """A score of n rows with its percentile bootstrap interval (Efron and Tibshirani 1993).

    Resamples on which the score is not defined (one class only) are left out; with fewer than
    half of them defined, there is no interval.
    """
    [found] = bootstrap_all(
        lambda weights: score(weights)[None], n, units=units, times=times, seed=seed, level=level
    )
    return found


def bootstrap_all(
    scores: Score,
    n: int,
    *,
    units: npt.NDArray[np.intp] | None = None,
    times: int = 400,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[Estimate, ...]:
    """Several scores of the same rows, each with its interval; resamples are drawn once for all.

    scores: weights of rows, (n,) or (resamples, n), to (scores,) or (scores, resamples).
    """
    values = scores(np.ones(n))
    drawn = draws(scores, n, units=units, times=times, seed=seed)
    independent = n if units is None else int(units.max()) + 1
    return tuple(
        percentiles(float(value), each, independent, level)
        for value, each in zip(values, drawn, strict=True)
    )


def draws(
    scores: Score,
    n: int,
    *,
    units: npt.NDArray[np.intp] | None = None,
    times: int = 400,
    seed: int = 0,
) -> Floats:
    """(scores, times) several scores of resamples of n rows; see `bootstrap_all`."""
    portions = [scores(weights) for weights in resamples(n, times, seed, units)]
    return np.concatenate(portions, axis=-1)


def percentiles(value: float, drawn: Floats, independent: int, level: float = 0.95) -> Estimate:
    """A value with the interval of its draws; see `bootstrap`. independent: rows, or blocks."""
    defined = drawn[np.isfinite(drawn)]
    if len(defined) < len(drawn) / 2 or independent < 2:
        return Estimate(value, None, None, independent, level)
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high), independent, level)


def proportion(hits: int, n: int, level: float = 0.95) -> Estimate:
    """A share with its Wilson interval (Wilson 1927); n = 0 gives no interval."""
    if n == 0:
        return Estimate(float("nan"), None, None, 0, level)
    result = stats.binomtest(hits, n).proportion_ci(level, method="wilson")
    return Estimate(hits / n, float(result.low), float(result.high), n, level)


def mean(values: Floats, level: float = 0.95) -> Estimate:
    """A mean with its t interval; fewer than two values give no interval."""
    n = len(values)
    value = float(np.mean(values)) if n else float("nan")
    if n < 2:
        return Estimate(value, None, None, n, level)
    half = float(stats.t.ppf((1 + level) / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return Estimate(value, value - half, value + half, n, level)


def mean_difference(first: Floats, second: Floats, level: float = 0.95) -> tuple[Estimate, float]:
    """mean(first) - mean(second) with Welch's interval, and the two-sided p value.

    Raises ValueError when a side has fewer than two values.
    """
    if min(len(first), len(second)) < 2:
        raise ValueError("a difference of means needs two values on each side")
    value = float(np.mean(first) - np.mean(second))
    if np.ptp(first) == 0 and np.ptp(second) == 0:
        return Estimate(value, value, value, len(first), level), float(value == 0)
    test = stats.ttest_ind(first, second, equal_var=False)
    low, high = test.confidence_interval(level)
    return Estimate(value, float(low), float(high), len(first), level), float(test.pvalue)
