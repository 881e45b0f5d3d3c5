"""Texts of a file as the values that a model reads, and each that cannot be, with its reason."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casebook.case import TableSource
from casebook.formats import number
from casebook.language import _
from casebook.models.about import Cell, Column
from casebook.models.features import as_level
from casebook.prototype.batch_names import key_of
from casebook.prototype.values import Field
from casebook.tables.dates import time_forms
from casebook.tables.evidence import TextColumn
from casebook.tables.forms import BLANKS, MARKERS, NUMBER_MARKERS, Form
from casebook.tables.guess import Guess
from casebook.tables.lined import values_of
from casebook.tables.propose import propose

if TYPE_CHECKING:
    import duckdb

_SAMPLE = 2_000  # distinct values by which it is decided how a column is written
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_TYPED = ("number", "time", "boolean")
_NO = {
    "number": lambda text: _("'{text}' is no number.", text=text),
    "time": lambda text: _("'{text}' is no date that can be read.", text=text),
    "boolean": lambda text: _("'{text}' is neither true nor false.", text=text),
}


@dataclass(frozen=True)
class Wanted:
    """What a column is to hold: as the model's file and the form have it."""

    column: Column
    field: Field

    @property
    def kind(self) -> str:
        """number, text, time or boolean."""
        return self.column.kind or "text"


@dataclass(frozen=True)
class Taken:
    """The values of one column; wrong: sentences by place, where there is none.

    notes: what was assumed, in sentences.
    """

    cells: tuple[Cell, ...]
    wrong: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def forms_of(
    columns: Mapping[str, tuple[Wanted, Sequence[str]]], source: TableSource
) -> dict[str, tuple[Form | None, Form | None]]:
    """How each column of numbers, times or truth values is written, by all of them together.

    The second form is the same with day and month the other way round, where that is in doubt.
    """
    guesses = []
    for name, (wanted, texts) in columns.items():
        if wanted.kind in _TYPED:
            absent = _absent(wanted, source.missing)
            distinct = dict.fromkeys(text.strip(BLANKS) for text in texts)
            values = tuple(text for text in distinct if text not in absent)[:_SAMPLE]
            guesses.append(Guess(TextColumn(name, name, type=wanted.kind), values))
    proposed, _decimal = propose(guesses, source, source.decimal)
    return {one.column.name: _ordered(one, proposed) for one in proposed}


def _ordered(guess: Guess, all_: Sequence[Guess]) -> tuple[Form | None, Form | None]:
    """The form, the other where both fit; read as the file's other dates are, where these tell."""
    form, other = guess.form, guess.other
    if form is None or other is None or not other.matches(guess.values):
        return form, None
    sure = {
        one.form.order
        for one in all_
        if one.form and one.other and not one.other.matches(one.values)
    }
    wanted = sure.pop() if len(sure) == 1 else "day" if "." in form.name else "month"
    return (form, other) if form.order == wanted else (other, form)


def taken(
    wanted: Wanted,
    texts: Sequence[str],
    forms: tuple[Form | None, Form | None],
    connection: duckdb.DuckDBPyConnection,
    missing: Sequence[str] = (),
) -> Taken:
    """The texts of one column as values. missing: the record's texts that mean so."""
    absent = _absent(wanted, missing)
    trimmed = [text.strip(BLANKS) for text in texts]
    distinct = [text for text in dict.fromkeys(trimmed) if text not in absent]
    if wanted.kind in _TYPED:
        known = _typed(wanted, distinct, forms[0], connection)
    else:
        known = _worded(wanted, distinct)
    values: list[Cell] = []
    wrong: dict[int, str] = {}
    for place, text in enumerate(trimmed):
        value = None if text in absent else known.get(text)
        values.append(value)
        if why := _why(wanted, text, value, absent):
            wrong[place] = why
    return Taken(tuple(values), wrong, tuple(_notes(wanted, trimmed, absent, known, forms)))


def _absent(wanted: Wanted, missing: Sequence[str]) -> frozenset[str]:
    """Texts that mean missing; none of them a level that the model knows."""
    markers = NUMBER_MARKERS if wanted.kind in _TYPED else MARKERS
    return frozenset({"", *markers, *missing} - set(wanted.column.levels))


