"""A Parquet file as a DuckDB table: its types are known, odd ones become text or plain ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.expressions.locked import identifier, literal
from casebook.language import N_
from casebook.tables.evidence import TextColumn
from casebook.tables.model import Assumption, Type
from casebook.tables.typing_ import Typed

if TYPE_CHECKING:
    import duckdb

# DuckDB's type, ours, what is stored, the SQL that makes it
_TYPES: tuple[tuple[str, Type, str, str], ...] = (
    (r"BOOLEAN", "boolean", "BOOLEAN", "{c}"),
    (r"U?(TINY|SMALL|BIG)?INT(EGER)?|UINTEGER", "number", "BIGINT", "TRY_CAST({c} AS BIGINT)"),
    (r"FLOAT|DOUBLE", "number", "DOUBLE", "CASE WHEN NOT isnan({c}) THEN CAST({c} AS DOUBLE) END"),
    (r"DECIMAL.*|U?HUGEINT", "number", "DOUBLE", "CAST({c} AS DOUBLE)"),
    (r"DATE|TIMESTAMP|TIMESTAMP_(S|MS|NS)", "time", "TIMESTAMP", "CAST({c} AS TIMESTAMP)"),
    (r"TIMESTAMP.*TIME ZONE.*", "time", "TIMESTAMP", "{c} AT TIME ZONE 'UTC'"),
)


def load_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str
) -> tuple[tuple[str, ...], tuple[TextColumn | Typed, ...], list[Assumption]]:
    """Load a Parquet file with columns `c0`, `c1`, ...: names, columns, what was assumed."""
    scan = f"read_parquet({literal(str(path))})"
    described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    cells, columns, notes = [], [], []
    for n, (name, kind, *_rest) in enumerate(described):
        column, cell, note = _column(f"c{n}", str(name), str(kind))
        cells.append(f"{cell.format(c=identifier(str(name)))} AS c{n}")
        columns.append(column)
        notes.extend(note)
    connection.execute(f"CREATE TABLE {table} AS SELECT {', '.join(cells)} FROM {scan}")
    return tuple(str(row[0]) for row in described), tuple(columns), notes


def _column(sql: str, name: str, kind: str) -> tuple[TextColumn | Typed, str, list[Assumption]]:
    for pattern, type_, stored, cell in _TYPES:
        if re.fullmatch(pattern, kind):
            notes = []
            if "ZONE" in kind:
                message = N_("times with a zone are turned into UTC")
                notes.append(Assumption(f"types.{name}", "time", message))
            return Typed(name, type_, stored, sql), cell, notes
    notes = []
    if kind != "VARCHAR" and not kind.startswith("ENUM"):
        message = N_("values of the type {kind} are turned into text")
        notes.append(Assumption(f"types.{name}", "text", message, {"kind": kind}))
    return TextColumn(sql, name, guess=("time",)), "CAST({c} AS VARCHAR)", notes
