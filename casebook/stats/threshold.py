"""The best threshold with the range that is not clearly worse, chosen and judged on other rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casebook.stats.estimate import Estimate
from casebook.stats.recalibration import Recalibration, recalibration
from casebook.stats.stakes import LEVEL, Flags, Stakes, Sweep


def recalibrations(stakes: Stakes) -> tuple[Recalibration, ...]:
    """What mends the probabilities: by all rows, then by those outside of each fold."""
    folds = range(int(stakes.fold.max()) + 1)
    kept = [np.ones(len(stakes.truth), dtype=bool), *(stakes.fold != k for k in folds)]
    return tuple(
        recalibration(
            stakes.truth[part],
            stakes.probability[part],
            None if stakes.units is None else stakes.units[part],
        )
        if part.any()
        else Recalibration()
        for part in kept
    )


def aims(even: float | None, mended: Sequence[Recalibration]) -> tuple[float | None, ...]:
    """The stated probabilities at which costs break even: by all rows, then without each fold."""
    return tuple(None if even is None else one.stated(even) for one in mended)


@dataclass(frozen=True)
class Best:
    """The best threshold on some rows.

    at: where the cost is least on these rows, a noisy thing. low, high: the thresholds whose cost
    is not clearly worse than the best lie between; the best one for all rows to come is among
    them in at least 95 of 100 samples. chosen: a stable choice among them.
    """

    at: float
    low: float
    high: float
    chosen: float


def best(sweep: Sweep, aim: float | None, level: float = LEVEL) -> Best:
    """The best threshold, those not clearly worse, and a stable choice among them.

    aim: where costs break even, as `aims` has it. It is the choice where the data do not speak
    against it: it depends on few rows or none. Else the nearest end of the range is. Without an
    aim it is the median of the resamples' best thresholds (after bagging, Breiman 1996).
    """
    rivals = _Rivals(sweep, level)
    inside = np.flatnonzero(rivals.near_best())
    low, high = int(inside[0]), int(inside[-1])
    ends = float(sweep.thresholds[low]), float(sweep.thresholds[high])
    if aim is None:
        aim = float(sweep.thresholds[int(np.median(np.argmin(sweep.means, axis=1)))])
    chosen = min(max(float(aim), ends[0]), ends[1])
    return Best(float(sweep.thresholds[int(np.argmin(sweep.mean))]), *ends, chosen)


def stable(sweep: Sweep, aim: float | None) -> float:
    """`best(...).chosen`, and quick where the aim itself may be the best."""
    if aim is not None and _Rivals(sweep, LEVEL).may_be_best(sweep.place(aim)):
        return aim
    return best(sweep, aim).chosen


class _Rivals:
    """Which thresholds may be the best: those that none is clearly cheaper than.

    A threshold is left out when some other one is cheaper by more than the bootstrap's level of
    the greatest such difference, each in units of its own error: tests inverted into a set, as
    in multiple comparisons with the best (Hsu 1981; Hansen, Lunde and Nason 2011). It holds more
    often than its level says, as one test serves for all rivals. The percentiles of the
    resamples' best thresholds lie nearer together, but no theory stands behind them: the best
    point of a step function converges as n^(-1/3), where the bootstrap is not known to hold
    (Abrevaya and Huang 2005). `make calibrate` counts both.

    The worth of one row is added to every error, as one more row might lie between two
    thresholds: where a yes is rare, no resample could show one that is not there.
    """

    def __init__(self, sweep: Sweep, level: float) -> None:
        self.mean, self.level = sweep.mean, level
        one = float(sweep.one.max() / sweep.rows.sum())
        self.noise = sweep.means - self.mean
        centred = self.noise - self.noise.mean(axis=0)
        shared = centred.T @ centred / len(centred)
        own = np.diag(shared)
        apart = np.maximum(own[:, None] + own - 2 * shared, 0.0)
        error = np.sqrt(apart + one**2)
        self.error = np.where(error > 0, error, 1.0)

    def may_be_best(self, place: int) -> bool:
        """Whether the threshold at a place on the grid is one of them."""
        error = self.error[place]
        cheaper = float(((self.mean[place] - self.mean) / error).max())
        if cheaper <= 0:
            return True
        chance = ((self.noise[:, [place]] - self.noise) / error).max(axis=1)
        return cheaper <= float(np.quantile(chance, self.level))

    def near_best(self) -> Flags:
        """(G,) all of them; the least one is always there."""
        return np.array([self.may_be_best(place) for place in range(len(self.mean))])


def crossfitted(sweep: Sweep, wanted: Sequence[float | None]) -> npt.NDArray[np.intp]:
    """(K,) places on the grid, each chosen on the rows of the other folds.

    wanted: as `aims` gives. With one fold only there are no others, and its own rows choose.
    """
    folds = range(len(sweep.rows))
    if len(folds) == 1:
        return np.array([sweep.place(stable(sweep, wanted[0]))])
    return np.array([sweep.place(stable(sweep.without(k), wanted[k + 1])) for k in folds])


def saving(sweep: Sweep, picked: npt.NDArray[np.intp], other: int, scale: float) -> Estimate:
    """What the chosen thresholds cost less than one other place, on the same rows.

    picked: (K,) as `crossfitted` gives, so that no row is judged by a threshold that it chose.
    scale: rows that it is said for.
    """
    value, drawn = sweep.at(picked)
    against, others = sweep.at(other)
    return sweep.estimate(against - value, others - drawn, scale)
