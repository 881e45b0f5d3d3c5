"""Shares and means of rows that come in blocks (a guest, a week), in closed form.

Rows of a block depend on each other, so that they tell less than as many rows alone. How much
less is the design effect: the variance between blocks over that of rows drawn one by one (Kish
1965). A share's interval is Wilson's of as many rows as are left then (Korn and Graubard 1998).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from casebook.stats.estimate import Estimate
from casebook.stats.intervals import mean, proportion
from casebook.stats.metrics import Floats

Units = npt.NDArray[np.intp]


def share(right: npt.NDArray[np.bool_], units: Units | None, level: float = 0.95) -> Estimate:
    """The share of true ones, with an interval that knows of blocks.

    right: (n,); units: (n,) code of a row's block, or None where rows are alone.
    n of the result: independent blocks. One block alone gives no interval.
    """
    n, hits = len(right), int(np.count_nonzero(right))
    if units is None or n == 0:
        return proportion(hits, n, level)
    blocks = len(np.unique(units))
    value = hits / n
    if blocks < 2:
        return Estimate(value, None, None, blocks, level)
    alone = value * (1 - value) / n
    between = variance_of_mean(right.astype(float), units)
    # Without any spread nothing is known of how rows hang together: then each block is one row.
    left = n / max(1.0, between / alone) if alone and between else float(blocks)
    few = stats.norm.ppf((1 + level) / 2) / stats.t.ppf((1 + level) / 2, blocks - 1)
    low, high = _wilson(value, max(left * few**2, 1.0), level)
    return Estimate(value, low, high, blocks, level)


def average(values: Floats, units: Units | None, level: float = 0.95) -> Estimate:
    """The mean with a t interval that knows of blocks; as `share` otherwise."""
    if units is None or len(values) < 2:
        return mean(values, level)
    blocks = len(np.unique(units))
    value = float(np.mean(values))
    if blocks < 2:
        return Estimate(value, None, None, blocks, level)
    variance = max(variance_of_mean(values, units), float(np.var(values, ddof=1)) / len(values))
    half = float(stats.t.ppf((1 + level) / 2, blocks - 1) * np.sqrt(variance))
    return Estimate(value, value - half, value + half, blocks, level)


def variance_of_mean(values: Floats, units: Units) -> float:
    """The variance of a mean whose rows were drawn in blocks (linearised ratio; Cochran 1977)."""
    codes = np.unique(units, return_inverse=True)[1]
    sums = np.bincount(codes, weights=values - values.mean())
    blocks = len(sums)
    return float((sums**2).sum() * blocks / (blocks - 1) / len(values) ** 2)


def _wilson(share_: float, n: float, level: float) -> tuple[float, float]:
    """Wilson's interval (1927), of a number of rows that need not be whole."""
    z = float(stats.norm.ppf((1 + level) / 2))
    centre = (share_ + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share_ * (1 - share_) / n + z**2 / (4 * n**2))
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))