def _typed(
    wanted: Wanted,
    texts: Sequence[str],
    form: Form | None,
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, Cell]:
    """The value of each text that has one."""
    found: dict[str, Cell] = {}
    if form is not None:
        found = values_of(form, texts, connection)
    for text in texts:
        if text in found:
            continue
        if wanted.kind == "number" and (form is None or ",5" not in form.name):
            if _PLAIN.fullmatch(text):
                found[text] = _number(float(text), wanted)
        elif wanted.kind == "time":
            found |= _alone(text, connection)
    return {text: _number(value, wanted) for text, value in found.items() if value is not None}


def _alone(text: str, connection: duckdb.DuckDBPyConnection) -> dict[str, Cell]:
    """A date that is written unlike the others, where it can be read in one way only."""
    forms = [form for form in time_forms([text], "", stated=False) if form.matches([text])]
    if len(forms) != 1 or forms[0].order in ("day", "month"):
        return {}
    return values_of(forms[0], [text], connection)


def _number(value: Cell, wanted: Wanted) -> Cell:
    """Whole numbers as such where the model learned whole ones; nothing that is not finite."""
    if wanted.kind != "number" or not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if wanted.field.whole and value.is_integer() else value


def _worded(wanted: Wanted, texts: Sequence[str]) -> dict[str, Cell]:
    """Texts in Unicode's usual form; a level that is written otherwise, as the model knows it."""
    levels = wanted.column.levels
    if not levels:
        return {text: unicodedata.normalize("NFC", text) for text in texts}
    known = {as_level(level): as_level(level) for level in levels}
    keys: dict[str, list[str]] = {}
    for level in known:
        keys.setdefault(key_of(level), []).append(level)
    found: dict[str, Cell] = {}
    for text in texts:
        near = keys.get(key_of(text), [])
        plain = unicodedata.normalize("NFC", text)
        found[text] = text if text in known else near[0] if len(near) == 1 else plain
    return found


def _why(wanted: Wanted, text: str, value: Cell, absent: frozenset[str]) -> str:
    """Why a cell cannot be taken; empty where it can."""
    one = wanted.field
    if text in absent:
        return "" if one.may_be_missing else _nothing(text)
    if value is None:
        return _NO[wanted.kind](text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if one.whole and not float(value).is_integer():
        return _("'{text}' is no whole number.", text=text)
    if one.least is not None and value < one.least:
        return _("{text} is below {least}, the least that is allowed.",
                 text=text, least=number(one.least))  # fmt: skip
    if one.most is not None and value > one.most:
        return _("{text} is above {most}, the most that is allowed.",
                 text=text, most=number(one.most))  # fmt: skip
    return ""


def _nothing(text: str) -> str:
    if text:
        return _("'{text}' stands for nothing, and the model needs a value.", text=text)
    return _("It is empty, and the model needs a value.")


def _notes(
    wanted: Wanted,
    texts: Sequence[str],
    absent: frozenset[str],
    known: Mapping[str, Cell],
    forms: tuple[Form | None, Form | None],
) -> list[str]:
    """What was assumed of a column."""
    said, name, form = [], wanted.column.name, forms[0]
    if forms[1] is not None and form is not None:
        said.append(_("'{column}' is read as {form}; no number over 12 tells the day from the "
                      "month.", column=name, form=form.name))  # fmt: skip
    elif form is not None and form.name not in ("1234.5", "YYYY-MM-DD"):
        said.append(_("'{column}' is read as in {form}.", column=name, form=form.name))
    marks = sorted({text for text in texts if text in absent and text})
    if marks:
        n = sum(text in set(marks) for text in texts)
        said.append(_("In '{column}' {n} cells count as missing: {texts}.", column=name,
                      n=number(n), texts=", ".join(marks[:5])))  # fmt: skip
    others = [(text, value) for text, value in known.items() if wanted.column.levels
              and isinstance(value, str) and value in wanted.column.levels and value != text
              and wanted.kind == "text"]  # fmt: skip
    if others:
        shown = ", ".join(f"'{text}' → '{value}'" for text, value in others[:5])
        said.append(_("In '{column}' these are taken as levels that the model knows: {shown}.",
                      column=name, shown=shown))  # fmt: skip
    return said
