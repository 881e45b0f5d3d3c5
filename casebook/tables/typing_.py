"""The type of each column of texts: guessed from a sample, held against every row.

Guess and check go round: values that do not fit the guess join the sample, until a form fits
every row or none does and the column stays text. So no type rests on the first rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casebook.tables.evidence import (
    TextColumn,
    looked_at,
    misfit_counts,
    misfits,
    pairs_of_capitals,
    samples,
)
from casebook.tables.forms import MARKERS, NUMBER_MARKERS, Form
from casebook.tables.guess import Guess, said_of
from casebook.tables.model import Assumption, Type
from casebook.tables.propose import propose

if TYPE_CHECKING:
    import duckdb

    from casebook.case import TableSource

_ROUNDS = 4
_NAMED = 5


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
        proposed, decimal = propose(open_ones, source, decimal)
        checked = _checked(connection, table, proposed)
        guesses = [checked.get(guess.column.sql, guess) for guess in guesses]
    guesses = _whole_numbers(connection, table, _one_order(guesses))
    typed, notes = [], []
    for guess in guesses:
        markers = _markers(guess)
        typed.append(_typed(guess, markers))
        notes.extend(said_of(guess, markers))
    return typed, merged(notes)


def merged(notes: Sequence[Assumption]) -> list[Assumption]:
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
    numbers = [g for g in guesses if g.form is not None and may_be_whole(g, g.form)]
    asked = [(g.column, replace(g.form, pattern=g.form.whole)) for g in numbers if g.form]
    counts = misfit_counts(connection, table, asked) if asked else []
    whole = {g.column.sql for g, n in zip(numbers, counts, strict=True) if n == 0}
    return [as_whole(guess) if guess.column.sql in whole else guess for guess in guesses]


def may_be_whole(guess: Guess, form: Form) -> bool:
    """Whether no value of the sample has a decimal mark or an exponent."""
    whole = replace(form, pattern=form.whole)
    return form.type == "number" and guess.bad == 0 and whole.matches(guess.values)


def as_whole(guess: Guess) -> Guess:
    """The guess with numbers stored as whole ones."""
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
