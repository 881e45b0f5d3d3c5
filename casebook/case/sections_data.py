"""The record's section on data: which tables there are, how they are read, what is predicted."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from casebook.case.base import (
    Answer,
    Count,
    Flag,
    Scalar,
    Section,
    Token,
    asked,
    complaint,
    listed,
    mapped,
    optional,
    required,
)
from casebook.exceptions import nearest
from casebook.language import N_, _

Role = Literal["id", "time", "target", "constant", "text", "category", "number", "ignore"]
ColumnType = Literal["text", "number", "time", "boolean"]


class TableSource(Section):
    """A table: where it is, how it is read, and what is known about where it comes from.

    What is null among the reading options is guessed, and the guess is shown in the findings.
    """

    source: str = required(
        N_("Where is the table? A file, a pattern of files, or a database address.")
    )
    query: str | None = optional(N_("Which SQL query reads it from a database?"), "paragraph")
    encoding: str | None = optional(N_("In which encoding is the text, such as utf-8 or cp949?"))
    delimiter: str | None = optional(N_("Which character parts the columns?"))
    decimal: Literal[".", ","] | None = optional(N_("Which character starts the decimals?"))
    thousands: Literal[",", ".", " ", "'"] | None = optional(
        N_("Which character groups the thousands?")
    )
    quote: str | None = optional(N_("Which character stands around texts?"))
    header: int | None = Field(
        default=None,
        ge=0,
        strict=True,
        description=N_("Which line holds the column names? The first is 1; 0 means none does."),
        json_schema_extra={"x-optional": True},
    )
    columns: tuple[str, ...] = listed(
        N_("What are the columns called, where the file does not say?"), optional=True
    )
    sheet: str | int | None = optional(N_("Which sheet of the workbook?"))
    day_first: Flag | None = optional(N_("Does 03/04 mean the third of April?"))
    missing: tuple[Token, ...] = listed(
        N_("Which further texts mean that a value is missing, such as ? or unknown?"), optional=True
    )
    types: dict[str, ColumnType] = mapped(N_("Which columns are of another type than guessed?"))
    owner: str | None = asked(N_("Who is responsible for this table?"), "person")
    freshness: str | None = asked(N_("How soon after the event is a row there?"))
    trust: str | None = asked(N_("How far can it be trusted, and why?"), "paragraph")
    continues: Answer | None = asked(N_("Will it keep coming?"))

    @model_validator(mode="after")
    def _database_needs_query(self) -> TableSource:
        if "://" in self.source and not self.query:
            raise complaint(_("a database address needs a query"), "query")
        return self


class Data(Section):
    """The tables of the case, and what is predicted from them."""

    tables: dict[str, TableSource] = Field(
        min_length=1, description=N_("Which tables are there, and how is each read?")
    )
    main: str | None = optional(
        N_("Which table do the phases examine? Null is the first."), "table"
    )
    rows_are: str | None = optional(
        N_("What is one row of it? In the plural, such as customers or visits.")
    )
    target: str | None = asked(N_("Which column is to be predicted?"), "column")
    positive: Scalar | None = optional(N_("Which value of the target counts as yes?"))
    task: Literal["classification", "regression"] | None = optional(
        N_("Is a class predicted or a number? Null takes it from the target.")
    )
    time: str | None = optional(
        N_("Which column says when? Null takes it from the roles."), "column"
    )
    ordered: Flag | None = optional(
        N_("Where no column says when: do the rows stand in order of time, the oldest first?")
    )
    group: str | None = optional(
        N_("Which column says what must stay together in a split, such as a customer?"),
        "column",
    )
    weight: str | None = optional(
        N_("Which column says how many cases a row stands for?"), "column"
    )
    roles: dict[str, Role] = mapped(N_("Which columns have another role than inferred?"))
    sensitive: tuple[str, ...] = listed(
        N_("Which columns are sensitive besides those found by name?"), "column", optional=True
    )
    filter: str | None = optional(
        N_("Which rows are kept? An SQL condition; the others are counted and left out."),
        "expression",
    )
    max_rows: Count = optional(N_("On how many rows at most are models fitted?"), default=50_000)

    @model_validator(mode="after")
    def _main_is_a_table(self) -> Data:
        if self.main is not None and self.main not in self.tables:
            names = ", ".join(self.tables)
            message = _(
                "no table is called '{name}'; there is: {names}.", name=self.main, names=names
            )
            raise complaint(f"{message} {nearest(self.main, self.tables)}".strip(), "main")
        return self

    @property
    def main_table(self) -> str:
        """The name of the table that phases examine."""
        return self.main or next(iter(self.tables))
