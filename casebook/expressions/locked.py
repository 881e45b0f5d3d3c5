"""Connections to DuckDB: an open one that reads files, and a locked one for what people write.

The locked one reaches no file but those it is given, no setting, no extension and no variable of
this process; its memory is limited, and a query is interrupted when its time is over.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.exceptions import ExpressionError, TableError
from casebook.language import _

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "1GB"
READING_LIMIT = "2.5GB"  # and never more than half of the machine: two cases may be read at once
SPILL_LIMIT = "20GB"
READING_THREADS = 8  # each has buffers of its own, 40 MB and more


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
    Raises TableError with DuckDB's message where it cannot go on.
    """
    from casebook.expressions import engine  # late: see engine.py

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": "50%",  # what does not fit goes to the disk
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    with engine.connect(":memory:", config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")  # in a kernel it draws its own
        _at_most(connection, READING_LIMIT)
        _few_threads(connection)
        try:
            yield connection
        except engine.Error as problem:
            raise TableError(_("DuckDB cannot go on: {problem}", problem=problem)) from problem


def copied(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run a COPY to a file that keeps the order of its rows: how many they are.

    DuckDB keeps it on several threads only where it says that it copies in batches. Of a query
    with a join, which it also makes of IN, row groups came as their threads had them (2.0.0).
    """
    plan = " ".join(str(row[-1]) for row in connection.execute(f"EXPLAIN {statement}").fetchall())
    if "BATCH_COPY" not in plan.upper().replace(" ", "_"):
        connection.execute("SET threads = 1")
    try:
        row = connection.execute(statement).fetchone()
    finally:
        connection.execute("RESET threads")
        _few_threads(connection)
    return int(row[0]) if row else 0


def copied_unless_refused(connection: duckdb.DuckDBPyConnection, statement: str) -> int | None:
    """The same; None where a line, a value or memory stops it."""
    from casebook.expressions import engine  # late: see engine.py

    try:
        return copied(connection, statement)
    except engine.REFUSING:
        return None


def _at_most(connection: duckdb.DuckDBPyConnection, limit: str) -> None:
    """Lower the memory that a connection may take to a limit, if it may take more."""
    sizes = "current_setting('memory_limit')"
    row = connection.execute(
        f"SELECT parse_formatted_bytes({sizes}) > parse_formatted_bytes({literal(limit)})"
    ).fetchone()
    if row and row[0]:
        connection.execute(f"SET memory_limit = {literal(limit)}")


def _few_threads(connection: duckdb.DuckDBPyConnection) -> None:
    """Lower the number of threads, so that memory does not grow with the cores of the machine."""
    row = connection.execute("SELECT current_setting('threads')").fetchone()
    if row and row[0] > READING_THREADS:
        connection.execute(f"SET threads = {READING_THREADS}")


@contextmanager
def connect_locked(
    paths: Sequence[Path] = (), spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection without access to anything but the given files, its settings locked.

    What it creates must be temporary: another connection to the same files shares the rest.
    """
    me = object()
    _users.add(me)
    try:
        with _locked(os.getpid(), tuple(paths), spill).cursor() as connection:
            yield connection
    finally:
        _users.discard(me)
        _forget_later()


_KEPT = 4
_made: dict[tuple[int, tuple[Path, ...], Path | None], duckdb.DuckDBPyConnection] = {}
_users: set[object] = set()
UNUSED = 1.0
"""Seconds after which databases that nobody uses go: each holds 8 MB and nine threads, and a
visitor of a served page looks at the table when the page opens, and then for hours not at all."""
_waiting: dict[int, threading.Timer] = {}  # by process: a fork has none of its parent's threads


def _forget_later() -> None:
    """Have this process's databases go once nobody has used one for a second."""
    former = _waiting.pop(os.getpid(), None)
    if former is not None:
        former.cancel()
    timer = threading.Timer(UNUSED, _forget_unused)
    timer.daemon = True
    _waiting[os.getpid()] = timer
    timer.start()


def _forget_unused() -> None:
    if not _users:
        _forget()


@cache
def _end_with_python() -> None:
    """What is left when Python ends, DuckDB's binding lists as leaks."""
    atexit.register(_end)


def forget() -> None:
    """Let go of every database now, so that this process has no thread of theirs."""
    _end()


def _end() -> None:
    former = _waiting.pop(os.getpid(), None)
    if former is not None:
        former.cancel()
        former.join()  # a thread that ends within DuckDB while Python does takes it all down
    _forget()


def _locked(pid: int, paths: tuple[Path, ...], spill: Path | None) -> duckdb.DuckDBPyConnection:
    """The database of these files: 20 ms to make one, half of one for a connection to it.

    A forked process makes its own. It never lets go of those that it inherited: closing one
    waits for threads that only its parent has, and crashes.
    """
    key = (pid, paths, spill)
    _end_with_python()
    found = _made.get(key) or _database(paths, spill)  # not out of it meanwhile: see other threads
    _made.pop(key, None)
    _forget(_KEPT - 1)
    _made[key] = found  # the one used last stands last
    return found


def _forget(kept: int = 0) -> None:
    """Let go of this process's own databases but the last so many."""
    ours = [key for key in list(_made) if key[0] == os.getpid()]
    for key in ours[: max(0, len(ours) - kept)]:
        _made.pop(key, None)


def _database(paths: tuple[Path, ...], spill: Path | None) -> duckdb.DuckDBPyConnection:
    """A database in memory that reaches the given files alone."""
    from casebook.expressions import engine  # late: see engine.py

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(spill) if spill else "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "perfect_ht_threshold": 16,  # bits: few small numbers are grouped in an array
        "python_enable_replacements": False,
    }
    if spill:
        config["max_temp_directory_size"] = SPILL_LIMIT
    made = engine.connect(":memory:", config=config)
    made.execute("SET GLOBAL TimeZone = 'UTC'")
    # It saves 0.7 ms of each query, and a case asks a hundred; a file is known by what is in it.
    made.execute("SET GLOBAL parquet_metadata_cache = true")
    allowed = ", ".join(literal(str(path)) for path in paths)
    made.execute(f"SET allowed_paths = [{allowed}]")
    made.execute("SET enable_external_access = false")
    made.execute("SET lock_configuration = true")
    return made


@contextmanager
def running(
    connection: duckdb.DuckDBPyConnection, seconds: float, place: str = ""
) -> Iterator[None]:
    """Run queries with text that a person wrote: interrupted when the time is over.

    Raises ExpressionError where time or memory ran out, or a value or type does not fit.
    """
    from casebook.expressions import engine  # late: see engine.py

    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except engine.InterruptException as problem:
        message = _("it did not end within {seconds:.0f} seconds", seconds=seconds)
        raise ExpressionError(message, place=place) from problem
    except engine.OutOfMemoryException as problem:
        message = _("it needs more than {memory} of memory", memory=MEMORY_LIMIT)
        raise ExpressionError(message, place=place) from problem
    except engine.Error as problem:
        if isinstance(problem, engine.BREAKING):
            _forget()  # the next connection is to a database that works
        told = str(problem).split("\n\nLINE ")[0].split("\nLINE ")[0].strip()
        raise ExpressionError(told, place=place) from problem
    finally:
        timer.cancel()
