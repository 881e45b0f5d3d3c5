"""A text read straight into typed Parquet: types proposed from a sample, held against every cell.

One pass instead of many: each cell is checked while its row is written, and the first that
contradicts its column's proposal ends the pass. Then, and wherever the sample already shows
something odd, nothing of it is kept and the text is read the exact way (`loading`, `finish`),
which counts what is odd and says it. Both ways make the same table and say the same of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from casebook.expressions.locked import identifier, literal, rows_unless_refused
from casebook.tables.delimited import body_of, scan_of
from casebook.tables.drawn import drawn_rows
from casebook.tables.evidence import (
    Absence,
    TextColumn,
    one_of,
    present,
    rows_wanted,
    samples,
)
from casebook.tables.finish import named, parquet, reading_of
from casebook.tables.foot import LOOKED_AT, totals
from casebook.tables.forms import BLANKS, MARKERS, Form
from casebook.tables.guess import Guess, said_of
from casebook.tables.loading import NOT_LOADED, Plain, Work, part_of
from casebook.tables.model import Reading, Rejects
from casebook.tables.numeric import number_form
from casebook.tables.propose import propose
from casebook.tables.typing_ import Typed, as_whole, may_be_whole, merged
from casebook.tables.void import void_conditions

if TYPE_CHECKING:
    from casebook.case import TableSource

_NUMBER = "file_row_number"
_STOP = "error('a cell that contradicts the proposal')"
_NOTHING = Absence(0, 0, {})
_PLAIN = number_form(".", "")


def read_straight(
    work: Work, plain: Plain, source: TableSource, fingerprint: str, files: tuple[str, ...]
) -> Reading | None:
    """The reading of a text in which nothing is odd; None where it must be read the exact way."""
    names = plain.layout.header.names
    if plain.layout.dialect.skip_space or not all(name.strip() for name in names):
        return None
    columns, notes = named(work.connection, part_of(plain), source, work.place)
    guesses, decimal = _proposed(plain, columns, source)
    if not guesses:
        return None
    path = work.folder / "straight.parquet"
    typed = [_typed(guess) for guess in guesses]
    rows = rows_unless_refused(work.connection, _copy(work, plain, typed, str(path)))
    table = f"read_parquet({literal(str(path))}, file_row_number=true)"
    held = _held(work, table, guesses, source, rows=rows, decimal=decimal) if rows else None
    if rows is None or held is None:
        return None
    said = merged([note for guess in held for note in said_of(guess, ())])
    said += totals(work.connection, table, _texts(held[:LOOKED_AT]), rows, _NUMBER)
    part = part_of(plain, replace(NOT_LOADED, assumptions=(*notes, *said)))
    none = Rejects(0, None, {})
    return reading_of(
        part, typed, path, rows=rows, rejects=none, fingerprint=fingerprint, files=files
    )


def _proposed(
    plain: Plain, columns: Sequence[TextColumn | Typed], source: TableSource
) -> tuple[list[Guess], str | None]:
    """A guess for each column by a sample, none where it shows something odd; the decimal mark."""
    rows = drawn_rows(plain.text, plain.layout, rows_wanted(len(columns)))
    guesses, odd = [], []
    for column, cells in zip(columns, zip(*rows, strict=True), strict=False):
        if not isinstance(column, TextColumn) or column.name.lower() == _NUMBER:
            return [], None
        values = {cell.strip(BLANKS) for cell in cells if cell}
        if not values.isdisjoint(_missing(column)):
            return [], None
        kept = present(dict.fromkeys(cell.strip(BLANKS) for cell in cells if cell), column)
        guesses.append(Guess(replace(column, absence=_NOTHING), tuple(kept)))
        odd.append(len(kept) < len(values))
    proposed, decimal = propose(guesses, source, source.decimal)
    if not all(map(_sure, proposed, odd)):
        return [], None
    return [_whole(guess) for guess in proposed], decimal


def _sure(guess: Guess, odd: bool) -> bool:
    """Whether there is one form, which all of the sample has, or none at all.

    odd: some text of the sample means missing where the others are numbers or dates.
    """
    if guess.form is None:
        return True
    return not odd and guess.other is None and guess.form.matches(guess.values)


def _missing(column: TextColumn) -> tuple[str, ...]:
    """The texts that mean missing in a column of texts."""
    return ("", *MARKERS, *column.missing)


def _whole(guess: Guess) -> Guess:
    form = guess.form
    return as_whole(guess) if form is not None and may_be_whole(guess, form) else guess


def _copy(work: Work, plain: Plain, typed: Sequence[Typed], path: str) -> str:
    """SQL that writes the rows, unless a line does not fit or a cell contradicts."""
    text = body_of(plain.text, plain.layout, plain.file, work.folder)
    cells = ", ".join(f"{column.sql} AS {identifier(column.name)}" for column in typed)
    # A row of blanks alone is stopped by its cells.
    empty = " AND ".join(f"c{n} IS NULL" for n in range(len(typed)))
    _blank, again = void_conditions(plain.layout)
    return (
        f"COPY (SELECT {cells} FROM {scan_of(text, plain.layout, 'ignore_errors=false')} "
        f"WHERE CASE WHEN ({empty}) OR ({again}) THEN {_STOP} ELSE true END) "
        f"TO {literal(path)} {parquet(len(typed))}"
    )


def _typed(guess: Guess) -> Typed:
    column, form = guess.column, guess.form
    cell = column.sql
    if not guess.values:
        sql = f"CAST(CASE WHEN {cell} IS NOT NULL THEN {_STOP} END AS VARCHAR)"
        return Typed(column.name, "text", "VARCHAR", sql)
    if form is None:
        missing = one_of(column.trimmed, _missing(column))
        sql = (
            f"CASE WHEN unicode({cell}) IN ({_first_letters(column)}) "
            f"THEN CASE WHEN {missing} THEN {_STOP} ELSE {cell} END ELSE {cell} END"
        )
        return Typed(column.name, "text", "VARCHAR", sql)
    value = f"coalesce({_value(form, cell)}, {_STOP})"
    if column.missing:
        value = f"CASE WHEN {one_of(cell, column.missing)} THEN {_STOP} ELSE {value} END"
    return Typed(
        column.name, form.type, form.stored, f"CASE WHEN {cell} IS NOT NULL THEN {value} END"
    )


def _first_letters(column: TextColumn) -> str:
    """The code points with which a text may begin that means missing; -1 is that of no letter."""
    letters = {ord(text[0]) for text in (*BLANKS, *_missing(column)) if text}
    return ", ".join(str(letter) for letter in sorted({-1, *letters}))


def _value(form: Form, cell: str) -> str:
    """SQL for the value of a cell; NULL where it is not written so, without blanks around it."""
    checked = replace(form, pattern=form.whole) if form.stored == "BIGINT" else form
    if form.name == _PLAIN.name:  # without the typographic minus there is nothing to replace
        pattern = checked.pattern.replace("\u2212", "")
        checked = replace(checked, pattern=pattern, value=f"TRY_CAST({{t}} AS {form.stored})")
    if form.type == "boolean":  # as nearly all are written; a pattern takes four times as long
        usual = f"WHEN {cell} = 'true' THEN true WHEN {cell} = 'false' THEN false"
        return f"CASE {usual} ELSE {checked.sql(cell)} END"
    return checked.sql(cell)


def _held(
    work: Work,
    table: str,
    guesses: Sequence[Guess],
    source: TableSource,
    *,
    rows: int,
    decimal: str | None,
) -> list[Guess] | None:
    """The guesses, those of texts by a sample of the rows as read; None where some is no text."""
    texts = _texts(guesses)
    drawn = samples(work.connection, table, texts, rows, _NUMBER)
    again, _decimal = propose(
        [Guess(column, tuple(drawn[column.sql])) for column in texts], source, decimal
    )
    if any(guess.form is not None for guess in again):
        return None
    by_name = {guess.column.name: guess for guess in again}
    return [by_name.get(guess.column.name, guess) for guess in guesses]


def _texts(guesses: Sequence[Guess]) -> list[TextColumn]:
    """The columns that stay texts, as they are called in the typed file."""
    return [
        replace(guess.column, sql=identifier(guess.column.name))
        for guess in guesses
        if guess.form is None
    ]
