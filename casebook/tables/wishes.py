"""What the record says about a table's columns and rows, held against the columns it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casebook.exceptions import TableError, nearest
from casebook.expressions.check import Expression, check
from casebook.language import _
from casebook.tables.model import Reading, Role, Task

if TYPE_CHECKING:
    from casebook.case import Case


@dataclass(frozen=True)
class Wishes:
    """The record's part in a table: nothing for a table that is not the main one."""

    target: str | None = None
    time: str | None = None
    task: Task | None = None
    filter: Expression | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    sensitive: Sequence[str] = ()


def wishes_of(case: Case, reading: Reading) -> Wishes:
    """The record's wishes under the columns' own names.

    Raises TableError for a column that is not there and a time that is none, ExpressionError for
    the filter; both with the place in the record.
    """
    data = case.record.data
    roles: dict[str, Role] = {
        _named(case, reading, name, f"data.roles.{name}"): role for name, role in data.roles.items()
    }
    by_role = {role: name for name, role in reversed(roles.items())}
    target, time = data.target or by_role.get("target"), data.time
    if target is not None:
        target = _named(case, reading, target, "data.target")
    if time is not None:
        time = _named(case, reading, time, "data.time")
        _check_time(case, reading, time)
        roles.setdefault(time, "time")
    for part in ("group", "weight"):
        if name := getattr(data, part):
            _named(case, reading, name, f"data.{part}")
    stored = {column.name: column.stored for column in reading.columns}
    kept = data.filter
    return Wishes(
        target=target,
        time=time,
        task=data.task,
        filter=check(kept, stored, aggregate=False, place=case.place("data.filter"))
        if kept is not None
        else None,
        roles=roles,
        sensitive=[
            _named(case, reading, name, f"data.sensitive.{n}")
            for n, name in enumerate(data.sensitive)
        ],
    )


def _named(case: Case, reading: Reading, name: str, field_name: str) -> str:
    """The column's own name, whatever the capitals. Raises TableError."""
    for own in reading.names:
        if own.lower() == name.strip().lower():
            return own
    raise TableError(
        _(
            "column '{name}' is not in {file}; it has {n} columns.",
            name=name,
            file=", ".join(reading.files[:3]),
            n=len(reading.names),
        ),
        place=case.place(field_name),
        hint=nearest(name, reading.names),
    )


def _check_time(case: Case, reading: Reading, name: str) -> None:
    column = next(column for column in reading.columns if column.name == name)
    if column.type == "time":
        return
    raise TableError(
        _("the values of '{name}' are read as {type}, not as times.", name=name, type=column.type),
        place=case.place("data.time"),
        hint=_("If they are times, say so in the table's types: {{{name}: time}}.", name=name),
    )
