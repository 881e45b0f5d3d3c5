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

Spread = Literal["too much", "too little", "about right", "cannot tell"]
Level = Literal["too high", "too low", "about right", "cannot tell"]

LEVEL = 0.95
EACH = 1 - (1 - LEVEL) / 2
"""The level of each of the two intervals that decide, so that both hold together (Bonferroni)."""
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
    gap = _mean(probability - y, units, EACH)
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
        variance = _variance_of_mean(truth - share, units)
        effective = min(float(n), share * (1 - share) / variance) if variance else float(n)
    z = float(stats.norm.ppf((1 + level) / 2))
    middle = (share + z**2 / (2 * effective)) / (1 + z**2 / effective)
    inside = share * (1 - share) / effective + z**2 / (4 * effective**2)
    half = z * float(np.sqrt(inside)) / (1 + z**2 / effective)
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half), n, level)


def _variance_of_mean(centred: Floats, units: Rows | None) -> float:
    """Of a mean of values about their mean, by the sums over units (linearised)."""
    sums = centred if units is None else np.bincount(np.unique(units, return_inverse=True)[1],
                                                     centred)  # fmt: skip
    k = len(sums)
    return float(np.sum(sums**2) * k / max(1, k - 1) / len(centred) ** 2)


def _mean(values: Floats, units: Rows | None, level: float) -> Estimate:
    value = float(values.mean())
    error = float(np.sqrt(_variance_of_mean(values - value, units)))
    k = len(values) if units is None else len(np.unique(units))
    if k < 2:
        return Estimate(value, None, None, k, level)
    half = float(stats.t.ppf((1 + level) / 2, k - 1)) * error
    return Estimate(value, value - half, value + half, k, level)


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


def cox(
    truth: Floats, probability: Floats, units: Rows | None
) -> tuple[Estimate | None, Estimate | None]:
    """Slope and intercept of a logistic regression of truth on the stated log odds.

    Errors are robust to units (White 1982; Liang and Zeger 1986). None where the regression has
    no finite solution. truth: (n,) 1 for yes.
    """
    odds = log_odds(probability)
    if np.ptp(odds) < 1e-9 or truth.min() == truth.max():
        return None, None
    design = np.column_stack([np.ones(len(odds)), odds])
    found = _logistic(design, truth)
    if found is None:
        return None, None
    beta, bread = found
    scores = design * (truth - _expit(design @ beta))[:, None]
    if units is not None:
        codes = np.unique(units, return_inverse=True)[1]
        scores = np.column_stack([np.bincount(codes, scores[:, i]) for i in (0, 1)])
    k = len(scores)
    covariance = bread @ (scores.T @ scores) @ bread * k / max(1, k - 1)
    half = stats.t.ppf((1 + EACH) / 2, max(1, k - 2)) * np.sqrt(np.diag(covariance))
    intercept, slope = (
        Estimate(float(b), float(b - h), float(b + h), k, EACH)
        for b, h in zip(beta, half, strict=True)
    )
    return slope, intercept


def log_odds(probability: Floats) -> Floats:
    """(n,) log odds; what is stated finer than half a row in n is taken for that."""
    edge = 0.5 / len(probability)
    inside = np.clip(probability, edge, 1 - edge)
    odds: Floats = np.log(inside / (1 - inside))
    return odds


def _logistic(design: Floats, truth: Floats) -> tuple[Floats, Floats] | None:
    """Coefficients by Newton's method and the inverse information; None where it diverges.

    A step is halved until the likelihood rises, without which the method may swing.
    """
    beta = np.array([0.0, 1.0])
    for _step in range(100):
        chance = _expit(design @ beta)
        weight = chance * (1 - chance)
        information = (design * weight[:, None]).T @ design
        if np.linalg.cond(information) > 1e12 or np.abs(beta).max() > 100:
            return None
        step = np.linalg.solve(information, design.T @ (truth - chance))
        before = _likelihood(design @ beta, truth)
        while _likelihood(design @ (beta + step), truth) < before - 1e-12 * abs(before):
            step = step / 2
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            return beta, np.linalg.inv(information).astype(float)
    return None


def _likelihood(odds: Floats, truth: Floats) -> float:
    return float(np.sum(truth * odds - np.logaddexp(0.0, odds)))


def _expit(value: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(value, -700, 700)))
    return found


@dataclass(frozen=True)
class Recalibration:
    """Stated log odds x to true ones: intercept + slope x; 0 and 1 where nothing is to be mended.

    Logistic recalibration (Cox 1958; Platt 1999).
    """

    intercept: float = 0.0
    slope: float = 1.0

    def stated(self, true: float) -> float:
        """The stated probability where the true one is this; 0, and 1 and more, stay."""
        if not 0 < true < 1 or (self.intercept, self.slope) == (0.0, 1.0):
            return true
        odds = (np.log(true / (1 - true)) - self.intercept) / self.slope
        return float(_expit(odds))


def recalibration(
    truth: npt.NDArray[Any], probability: Floats, units: Rows | None = None
) -> Recalibration:
    """What mends probabilities that are clearly not true: in their slope or in their mean."""
    y = np.asarray(truth, dtype=float)
    slope, intercept = cox(y, probability, units)
    if slope is None or intercept is None or slope.value <= 0:
        return Recalibration()
    gap = _mean(probability - y, units, EACH)
    if _holds(slope, 1.0) and _holds(gap, 0.0):
        return Recalibration()
    return Recalibration(intercept.value, slope.value)


def _holds(estimate: Estimate, value: float) -> bool:
    low, high = estimate.low, estimate.high
    return low is None or high is None or low <= value <= high


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
