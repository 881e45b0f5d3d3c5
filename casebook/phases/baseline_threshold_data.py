"""What is decided of a threshold, as plain values; a panel reads it without any data."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import Literal, NamedTuple

from casebook.stats.estimate import Estimate

Against = Literal["all", "none", "half", "analytic"]
Period = Literal["day", "week", "month", "table", "1000"]

PER = 1000
"""Rows that costs are said for."""


class Outcomes(NamedTuple):
    """One number for each outcome: rows, or the sum of their amounts, or a cost."""

    right_yes: float
    wrong_yes: float
    wrong_no: float
    right_no: float


@dataclass(frozen=True)
class Curve:
    """The tested rows at each threshold; ascending, all tuples of the same length.

    The first threshold is 0 and says yes to all rows; the last is above 1 and says yes to none.
    right_yes, wrong_yes: rows that get a yes, by what they are; the rest of `positives` and of
    `negatives` gets a no. *_amount: sums of what the costs are multiplied by, equal to the rows
    without such an expression. cost, low, high: of 1,000 rows with the interval of the bootstrap;
    empty without costs.
    """

    threshold: tuple[float, ...]
    right_yes: tuple[int, ...]
    wrong_yes: tuple[int, ...]
    right_amount: tuple[float, ...]
    wrong_amount: tuple[float, ...]
    cost: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @property
    def positives(self) -> int:
        """Rows that are a yes."""
        return self.right_yes[0]

    @property
    def negatives(self) -> int:
        """Rows that are a no."""
        return self.wrong_yes[0]

    @property
    def rows(self) -> int:
        """All tested rows."""
        return self.positives + self.negatives

    def place(self, threshold: float) -> int:
        """The first place whose threshold is not below the one asked for."""
        return min(bisect.bisect_left(self.threshold, threshold), len(self.threshold) - 1)

    def counts(self, threshold: float) -> Outcomes:
        """Rows by outcome."""
        at = self.place(threshold)
        yes, wrong = self.right_yes[at], self.wrong_yes[at]
        return Outcomes(yes, wrong, self.positives - yes, self.negatives - wrong)

    def amounts(self, threshold: float) -> Outcomes:
        """Sums of amounts by outcome."""
        at = self.place(threshold)
        yes, wrong = self.right_amount[at], self.wrong_amount[at]
        return Outcomes(yes, wrong, self.right_amount[0] - yes, self.wrong_amount[0] - wrong)

    def cost_of(self, threshold: float, costs: Outcomes) -> float:
        """What 1,000 rows cost at a threshold."""
        pairs = zip(self.amounts(threshold), costs, strict=True)
        return PER * sum(amount * cost for amount, cost in pairs) / self.rows

    def acted(self, threshold: float, *, on_yes: bool) -> float:
        """The share of rows that somebody acts on: those with a yes, or those with a no."""
        counts = self.counts(threshold)
        yes = (counts.right_yes + counts.wrong_yes) / self.rows
        return yes if on_yes else 1 - yes


@dataclass(frozen=True)
class Choice:
    """The threshold: `chosen` with the range that is not clearly worse, and what it costs.

    at: where the cost is least on these rows. wanted: the break-even probability of the costs.
    cost: of 1,000 rows that did not choose it; apparent: of those that did.
    """

    chosen: float
    low: float
    high: float
    at: float
    wanted: float
    cost: Estimate
    apparent: float


@dataclass(frozen=True)
class Saving:
    """What the chosen threshold costs less than another way, for 1,000 rows."""

    against: Against
    title: str
    threshold: float
    saved: Estimate


@dataclass(frozen=True)
class Volume:
    """Rows of one period. period: `table` where nothing says how many a day there are.

    said: where the number is from, as a sentence.
    """

    rows: float
    period: Period
    said: str


@dataclass(frozen=True)
class Capacity:
    """How many answers can be acted on, and the threshold that fills that number.

    acts_on: `yes` or `no`. share: of the rows, at most 1. limit: the threshold that fills it.
    binding: whether the chosen threshold would go past it; used: the threshold that then holds.
    wanted: answers of a period that would be acted on without the limit.
    precision: the share of those acted on that are right to be; recall: of those that should be,
    the share that is acted on; both at the limit.
    cost: for one period, of having no more; one_more: the worth of room for one more.
    periods, over: tested periods, and how many the limit would overfill; spread: middle 8 of 10
    of each period's own filling thresholds.
    """

    amount: int
    acts_on: str
    share: float
    limit: float
    binding: bool
    used: float | None
    wanted: float | None
    precision: Estimate
    recall: Estimate
    cost: Estimate | None = None
    one_more: Estimate | None = None
    periods: int = 0
    over: int = 0
    spread: tuple[float, float] | None = None


@dataclass(frozen=True)
class HandOver:
    """The band in which a person decides, from `low` up to below `high`.

    by: `cost` of a person's decision, or `doubt` of the data where nobody says what it costs.
    share: of the rows that lie in it. wrong_yes, wrong_no: shares of the answers outside of it
    that are wrong; None where there are none. effort: what a person's decision costs; right: the
    share of such decisions that is taken to be right.
    """

    by: Literal["cost", "doubt"]
    low: float
    high: float
    share: Estimate
    wrong_yes: Estimate | None
    wrong_no: Estimate | None
    effort: float | None = None
    right: float = 1.0
    low_range: tuple[float, float] | None = None
    high_range: tuple[float, float] | None = None
    saved: Estimate | None = None


@dataclass(frozen=True)
class Decision:
    """From which probability on the answer is yes. curve: None where it cannot be judged.

    yes, no: the two classes in words. costs: None where nobody has said what errors cost.
    per_row: the expression by which costs are multiplied, or None.
    """

    headline: tuple[str, ...]
    candidate: str
    yes: str = ""
    no: str = ""
    unit: str = ""
    costs: Outcomes | None = None
    per_row: str | None = None
    curve: Curve | None = None
    choice: Choice | None = None
    savings: tuple[Saving, ...] = ()
    volume: Volume | None = None
    capacity: Capacity | None = None
    band: HandOver | None = None
    notes: tuple[str, ...] = ()
