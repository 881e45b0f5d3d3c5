"""What the comparison finds, as plain values: candidates with their scores, speed and limits."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.models.latency import Speed
from casebook.stats.estimate import Estimate
from casebook.stats.paired import Paired


@dataclass(frozen=True)
class MetricName:
    """A metric as shown: its name in the record, its title, which direction is good."""

    name: str
    title: str
    greater_is_better: bool


@dataclass(frozen=True)
class Broken:
    """A limit of the record that a candidate does not keep.

    limit: the field of `constraints`. sentence: what was measured, and what is allowed.
    hard: whether it rules the candidate out.
    """

    limit: str
    sentence: str
    hard: bool


@dataclass(frozen=True)
class LeftOut:
    """A candidate that does not apply to the case, and why."""

    title: str
    reason: str


@dataclass(frozen=True)
class Scored:
    """One candidate: its metrics in the order of `Findings.metrics`, or why it failed.

    scores: over the folds. held: on the rows kept for the last test. rows: on which it was
    tested in the folds; fewer than all for people's decisions.
    behind: how much worse it is than the best candidate on the deciding metric (positive is
    worse), over folds; behind_rows: on the tested rows, by bootstrap. Both are None for the best
    one and for failed ones.
    kind: `reference` (there without learning), `simple` or `model`.
    """

    name: str
    title: str
    explainable: bool
    kind: str = "model"
    scores: tuple[Estimate, ...] = ()
    held: tuple[Estimate, ...] = ()
    rows: int = 0
    behind: Paired | None = None
    behind_rows: Estimate | None = None
    fit_seconds: float | None = None
    speed: Speed | None = None
    broken: tuple[Broken, ...] = ()
    failed: str | None = None

    @property
    def main(self) -> Estimate:
        """The deciding metric, over the folds."""
        return self.scores[0]

    @property
    def allowed(self) -> bool:
        """Whether it keeps all hard limits."""
        return not any(one.hard for one in self.broken)


@dataclass(frozen=True)
class Better:
    """How much better one candidate is than another, in a unit that people count in.

    unit: `found` and `right` are rows of 1,000, `off` is in the target's unit, `cost` in the
    record's unit for 1,000 decisions; positive is better. flagged: of 1,000 rows, where both
    flag as many. held: whether on the rows kept for the last test.
    """

    candidate: str
    against: str
    unit: str
    difference: Estimate
    sentence: str
    flagged: float | None = None
    held: bool = True

    @property
    def clear(self) -> bool:
        """Whether the whole interval is on the better side."""
        return self.difference.low is not None and self.difference.low > 0


@dataclass(frozen=True)
class CurvePoint:
    """The deciding metric after training on so many rows."""

    rows: int
    score: Estimate


@dataclass(frozen=True)
class Curve:
    """What more rows bought a candidate. bought: by the last doubling, positive is better."""

    name: str
    title: str
    points: tuple[CurvePoint, ...]
    bought: Estimate
    sentence: str


@dataclass(frozen=True)
class Promise:
    """What shuffled folds would have promised of a candidate, beside the honest score."""

    name: str
    title: str
    shuffled: Estimate
    honest: Estimate
    too_good: bool
    sentence: str


@dataclass(frozen=True)
class Decided:
    """The candidate that a person chose, and what was said about it."""

    candidate: str
    by: str
    reason: str
    sentence: str
