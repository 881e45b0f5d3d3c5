"""What a piece of evidence is: an outcome with figures, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WORST_OF_GOOD = ("no", "unclear", "yes")
WORST_OF_BAD = ("yes", "unclear", "no")


@dataclass(frozen=True)
class Point:
    """One mark of a small picture; low and high are its interval, where it has one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Picture:
    """A small picture beside the sentence.

    kind: `intervals` (dots with whiskers), `bars` (from zero) or `curve` (in the order given).
    reference: a value to compare with, drawn as a line; unit: of all values, may be empty.
    alt: what the picture shows, in words.
    """

    kind: str
    points: tuple[Point, ...]
    reference: float | None
    unit: str
    alt: str


@dataclass(frozen=True)
class Evidence:
    """What the data say of one sign.

    code: stable name of the kind of evidence. sign: the sign on which it bears.
    outcome: what the data say of the sign's title: `yes`, `no`, `unclear`, or `none` where the
    evidence is not applicable; then `reason` says why.
    facts: label and text, folded under the sentence.
    """

    code: str
    sign: str
    title: str
    outcome: str
    sentence: str
    reason: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    picture: Picture | None = None


def together(evidence: Iterable[Evidence], *, good: bool) -> str:
    """The outcome of several pieces of evidence on one sign: the least favourable one counts.

    good: whether the sign speaks for learning. `none` where there is no evidence at all.
    """
    found = {item.outcome for item in evidence}
    order = WORST_OF_GOOD if good else WORST_OF_BAD
    return next((outcome for outcome in order if outcome in found), "none")


@dataclass(frozen=True)
class Found:
    """What a kind of evidence found; its registry's entry adds the rest of an `Evidence`."""

    outcome: str
    sentence: str
    facts: tuple[tuple[str, str], ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True)
class NotApplicable:
    """Why a kind of evidence cannot be had in this case."""

    reason: str
