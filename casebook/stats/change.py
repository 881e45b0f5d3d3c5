"""The change of a metric between two spans of days, with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats
from casebook.stats.segments import freedom, interval, weights
from casebook.tables.cube import Sums

LEVEL = 0.95
LEAST_UNITS = 4
"""Fewer days (or groups) on a side say nothing of their own spread."""


@dataclass(frozen=True)
class Change:
    """A metric before and after; the relative change is a share of the value before.

    relative: without an interval where nothing can be drawn again. clear: whether the change is
    more than chance, at 95 %; None where that cannot be told.
    """

    before: float
    after: float
    relative: Estimate | None
    clear: bool | None = None


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
    """The change of a value of which nothing can be drawn again: no interval."""
    if before is None or after is None:
        return None
    relative = Estimate(after / before - 1, None, None, 0) if before else None
    return Change(before, after, relative)


def count_change(before: int, after: int) -> Estimate | None:
    """The relative change of a Poisson count, with the interval of the logarithm of the ratio.

    None where a count is zero.
    """
    if not before or not after:
        return None
    ratio, error = after / before, math.sqrt(1 / before + 1 / after)
    wide = math.exp(1.96 * error)
    return Estimate(ratio - 1, ratio / wide - 1, ratio * wide - 1, before + after, LEVEL)


def change_of_units(kinds: Sequence[Sums], *, additive: bool, seed: int = 0) -> Change:
    """The change of a metric from its sums by units, whatever the values that part it.

    kinds: the same sums by days, by groups of ids; the interval is the widest of theirs, a
    percentile bootstrap over units drawn whole. additive: as for `split`.
    """
    totals = [_totals(sums, None, additive=additive) for sums in kinds]
    before, after = (float(side[0]) for side in totals[0])
    drawn = [_totals(sums, weights(sums, seed), additive=additive) for sums in kinds]
    degrees = [freedom(sums) for sums in kinds]
    enough = min(len(side) for side in kinds[0].above) >= LEAST_UNITS
    spread = [interval(after - before, d[1] - d[0], n) for d, n in zip(drawn, degrees, strict=True)]
    clear = all(low > 0 or high < 0 for low, high in spread) if enough else None
    if not before:
        return Change(before, after, None, clear)
    value = after / before - 1
    units = sum(len(side) for side in kinds[0].above)
    if not enough:
        return Change(before, after, Estimate(value, None, None, units), clear)
    ends = [interval(value, d[1] / d[0] - 1, n) for d, n in zip(drawn, degrees, strict=True)]
    low, high = max(ends, key=lambda pair: pair[1] - pair[0])
    return Change(before, after, Estimate(value, low, high, units, LEVEL), clear)


def _totals(
    sums: Sums, drawn: tuple[Floats, Floats] | None, *, additive: bool
) -> tuple[Floats, Floats]:
    """The metric before and after, of each draw, or once."""
    found = []
    for side in (0, 1):
        above, below = sums.above[side].sum(axis=1), sums.below[side].sum(axis=1)
        times = np.ones((1, len(above))) if drawn is None else drawn[side]
        top, bottom = times @ above, times @ below
        found.append(top if additive else np.divide(top, bottom, where=bottom != 0,
                                                    out=np.full(len(top), np.nan)))  # fmt: skip
    return found[0], found[1]
