"""How the store is reached: its address, and transactions that keep no connection afterwards.

Every transaction opens a connection of its own and closes it, so none can cross a fork, and a
hundred idle pages hold no connection of a PostgreSQL server.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    IntegrityError,
    NoSuchModuleError,
    SQLAlchemyError,
)
from sqlalchemy.pool import NullPool

from casebook.exceptions import RunError
from casebook.language import _
from casebook.runs.journal_mode import journal_mode

FILE_NAME = "casebook.sqlite"
PATIENCE = 30.0  # seconds to wait for another writer

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_FIELD = "case.yaml, store"
# One round trip: how long to wait, and a commit that means "on disk" whatever the server's default.
_POSTGRES = """
SELECT set_config('lock_timeout', '{wait}', true), CASE WHEN {writes} THEN
set_config('statement_timeout', '{wait}', true) END,
CASE WHEN current_setting('synchronous_commit') = 'off'
THEN set_config('synchronous_commit', 'on', true) END
"""


class StoreError(RunError):
    """The store cannot be reached, is locked, full, or refuses.

    refuses_content: the store works, and this one row is what it does not take.
    """

    refuses_content = False


def store_url(case_folder: Path, url: str | None = None) -> URL:
    """The address of a case's store; None is SQLite in the case's folder.

    url: `postgresql://...` (by psycopg 3) or `sqlite:///file`, relative to the case's folder.
    Raises StoreError for anything else.
    """
    if url is None:
        return URL.create("sqlite", database=str(case_folder / FILE_NAME))
    try:
        made = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(_not_a_store(_("it is no URL")), place=_FIELD) from None
    driver = _DRIVERS.get(made.drivername, made.drivername)
    if driver.partition("+")[0] not in _DRIVERS:
        raise StoreError(_not_a_store(made.drivername), place=_FIELD)
    if driver == "sqlite":
        if made.database in (None, "", ":memory:"):
            raise StoreError(_not_a_store(_("memory forgets")), place=_FIELD)
        return made.set(database=str(case_folder / str(made.database)))
    return made.set(drivername=driver)


def _not_a_store(found: object) -> str:
    return _(
        "this is not a store: {found}; allowed are null (a file in the case's folder), "
        "sqlite:///FILE and postgresql://USER@HOST/DATABASE",
        found=found,
    )


def named(url: URL) -> str:
    """An address without its password, for people."""
    return url.render_as_string(hide_password=True)


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn what SQLAlchemy raises into a StoreError of one line, without anybody's data in it."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        hint = _("For PostgreSQL: pip install 'casebook[postgres]'")
        raise StoreError(
            _("the store cannot be opened: {error}", error=error), place=place, hint=hint
        ) from error
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        told_of = StoreError(_("the store refuses: {error}", error=cause), place=place)
        told_of.refuses_content = isinstance(error, (IntegrityError, DataError))
        raise told_of from error


@lru_cache(maxsize=16)
def engine_of(url: URL, patience: float = PATIENCE) -> Engine:
    """The engine of an address; it keeps statements that were compiled, and no connection.

    patience: seconds that it waits for another writer.
    """
    sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,  # what people said belongs in no traceback
        connect_args={"timeout": patience} if sqlite else _postgres_arguments(url, patience),
    )
    if sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_postgres)
    return engine.execution_options(casebook_patience=patience)


def _postgres_arguments(url: URL, patience: float) -> dict[str, Any]:
    seconds = max(2, round(patience))  # libpq knows no shorter time
    known = {"connect_timeout": seconds, "tcp_user_timeout": 1000 * seconds}
    return {name: value for name, value in known.items() if name not in url.query}


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads; it takes no lock that a writer would wait for."""
    with told(named(engine.url)), engine.connect() as opened:
        connection = opened.execution_options(casebook_reads=True)
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; what it did is on disk when it has ended without an error."""
    with told(named(engine.url)), engine.begin() as connection:
        yield connection


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say when a transaction begins, not the driver
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: who reads first and writes then is refused under load."""
    options = connection.get_execution_options()
    if options.get("casebook_reads"):
        connection.exec_driver_sql("BEGIN")
        return
    raw, patience = connection.connection.dbapi_connection, options["casebook_patience"]
    wanted = journal_mode(Path(str(connection.engine.url.database)))
    if _waited(raw, wanted, patience):
        return
    for statement in _lock_statements(wanted):  # what SQLAlchemy says of it is what people read
        connection.exec_driver_sql(statement)


def _waited(raw: Any, journal: str, patience: float) -> bool:
    """Whether the write lock was got in time.

    It is asked for the more often the longer it took: SQLite's own waiting asks ever more rarely,
    so that under load who comes last would win.
    """
    end = time.monotonic() + patience
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while (left := end - time.monotonic()) > 0:
            try:
                for statement in _lock_statements(journal):
                    raw.execute(statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    return False
                time.sleep(min(left, 0.004 + 0.03 * left / patience))
            else:
                return True
        return False
    finally:
        raw.execute(f"PRAGMA busy_timeout = {round(1000 * patience)}")


def _lock_statements(journal: str) -> tuple[str, ...]:
    """EXTRA: without write-ahead log a commit outlasts a power cut once the folder is synced."""
    return f"PRAGMA journal_mode = {journal}", "PRAGMA synchronous = EXTRA", "BEGIN IMMEDIATE"


def _begin_postgres(connection: Connection) -> None:
    options = connection.get_execution_options()
    wait = max(1, round(1000 * options["casebook_patience"]))  # 0 would mean for ever
    writes = not options.get("casebook_reads")
    connection.exec_driver_sql(_POSTGRES.format(wait=wait, writes=writes))
