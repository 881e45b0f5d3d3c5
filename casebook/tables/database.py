"""The result of an SQL query, by SQLAlchemy address.

Whether the database has changed cannot be told without asking it, so a result is kept for
`MINUTES`: the phases of one run then see the same rows. The assumptions say when it was read.
"""

from __future__ import annotations

import csv
import hashlib
import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from casebook.atomic import write_text
from casebook.exceptions import TableError
from casebook.expressions.locked import connect
from casebook.language import N_, _
from casebook.tables import cache as kept
from casebook.tables.finish import finish
from casebook.tables.loading import Work, load_query
from casebook.tables.model import Assumption, Place, Reading
from casebook.tables.scan import digest

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult

    from casebook.case import TableSource

MINUTES = 60

_BATCH = 10_000


def read_query(source: TableSource, folder: Path, cache: Path, place: Place) -> Reading:
    """The result of the source's query as typed Parquet, read anew once it is an hour old."""
    url = address_of(source, folder, place)
    shown = url.render_as_string(hide_password=True)
    query = source.query or ""
    asked = hashlib.sha256(f"{shown}\n{query}".encode()).hexdigest()
    note = cache / "seen" / f"query-{kept.key_of(asked, source)}"
    found = _recent(note, cache)
    if found is not None:
        return found
    with kept.working_folder(cache) as work_folder, connect(work_folder / "spill") as connection:
        target = work_folder / "query.csv"
        names, kinds = write_result(url, query, target, place)
        work = Work(connection, work_folder, place)
        fingerprint = digest(target)
        part = replace(load_query(work, target, names, kinds), file=shown)
        reading = finish(work, part, source, fingerprint, (shown,))
        key = kept.key_of(fingerprint, source)
        reading = kept.keep(cache, key, reading)
    note.parent.mkdir(exist_ok=True)
    write_text(note, key)
    return _dated(reading, note)


def _recent(note: Path, cache: Path) -> Reading | None:
    try:
        if time.time() - note.stat().st_mtime > 60 * MINUTES:
            return None
        reading = kept.recall(cache, note.read_text())
    except OSError:
        return None
    return _dated(reading, note) if reading is not None else None


def _dated(reading: Reading, note: Path) -> Reading:
    moment = datetime.fromtimestamp(note.stat().st_mtime, UTC).isoformat(" ", "minutes")
    message = N_("the database was asked then, and is asked again after {minutes} minutes")
    said = Assumption("query", moment, message, {"minutes": MINUTES})
    return replace(reading, assumptions=(said, *reading.assumptions))


def address_of(source: TableSource, folder: Path, place: Place) -> URL:
    """The address of the database.

    `$NAME` is taken from the environment, so that a password need not stand in the record; a
    SQLite file is relative to the case's folder.
    Raises TableError for an address that is none or without a query.
    """
    try:
        url = sqlalchemy.make_url(os.path.expandvars(source.source))
    except ArgumentError as problem:
        raise TableError(
            _("this is no address of a database."),
            place=place("source"),
            hint=_("As an example: postgresql+psycopg://user:$PASSWORD@host/name"),
        ) from problem
    if not source.query:
        raise TableError(_("a database needs a query"), place=place("query"))
    file = url.database
    if url.get_backend_name() == "sqlite" and file and file != ":memory:":
        if not (folder / file).is_file():
            raise TableError(_("there is no file '{file}'", file=file), place=place("source"))
        url = url.set(database=str(folder / file))
    return url


def write_result(url: URL, query: str, target: Path, place: Place) -> tuple[list[str], list[str]]:
    """Write the query's rows to `target`; the names of its columns and the kind of each.

    A kind is text, number, time or boolean as the database's values say, `any` for a column
    without a value. The transaction is rolled back: a query only reads.
    Raises TableError with the database's message, never with the password.
    """
    try:
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        with engine.connect() as connection:
            streamed = connection.execution_options(stream_results=True)
            result = streamed.execute(sqlalchemy.text(query))
            if not result.returns_rows:
                raise TableError(_("the query returns no rows"), place=place("query"))
            names = [str(name) for name in result.keys()]  # noqa: SIM118 (not a mapping)
            kinds = _write(result, len(names), target)
            connection.rollback()
    except (SQLAlchemyError, ImportError) as problem:
        shown = url.render_as_string(hide_password=True)
        reason = str(getattr(problem, "orig", None) or problem).splitlines()[0]
        if url.password:
            reason = reason.replace(str(url.password), "***")
        raise TableError(
            _("{address} does not answer the query: {reason}", address=shown, reason=reason),
            place=place("query"),
        ) from None
    return names, kinds


def _write(result: CursorResult[Any], width: int, target: Path) -> list[str]:
    kinds: list[set[str]] = [set() for _n in range(width)]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for rows in result.partitions(_BATCH):
            for row in rows:
                for n, value in enumerate(row):
                    if value is not None:
                        kinds[n].add(_kind(value))
                writer.writerow([_text(value) for value in row])
    return [found.pop() if len(found) == 1 else "text" if found else "any" for found in kinds]


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float | Decimal):
        return "number"
    if isinstance(value, date | datetime):
        return "time"
    return "text"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
