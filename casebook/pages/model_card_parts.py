"""What a model card consists of, as plain texts in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from casebook.case import questions
from casebook.case.record import Record
from casebook.formats import day, number
from casebook.language import _
from casebook.pages.business import USES


@dataclass(frozen=True)
class Entry:
    """A question and its answer; None where nobody has answered."""

    label: str
    text: str | None


@dataclass(frozen=True)
class Grid:
    """A table of texts; the first column names the row. numeric: columns set to the right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class Part:
    """A section of the card: entries, then tables, then sentences, then lines of code."""

    title: str
    entries: tuple[Entry, ...] = ()
    grids: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Card:
    """A model card in one language, as plain texts; `model_card_views` writes it.

    lead: the sentences to take away.
    """

    title: str
    language: str
    lead: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def unanswered(self) -> int:
        """How many of its questions nobody has answered."""
        return sum(entry.text is None for part in self.parts for entry in part.entries)


def asked(record: Record, paths: Iterable[str]) -> tuple[Entry, ...]:
    """The record's own questions of these fields, with the answers."""
    texts = {question.path: question.text for question in questions(record)}
    return tuple(Entry(texts[path], said(_value(record, path))) for path in paths)


def _value(record: Record, path: str) -> Any:
    found: Any = record
    for name in path.split("."):
        found = getattr(found, name)
    return found


def said(value: Any) -> str | None:
    """An answer as a reader sees it; None where there is none."""
    if value is None or value in ("", ()):
        return None
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return stated(value)
    return _(USES[value]) if value in USES else str(value)


def stated(value: float) -> str:
    """A number that a person gave, with the digits that were given.

    >>> stated(0.3), stated(400.0), stated(12_000)
    ('0.3', '400', '12,000')
    """
    digits = Decimal(str(value)).normalize().as_tuple().exponent
    return number(value, max(0, -digits) if isinstance(digits, int) else None)
