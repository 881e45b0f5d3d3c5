"""What each answer costs each row, and the cost at every threshold in one sorted pass.

Rows are sorted once by their probability; the cost at every threshold is then one running sum of
what a yes costs more than a no, and a bootstrap resample is another one under other row weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

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
