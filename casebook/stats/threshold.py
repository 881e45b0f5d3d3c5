"""The threshold from which to say yes, by what the four outcomes cost each row.

Rows are sorted once by their probability; the cost at every threshold is then one running sum of
what a yes costs more than a no, and a bootstrap resample is another one under other row weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from casebook.stats.calibration import Recalibration, recalibration
from casebook.stats.costs import NEVER, break_even
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import resamples
from casebook.stats.metrics import Floats, Rows

LEVEL = 0.95
RESAMPLES = 400
FINE = 80
"""Thresholds between the hundredths, where the rows and the yes rows are."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Stakes:
    """Rows sorted by their probability of yes, and what each answer costs them; all (n,).

    fold: the number of the fold that tested the row; units: code of its block, or None.
    """

    probability: Floats
    truth: Flags
    if_yes: Floats
    if_no: Floats
    fold: Rows
    units: Rows | None

    @classmethod
    def of(
        cls,
        truth: npt.NDArray[Any],
        probability: Floats,
        costs: Floats,
        *,
        fold: Rows | None = None,
        units: Rows | None = None,
    ) -> Self:
        """Stakes of rows in any order.

        truth: (n,) true for yes. costs: (n, 4) of a right yes, a wrong yes, a wrong no and a
        right no. Raises ValueError where shapes do not fit, a number is missing or infinite, or
        a probability lies outside of 0 to 1.
        """
        n, said = len(truth), np.asarray(truth, dtype=bool)
        if probability.shape != (n,) or costs.shape != (n, 4) or not n:
            raise ValueError(f"{n} rows, {probability.shape} probabilities, {costs.shape} costs")
        if not np.isfinite(costs).all():
            raise ValueError("a cost is missing or infinite")
        if not ((probability >= 0) & (probability <= 1)).all():
            raise ValueError("a probability is missing or outside of 0 to 1")
        order = np.argsort(probability, kind="stable")
        right = said[order]
        costs = costs[order]
        folds = np.zeros(n, dtype=np.intp) if fold is None else fold[order]
        blocks = None if units is None else np.unique(units, return_inverse=True)[1][order]
        return cls(
            probability[order],
            right,
            np.where(right, costs[:, 0], costs[:, 1]),
            np.where(right, costs[:, 2], costs[:, 3]),
            folds,
            blocks,
        )

    @property
    def independent(self) -> int:
        """Rows, or blocks of rows, that do not depend on each other."""
        return len(self.truth) if self.units is None else int(self.units.max()) + 1


def analytic(costs: Floats) -> float | None:
    """The break-even probability of costs (n, 4) that are the same, or in proportion, in all rows.

    None where nothing is at stake, or where wrong answers are cheaper than right ones.
    """
    right_yes, wrong_yes, wrong_no, right_no = costs.mean(axis=0)
    found = break_even(wrong_yes - right_no, wrong_no - right_yes)
    # A mean of equal costs is off by its last digits.
    return found if found is None or found >= 1 else round(float(found), 12)


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


def grid(stakes: Stakes, extra: Sequence[float] = ()) -> Floats:
    """Thresholds to look at, ascending: hundredths, places that share out the rows, and `extra`.

    Half of the places follow the rows and half the yes rows, so that a rare yes is not missed;
    they have three digits. The first, 0, says yes to all; the last, `NEVER`, to none.
    """
    n, positive = len(stakes.truth), max(1, int(stakes.truth.sum()))
    share = (np.arange(1, n + 1) / n + np.cumsum(stakes.truth) / positive) / 2
    places = np.searchsorted(share, np.linspace(0, share[-1], FINE))
    fine = [float(f"{value:.3g}") for value in stakes.probability[np.minimum(places, n - 1)]]
    hundredths = np.arange(101) / 100
    return np.unique(np.concatenate([hundredths, fine, [float(one) for one in extra], [NEVER]]))


