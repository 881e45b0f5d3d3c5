"""Connections to DuckDB: an open one that reads files, and a locked one for what people write.

The locked one reaches no file but those it is given, no setting, no extension and no variable of
this process; its memory is limited, and a query is interrupted when its time is over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.exceptions import ExpressionError, TableError
from casebook.language import _

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "1GB"
SPILL_LIMIT = "20GB"


def identifier(name: str) -> str:
    """A column's name as SQL writes it, between double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it, between single quotes."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def connect(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads files; what does not fit into memory goes to the folder `spill`.

    For statements of the engine alone, never for text that a person wrote.
    """
    from casebook.expressions import engine  # late: see engine.py  # noqa: PLC0415

    config = {
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    with engine.connect(":memory:", config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@contextmanager
def connect_locked(
    paths: Sequence[Path] = (), spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection without access to anything but the given files, its settings locked."""
    from casebook.expressions import engine  # late: see engine.py  # noqa: PLC0415

    config: dict[str, Any] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(spill) if spill else "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
    }
    if spill:
        config["max_temp_directory_size"] = SPILL_LIMIT
    with engine.connect(":memory:", config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        allowed = ", ".join(literal(str(path)) for path in paths)
        connection.execute(f"SET allowed_paths = [{allowed}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
