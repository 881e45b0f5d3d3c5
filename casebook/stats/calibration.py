"""How far stated probabilities are from the shares that came true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import stats
from sklearn.isotonic import isotonic_regression

from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats, Rows
from casebook.stats.recalibration import EACH, LEVEL, cox, mean_of_units, variance_of_mean

Spread = Literal["too much", "too little", "about right", "cannot tell"]
Level = Literal["too high", "too low", "about right", "cannot tell"]

ABOUT = (0.8, 1.25)
"""Slopes that count as right; a slope of 0.8 turns a stated 90 % into 85 %."""
NEAR = 0.1
"""A mean that is off by less than this part of the share of yes counts as right."""
BIN_ROWS = 50
MOST_BINS = 10
CHANCE_DRAWS = 200
FEWEST = 10
"""Rows of each class without which nothing is said."""


@dataclass(frozen=True)
class Bin:
    """Rows with neighbouring probabilities. said: their mean; came: the share that came true."""

    low: float
    high: float
    said: float
    came: Estimate


@dataclass(frozen=True)
class Reliability:
    """Stated probabilities against what came true.

    slope, intercept: of Cox's regression; 1 and 0 are right; None where it has no solution.
    gap: mean stated minus the share of yes. slope and gap are at `EACH`.
    error: expected calibration error over the bins; by_chance: what it would be on average if
    every probability were true. brier = miscalibration - discrimination + uncertainty.
    """

    bins: tuple[Bin, ...]
    slope: Estimate | None
    intercept: Estimate | None
    gap: Estimate
    error: float
    by_chance: float
    brier: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    spread: Spread
    level: Level
    rows: int
    positives: int


def reliability(
    truth: npt.NDArray[Any], probability: Floats, units: Rows | None = None, *, seed: int = 0
) -> Reliability:
    """Bins, errors and Cox's regression (Cox 1958) of probabilities of yes.

    truth: (n,) true for yes; units: (n,) code of the block that a row belongs to, or None.
    Raises ValueError without rows, or for a probability outside of 0 to 1.
    """
    if not len(truth) or not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("probabilities from 0 to 1 are needed, one for each row")
    y = np.asarray(truth, dtype=float)
    edges = equal_bins(probability)
    slope, intercept = cox(y, probability, units)
    gap = mean_of_units(probability - y, units, EACH)
    positives = int(y.sum())
    few = min(positives, len(y) - positives) < FEWEST
    miscalibration, discrimination, uncertainty = _decomposed(y, probability)
    return Reliability(
        bins=binned(y, probability, edges, units),
        slope=slope,
        intercept=intercept,
        gap=gap,
        error=_error(y, probability, edges),
        by_chance=_error_by_chance(probability, edges, seed),
        brier=float(np.mean((probability - y) ** 2)),
        miscalibration=miscalibration,
        discrimination=discrimination,
        uncertainty=uncertainty,
        spread="cannot tell" if few else _spread(slope),
        level="cannot tell" if few else _level(gap, float(y.mean())),
        rows=len(y),
        positives=positives,
    )


def equal_bins(probability: Floats, most: int = MOST_BINS) -> Floats:
    """(bins + 1,) edges of bins with equally many rows, ties together; few bins, of 50 rows."""
    wanted = int(np.clip(len(probability) // BIN_ROWS, 1, most))
    ordered = np.sort(probability)
    starts = ordered[(np.arange(1, wanted) * len(ordered)) // wanted]
    inner = np.unique(starts[starts > ordered[0]])
    edges: Floats = np.concatenate([[ordered[0]], inner, [np.nextafter(ordered[-1], 2)]])
    return edges


def binned(
    truth: Floats, probability: Floats, edges: Floats, units: Rows | None = None
) -> tuple[Bin, ...]:
    """The rows between each two edges: what was said of them, and the share that came true.

    Intervals are Wilson's (1927); where rows come in units, n is divided by the design effect
    (Kish 1965).
    """
    codes = np.searchsorted(edges, probability, side="right") - 1
    made = []
    for code in np.unique(codes):
        inside = codes == code
        blocks = None if units is None else units[inside]
        came = wilson(truth[inside], blocks)
        held = probability[inside]
        made.append(Bin(float(held.min()), float(held.max()), float(held.mean()), came))
    return tuple(made)


def wilson(truth: Floats, units: Rows | None = None, level: float = LEVEL) -> Estimate:
    """A share with Wilson's interval, wider where rows of a unit go together."""
    n, share = len(truth), float(truth.mean())
    effective = float(n)
    if units is not None and 0 < share < 1:
        variance = variance_of_mean(truth - share, units)
        effective = min(float(n), share * (1 - share) / variance) if variance else float(n)
    z = float(stats.norm.ppf((1 + level) / 2))
    middle = (share + z**2 / (2 * effective)) / (1 + z**2 / effective)
    inside = share * (1 - share) / effective + z**2 / (4 * effective**2)
    half = z * float(np.sqrt(inside)) / (1 + z**2 / effective)
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half), n, level)


def _error(truth: Floats, probability: Floats, edges: Floats) -> float:
    codes = np.searchsorted(edges, probability, side="right") - 1
    apart = np.abs(np.bincount(codes, truth - probability))
    return float(apart.sum() / len(truth))


def _error_by_chance(probability: Floats, edges: Floats, seed: int) -> float:
    """The error's mean where all probabilities are true: labels are drawn from them.

    The plain error is never 0 on few rows (Broecker and Smith 2007).
    """
    rng = np.random.default_rng(seed)
    drawn = [
        _error((rng.random(len(probability)) < probability).astype(float), probability, edges)
        for _draw in range(CHANCE_DRAWS)
    ]
    return float(np.mean(drawn))


def _decomposed(truth: Floats, probability: Floats) -> tuple[float, float, float]:
    """Brier's parts, exact and without bins: by isotonic recalibration.

    Dimitriadis, Gneiting and Jordan 2021 (CORP); after Murphy 1973.
    """
    value, place = np.unique(probability, return_inverse=True)
    count = np.bincount(place)
    share = np.bincount(place, truth) / count
    fitted = isotonic_regression(share, sample_weight=count)[place] if len(value) else truth
    score = float(np.mean((probability - truth) ** 2))
    after = float(np.mean((fitted - truth) ** 2))
    uncertainty = float(np.mean((truth.mean() - truth) ** 2))
    return score - after, uncertainty - after, uncertainty


def _spread(slope: Estimate | None) -> Spread:
    if slope is None or slope.low is None or slope.high is None:
        return "cannot tell"
    if ABOUT[0] <= slope.low and slope.high <= ABOUT[1]:  # also where it is surely not quite 1
        return "about right"
    if slope.high < 1:
        return "too much"
    return "too little" if slope.low > 1 else "cannot tell"


def _level(gap: Estimate, share: float) -> Level:
    if gap.low is None or gap.high is None:
        return "cannot tell"
    if max(-gap.low, gap.high) <= NEAR * min(share, 1 - share):
        return "about right"
    if gap.low > 0:
        return "too high"
    return "too low" if gap.high < 0 else "cannot tell"
