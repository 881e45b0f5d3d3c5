"""Cox's regression of what came true on what was stated, and probabilities mended by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats, Rows

LEVEL = 0.95
EACH = 1 - (1 - LEVEL) / 2
"""The level of each of the two intervals that decide, so that both hold together (Bonferroni)."""
FEWEST_TO_MEND = 30
"""Rows of each class without which nothing is mended."""


def variance_of_mean(centred: Floats, units: Rows | None) -> float:
    """Of a mean of values about their mean, by the sums over units (linearised)."""
    sums = centred if units is None else np.bincount(np.unique(units, return_inverse=True)[1],
                                                     centred)  # fmt: skip
    k = len(sums)
    return float(np.sum(sums**2) * k / max(1, k - 1) / len(centred) ** 2)


def mean_of_units(values: Floats, units: Rows | None, level: float) -> Estimate:
    """A mean with its t interval over units; one unit gives no interval."""
    value = float(values.mean())
    error = float(np.sqrt(variance_of_mean(values - value, units)))
    k = len(values) if units is None else len(np.unique(units))
    if k < 2:
        return Estimate(value, None, None, k, level)
    half = float(stats.t.ppf((1 + level) / 2, k - 1)) * error
    return Estimate(value, value - half, value + half, k, level)


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

    def true(self, stated: float) -> float:
        """The true probability where this one is stated; 0 and 1 stay. The inverse of `stated`."""
        if not 0 < stated < 1 or (self.intercept, self.slope) == (0.0, 1.0):
            return stated
        odds = self.intercept + self.slope * np.log(stated / (1 - stated))
        return float(_expit(odds))

    def stated(self, true: float) -> float:
        """The stated probability where the true one is this; 0, and 1 and more, stay."""
        if not 0 < true < 1 or (self.intercept, self.slope) == (0.0, 1.0):
            return true
        odds = (np.log(true / (1 - true)) - self.intercept) / self.slope
        return float(_expit(odds))


def recalibration(
    truth: npt.NDArray[Any], probability: Floats, units: Rows | None = None
) -> Recalibration:
    """What mends probabilities that are clearly not true: in their slope or in their mean.

    With fewer than 30 rows of a class nothing is mended: two numbers fitted to them would do more
    harm than good.
    """
    y = np.asarray(truth, dtype=float)
    if min(y.sum(), len(y) - y.sum()) < FEWEST_TO_MEND:
        return Recalibration()
    slope, intercept = cox(y, probability, units)
    if slope is None or intercept is None or slope.value <= 0:
        return Recalibration()
    gap = mean_of_units(probability - y, units, EACH)
    if _holds(slope, 1.0) and _holds(gap, 0.0):
        return Recalibration()
    return Recalibration(intercept.value, slope.value)


def _holds(estimate: Estimate, value: float) -> bool:
    low, high = estimate.low, estimate.high
    return low is None or high is None or low <= value <= high
