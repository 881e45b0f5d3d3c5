"""How far one candidate is ahead of another on the same rows, and whether that is noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.models.crossval import OutOfFold, estimated
from casebook.models.labelled import Labelled
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Metric
from casebook.stats.paired import Paired, corrected_t


@dataclass(frozen=True)
class Lead:
    """By how much the first is better than the second, in the metric's unit; positive is better.

    folds: over the folds, by the corrected resampled t test. rows: on the tested rows, by a
    bootstrap that draws both together.
    """

    folds: Paired
    rows: Estimate

    @property
    def clear(self) -> bool:
        """Ahead by the test over folds; or by more than its error there, and on the rows.

        Few folds of a changing time say little even of a great distance; the rows then do.
        """
        error = self.folds.standard_error
        far = error is not None and self.folds.difference.value > error
        return self._by_test or (far and self._on_rows)

    @property
    def sure(self) -> bool:
        """Ahead beyond doubt: where the first is the best of many, one of them is so by chance.

        On the rows by three standard errors, as few folds of a changing time say little; or on
        the rows and by the test over folds at 1 %.
        """
        if not self._on_rows or self.rows.low is None:
            return False
        error = (self.rows.value - self.rows.low) / 1.96
        return self.rows.value > 3 * error or (self.clear and self.folds.p_value < 0.01)

    @property
    def _by_test(self) -> bool:
        return self.folds.p_value < 0.05 and self.folds.difference.value > 0

    @property
    def _on_rows(self) -> bool:
        return self.rows.low is not None and self.rows.low > 0


def lead(first: OutOfFold, second: OutOfFold, metric: Metric, data: Labelled) -> Lead:
    """How far `first` is ahead of `second`."""
    sign = 1 if metric.greater_is_better else -1
    difference = sign * (first.fold_scores(metric) - second.fold_scores(metric))
    one, other = first.score(metric), second.score(metric)
    rows = estimated(lambda weights: sign * (one(weights) - other(weights)), first, data)
    return Lead(corrected_t(difference[np.isfinite(difference)], data.splits.test_share), rows)


def mean_score(out: OutOfFold, metric: Metric) -> float:
    """The metric over all tested rows, such that more is better."""
    sign = 1 if metric.greater_is_better else -1
    return sign * float(out.score(metric)(np.ones(len(out.rows))))


def turned(estimate: Estimate) -> Estimate:
    """The same difference seen from the other side."""
    low = None if estimate.high is None else -estimate.high
    high = None if estimate.low is None else -estimate.low
    return Estimate(-estimate.value, low, high, estimate.n, estimate.level)
