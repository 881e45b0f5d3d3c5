"""The values that the prototype is made of: a form, an answer, its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from casebook.models.about import Cell
from casebook.stats.estimate import Estimate
from casebook.stats.recalibration import Recalibration

Row = Mapping[str, Cell]
"""Raw values by column, as the model's file has them: None is missing, times are ISO 8601."""

Kind = Literal["number", "category", "text", "time", "boolean"]
Decision = Literal["yes", "no", "person", "class", "number"]
"""`person`: the probability lies in the band in which people decide."""


@dataclass(frozen=True)
class Field:
    """One field of the form: a raw column that the model reads.

    label, help, unit: as the record has them; the label is the column's name without.
    whole: a number without decimals. low, high: between which 98 % of the training rows lie.
    least, most: what the record allows; None where it says nothing.
    levels: the most frequent first; levels_left_out: how many more there were.
    may_be_missing: whether there were training rows without it. fixed: never asked for.
    sensitive: never part of a link, and not shown of other people's rows.
    """

    column: str
    label: str
    kind: Kind
    help: str = ""
    unit: str = ""
    whole: bool = False
    low: Cell = None
    high: Cell = None
    least: float | None = None
    most: float | None = None
    levels: tuple[str, ...] = ()
    levels_left_out: int = 0
    typical: Cell = None
    may_be_missing: bool = False
    fixed: Cell = None
    is_fixed: bool = False
    sensitive: bool = False


@dataclass(frozen=True)
class Problem:
    """What of an input cannot be taken. column: empty where it is about the whole."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Width:
    """A quantile of absolute errors of unseen rows whose prediction was at most `up_to`.

    up_to: None for the last. half: half the interval's width, in the target's unit; None where
    rows were too few for the level. rows: how many errors it rests on.
    """

    up_to: float | None
    half: float | None
    rows: int


@dataclass(frozen=True)
class Conformal:
    """Intervals of numbers by split conformal prediction (Vovk et al. 2005; Lei et al. 2018).

    level: the share of unseen rows that such intervals hold. widths: by the size of the
    prediction, ascending. covered: the share that they held on rows which had no part in them.
    """

    level: float
    widths: tuple[Width, ...]
    covered: Estimate | None = None


@dataclass(frozen=True)
class Distances:
    """How far training rows are from the nearest other one; see `casebook.prototype.near`.

    far: the distance beyond which 1 % of unseen rows lie. rows: on how many it rests.
    weights: how much each raw column counts; empty counts all alike.
    pairs: columns whose values held together in all unseen rows, to within `apart`; see
    `casebook.prototype.together`.
    """

    far: float
    rows: int
    weights: tuple[tuple[str, float], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    apart: float = 0.0


@dataclass(frozen=True)
class Trust:
    """What was measured on rows that the model had not seen, and each answer uses.

    mended: what makes stated probabilities come true; None where there are none to mend.
    """

    mended: Recalibration | None = None
    conformal: Conformal | None = None
    distances: Distances | None = None


@dataclass(frozen=True)
class Interval:
    """An interval of a predicted number, in the target's unit.

    clipped: it would have ended below 0, which the target of no training row did.
    """

    low: float
    high: float
    level: float
    rows: int
    clipped: bool = False


@dataclass(frozen=True)
class Unlike:
    """A way in which a row is unlike all that the model has seen; column: empty for the whole.

    alarm: rare among rows like those of training; else a note, which many rows of a day carry.
    """

    column: str
    sentence: str
    alarm: bool = True


@dataclass(frozen=True)
class Answer:
    """What the model says of a row.

    said: a class, or a number in the target's unit. sentence: in the words of the case.
    shares: mended probabilities by class, the most probable first; empty for numbers.
    probability: of a yes for two classes, else of the class that is said; mended.
    threshold, band: on the same scale as `probability`; None where there is none. Without one in
    the file the threshold of two classes is where both are stated to be as probable.
    """

    row: Row
    said: float | str
    decision: Decision
    sentence: str
    probability: float | None = None
    shares: tuple[tuple[str, float], ...] = ()
    interval: Interval | None = None
    threshold: float | None = None
    band: tuple[float, float] | None = None
    unlike: tuple[Unlike, ...] = ()


@dataclass(frozen=True)
class Contribution:
    """What a raw column's value adds for this row; shown: the value as a reader sees it.

    points: the same as a share of one, where the answer is a probability; None for numbers.
    label: the column as the form names it. error: standard error of `amount`; 0 where exact.
    """

    column: str
    shown: str
    amount: float
    points: float | None = None
    label: str = ""
    error: float = 0.0


@dataclass(frozen=True)
class Neighbour:
    """A known row that is near: its id (empty where there is none), values, truth and distance.

    row: without sensitive columns. truth: a class or a number.
    """

    id: str
    row: Row
    truth: float | str
    distance: float


@dataclass(frozen=True)
class Change:
    """The smallest allowed change that turns the decision.

    row: after it. changed: columns with their old and new values, as a reader sees them.
    said, probability: what is said then. real: whether a known row is like it.
    """

    row: Row
    changed: tuple[tuple[str, str, str], ...]
    said: float | str
    probability: float | None
    sentence: str
    real: bool = True
    distance: float = 0.0


@dataclass(frozen=True)
class Why:
    """What an answer rests on: `start` and all contributions add up to `end`.

    unit: `log odds`, `probability` or `number`. exact: not estimated by sampling.
    error: the greatest standard error of a contribution, where they are estimated.
    contributions: the greatest first. sentences: what to take away.
    rule: what the rule would have said, in words; empty where there is none.
    start_share, end_share: both as probabilities of `name`, a class; None for numbers.
    rows: the known rows that it is measured against.
    """

    unit: Literal["log odds", "probability", "number"]
    start: float
    end: float
    contributions: tuple[Contribution, ...]
    exact: bool
    error: float = 0.0
    sentences: tuple[str, ...] = ()
    rule: str = ""
    neighbours: tuple[Neighbour, ...] = field(default=())
    start_share: float | None = None
    end_share: float | None = None
    name: str = ""
    rows: int = 0
