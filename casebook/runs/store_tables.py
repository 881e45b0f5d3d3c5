"""The tables of the store; `store_schema` makes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
)

VERSION = 2

metadata = MetaData()


def _key(name: str) -> Column[Any]:
    return Column(name, String(100), primary_key=True)


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _name(name: str, length: int = 200) -> Column[Any]:
    return Column(name, String(length), nullable=False, server_default="")


def _words(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False, server_default="")


def _value(name: str) -> Column[Any]:
    """Any JSON value; no value is NULL, as a JSON null is a value too."""
    return Column(name, JSON(none_as_null=True))


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

predictions = Table(
    "predictions",
    metadata,
    _key("id"),
    _moment("at"),
    _moment("stored"),
    _name("case_name"),
    Column("run", String(100)),
    _name("model", 100),
    _name("page"),
    _value("inputs"),
    _value("output"),
)

feedback = Table(
    "feedback",
    metadata,
    _key("id"),
    _moment("at"),
    _moment("stored"),
    _name("case_name"),
    Column("run", String(100)),
    _name("model", 100),
    Column("prediction", String(100)),  # of the log above, which may reach the store later
    Column("kind", String(20), nullable=False),
    _value("corrected"),
    _words("reason"),
    _words("comment"),
    _name("by"),
    _value("inputs"),
    _value("output"),
    _name("page"),
    _name("language", 10),
)

labels = Table(
    "labels",
    metadata,
    _key("id"),
    _moment("at"),
    _moment("stored"),
    _name("case_name"),
    _name("by"),
    Column("row", String(500), nullable=False),
    Column("label", Text),
    _words("note"),
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

for _table in (predictions, feedback, labels):
    Index(f"{_table.name}_of_case", _table.c.case_name, _table.c.stored)


def _ddl(text: str) -> DDL:
    return DDL(text)  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it without types


APPEND_ONLY = (predictions, feedback, labels)


def _hold_append_only(table: Table) -> None:
    """Let the database itself refuse to change or delete what people said."""
    refused = f"{table.name} is append-only"
    there = f"WHEN EXISTS (SELECT 1 FROM {table.name} WHERE id = NEW.id) "  # noqa: S608 (our own name)
    for action, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", there)):  # as OR REPLACE
        text = (
            f"CREATE TRIGGER {table.name}_no_{action.lower()} BEFORE {action} ON {table.name} "
            f"{when}BEGIN SELECT RAISE(ABORT, '{refused}'); END"
        )
        event.listen(table, "after_create", _ddl(text).execute_if(dialect="sqlite"))
    function = (
        f"CREATE OR REPLACE FUNCTION {table.name}_append_only() RETURNS trigger "
        f"LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{refused}'; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {table.name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {table.name} FOR EACH STATEMENT EXECUTE FUNCTION {table.name}_append_only()"
    )
    for text in (function, trigger):
        event.listen(table, "after_create", _ddl(text).execute_if(dialect="postgresql"))


for _table in APPEND_ONLY:
    _hold_append_only(_table)
