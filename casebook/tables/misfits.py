"""The lines of a text that DuckDB could not take: which, why, and those that can be filled up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.language import N_
from casebook.tables.mend import TEXT_KEPT
from casebook.tables.model import Reject

if TYPE_CHECKING:
    import duckdb

MISSING = "MISSING COLUMNS"
REASONS: dict[str, str] = {
    MISSING: N_("fewer columns than the header"),
    "TOO MANY COLUMNS": N_("more columns than the header"),
}
_OTHER_REASON = N_("a line that cannot be read")


@dataclass(frozen=True)
class Text:
    """A plain text on its way into DuckDB.

    skip: rows for DuckDB to leave out; first_line: the number of the text's first line in `file`.
    """

    path: Path
    skip: int
    first_line: int
    file: str


@dataclass(frozen=True)
class Misfit:
    """A row that did not fit: the line on which it starts, the error, its columns and its text."""

    line: int
    error: str
    columns: int
    text: str

    def reject(self, file: str) -> Reject:
        """The row as it is shown and kept."""
        reason = REASONS.get(self.error, _OTHER_REASON)
        return Reject(file, self.line, reason, self.text[:TEXT_KEPT])


def misfits(connection: duckdb.DuckDBPyConnection, text: Text, table: str) -> list[Misfit]:
    """What the last reading into `table` left out, in the order of the lines."""
    found = connection.execute(
        "SELECT line_byte_position, max(CAST(error_type AS VARCHAR)), "
        "coalesce(min(column_idx), 0), first(csv_line) "
        f"FROM misfits_{table} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    starts = [at - 1 + len(row) - len(row.lstrip("\r\n")) for at, _error, _n, row in found]
    return [
        Misfit(line, error, columns, row.strip("\r\n"))
        for line, (_at, error, columns, row) in zip(_lines(text, starts), found, strict=True)
    ]


def _lines(text: Text, starts: Sequence[int]) -> list[int]:
    """The numbers of the lines that start at these bytes, which are in order."""
    numbers, line, at = [], text.first_line, 0
    with text.path.open("rb") as file:
        for start in starts:
            while at < start:
                piece = file.read(min(start - at, 1 << 20))
                if not piece:
                    break
                line += piece.count(b"\n")
                at += len(piece)
            numbers.append(line)
    return numbers


def pad(text: Text, short: Sequence[Misfit], delimiter: str, width: int, folder: Path) -> Text:
    """A copy of the text in which these rows have the delimiters that they lack."""
    tails = {
        misfit.line + misfit.text.count("\n"): delimiter * (width - misfit.columns)
        for misfit in short
    }
    target = folder / f"{text.path.name}.padded"
    with (
        text.path.open(encoding="utf-8", newline="\n") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        for n, line in enumerate(source, start=text.first_line):
            tail = tails.get(n)
            out.write(line if tail is None else line.rstrip("\r\n") + tail + "\n")
    return replace(text, path=target)
