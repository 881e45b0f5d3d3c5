"""What errors cost, as a metric beside the others (Elkan 2001)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from casebook.language import N_
from casebook.stats.metrics import TWO, Floats, Metric, Predictions, Score, mean_of

NEVER = math.nextafter(1.0, 2.0)
"""The threshold that no probability reaches: the answer is always no."""


def break_even(alarm: float, miss: float) -> float | None:
    """The probability from which yes costs less than no, where probabilities are true (Elkan 2001).

    alarm: what a wrong yes costs more than a right no; miss: a wrong no more than a right yes.
    0 where yes is always cheaper, `NEVER` where no is. None where nothing is at stake, or where
    wrong answers are cheaper than right ones.

    >>> break_even(1, 4), break_even(-1, 2), break_even(1, -2) == NEVER, break_even(-1, -1)
    (0.2, 0.0, True, None)
    """
    if (alarm < 0 and miss < 0) or alarm == miss == 0:
        return None
    if alarm <= 0 or miss <= 0:
        return 0.0 if alarm <= 0 <= miss else NEVER
    return alarm / (alarm + miss)


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

    def of(self, yes: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> Floats:
        """(n,) what each decision costs, by what was said and what was true."""
        return np.select(
            [yes & truth, yes & ~truth, ~yes & truth],
            [self.true_positive, self.false_positive, self.false_negative],
            self.true_negative,
        ).astype(float)

    @property
    def threshold(self) -> float:
        """The probability from which saying yes costs less on average; 0.5 where none is."""
        alarm = self.false_positive - self.true_negative
        found = break_even(alarm, self.false_negative - self.true_positive)
        return 0.5 if found is None else found


def cost_metric(costs: Costs) -> Metric:
    """The mean cost of 1,000 decisions, each made at the cheapest threshold."""

    def prepare(predictions: Predictions) -> Score:
        assert predictions.probability is not None
        yes = predictions.probability[:, 1] >= costs.threshold
        mean = mean_of(costs.of(yes, predictions.truth == 1))
        return lambda weights: 1000 * mean(weights)

    return Metric("cost", N_("cost of 1,000 decisions"), (TWO,), False, prepare)
