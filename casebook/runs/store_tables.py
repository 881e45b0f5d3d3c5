"""The tables of the store, and how its schema is made and versioned."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    insert,
    inspect,
    select,
)

from casebook.exceptions import RunError
from casebook.language import _

VERSION = 1

metadata = MetaData()


def _key(name: str) -> Column[Any]:
    return Column(name, String(100), primary_key=True)


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


schema = Table("casebook_schema", metadata, Column("version", Integer, primary_key=True))

runs = Table(
    "runs",
    metadata,
    _key("name"),
    Column("case_name", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    _moment("started"),
    _moment("ended", nullable=True),
    Column("as_of", Date),
    Column("seed", Integer, nullable=False),
    Column("exit_status", Integer),
    Column("manifest", JSON, nullable=False),
)

metrics = Table(
    "metrics",
    metadata,
    Column("run", ForeignKey("runs.name"), primary_key=True),
    Column("phase", String(100), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("n", Integer),
)

feedback = Table(
    "feedback",
    metadata,
    _key("id"),
    _moment("at"),
    Column("by", String(200), nullable=False),
    Column("run", String(100)),
    Column("content", JSON, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    _key("id"),
    _moment("at"),
    Column("by", String(200), nullable=False),
    Column("row", String(500), nullable=False),
    Column("label", Text),
    Column("note", Text, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    _key("id"),
    _moment("at"),
    Column("run", String(100)),
    Column("name", String(200), nullable=False),
    Column("level", String(20), nullable=False),
    Column("sentence", Text, nullable=False),
)


def _ddl(text: str) -> DDL:
    return DDL(text)  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it without types


APPEND_ONLY = (feedback, labels)


def _hold_append_only(table: Table) -> None:
    """Let the database itself refuse to change or delete what people said."""
    for action in ("UPDATE", "DELETE"):
        name = f"{table.name}_no_{action.lower()}"
        sqlite = _ddl(
            f"CREATE TRIGGER {name} BEFORE {action} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
        )
        function = _ddl(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table.name} is append-only'; END $$"
        )
        trigger = _ddl(
            f"CREATE TRIGGER {name} BEFORE {action} ON {table.name} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        event.listen(table, "after_create", sqlite.execute_if(dialect="sqlite"))
        event.listen(table, "after_create", function.execute_if(dialect="postgresql"))
        event.listen(table, "after_create", trigger.execute_if(dialect="postgresql"))


for _table in APPEND_ONLY:
    _hold_append_only(_table)


def create_schema(engine: Engine) -> None:
    """Make the tables where there are none.

    Raises RunError for a store that another version of Casebook made.
    """
    with engine.begin() as connection:
        if not inspect(connection).has_table(schema.name):
            metadata.create_all(connection)
            connection.execute(insert(schema).values(version=VERSION))
        found = connection.execute(select(schema.c.version)).scalar_one()
    if found != VERSION:
        raise RunError(
            _("the store is of version {found}, this Casebook knows {known}",
              found=found, known=VERSION),
            place=str(engine.url),
        )  # fmt: skip
