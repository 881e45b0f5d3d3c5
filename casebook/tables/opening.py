"""Opens a table of a case: read or recalled, filtered, cut at a day, with roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from casebook.exceptions import ExpressionError, TableError, nearest
from casebook.language import N_, _
from casebook.tables.model import Assumption, Column, Reading, Task
from casebook.tables.profile import Profile, profile
from casebook.tables.reader import read_source
from casebook.tables.roles import first_time, infer_roles, infer_task
from casebook.tables.table import Table
from casebook.tables.view import View
from casebook.tables.wishes import Wishes, wishes_of

if TYPE_CHECKING:
    from casebook.case import Case

CACHE = ".cache"


def open_table(case: Case, name: str | None = None, *, as_of: date | str | None = None) -> Table:
    """A table of the case, as its record says: filtered, up to a day, with roles.

    name: of the table, the record's main one by default. Filter, roles, target and time of the
    record are the main table's; another table has its inferred roles.
    as_of: rows with a time up to the end of this day are in it (a date, or YYYY-MM-DD).
    Raises TableError or ExpressionError, with the place in the record.
    """
    table = _table_name(case, name)
    reading = read_source(
        case.record.data.tables[table],
        case.folder,
        case.folder / CACHE,
        place=lambda field: case.place(f"data.tables.{table}.{field}"),
    )
    wishes = wishes_of(case, reading) if table == case.record.data.main_table else Wishes()
    view = View(reading.path, reading.names, reading.rows, wishes.filter)
    until = _day(as_of)
    if until is not None:
        view = replace(view, time=_time_of(view, reading, wishes), until=until)
    counted = _counted(case, view, reading)
    if counted.rows == 0:
        raise _nothing_left(case, counted, until)
    return _table(table, view, reading, wishes, counted)


def _counted(case: Case, view: View, reading: Reading) -> Profile:
    """The profile; what goes wrong with a value on the way goes wrong in the filter."""
    try:
        return profile(view, reading.columns)
    except ExpressionError as problem:
        place = case.place("data.filter")
        raise ExpressionError(problem.message, place=place, hint=problem.hint) from problem


def _time_of(view: View, reading: Reading, wishes: Wishes) -> str:
    """The column that a day cuts: the record's, else the one that the roles say."""
    if wishes.time is not None:
        return wishes.time
    found = first_time(_columns(reading, wishes, profile(view, reading.columns)))
    if found is None:
        raise TableError(
            _("the table has no time column, so it cannot be cut at a day."),
            place="as_of",
            hint=_("Name it in data.time, or its type in the table's types."),
        )
    return found


def _columns(reading: Reading, wishes: Wishes, counted: Profile) -> tuple[Column, ...]:
    return infer_roles(
        reading.columns,
        counted.columns,
        counted.rows,
        target=wishes.target,
        overrides=wishes.roles,
        sensitive=wishes.sensitive,
    )


def _table(name: str, view: View, reading: Reading, wishes: Wishes, counted: Profile) -> Table:
    columns = _columns(reading, wishes, counted)
    time = wishes.time or first_time(columns)
    task, reason, said = _task(columns, wishes, counted)
    if time is not None and wishes.time is None:
        said.append(Assumption("data.time", time, N_("it is the fullest column of times")))
    return Table(
        name=name,
        columns=columns,
        rows=counted.rows,
        rows_read=reading.rows,
        rows_filtered_out=counted.filtered,
        rows_filter_unknown=counted.unknown,
        rows_after_as_of=counted.later,
        rows_without_time=counted.timeless,
        rejects=reading.rejects,
        reading=(*reading.assumptions, *said),
        fingerprint=reading.fingerprint,
        files=reading.files,
        as_of=view.until,
        time=time,
        target=wishes.target,
        task=task,
        task_reason=reason,
        view=view,
        stored={column.name: column.stored for column in reading.columns},
    )


def _task(
    columns: Sequence[Column], wishes: Wishes, counted: Profile
) -> tuple[Task | None, str, list[Assumption]]:
    """The task, the reason, and the assumption where it was inferred."""
    if wishes.target is None:
        return None, "", []
    if wishes.task is not None:
        return wishes.task, _("the record says so"), []
    place = next(n for n, column in enumerate(columns) if column.name == wishes.target)
    task, said = infer_task(columns[place], counted.columns[place])
    return task, said.why, [said]


def _table_name(case: Case, name: str | None) -> str:
    tables = case.record.data.tables
    if name is None:
        return case.record.data.main_table
    if name in tables:
        return name
    raise TableError(
        _("the case has no table '{name}'; it has {names}.", name=name, names=", ".join(tables)),
        place=case.place("data.tables"),
        hint=nearest(name, tables),
    )


def _day(as_of: date | str | None) -> date | None:
    if isinstance(as_of, datetime):
        return as_of.date()
    if as_of is None or isinstance(as_of, date):
        return as_of
    try:
        return date.fromisoformat(as_of)
    except (TypeError, ValueError):
        raise TableError(
            _("'{day}' is not a day; write it as 2026-01-31", day=as_of), place="as_of"
        ) from None


def _nothing_left(case: Case, counted: Profile, until: date | None) -> TableError:
    if counted.later and until is not None:
        message = _("no row is left: none has a time up to {day}", day=until.isoformat())
        return TableError(message, place="as_of")
    message = _("no row is left: the filter leaves out all {n:,}", n=counted.filtered)
    return TableError(message, place=case.place("data.filter"))
