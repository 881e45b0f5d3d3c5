"""A column on its way to a type, and what is said about the type it got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casebook.language import N_
from casebook.tables.dates import DAY_NUMBER, without_year
from casebook.tables.evidence import Absence, TextColumn
from casebook.tables.forms import Form
from casebook.tables.model import Assumption
from casebook.tables.numeric import is_grouped, looks_like_code

_ALMOST = 0.05

Values = dict[str, str | int | float]


@dataclass(frozen=True)
class Guess:
    """A column on its way to a type.

    values: the sample; form: what fits all of them, None for text; bad: rows that do not fit it.
    other: the form with day and month the other way round; against: rows that do not fit that.
    tried: the last form that some rows broke, how many, and some of their values.
    """

    column: TextColumn
    values: tuple[str, ...]
    form: Form | None = None
    bad: int = 0
    other: Form | None = None
    against: int = 0
    tried: Form | None = None
    broken: tuple[str, ...] = ()
    broken_rows: int = 0
    settled: bool = False


def said_of(guess: Guess, markers: Sequence[str]) -> list[Assumption]:
    """What was assumed about a column: its type, and which of its texts mean missing."""
    absence = guess.column.absence or Absence(0, 0, {})
    said = _absent(guess, absence, markers)
    if guess.column.type is not None:
        return [*_stated(guess), *said]
    if guess.form is None:
        return [*_text(guess, absence), *said]
    if guess.form.type == "number":
        return [*_number(guess, guess.form), *said]
    if guess.form.type == "time":
        return [*_time(guess, guess.form), *said]
    return said


def _type(guess: Guess, value: str, message: str, **values: str | float) -> Assumption:
    return Assumption(f"types.{guess.column.name}", value, message, values)


def _stated(guess: Guess) -> list[Assumption]:
    kind = guess.column.type or ""
    if guess.form is None and kind != "text":
        return [_type(guess, "text", N_("no value can be read as the record says"))]
    if not guess.bad:
        return []
    message = N_("what cannot be read so is missing, as '{first}' (rows: {n:,})")
    return [_type(guess, kind, message, n=guess.bad, first=guess.broken[0])]


def _text(guess: Guess, absence: Absence) -> list[Assumption]:
    digits = all(value.lstrip("+-").isdigit() for value in guess.values)
    if digits and "number" in guess.column.guess and looks_like_code(guess.values):
        message = N_("its digits are a code: some begin with zero or are 16 and more")
        return [_type(guess, "text", message)]
    if without_year(guess.values):
        message = N_("its dates have no year, so they are no points in time")
        return [_type(guess, "text", message)]
    if guess.tried is not None and 0 < guess.broken_rows <= _ALMOST * max(absence.present, 1):
        message = N_("not all values are like '{other}': {n:,} of {total:,} are not, as '{first}'")
        return [
            _type(
                guess,
                "text",
                message,
                n=guess.broken_rows,
                total=absence.present,
                first=guess.broken[0],
                other=guess.tried.name,
            )
        ]
    return []


def _number(guess: Guess, form: Form) -> list[Assumption]:
    if form.name == "1234.5":
        return []
    mark = "," if ("1,234." in form.name) else "." if "1.234," in form.name else ""
    if mark and is_grouped(guess.values, mark) and not _telling(guess.values, mark):
        message = N_(
            "as in {name}: '{mark}' could be a decimal mark, but three digits always follow"
        )
        return [_type(guess, "number", message, name=form.name, mark=mark)]
    return [_type(guess, "number", N_("every value is written as in {name}"), name=form.name)]


def _telling(values: Sequence[str], mark: str) -> bool:
    """Whether some value has the mark twice, or the other mark too: then it parts thousands."""
    other = "." if mark == "," else ","
    return any(value.count(mark) > 1 or (mark in value and other in value) for value in values)


def _time(guess: Guess, form: Form) -> list[Assumption]:
    if form.order == "zone":
        message = N_("times with a zone are turned into UTC")
        return [_type(guess, "time", message)]
    if form == DAY_NUMBER:
        return [_type(guess, "time", N_("every number of eight digits is a day, as in 20190103"))]
    if not form.order:
        if form.name == "YYYY-MM-DD":
            return []
        return [_type(guess, "time", N_("every value is written as in {name}"), name=form.name)]
    values: Values = {"name": form.name, "n": guess.against}
    if guess.other is None:
        return []
    if guess.against:
        message = N_("written as in {name}: a day over 12 tells it from the month (rows: {n:,})")
        return [_type(guess, "time", message, **values)]
    message = N_("read as {name}, but no number is over 12 that would tell the day from the month")
    return [Assumption("day_first", str(form.order == "day").lower(), message, values)]


def _absent(guess: Guess, absence: Absence, markers: Sequence[str]) -> list[Assumption]:
    said = []
    name = guess.column.name
    if absence.blanks:
        message = N_("in '{column}' nothing but blanks is a missing value (rows: {n:,})")
        said.append(Assumption("missing", "' '", message, {"n": absence.blanks, "column": name}))
    for text, n in absence.markers.items():
        values: Values = {"n": n, "column": name}
        if text in markers and text not in guess.column.missing:
            message = N_("in '{column}' it stands for a missing value (rows: {n:,})")
            said.append(Assumption("missing", text, message, values))
        elif text == "NA":
            message = N_(
                "in '{column}' NA is kept, the other values are such codes too (rows: {n:,})"
            )
            said.append(Assumption(f"types.{name}", "text", message, values))
    return said
