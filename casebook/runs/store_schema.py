"""How the tables of the store are made, and brought from an older form to the present one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import JSON, Engine, Table, column, insert, inspect, select, table, text, update
from sqlalchemy.engine import Connection

from casebook.language import _
from casebook.runs import store_tables as tables
from casebook.runs.store_engine import StoreError, named, reading, writing

VERSION = tables.VERSION
_LOCK = 7_262_473_105  # any number of our own: who makes or changes tables holds it


def prepare(engine: Engine) -> None:
    """Make the tables where there are none, and bring older ones to the present form.

    Several processes may do so at once. A change of form is one transaction: all of it or nothing.
    Raises StoreError for a store that a newer Casebook made.
    """
    with reading(engine) as connection:
        found = _version(connection)
    if found != VERSION:
        _refuse_newer(engine, found)
        with writing(engine) as connection:
            _change(connection, engine)


def check(connection: Connection) -> None:
    """Raise StoreError where the store is not of the present form any more.

    Within each transaction: a newer Casebook may have changed it since this process prepared it.
    """
    found = connection.execute(select(tables.schema.c.version)).scalar_one_or_none()
    _refuse_newer(connection.engine, found)
    if found != VERSION:
        raise StoreError(
            _("the store is of version {found}, this Casebook knows {known}",
              found=found, known=VERSION),
            place=named(connection.engine.url),
        )  # fmt: skip


def _change(connection: Connection, engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    found = _version(connection)  # again: another process may have been here
    _refuse_newer(engine, found)
    if found is None:
        tables.metadata.create_all(connection)
        connection.execute(insert(tables.schema).values(version=VERSION))
        return
    for version in range(found, VERSION):
        STEPS[version](connection)
    connection.execute(update(tables.schema).values(version=VERSION))


def _version(connection: Connection) -> int | None:
    """The form of the store; None where it has no tables."""
    if not inspect(connection).has_table(tables.schema.name):
        return None
    found: int = connection.execute(select(tables.schema.c.version)).scalar_one()
    return found


def _refuse_newer(engine: Engine, found: int | None) -> None:
    if found is not None and found > VERSION:
        raise StoreError(
            _("the store is of version {found}, this Casebook knows {known}",
              found=found, known=VERSION),
            place=named(engine.url),
            hint=_("A newer Casebook made it: pip install --upgrade casebook"),
        )  # fmt: skip


def _from_1(connection: Connection) -> None:
    """Feedback was one JSON value, labels and feedback knew no case; there was no prediction log.

    The case is that of the row's run, else the only one of the store, else nobody's: "".
    """
    pairs = connection.execute(select(tables.runs.c.name, tables.runs.c.case_name))
    names = {row.name: row.case_name for row in pairs}
    cases = set(names.values())
    only = cases.pop() if len(cases) == 1 else ""
    tables.predictions.create(connection)
    for row in _moved(connection, tables.feedback, "id", "at", "by", "run", "content"):
        said = row["content"]
        words = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        case = names.get(row["run"], only)
        _insert(connection, tables.feedback, row, case_name=case, kind="comment", comment=words)
    for row in _moved(connection, tables.labels, "id", "at", "by", "row", "label", "note"):
        _insert(connection, tables.labels, row, case_name=only)


def _moved(connection: Connection, new: Table, *names: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a table of the old form, once the new one stands empty in its place."""
    old = f"{new.name}_1"
    for action in ("update", "delete"):
        connection.execute(
            text(_DROPPED[connection.dialect.name].format(f"{new.name}_no_{action}"))
        )
    connection.execute(text(f"ALTER TABLE {new.name} RENAME TO {old}"))
    new.create(connection)
    columns = [column(name, new.c[name].type if name in new.c else JSON()) for name in names]
    for row in connection.execute(select(*columns).select_from(table(old))).mappings().all():
        yield dict(row)
    connection.execute(text(f"DROP TABLE {old}"))


def _insert(connection: Connection, new: Table, row: Mapping[str, Any], **more: Any) -> None:
    kept = {name: value for name, value in row.items() if name in new.c}
    connection.execute(insert(new).values(**kept, stored=row["at"], **more))


_DROPPED = {"sqlite": "DROP TRIGGER {}", "postgresql": "DROP FUNCTION {}() CASCADE"}

STEPS: Mapping[int, Callable[[Connection], None]] = {1: _from_1}
"""What brings the tables from a version to the next."""
