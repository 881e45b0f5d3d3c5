"""Two groups of rows compared in a mean: the difference, its interval, and what it says of a claim.

Rows that depend on each other (of one guest, of one day) are one unit and stay together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats

Expect = Literal["lower", "higher", "different"]
Verdict = Literal["supports", "does not support", "cannot tell"]

LEVEL = 0.95
RESAMPLES = 4000
FEWEST = 20
"""Units that a group needs before anything is said of it."""
MANY = 60
"""Units of a group from which on the bootstrap alone is trusted."""
MOST_UNITS = 20_000
"""Units that are resampled; beyond, the normal interval of the same sums is as good."""
SMALL = 0.1
"""A difference that matters to nobody, in standard deviations of the outcome: half of what
Cohen (1988) calls small."""

_CELLS = 2_000_000  # counts held at once while resampling


@dataclass(frozen=True)
class Side:
    """One of the two groups: its mean, its rows and its units."""

    mean: float
    rows: int
    units: int


@dataclass(frozen=True)
class Compared:
    """mean(inside) - mean(outside), with its interval at `difference.level`.

    margin: the difference that counts as none, in the outcome's unit. difference.n: units.
    """

    inside: Side
    outside: Side
    difference: Estimate
    margin: float
    standard_error: float


def compare(
    units: Floats, deviation: float, *, comparisons: int = 1, seed: int = 0
) -> Compared | None:
    """The difference of two means over units of rows; None where a group is empty.

    With few units in a group the percentile bootstrap is too narrow, so the wider of it and the
    t interval of the smaller group's units is taken.

    units: (n_units, 4) rows inside, their sum, rows outside, their sum, of each unit.
    deviation: standard deviation of the outcome over all these rows.
    comparisons: how many are made in all; the interval holds for all of them together
    (Bonferroni). Percentile bootstrap over units (Efron and Tibshirani 1993; units drawn whole,
    Davison and Hinkley 1997, 3.8); above 20,000 units the linearised one.
    """
    inside, outside = (_side(units[:, part : part + 2]) for part in (0, 2))
    if inside is None or outside is None:
        return None
    level = 1 - (1 - LEVEL) / max(1, comparisons)
    value, error = inside.mean - outside.mean, _standard_error(units, inside, outside)
    few = min(inside.units, outside.units)
    low, high = _ends(units, value, error, level, seed) if few >= FEWEST else (None, None)
    if low is not None and high is not None and few < MANY:
        half = float(stats.t.ppf((1 + level) / 2, few - 1)) * error
        low, high = min(low, value - half), max(high, value + half)
    difference = Estimate(value, low, high, len(units), level)
    return Compared(inside, outside, difference, SMALL * deviation, error)


def compare_rows(
    moments: Sequence[tuple[int, float, float]], deviation: float, *, comparisons: int = 1
) -> Compared | None:
    """The same where every row stands alone: Welch's interval.

    moments: n, mean and variance of the rows inside, and of those outside.
    """
    (n, mean, variance), (m, other, spread) = moments
    if not n or not m:
        return None
    level = 1 - (1 - LEVEL) / max(1, comparisons)
    parts = variance / n, spread / m
    error, low, high = float(np.sqrt(sum(parts))), None, None
    if min(n, m) >= FEWEST:
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / (n - 1) + parts[1] ** 2 / (m - 1) or 1.0)
        half = float(stats.t.ppf((1 + level) / 2, max(freedom, 1.0))) * error
        low, high = mean - other - half, mean - other + half
    difference = Estimate(mean - other, low, high, n + m, level)
    return Compared(Side(mean, n, n), Side(other, m, m), difference, SMALL * deviation, error)


def verdict(compared: Compared, expect: str) -> Verdict:
    """What the data say of the claim that the group is lower, higher, or different.

    They support it when the whole interval lies on the side that was expected, and do not when
    it leaves out every difference on that side as large as the margin; else they cannot tell.
    """
    low, high, margin = compared.difference.low, compared.difference.high, compared.margin
    if low is None or high is None or not margin:
        return "cannot tell"
    if expect == "different":
        if low > 0 or high < 0:
            return "supports"
        return "does not support" if max(-low, high) < margin else "cannot tell"
    if expect == "lower":
        low, high = -high, -low
    if low > 0:
        return "supports"
    return "does not support" if high < margin else "cannot tell"


def _side(sums: Floats) -> Side | None:
    rows = float(sums[:, 0].sum())
    there = int(np.count_nonzero(sums[:, 0]))
    return Side(float(sums[:, 1].sum()) / rows, int(rows), there) if rows else None


def _standard_error(units: Floats, inside: Side, outside: Side) -> float:
    """Of the difference of two ratios of sums, linearised over units (Taylor)."""
    own = (units[:, 1] - inside.mean * units[:, 0]) / inside.rows
    other = (units[:, 3] - outside.mean * units[:, 2]) / outside.rows
    n = len(units)
    return float(np.sqrt(np.sum((own - other) ** 2) * n / max(1, n - 1)))


def _ends(
    units: Floats, value: float, error: float, level: float, seed: int
) -> tuple[float | None, float | None]:
    if len(units) > MOST_UNITS:
        half = float(stats.norm.ppf((1 + level) / 2)) * error
        return value - half, value + half
    drawn = _resampled(units, seed)
    finite = drawn[np.isfinite(drawn)]
    if len(finite) < RESAMPLES / 2:
        return None, None
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _resampled(units: Floats, seed: int) -> Floats:
    """(resamples,) differences over units drawn with replacement."""
    rng, n = np.random.default_rng(seed), len(units)
    portion = max(1, min(RESAMPLES, _CELLS // n))
    found = []
    for start in range(0, RESAMPLES, portion):
        draws = min(portion, RESAMPLES - start)
        drawn = rng.integers(0, n, (draws, n)) + n * np.arange(draws)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=draws * n).reshape(draws, n)
        rows, total, others, sum_of_others = (counts @ units).T
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append(total / rows - sum_of_others / others)
    return np.concatenate(found)
