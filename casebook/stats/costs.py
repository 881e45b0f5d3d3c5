"""What errors cost, as a metric beside the others (Elkan 2001)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from casebook.language import N_
from casebook.stats.metrics import TWO, Floats, Metric, Predictions, Score, mean_of


@dataclass(frozen=True)
class Costs:
    """Cost of each outcome of one decision, in the record's unit; a gain is negative."""

    true_positive: float
    false_positive: float
    false_negative: float
    true_negative: float

    @classmethod
    def from_record(cls, costs: Any) -> Self | None:
        """The record's costs; None unless both kinds of error have one."""
        if costs is None or costs.false_positive is None or costs.false_negative is None:
            return None
        return cls(
            costs.true_positive or 0.0,
            costs.false_positive,
            costs.false_negative,
            costs.true_negative or 0.0,
        )

    @property
    def threshold(self) -> float:
        """The probability from which saying yes costs less on average."""
        alarm = self.false_positive - self.true_negative
        miss = self.false_negative - self.true_positive
        return alarm / (alarm + miss) if alarm + miss else 0.5


def cost_metric(costs: Costs) -> Metric:
    """The mean cost of 1,000 decisions, each made at the cheapest threshold."""

    def prepare(predictions: Predictions) -> Score:
        assert predictions.probability is not None
        yes = predictions.probability[:, 1] >= costs.threshold
        truth = predictions.truth == 1
        per_row: Floats = np.select(
            [yes & truth, yes & ~truth, ~yes & truth],
            [costs.true_positive, costs.false_positive, costs.false_negative],
            costs.true_negative,
        ).astype(float)
        mean = mean_of(per_row)
        return lambda weights: 1000 * mean(weights)

    return Metric("cost", N_("cost of 1,000 decisions"), (TWO,), False, prepare)
