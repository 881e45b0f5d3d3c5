"""Paired comparison of candidates on the same folds, and control of multiplicity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats


@dataclass(frozen=True)
class Paired:
    """A mean difference over folds with its interval, two-sided p value and standard error.

    standard_error: corrected as the test is; None for fewer than two folds.
    """

    difference: Estimate
    p_value: float
    standard_error: float | None = None


def corrected_t(differences: Floats, test_share: float, level: float = 0.95) -> Paired:
    """The corrected resampled t test of Nadeau and Bengio (2003).

    differences: (folds,) score of one candidate minus the other's on the same fold.
    test_share: rows tested over rows trained on, n_test / n_train, of a fold. Training sets of
    folds overlap, so the plain t test calls chance a difference; the variance is raised by it.
    Fewer than two folds give no interval and p = 1.
    """
    n = len(differences)
    value = float(np.mean(differences))
    if n < 2:
        return Paired(Estimate(value, None, None, n, level), 1.0)
    spread = float(np.sqrt((1 / n + test_share) * np.var(differences, ddof=1)))
    if spread == 0:
        return Paired(Estimate(value, value, value, n, level), float(value == 0), 0.0)
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * spread
    p_value = float(2 * stats.t.sf(abs(value) / spread, n - 1))
    return Paired(Estimate(value, value - half, value + half, n, level), p_value, spread)


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """P values adjusted for the false discovery rate (Benjamini and Hochberg 1995).

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=float)
    if not p.size:
        return p
    return np.asarray(stats.false_discovery_control(p, method="bh"), dtype=float)
