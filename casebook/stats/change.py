"""The change of a total between two periods, and what its parts contribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats

LEVEL = 0.95
RESAMPLES = 2000


@dataclass(frozen=True)
class Change:
    """A total before and after; the relative change is a share of the total before.

    relative: without an interval where days cannot be resampled (a ratio, one day only).
    """

    before: float
    after: float
    relative: Estimate | None


@dataclass(frozen=True)
class Contribution:
    """What one part adds to the change of the total.

    change: after - before, in the metric's unit. share: of the total change (1 is all of it);
    None where the total change could be zero. share_before: the part of the total before.
    """

    label: str
    before: float
    after: float
    change: Estimate
    share: Estimate | None
    share_before: float | None


def streak(values: Sequence[float | None], direction: str) -> int:
    """How many times in a row the values moved in a direction (`falls`, `rises`), up to the last.

    >>> streak([5, 7, 6, 4], "falls"), streak([5, 7, 6, 4], "rises")
    (2, 0)
    """
    sign = -1 if direction == "falls" else 1
    count = 0
    for earlier, later in zip(values[-2::-1], values[:0:-1], strict=True):
        if earlier is None or later is None or (later - earlier) * sign <= 0:
            break
        count += 1
    return count


def change(before: float | None, after: float | None) -> Change | None:
    """The change of a value that is not a sum of days: no interval."""
    if before is None or after is None:
        return None
    relative = Estimate(after / before - 1, None, None, 0) if before else None
    return Change(before, after, relative)


def change_of_days(before: pd.DataFrame, after: pd.DataFrame, *, seed: int = 0) -> Change:
    """The change of a total that is a sum of days.

    before, after: (n_days, n_parts) daily sums. The interval is a percentile bootstrap over the
    days of each period, drawn whole, so that parts of one day stay together.
    """
    drawn_before, drawn_after = _resampled(before, after, seed)
    first, last = float(before.to_numpy().sum()), float(after.to_numpy().sum())
    if not first:
        return Change(first, last, None)
    n = len(before) + len(after)
    ratios = drawn_after.sum(axis=1) / drawn_before.sum(axis=1) - 1
    return Change(first, last, _percentiles(last / first - 1, ratios, n))


def contributions(
    before: pd.DataFrame, after: pd.DataFrame, *, comparisons: int = 1, seed: int = 0
) -> tuple[Contribution, ...]:
    """What each part adds to the change, the greatest mover in the change's direction first.

    before, after: (n_days, n_parts) daily sums with the same columns. The shares add up to one.
    comparisons: how many parts are looked at in all; the intervals are widened so that they hold
    together (Bonferroni).
    """
    tail = (1 - LEVEL) / 2 / max(1, comparisons)
    drawn_before, drawn_after = _resampled(before, after, seed)
    moved = drawn_after - drawn_before
    total = moved.sum(axis=1)
    clear = np.all(total > 0) or np.all(total < 0) or _excludes_zero(total)
    whole_before = float(before.to_numpy().sum())
    whole_change = float(after.to_numpy().sum()) - whole_before
    n = len(before) + len(after)
    parts = []
    for position, label in enumerate(before.columns):
        first, last = float(before[label].sum()), float(after[label].sum())
        share = None
        if clear and whole_change:
            share = _percentiles((last - first) / whole_change, moved[:, position] / total, n, tail)
        moves = _percentiles(last - first, moved[:, position], n, tail)
        base = first / whole_before if whole_before else None
        parts.append(Contribution(str(label), first, last, moves, share, base))
    sign = -1 if whole_change < 0 else 1
    return tuple(sorted(parts, key=lambda part: -sign * part.change.value))


def _resampled(before: pd.DataFrame, after: pd.DataFrame, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    return _sums(before, rng), _sums(after, rng)


def _sums(days: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """(resamples, n_parts) sums of days drawn with replacement."""
    n = len(days)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    return np.asarray(counts @ days.to_numpy(dtype=float))


def _excludes_zero(values: Floats) -> bool:
    low, high = np.quantile(values, [0.025, 0.975])
    return bool(low > 0 or high < 0)


def _percentiles(value: float, drawn: Floats, n: int, tail: float = (1 - LEVEL) / 2) -> Estimate:
    finite = drawn[np.isfinite(drawn)]
    if n < 4 or not len(finite):
        return Estimate(value, None, None, n)
    low, high = np.quantile(finite, [tail, 1 - tail])
    return Estimate(value, float(low), float(high), n, 1 - 2 * tail)
