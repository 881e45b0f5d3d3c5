"""A text read straight into typed Parquet: types proposed from a sample, held against every cell.

One pass instead of many: each cell is checked while its row is written, and the first that
contradicts its column's proposal ends the pass. Then, and wherever the sample already shows
something odd, nothing of it is kept and the text is read the exact way (`loading`, `finish`),
which counts what is odd and says it. Both ways make the same table and say the same of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casebook.expressions.locked import copied_unless_refused, identifier, literal
from casebook.tables.checked import STOP, beside, checked_cell, missing_in_text, tidy_number
from casebook.tables.delimited import SMALL_BUFFER, body_of, scan_of
from casebook.tables.dialect import LONGEST_LINE
from casebook.tables.drawn import drawn_rows
from casebook.tables.evidence import Absence, TextColumn, present, rows_wanted, samples
from casebook.tables.finish import named, parquet, reading_of
from casebook.tables.foot import LOOKED_AT, totals
from casebook.tables.forms import BLANKS
from casebook.tables.guess import Guess, said_of
from casebook.tables.loading import NOT_LOADED, Plain, Work, part_of
from casebook.tables.model import Assumption, Reading, Rejects
from casebook.tables.propose import propose
from casebook.tables.typing_ import Typed, as_whole, may_be_whole, merged
from casebook.tables.void import void_conditions

if TYPE_CHECKING:
    from casebook.case import TableSource

_NUMBER = "file_row_number"
_NOTHING = Absence(0, 0, {})


@dataclass(frozen=True)
class Proposal:
    """What a sample of a text proposes: a guess for each column, the decimal mark, what to say."""

    plain: Plain
    guesses: tuple[Guess, ...]
    decimal: str | None
    notes: tuple[Assumption, ...]


def proposal_of(work: Work, plain: Plain, source: TableSource) -> Proposal | None:
    """The proposal for a text; None where it must be read the exact way."""
    names = plain.layout.header.names
    if plain.layout.dialect.skip_space or not all(name.strip() for name in names):
        return None
    if plain.traits.longest >= LONGEST_LINE:
        return None
    columns, notes = named(work.connection, part_of(plain), source, work.place)
    guesses, decimal = _proposed(plain, columns, source)
    return Proposal(plain, tuple(guesses), decimal, tuple(notes)) if guesses else None


def read_straight(
    work: Work, proposal: Proposal, source: TableSource, fingerprint: str, files: tuple[str, ...]
) -> Reading | None:
    """The reading of a text in which nothing is odd; None where it must be read the exact way."""
    plain, guesses = proposal.plain, proposal.guesses
    path = work.folder / "straight.parquet"
    rows = copied_unless_refused(work.connection, _copy(work, plain, guesses, str(path)))
    table = f"read_parquet({literal(str(path))}, file_row_number=true)"
    held = _held(work, table, proposal, source, rows) if rows else None
    if rows is None or held is None:
        return None
    said = merged([note for guess in held for note in said_of(guess, ())])
    said += totals(work.connection, table, _texts(held[:LOOKED_AT]), rows, _NUMBER)
    part = part_of(plain, replace(NOT_LOADED, assumptions=(*proposal.notes, *said)))
    typed, none = [*map(checked_cell, guesses)], Rejects(0, None, {})
    return reading_of(
        part, typed, path, rows=rows, rejects=none, fingerprint=fingerprint, files=files
    )


def _proposed(
    plain: Plain, columns: Sequence[TextColumn | Typed], source: TableSource
) -> tuple[list[Guess], str | None]:
    """A guess for each column by a sample, none where it shows something odd; the decimal mark."""
    rows = drawn_rows(plain.text, plain.layout, plain.traits, rows_wanted(len(columns)))
    guesses, odd = [], []
    for column, cells in zip(columns, zip(*rows, strict=True), strict=False):
        if not isinstance(column, TextColumn) or column.name.lower() == _NUMBER:
            return [], None
        values = {cell.strip(BLANKS) for cell in cells if cell}
        if not values.isdisjoint(missing_in_text(column)):
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


def _whole(guess: Guess) -> Guess:
    form = guess.form
    return as_whole(guess) if form is not None and may_be_whole(guess, form) else guess


def _copy(work: Work, plain: Plain, guesses: Sequence[Guess], path: str) -> str:
    """SQL that writes the rows, unless a line does not fit or a cell contradicts."""
    text = body_of(plain.text, plain.layout, plain.file, work.folder)
    tidy = tidy_number(plain)
    checked = [checked_cell(guess, tidy) for guess in guesses]
    cells = ", ".join(f"{cell.sql} AS {identifier(cell.name)}" for cell in checked)
    # A row of blanks alone is stopped by its cells.
    empty = " AND ".join(f"c{n} IS NULL" for n in range(len(guesses)))
    _blank, again = void_conditions(plain.layout)
    scanned = scan_of(text, plain.layout, f"ignore_errors=false, buffer_size={SMALL_BUFFER}")
    beneath = f"(SELECT {', '.join(['*', *filter(None, map(beside, guesses))])} FROM {scanned})"
    return (
        f"COPY (SELECT {cells} FROM {beneath} "
        f"WHERE CASE WHEN ({empty}) OR ({again}) THEN {STOP} ELSE true END) "
        f"TO {literal(path)} {parquet(len(guesses))}"
    )


def _held(
    work: Work, table: str, proposal: Proposal, source: TableSource, rows: int
) -> list[Guess] | None:
    """The guesses, those of texts by a sample of the rows as read; None where some is no text."""
    texts = _texts(proposal.guesses)
    drawn = samples(work.connection, table, texts, rows, _NUMBER)
    again, _decimal = propose(
        [Guess(column, tuple(drawn[column.sql])) for column in texts], source, proposal.decimal
    )
    if any(guess.form is not None for guess in again):
        return None
    by_name = {guess.column.name: guess for guess in again}
    return [by_name.get(guess.column.name, guess) for guess in proposal.guesses]


def _texts(guesses: Sequence[Guess]) -> list[TextColumn]:
    """The columns that stay texts, as they are called in the typed file."""
    return [
        replace(guess.column, sql=identifier(guess.column.name))
        for guess in guesses
        if guess.form is None
    ]
