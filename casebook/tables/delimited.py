"""Delimited text into a DuckDB table of texts; the lines that do not fit become rejects."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.exceptions import TableError
from casebook.expressions.locked import literal
from casebook.language import N_, _
from casebook.tables.dialect import LONGEST_LINE
from casebook.tables.layout import Layout
from casebook.tables.mend import mend
from casebook.tables.misfits import MISSING, REASONS, Misfit, Text, misfits, pad
from casebook.tables.model import Assumption, Reject
from casebook.tables.traits import traits_of
from casebook.tables.void import drop_void_rows, void_columns

if TYPE_CHECKING:
    import duckdb


SMALL_BUFFER = 2 * LONGEST_LINE
"""Bytes that DuckDB reads at once where no line is too long; of its own accord 128 MB.

What one of its threads takes at a time. A last line that is longer, without a line feed, it drops
in silence (2.0.0), and at times with its own buffers too.
"""


@dataclass(frozen=True)
class Loaded:
    """What became of a text: the DuckDB table, its rejects, and what was assumed."""

    table: str
    rejects: tuple[Reject, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


def body_of(path: Path, layout: Layout, file: str, folder: Path) -> Text:
    """The text from the first row of data on.

    DuckDB skips rows, not lines; a preamble with odd quotes would mislead it: it is cut off.
    """
    if layout.first_byte == 0:
        return Text(path, 0, 1, file)
    if layout.header.first_line == 2:
        return Text(path, 1, 1, file)
    target = folder / f"{path.name}.body"
    with path.open("rb") as source, target.open("wb") as out:
        source.seek(layout.first_byte)
        shutil.copyfileobj(source, out)
    return Text(target, 0, layout.header.first_line, file)


def scan_of(text: Text, layout: Layout, options: str) -> str:
    """SQL that reads a text strictly, as columns of texts `c0`, `c1`, ...

    options: more of them, such as what is done with lines that do not fit.
    """
    dialect = layout.dialect
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(layout.header.names)))
    return (
        f"read_csv({literal(str(text.path))}, columns={{{columns}}}, auto_detect=false, "
        f"header=false, skip={text.skip}, delim={literal(dialect.delimiter)}, "
        f"quote={literal(dialect.quote)}, escape={literal(dialect.escape)}, "
        f"max_line_size={LONGEST_LINE}, strict_mode=true, null_padding=false, {options})"
    )


@dataclass(frozen=True)
class Loader:
    """Loads plain texts as tables of text columns `c0`, `c1`, ... in the order of the text.

    folder: for copies that are needed on the way.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path

    def load(self, path: Path, layout: Layout, table: str, file: str) -> Loaded:
        """Load one text of this layout; `file` is its name in rejects.

        Raises TableError where most lines do not fit.
        """
        width = len(layout.header.names)
        if layout.first_byte >= path.stat().st_size:
            columns = ", ".join(f"c{n} VARCHAR" for n in range(width))
            self.connection.execute(f"CREATE TABLE {table} ({columns})")
            return Loaded(table)
        text = body_of(path, layout, file, self.folder)
        found = self._read(text, layout, table)
        given_up: tuple[Reject, ...] = ()
        notes: list[Assumption] = []
        too_long = traits_of(text.path).longest >= LONGEST_LINE  # DuckDB may say nothing of it
        if too_long or any(misfit.error not in REASONS for misfit in found):
            target = self.folder / f"{path.name}.mended"
            mended = mend(text.path, target, layout, file, text.first_line)
            text, given_up = replace(text, path=target), mended.rejects
            notes += mended.assumptions
            found = self._read(text, layout, table)
        text, found, padded = self._padded(text, found, layout, table)
        rejects = (*given_up, *(misfit.reject(file) for misfit in found))
        self._check_fit(table, rejects, width)
        dropped = drop_void_rows(self.connection, table, text, layout, rejects)
        kept = sorted((*rejects, *dropped), key=lambda reject: reject.line)
        return Loaded(table, tuple(kept), (*notes, *padded))

    def _read(self, text: Text, layout: Layout, table: str) -> list[Misfit]:
        """Read strictly into the table; the lines that did not fit."""
        dialect, width = layout.dialect, len(layout.header.names)
        cell = "ltrim(c{n}, ' ') AS c{n}" if dialect.skip_space else "c{n}"
        cells = ", ".join(cell.format(n=n) for n in range(width))
        for name in (table, f"misfits_{table}", f"scans_{table}"):
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")
        self.connection.execute(
            f"CREATE TABLE {table} AS SELECT {cells} FROM "
            + scan_of(
                text,
                layout,
                "ignore_errors=true, store_rejects=true, rejects_limit=0, "
                f"rejects_table='misfits_{table}', rejects_scan='scans_{table}'",
            )
        )
        return misfits(self.connection, text, table)

    def _padded(
        self, text: Text, found: list[Misfit], layout: Layout, table: str
    ) -> tuple[Text, list[Misfit], list[Assumption]]:
        """The text with rows filled up that lack only columns in which no other row has a value.

        Excel leaves out delimiters at the end of rows where nothing follows.
        """
        width = len(layout.header.names)
        if not any(misfit.error == MISSING for misfit in found):
            return text, found, []
        live = set(range(width)) - void_columns(self.connection, table, range(width))
        needed = max(live, default=width) + 1
        short = [m for m in found if m.error == MISSING and m.columns >= needed]
        if not short:
            return text, found, []
        padded = pad(text, short, layout.dialect.delimiter, width, self.folder)
        message = N_(
            "rows without the last columns, which hold nothing anywhere, "
            "are filled up (rows: {n:,})"
        )
        note = Assumption("rows", "", message, {"n": len(short)})
        return padded, self._read(padded, layout, table), [note]

    def _check_fit(self, table: str, rejects: tuple[Reject, ...], width: int) -> None:
        row = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        kept = int(row[0]) if row else 0
        if len(rejects) <= kept:
            return
        first = min(rejects, key=lambda reject: reject.line)
        message = _(
            "{file}, line {line}: {reason}; {n:,} of {total:,} rows do not fit the header's "
            "{width} columns.",
            file=first.file,
            line=first.line,
            reason=_(first.reason),
            n=len(rejects),
            total=kept + len(rejects),
            width=width,
        )
        hint = _("Set the delimiter, the quote or the header's line in the record.")
        raise TableError(message, hint=hint)
