"""What a model card is made of besides the record: plain values that the baseline phase knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casebook.models.about import ModelFile
from casebook.models.latency import Speed
from casebook.stats.estimate import Estimate


@dataclass(frozen=True)
class Scored:
    """A metric on the rows that were held out; `estimate.n` are those rows.

    title: as shown, in the reader's language. group: `column: level` where it is of one group.
    """

    title: str
    estimate: Estimate
    less_is_better: bool = False
    group: str = ""


@dataclass(frozen=True)
class Rival:
    """A candidate that the model was compared with on the same rows.

    score: of the deciding metric. better: by how much the model is better; positive is better,
    whichever direction of the metric is good.
    """

    title: str
    score: Estimate | None = None
    better: Estimate | None = None
    failed: str = ""


@dataclass(frozen=True)
class Limit:
    """A constraint beside what was measured, both as text. kept: None where it cannot be told."""

    title: str
    allowed: str
    measured: str
    kept: bool | None = None


@dataclass(frozen=True)
class Facts:
    """What was found out about one model.

    metrics: the deciding one first. held_out: how the rows of the metrics were chosen, a sentence.
    rivals: in the order shown. limits: besides latency, size and explanation, which are taken from
    `speed`, the file and `explainable`. rows_unlabelled: rows of the table that had no label.
    sensitive: columns found by name or named in the record. proposed: why this candidate is
    proposed, a sentence; shown where nobody has decided yet.
    """

    model: ModelFile
    metrics: tuple[Scored, ...] = ()
    groups: tuple[Scored, ...] = ()
    held_out: str = ""
    rivals: tuple[Rival, ...] = ()
    limits: tuple[Limit, ...] = ()
    speed: Speed | None = None
    explainable: bool | None = None
    sensitive: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    rows_unlabelled: int = 0
    rows_filtered_out: int = 0
    proposed: str = ""
