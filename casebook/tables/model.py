"""What a reading of a table consists of: assumptions, rejects, columns, the source's options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from casebook.language import _

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


def no_place(field_name: str) -> str:
    """The place of a field when there is no record yet."""
    return ""


class Source(Protocol):
    """How to read one table: the fields of `data.tables.<name>` in the record.

    `casebook.case.TableSource` has them; `ReadingOptions` is the same without a record.
    """

    @property
    def source(self) -> str: ...
    @property
    def query(self) -> str | None: ...
    @property
    def encoding(self) -> str | None: ...
    @property
    def delimiter(self) -> str | None: ...
    @property
    def decimal(self) -> str | None: ...
    @property
    def thousands(self) -> str | None: ...
    @property
    def quote(self) -> str | None: ...
    @property
    def header(self) -> int | None: ...
    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def sheet(self) -> str | int | None: ...
    @property
    def day_first(self) -> bool | None: ...
    @property
    def missing(self) -> Sequence[str]: ...
    @property
    def types(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class ReadingOptions:
    """A source that is not in a record: nothing but the file, everything guessed."""

    source: str
    query: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    quote: str | None = None
    header: int | None = None
    columns: Sequence[str] = ()
    sheet: str | int | None = None
    day_first: bool | None = None
    missing: Sequence[str] = ()
    types: Mapping[str, Any] = field(default_factory=dict)


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
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def why(self) -> str:
        """The reason, in the reader's language."""
        return _(self.message, **self.values)

    @property
    def sentence(self) -> str:
        """Field, value and reason in one sentence, in the reader's language."""
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
            _("{n:,} rows were left out: {reason}.", n=n, reason=_(reason))
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
