"""The store of a case: runs, metrics, feedback, labels and alerts, in SQLite or PostgreSQL.

This module and its tables are the only importers of SQLAlchemy in this room.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, create_engine, delete, desc, event, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from casebook.exceptions import RunError
from casebook.language import _
from casebook.runs import store_tables as tables
from casebook.runs.journal_mode import journal_mode
from casebook.runs.manifest import Manifest, RunStatus, dump

FILE_NAME = "casebook.sqlite"
_PATIENCE = 30.0  # seconds to wait for another writer


class StoreError(RunError):
    """The store cannot be reached, is locked, full, or refuses."""


@dataclass(frozen=True)
class Metric:
    """One number of a run. subject: what it is of, as a candidate. n: rows it was computed on."""

    phase: str
    name: str
    value: float | None
    subject: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class StoredRun:
    """A run as the store lists it."""

    name: str
    case: str
    status: RunStatus
    started: datetime
    ended: datetime | None
    exit_status: int | None


@dataclass(frozen=True)
class Receipt:
    """What somebody who said something gets back. is_new: False when it was there already."""

    id: str
    at: datetime
    is_new: bool


class Store:
    """An open store. Every method raises StoreError where the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with told(str(self._engine.url)), self._engine.begin() as connection:
            yield connection

    def record_run(self, manifest: Manifest) -> None:
        """Keep a run's manifest, in place of an earlier state of the same run."""
        values = {
            "name": manifest.name,
            "case_name": manifest.case,
            "status": manifest.status.value,
            "started": manifest.started,
            "ended": manifest.ended,
            "as_of": manifest.as_of,
            "seed": manifest.seed,
            "exit_status": manifest.exit_status,
            "manifest": json.loads(dump(manifest)),
        }
        with self._transaction() as connection:
            here = tables.runs.c.name == manifest.name
            if connection.execute(select(tables.runs.c.name).where(here)).first():
                connection.execute(tables.runs.update().where(here).values(values))
            else:
                connection.execute(insert(tables.runs).values(values))

    def record_metrics(self, run: str, metrics: Sequence[Metric]) -> None:
        """Keep the metrics of a run, in place of those it had."""
        with self._transaction() as connection:
            connection.execute(delete(tables.metrics).where(tables.metrics.c.run == run))
            if metrics:
                rows = [{"run": run, **vars(metric)} for metric in metrics]
                connection.execute(insert(tables.metrics), rows)

    def metrics(self, run: str) -> tuple[Metric, ...]:
        """The metrics of a run."""
        table = tables.metrics
        names = list(Metric.__dataclass_fields__)
        query = select(*(table.c[name] for name in names)).where(table.c.run == run)
        with self._transaction() as connection:
            return tuple(Metric(**row._mapping) for row in connection.execute(query))

    def list_runs(self, limit: int = 100) -> tuple[StoredRun, ...]:
        """The runs, the newest first."""
        query = select(tables.runs).order_by(desc(tables.runs.c.started)).limit(limit)
        with self._transaction() as connection:
            return tuple(_stored_run(row._mapping) for row in connection.execute(query))

    def add_feedback(self, id: str, *, by: str, content: Any, run: str | None = None) -> Receipt:  # noqa: A002 (the column's name)
        """Keep what somebody said; the same id twice is one row and the same receipt."""
        return self._append(tables.feedback, id, {"by": by, "content": content, "run": run})

    def add_label(
        self,
        id: str,  # noqa: A002 (the column's name)
        *,
        by: str,
        row: str,
        label: str | None,
        note: str = "",
    ) -> Receipt:
        """Keep a reviewed label of a row; the same id twice is one row and the same receipt."""
        values = {"by": by, "row": row, "label": label, "note": note}
        return self._append(tables.labels, id, values)

    def add_alert(
        self,
        id: str,  # noqa: A002 (the column's name)
        *,
        name: str,
        level: str,
        sentence: str,
        run: str | None = None,
    ) -> Receipt:
        """Keep an alert; the same id twice is one row and the same receipt."""
        values = {"name": name, "level": level, "sentence": sentence, "run": run}
        return self._append(tables.alerts, id, values)

    def rows(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """All rows of `feedback`, `labels` or `alerts`, the oldest first."""
        table = {t.name: t for t in (tables.feedback, tables.labels, tables.alerts)}[name]
        with self._transaction() as connection:
            found = connection.execute(select(table).order_by(table.c.at, table.c.id))
            return tuple(dict(row._mapping) for row in found)

    def _append(self, table: Table, key: str, values: Mapping[str, Any]) -> Receipt:
        at = datetime.now(UTC)
        try:
            with told(str(self._engine.url)), self._engine.begin() as connection:
                connection.execute(insert(table).values(id=key, at=at, **values))
        except StoreError as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
            return self._receipt(table, key, error)
        return Receipt(key, at, is_new=True)

    def _receipt(self, table: Table, key: str, error: StoreError) -> Receipt:
        with self._transaction() as connection:
            at = connection.execute(select(table.c.at).where(table.c.id == key)).scalar()
        if at is None:  # refused for another reason than its id
            raise error
        return Receipt(key, _in_utc(at), is_new=False)


@contextmanager
def open_store(case_folder: Path, url: str | None = None) -> Iterator[Store]:
    """The store of a case, made where there is none.

    url: an SQLAlchemy URL; None is SQLite in the case's folder.
    Raises StoreError where it cannot be opened.
    """
    place = url or f"sqlite:///{case_folder / FILE_NAME}"
    with told(place):
        engine = _engine(place)
    try:
        with told(place):
            tables.create_schema(engine)
        yield Store(engine)
    finally:
        engine.dispose()


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn what SQLAlchemy raises into a StoreError of one line."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(_("this is not a store: {error}", error=error), place=place) from error
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise StoreError(_("the store refuses: {error}", error=cause), place=place) from error


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(
        url,
        poolclass=NullPool,  # a connection must not cross a fork
        connect_args={"timeout": _PATIENCE},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say when a transaction begins, not the driver
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    connection.execute(f"PRAGMA journal_mode = {journal_mode(Path(path))}")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """Take the write lock at once: one that reads first and writes then fails under load."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _stored_run(row: Mapping[Any, Any]) -> StoredRun:
    return StoredRun(
        name=row["name"],
        case=row["case_name"],
        status=RunStatus(row["status"]),
        started=_in_utc(row["started"]),
        ended=_in_utc(row["ended"]) if row["ended"] else None,
        exit_status=row["exit_status"],
    )


def _in_utc(moment: datetime) -> datetime:
    """SQLite forgets the zone; everything here is written in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
