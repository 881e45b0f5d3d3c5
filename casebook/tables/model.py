"""What a reading of a table consists of: assumptions, rejects, columns, the source's options."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from casebook.language import _, plural

Type = Literal["text", "number", "time", "boolean"]
Role = Literal["id", "time", "target", "constant", "text", "category", "number", "ignore"]
Task = Literal["classification", "regression"]

TYPES: tuple[Type, ...] = ("text", "number", "time", "boolean")
ROLES: tuple[Role, ...] = (
    "id",
    "time",
    "target",
    "constant",
    "text",
    "category",
    "number",
    "ignore",
)

Place = Callable[[str], str]


def no_place(_field: str) -> str:
    """The place of a field when there is no record yet."""
    return ""


@dataclass(frozen=True)
class Assumption:
    """One guess of the reader: what was assumed, and why, to be corrected in the record.

    field: the reading option that corrects it (`encoding`, `types.TotalCharges`), or what it is
    about (`rows`) where there is nothing to correct.
    message and values: the reason, translated when it is shown.
    """

    field: str
    value: str
    message: str
    values: Mapping[str, str | int | float] = dataclasses.field(default_factory=dict)

    @property
    def why(self) -> str:
        """The reason, in the reader's language."""
        return _(self.message, **self.values)

    @property
    def sentence(self) -> str:
        """Field, value and reason in one sentence, in the reader's language."""
        if not self.value:
            return _("{field}: {why}", field=self.field, why=self.why)
        return _(
            "{field} is read as {value}: {why}", field=self.field, value=self.value, why=self.why
        )


@dataclass(frozen=True)
class Reject:
    """A row that is not in the table: file, its line from 1, the reason and its text."""

    file: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Rejects:
    """The rows that could not be read: how many, where they are kept, how many for each reason."""

    count: int
    path: Path | None
    reasons: Mapping[str, int]

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a reason, in the reader's language."""
        return tuple(
            plural(
                "{n:,} row was left out: {reason}.",
                "{n:,} rows were left out: {reason}.",
                n,
                reason=_(reason),
            )
            for reason, n in self.reasons.items()
        )


@dataclass(frozen=True)
class Column:
    """A column as a phase sees it.

    missing and distinct: counted over the table's rows (missing values are not a distinct value).
    note: why the role was chosen, empty where it is plain.
    """

    name: str
    role: Role
    type: Type
    missing: int
    distinct: int
    sensitive: bool = False
    note: str = ""


@dataclass(frozen=True)
class ReadColumn:
    """A column of a typed file: its name, type and the type DuckDB stores."""

    name: str
    type: Type
    stored: str


@dataclass(frozen=True)
class Reading:
    """A source as it was read: typed rows in a Parquet file, and what was assumed.

    path: Parquet, rows in the order of the source.
    rows: rows in the Parquet file; the rejects are beside them, not among them.
    fingerprint: sha256 of the content as stored.
    """

    path: Path
    columns: tuple[ReadColumn, ...]
    rows: int
    rejects: Rejects
    assumptions: tuple[Assumption, ...]
    fingerprint: str
    files: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)
