"""The type of each column of texts: guessed from a sample, held against every row.

Guess and check go round: values that do not fit the guess join the sample, until a form fits
every row or none does and the column stays text. So no type rests on the first rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casebook.tables.dates import other_order, time_forms
from casebook.tables.evidence import (
    TextColumn,
    looked_at,
    misfit_counts,
    misfits,
    pairs_of_capitals,
    samples,
)
from casebook.tables.forms import MARKERS, NUMBER_MARKERS, Form, truth
from casebook.tables.guess import Guess, said_of
from casebook.tables.model import Assumption, Type
from casebook.tables.numeric import is_grouped, number_forms

if TYPE_CHECKING:
    import duckdb

    from casebook.case import TableSource

_ROUNDS = 4
_NAMED = 5
_NEARLY = 0.95


@dataclass(frozen=True)
class Typed:
    """A typed column: name, type, the DuckDB type, and the SQL that makes it of the text."""

    name: str
    type: Type
    stored: str
    sql: str


def type_columns(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[TextColumn],
    source: TableSource,
    rows: int,
) -> tuple[list[Typed], list[Assumption]]:
    """The type of every column of texts, and what was assumed about each."""
    columns = looked_at(connection, table, columns)
    drawn = samples(connection, table, columns, rows)
    guesses = [Guess(column, tuple(drawn[column.sql])) for column in columns]
    decimal: str | None = source.decimal
    for _round in range(_ROUNDS):
        open_ones = [guess for guess in guesses if not guess.settled]
        if not open_ones:
            break
        proposed = [_proposed(guess, source, decimal) for guess in open_ones]
        if decimal is None and _decimal_comma(proposed):
            decimal = ","
            proposed = [_proposed(guess, source, decimal) for guess in open_ones]
        checked = _checked(connection, table, proposed)
        guesses = [checked.get(guess.column.sql, guess) for guess in guesses]
    guesses = _whole_numbers(connection, table, _one_order(guesses))
    typed, notes = [], []
    for guess in guesses:
        markers = _markers(guess)
        typed.append(_typed(guess, markers))
        notes.extend(said_of(guess, markers))
    return typed, _merged(notes)


def _merged(notes: Sequence[Assumption]) -> list[Assumption]:
    """The same said of several columns is said once, with their names."""
    alike: dict[tuple[str, str, str], list[Assumption]] = {}
    for note in notes:
        values = str(sorted(note.values.items()))
        alike.setdefault((note.value, note.message, values), []).append(note)
    merged = []
    for same in alike.values():
        names = [note.field.removeprefix("types.") for note in same]
        shown = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
        field = f"types.{shown}" if same[0].field.startswith("types.") else same[0].field
        merged.append(replace(same[0], field=field))
    return merged


def _proposed(guess: Guess, source: TableSource, decimal: str | None) -> Guess:
    column, values = guess.column, guess.values
    forms = _forms(column, values, source, decimal)
    if not forms and column.type is None and "number" in column.guess:
        forms = _nearly(values, source)
    if not forms or (forms[0] == guess.tried and column.type is None):
        return replace(guess, form=None, other=None, settled=True)
    form = forms[0]
    either = form.order in ("day", "month") and source.day_first is None
    other = other_order(form, values) if either else None
    return replace(guess, form=form, other=other)


def _forms(
    column: TextColumn, values: Sequence[str], source: TableSource, decimal: str | None
) -> list[Form]:
    """The forms that fit all values of the sample (with a stated type: most of them)."""
    kinds = (column.type,) if column.type else column.guess
    if not values or "text" in kinds:
        return []
    if "boolean" in kinds and (form := truth(values, stated=column.type == "boolean")):
        return [form]
    if "time" in kinds:
        forms = time_forms(values, column.name, stated=column.type == "time")
        forms = [form for form in forms if _order_allowed(form, source.day_first)]
        if forms:
            return forms
    if "number" in kinds:
        return _numbers(values, source, decimal, stated=column.type == "number")
    return []


def _nearly(values: Sequence[str], source: TableSource) -> list[Form]:
    """The form of numbers that nearly all values have, to count and to say what speaks against it.

    Invoices are numbered, and cancelled ones begin with a C.
    """
    forms = number_forms(values, source.decimal, source.thousands)
    best = max(forms, key=lambda form: form.share(values), default=None)
    return [best] if best is not None and best.share(values) >= _NEARLY else []


def _order_allowed(form: Form, day_first: bool | None) -> bool:
    return (
        day_first is None
        or form.order not in ("day", "month")
        or (form.order == ("day" if day_first else "month"))
    )


def _numbers(
    values: Sequence[str], source: TableSource, decimal: str | None, *, stated: bool
) -> list[Form]:
    """The forms of numbers that fit; those with a comma first where another column needs it."""
    forms = number_forms(values, source.decimal, source.thousands)
    if decimal == "," and is_grouped(values, "."):
        forms = [form for form in forms if ",5" in form.name] or forms
    elif decimal == "," and source.decimal is None and is_grouped(values, ","):
        forms = sorted(forms, key=lambda form: ",5" not in form.name)
    fitting = [form for form in forms if form.matches(values)]
    if not fitting and stated and forms:
        return [max(forms, key=lambda form: form.share(values))]
    return fitting


def _decimal_comma(guesses: Sequence[Guess]) -> bool:
    """Whether some column leaves no doubt that the comma is the decimal mark."""
    return any(
        guess.form is not None
        and guess.form.type == "number"
        and ",5" in guess.form.name
        and not is_grouped(guess.values, ",")
        and any("," in value for value in guess.values)
        for guess in guesses
    )


def _checked(
    connection: duckdb.DuckDBPyConnection, table: str, guesses: Sequence[Guess]
) -> dict[str, Guess]:
    """The guesses held against every row: settled, or with the values that do not fit added."""
    asked = [(g.column, f) for g in guesses for f in (g.form, g.other) if f is not None]
    counts = iter(misfit_counts(connection, table, asked) if asked else [])
    checked = {}
    for guess in guesses:
        bad = next(counts) if guess.form is not None else 0
        against = next(counts) if guess.form is not None and guess.other is not None else 0
        checked[guess.column.sql] = _judged(
            connection, table, replace(guess, bad=bad, against=against)
        )
    return checked


def _judged(connection: duckdb.DuckDBPyConnection, table: str, guess: Guess) -> Guess:
    form = guess.form
    if form is None or guess.bad == 0:
        return replace(guess, settled=True)
    new = tuple(misfits(connection, table, guess.column, form))
    if guess.column.type is not None and guess.tried == form:
        return replace(guess, broken=new, broken_rows=guess.bad, settled=True)
    values = (*guess.values, *(value for value in new if value not in guess.values))
    return replace(
        guess, values=values, form=form if guess.column.type else None, tried=form, broken=new,
        broken_rows=guess.bad,
    )  # fmt: skip


def _one_order(guesses: Sequence[Guess]) -> list[Guess]:
    """Dates that could be read both ways, read as the other dates of the table are."""
    sure = {g.form.order for g in guesses if g.form and g.other and g.against}
    return [_ordered(guess, sure.copy().pop() if len(sure) == 1 else None) for guess in guesses]


def _ordered(guess: Guess, wanted: str | None) -> Guess:
    form, other = guess.form, guess.other
    if form is None or other is None or guess.against or guess.bad:
        return guess
    return guess if form.order == (wanted or _usual_order(form)) else replace(
        guess, form=other, other=form
    )  # fmt: skip


def _usual_order(form: Form) -> str:
    """With points the day comes first nearly everywhere; else the month, as pandas does."""
    return "day" if "." in form.name else "month"


def _whole_numbers(
    connection: duckdb.DuckDBPyConnection, table: str, guesses: Sequence[Guess]
) -> list[Guess]:
    """Number columns without a decimal mark or exponent anywhere are stored as whole numbers."""
    numbers = [g for g in guesses if g.form is not None and _may_be_whole(g, g.form)]
    asked = [(g.column, replace(g.form, pattern=g.form.whole)) for g in numbers if g.form]
    counts = misfit_counts(connection, table, asked) if asked else []
    whole = {g.column.sql for g, n in zip(numbers, counts, strict=True) if n == 0}
    return [_as_whole(guess) if guess.column.sql in whole else guess for guess in guesses]


def _may_be_whole(guess: Guess, form: Form) -> bool:
    whole = replace(form, pattern=form.whole)
    return form.type == "number" and guess.bad == 0 and whole.matches(guess.values)


def _as_whole(guess: Guess) -> Guess:
    form = guess.form
    if form is None:
        return guess
    value = f"CAST({form.value} AS BIGINT)"
    return replace(guess, form=replace(form, value=value, stored="BIGINT"))


def _markers(guess: Guess) -> tuple[str, ...]:
    """The texts that mean missing in this column, besides the record's."""
    if guess.form is not None:
        return NUMBER_MARKERS
    if guess.column.type == "text":
        return ()
    if pairs_of_capitals(guess.values):
        return tuple(text for text in MARKERS if text != "NA")
    return MARKERS


def _typed(guess: Guess, markers: Sequence[str]) -> Typed:
    column, form = guess.column, guess.form
    absent = column.absent(markers)
    if form is None:
        return Typed(
            column.name, "text", "VARCHAR", f"CASE WHEN {absent} THEN NULL ELSE {column.sql} END"
        )
    sql = f"CASE WHEN {absent} THEN NULL ELSE {form.sql(column.trimmed, sure=guess.bad == 0)} END"
    return Typed(column.name, form.type, form.stored, sql)