@dataclass(frozen=True, eq=False)
class Sweep:
    """The cost at each of G thresholds on the rows of each of K folds, and on resamples of them.

    cost: (K, G) sums over rows; rows: (K,); draws: (R, K, G) and weights: (R, K) of resamples.
    one: (K,) what the answer to one row is worth at most, on average over yes or no rows.
    """

    thresholds: Floats
    cost: Floats
    rows: Floats
    draws: Floats
    weights: Floats
    one: Floats
    independent: int

    @property
    def mean(self) -> Floats:
        """(G,) cost of one row."""
        found: Floats = self.cost.sum(axis=0) / self.rows.sum()
        return found

    @property
    def means(self) -> Floats:
        """(R, G) cost of one row on each resample; one that has drawn no row at all says the mean.

        That happens where few blocks are drawn and all of them lie in other folds.
        """
        rows = self.weights.sum(axis=1)[:, None]
        return np.where(rows > 0, self.draws.sum(axis=1) / np.maximum(rows, 1e-12), self.mean)

    def without(self, fold: int) -> Sweep:
        """The same on the rows of the other folds."""
        kept = np.arange(len(self.rows)) != fold
        parts = self.draws[:, kept], self.weights[:, kept], self.one[kept]
        return Sweep(self.thresholds, self.cost[kept], self.rows[kept], *parts, self.independent)

    def place(self, threshold: float) -> int:
        """Where a threshold stands on the grid: the nearest one."""
        return int(np.argmin(np.abs(self.thresholds - threshold)))

    def at(self, places: npt.NDArray[np.intp] | int) -> tuple[float, Floats]:
        """The cost of one row, and on each resample, at a place, or at one for each fold."""
        picked = np.broadcast_to(places, len(self.rows))
        folds = np.arange(len(self.rows))
        value = float(self.cost[folds, picked].sum() / self.rows.sum())
        drawn = self.draws[:, folds, picked].sum(axis=1) / self.weights.sum(axis=1)
        return value, drawn

    def estimate(self, value: float, drawn: Floats, scale: float = 1.0) -> Estimate:
        """A value with the percentile interval of its resamples (Efron and Tibshirani 1993)."""
        dust = 1e-9 * float(self.one.max())  # the same sums in another order
        value = 0.0 if abs(value) < dust else scale * value
        scaled = scale * np.where(np.abs(drawn) < dust, 0.0, drawn)
        if self.independent < 2:
            return Estimate(value, None, None, self.independent, LEVEL)
        low, high = np.quantile(scaled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Estimate(value, float(low), float(high), self.independent, LEVEL)


def swept(stakes: Stakes, thresholds: Floats, *, times: int = RESAMPLES, seed: int = 0) -> Sweep:
    """The cost at every threshold, fold by fold, and on `times` resamples of rows or blocks."""
    folds = [np.flatnonzero(stakes.fold == k) for k in range(int(stakes.fold.max()) + 1)]
    cost, rows = _sums(stakes, folds, thresholds, np.ones((1, len(stakes.truth))))
    parts = [
        _sums(stakes, folds, thresholds, weights)
        for weights in resamples(len(stakes.truth), times, seed, stakes.units)
    ]
    draws, weights = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    one = np.array([_one(stakes, rows_of) for rows_of in folds])
    return Sweep(thresholds, cost[0], rows[0], draws, weights, one, stakes.independent)


def _sums(
    stakes: Stakes, folds: list[Rows], thresholds: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    """(R, K, G) costs and (R, K) rows under row weights (R, n)."""
    more = stakes.if_yes - stakes.if_no
    costs, rows = [], []
    for place in folds:
        inside = weights[:, place]
        first = np.searchsorted(stakes.probability[place], thresholds)
        running = np.cumsum(inside * more[place], axis=1)
        below = np.concatenate([np.zeros((len(weights), 1)), running], axis=1)
        none = inside @ stakes.if_no[place]
        costs.append(none[:, None] + below[:, -1:] - below[:, first])
        rows.append(inside.sum(axis=1))
    return np.stack(costs, axis=1), np.stack(rows, axis=1)


def _one(stakes: Stakes, rows: Rows) -> float:
    """What one answer is worth on average, in yes rows or in no rows, whichever is more."""
    more = np.abs(stakes.if_yes - stakes.if_no)[rows]
    yes = stakes.truth[rows]
    return max(float(more[part].mean()) if part.any() else 0.0 for part in (yes, ~yes))


@dataclass(frozen=True)
class Best:
    """The best threshold on some rows.

    at: where the cost is least on these rows, a noisy thing. low, high: the thresholds whose cost
    is not clearly worse than the best lie between; the best one for all rows to come is among
    them in 95 of 100 samples. chosen: a stable choice among them.
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
    mean, means = sweep.mean, sweep.means
    inside = np.flatnonzero(near_best(mean, means, _worth(sweep), level))
    low, high = int(inside[0]), int(inside[-1])
    ends = float(sweep.thresholds[low]), float(sweep.thresholds[high])
    if aim is None:
        aim = float(sweep.thresholds[int(np.median(np.argmin(means, axis=1)))])
    chosen = min(max(float(aim), ends[0]), ends[1])
    return Best(float(sweep.thresholds[int(np.argmin(mean))]), *ends, chosen)


def _worth(sweep: Sweep) -> float:
    return float(sweep.one.max() / sweep.rows.sum())


def near_best(mean: Floats, means: Floats, one: float, level: float = LEVEL) -> Flags:
    """(G,) which thresholds may be the best: none is clearly cheaper.

    A threshold is left out when some other one is cheaper by more than the bootstrap's level of
    the greatest such difference, each in units of its own error: tests inverted into a set, as
    in multiple comparisons with the best (Hsu 1981; Hansen, Lunde and Nason 2011). The plain
    percentile interval of the resamples' best thresholds is not used: the best point of a step
    function converges as n^(-1/3), and the bootstrap fails there (Abrevaya and Huang 2005).

    mean: (G,) costs; means: (R, G) on resamples. one: the worth of one row, over n. It is added
    to every error, as one more row might lie between two thresholds: where a yes is rare, no
    resample could show one that is not there.
    """
    noise = means - mean
    kept = np.zeros(len(mean), dtype=bool)
    for place in range(len(mean)):
        apart = noise[:, [place]] - noise
        error = np.sqrt(apart.var(axis=0) + one**2)
        error[error == 0] = 1.0
        limit = np.quantile((apart / error).max(axis=1), level)
        kept[place] = float(((mean[place] - mean) / error).max()) <= limit
    kept[int(np.argmin(mean))] = True
    return kept


def crossfitted(sweep: Sweep, wanted: Sequence[float | None]) -> npt.NDArray[np.intp]:
    """(K,) places on the grid, each chosen on the rows of the other folds.

    wanted: as `aims` gives. With one fold only there are no others, and its own rows choose.
    """
    folds = range(len(sweep.rows))
    if len(folds) == 1:
        return np.array([sweep.place(best(sweep, wanted[0]).chosen)])
    return np.array([sweep.place(best(sweep.without(k), wanted[k + 1]).chosen) for k in folds])


def saving(sweep: Sweep, picked: npt.NDArray[np.intp], other: int, scale: float) -> Estimate:
    """What the chosen thresholds cost less than one other place, on the same rows.

    picked: (K,) as `crossfitted` gives, so that no row is judged by a threshold that it chose.
    scale: rows that it is said for.
    """
    value, drawn = sweep.at(picked)
    against, others = sweep.at(other)
    return sweep.estimate(against - value, others - drawn, scale)
