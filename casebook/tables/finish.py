"""A loaded table becomes typed Parquet: names, types, rows, and the rejects beside them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.exceptions import TableError, nearest
from casebook.expressions.locked import copied, identifier, literal
from casebook.language import N_, _
from casebook.tables.evidence import TextColumn
from casebook.tables.foot import noticed
from casebook.tables.loading import Part, Work
from casebook.tables.model import Assumption, Place, ReadColumn, Reading, Reject, Rejects
from casebook.tables.names import unique_names
from casebook.tables.typing_ import Typed, type_columns
from casebook.tables.void import void_columns

if TYPE_CHECKING:
    import duckdb

    from casebook.case import TableSource

_VECTOR = 2048  # rows that DuckDB works on at once
_GROUP_VECTORS = 30
_GROUP_CELLS = 4_000_000


def finish(
    work: Work, part: Part, source: TableSource, fingerprint: str, files: tuple[str, ...]
) -> Reading:
    """Type a loaded table and write it as Parquet into the work's folder."""
    connection = work.connection
    rows = _count(connection, part.table)
    if rows == 0:
        raise TableError(_no_rows(part), place=work.place("source"))
    columns, notes = named(connection, part, source, work.place)
    texts = [column for column in columns if isinstance(column, TextColumn)]
    typed, said = type_columns(connection, part.table, texts, source, rows)
    by_name = {column.name: column for column in typed}
    final = [by_name[c.name] if isinstance(c, TextColumn) else c for c in columns]
    said = [*said, *noticed(connection, part, texts, rows)]
    path = work.folder / "typed.parquet"
    _write(connection, part.table, final, path)
    rejects = _write_rejects(part.rejects, work.folder / "rejects.csv")
    part = replace(part, assumptions=(*part.assumptions, *notes, *said))
    return reading_of(
        part, final, path, rows=rows, rejects=rejects, fingerprint=fingerprint, files=files
    )


def reading_of(
    part: Part,
    columns: Sequence[Typed],
    path: Path,
    *,
    rows: int,
    rejects: Rejects,
    fingerprint: str,
    files: tuple[str, ...],
) -> Reading:
    """The reading of typed rows at `path`, with what the part says was assumed."""
    return Reading(
        path=path,
        columns=tuple(ReadColumn(c.name, c.type, c.stored) for c in columns),
        rows=rows,
        rejects=rejects,
        assumptions=part.assumptions,
        fingerprint=fingerprint,
        files=files,
    )


def parquet(columns: int) -> str:
    """The options of typed files with so many columns.

    Each thread holds the rows of a group, so that groups are small, and smaller of wide tables.
    Version 2 packs numbers by their differences: a quarter smaller, and quicker both ways.
    """
    rows = min(max(_GROUP_CELLS // columns // _VECTOR, 1), _GROUP_VECTORS) * _VECTOR
    return (
        "(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION snappy, WRITE_BLOOM_FILTER false, "
        f"ROW_GROUP_SIZE {rows})"
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _no_rows(part: Part) -> str:
    names = ", ".join(f"'{name.strip()}'" for name in part.names[:8])
    return _("{file} has a header ({names}) and no rows", file=part.file, names=names)


def named(
    connection: duckdb.DuckDBPyConnection, part: Part, source: TableSource, place: Place
) -> tuple[list[TextColumn | Typed], list[Assumption]]:
    """The columns under unique names, with what the record says of each.

    Columns with neither a name nor a value are left out, and that is said.
    """
    nameless = [n for n, name in enumerate(part.names) if not name.strip()]
    void = void_columns(connection, part.table, nameless)
    left = [n for n in range(len(part.names)) if n not in void]
    names, notes = unique_names([part.names[n] for n in left])
    if void:
        shown = ", ".join(str(n + 1) for n in sorted(void))
        message = N_("the columns at {places} have neither a name nor a value and were left out")
        notes.append(Assumption("columns", "", message, {"places": shown}))
    types = _types(names, source, place)
    columns: list[TextColumn | Typed] = []
    for n, name in zip(left, names, strict=True):
        column, stated = part.columns[n], types.get(name)
        if isinstance(column, Typed) and stated in (None, column.type):
            columns.append(replace(column, name=name))
        elif isinstance(column, Typed):
            text = f"CAST({column.sql} AS VARCHAR)"
            columns.append(TextColumn(text, name, tuple(source.missing), stated))
        else:
            columns.append(replace(column, name=name, missing=tuple(source.missing), type=stated))
    return columns, notes


def _types(names: Sequence[str], source: TableSource, place: Place) -> dict[str, str]:
    """The record's types by column. Raises TableError for a column that is not there."""
    lowered = {name.lower(): name for name in names}
    types = {}
    for name, type_ in source.types.items():
        if name.strip().lower() not in lowered:
            raise TableError(
                _("there is no column '{name}'; there are {n}.", name=name, n=len(names)),
                place=place(f"types.{name}"),
                hint=nearest(name, names),
            )
        types[lowered[name.strip().lower()]] = str(type_)
    return types


def _write(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Typed], path: Path
) -> None:
    cells = ", ".join(f"{column.sql} AS {identifier(column.name)}" for column in columns)
    options = parquet(len(columns))
    copied(connection, f"COPY (SELECT {cells} FROM {table}) TO {literal(str(path))} {options}")


def _write_rejects(rejects: Sequence[Reject], path: Path) -> Rejects:
    if not rejects:
        return Rejects(0, None, {})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "line", "reason", "text"])
        writer.writerows([r.file, r.line, r.reason, r.text] for r in rejects)
    return Rejects(len(rejects), path, dict(Counter(r.reason for r in rejects)))
