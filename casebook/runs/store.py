"""The store of a case: runs, metrics, feedback, labels and alerts, in SQLite or PostgreSQL.

The modules `store*` are the only importers of SQLAlchemy in this room.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import ColumnElement, Engine, Table, delete, desc, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from casebook.runs import store_tables as tables
from casebook.runs.entry import Entry, Receipt
from casebook.runs.manifest import Manifest, RunStatus, dump
from casebook.runs.store_engine import (
    FILE_NAME,
    PATIENCE,
    StoreError,
    engine_of,
    named,
    reading,
    store_url,
    told,
    writing,
)
from casebook.runs.store_schema import check, prepare

__all__ = [
    "FILE_NAME",
    "Metric",
    "Store",
    "StoreError",
    "StoredRun",
    "open_store",
]


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


_prepared: WeakSet[Engine] = WeakSet()  # whose tables this process has seen to be there


class Store:
    """An open store. Every method raises StoreError where the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reading(self._engine) as connection:
            check(connection)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with writing(self._engine) as connection:
            check(connection)
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
        with self._writing() as connection:
            here = tables.runs.c.name == manifest.name
            if connection.execute(select(tables.runs.c.name).where(here)).first():
                connection.execute(tables.runs.update().where(here).values(values))
            else:
                connection.execute(insert(tables.runs).values(values))

    def record_metrics(self, run: str, metrics: Sequence[Metric]) -> None:
        """Keep the metrics of a run, in place of those it had."""
        with self._writing() as connection:
            connection.execute(delete(tables.metrics).where(tables.metrics.c.run == run))
            if metrics:
                rows = [{"run": run, **vars(metric)} for metric in metrics]
                connection.execute(insert(tables.metrics), rows)

    def metrics(self, run: str) -> tuple[Metric, ...]:
        """The metrics of a run."""
        table = tables.metrics
        names = list(Metric.__dataclass_fields__)
        query = select(*(table.c[name] for name in names)).where(table.c.run == run)
        with self._reading() as connection:
            return tuple(Metric(**row._mapping) for row in connection.execute(query))

    def list_runs(
        self, limit: int = 100, *, case: str | None = None, before: datetime | None = None
    ) -> tuple[StoredRun, ...]:
        """The runs, the newest first. case: of this one alone. before: started earlier, in UTC."""
        query = select(tables.runs).order_by(desc(tables.runs.c.started)).limit(limit)
        if case is not None:
            query = query.where(tables.runs.c.case_name == case)
        if before is not None:
            query = query.where(tables.runs.c.started < before.astimezone(UTC))
        with self._reading() as connection:
            return tuple(_stored_run(row._mapping) for row in connection.execute(query))

    def append(self, *entries: Entry) -> tuple[Receipt, ...]:
        """Keep entries, all or none; what was there already is no second row.

        Raises IdTaken where an id was used for something else.
        """
        try:
            return self._append(entries)
        except StoreError as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
            return self._append(entries)  # another process kept the same just now

    def _append(self, entries: Sequence[Entry]) -> tuple[Receipt, ...]:
        with self._writing() as connection:
            return tuple(_put(connection, entry) for entry in entries)

    def rows(
        self,
        name: str,
        *,
        case: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Mapping[str, Any], ...]:
        """Rows of an append-only table, the oldest first.

        case: of this case alone, with those that say no case. since, until: by when they came
        into the store; until is not included.
        """
        table = tables.metadata.tables[name]
        query = select(table).where(*_which(table, case, since, until))
        with self._reading() as connection:
            found = connection.execute(query.order_by(table.c.at, table.c.id))
            return tuple(_plain(row._mapping) for row in found)

    def count(
        self,
        name: str,
        by: str,
        *,
        case: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> dict[str, int]:
        """How many rows of a table have each value of a column; see `rows`."""
        table = tables.metadata.tables[name]
        query = select(table.c[by], func.count()).where(*_which(table, case, since, until))
        with self._reading() as connection:
            found = connection.execute(query.group_by(table.c[by]))
            return {value: int(n) for value, n in found}


def _which(
    table: Table, case: str | None, since: datetime | None, until: datetime | None
) -> Iterator[ColumnElement[bool]]:
    if case is not None:
        yield table.c.case_name.in_((case, ""))
    if since is not None:
        yield table.c.stored >= since.astimezone(UTC)
    if until is not None:
        yield table.c.stored < until.astimezone(UTC)


def _put(connection: Connection, entry: Entry) -> Receipt:
    table = tables.metadata.tables[entry.table]
    found = connection.execute(select(table).where(table.c.id == entry.id)).mappings().first()
    if found is not None:
        earlier = Entry(entry.table, entry.id, in_utc(found["at"]), dict(found))
        entry.check_same(earlier)
        return Receipt(entry.id, earlier.at, is_new=False)
    times = {"at": entry.at, "stored": datetime.now(UTC)}
    given = {name: value for name, value in times.items() if name in table.c}
    connection.execute(insert(table).values(id=entry.id, **given, **entry.values))
    return Receipt(entry.id, entry.at)


@contextmanager
def open_store(
    case_folder: Path, url: str | None = None, *, patience: float = PATIENCE
) -> Iterator[Store]:
    """The store of a case, made where there is none, brought to the present form where it is old.

    url: `postgresql://...` or `sqlite:///file`; None is SQLite in the case's folder.
    patience: seconds to wait for other writers.
    Raises StoreError where it cannot be opened, or where a newer Casebook made it.
    """
    address = store_url(case_folder, url)
    with told(named(address)):
        engine = engine_of(address, patience)
    if engine not in _prepared:
        prepare(engine)
        _prepared.add(engine)
    try:
        yield Store(engine)
    except StoreError:
        _prepared.discard(engine)  # it may have been removed, or changed
        raise


def _stored_run(row: Mapping[Any, Any]) -> StoredRun:
    return StoredRun(
        name=row["name"],
        case=row["case_name"],
        status=RunStatus(row["status"]),
        started=in_utc(row["started"]),
        ended=in_utc(row["ended"]) if row["ended"] else None,
        exit_status=row["exit_status"],
    )


def in_utc(time: datetime) -> datetime:
    """A time as the store gives it back: SQLite forgets the zone; all of them are UTC."""
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row with its times in UTC."""
    return {
        name: in_utc(value) if isinstance(value, datetime) else value for name, value in row.items()
    }
