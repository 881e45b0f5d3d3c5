"""What each table of the record holds, as far as it can be counted: rows, days, gaps, keys."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.expressions import identifier
from casebook.tables import Table, open_table
from casebook.tables.overlap import Overlap, Step, overlap, repeated_rows

DAILY = 0.9
"""The share of days with rows from which on a table is one of every day, so that gaps count."""
_WEEKS = 4  # a weekday without rows for so many weeks is one on which nothing happens
_PAIRS = 12  # of columns that are tried as a key
_MOST_TABLES = 12
_NAMING = ("id", "category")  # roles of a column that may name a row


@dataclass(frozen=True)
class Gap:
    """Days in a row without a row, ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Missing:
    """A column with missing values, and the share of rows without one."""

    column: str
    share: float


@dataclass(frozen=True)
class Held:
    """What a table holds.

    failed: why it could not be read; then nothing else is known. time: the column of its days.
    days: on which there are rows; daily: on so many that gaps count. gaps: without weekdays that
    never have a row (`idle`, 0 is Monday). behind: days that it ends before the newest table.
    key: columns that name each row once, together; none where no such were found.
    repeated: rows that are the same in all columns as one before. near_key: a column that comes
    again in `key_repeats` rows only, as a key that is broken.
    """

    name: str
    failed: str = ""
    rows: int = 0
    columns: int = 0
    rejected: int = 0
    filtered_out: int = 0
    time: str | None = None
    first: date | None = None
    last: date | None = None
    days: int = 0
    daily: bool = False
    idle: tuple[int, ...] = ()
    gaps: tuple[Gap, ...] = ()
    behind: int = 0
    key: tuple[str, ...] = ()
    near_key: str = ""
    key_repeats: int = 0
    repeated: int = 0
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Link:
    """How many rows of a table have their key in another, perhaps by way of others.

    column: of `table`; by: the tables on the way. own: the column names the table's own rows, so
    that a row without a partner is no fault: not every request becomes a ride.
    """

    table: str
    column: str
    target: str
    by: tuple[str, ...]
    own: bool
    counted: Overlap


def opened(case: Case, table: Table) -> tuple[dict[str, Table], dict[str, str]]:
    """Every table of the record that can be read, and why the others cannot."""
    found, failed = {}, {}
    for name in case.record.data.tables:
        try:
            found[name] = table if name == table.name else _other(case, table, name)
        except CasebookError as error:
            failed[name] = str(error)
    return found, failed


def _other(case: Case, table: Table, name: str) -> Table:
    held = open_table(case, name)
    return open_table(case, name, as_of=table.as_of) if table.as_of and held.time else held


def held(table: Table) -> Held:
    """What one table holds; `behind` is not known before all are."""
    days = _days(table)
    idle = _idle(days)
    daily = bool(days) and len(days) >= DAILY * _length(days) * (7 - len(idle)) / 7
    near = _near_key(table)
    return Held(
        name=table.name,
        rows=table.rows,
        columns=len(table.columns),
        rejected=table.rejects.count,
        filtered_out=table.rows_filtered_out,
        time=table.time,
        first=days[0] if days else None,
        last=days[-1] if days else None,
        days=len(days),
        daily=daily,
        idle=idle if daily else (),
        gaps=_gaps(days, idle) if daily else (),
        key=_key(table, pairs=not near[0]),
        near_key=near[0],
        key_repeats=near[1],
        repeated=repeated_rows(table),
        missing=tuple(
            Missing(column.name, column.missing / table.rows)
            for column in sorted(table.columns, key=lambda one: -one.missing)
            if column.missing
        ),
    )


def _days(table: Table) -> list[date]:
    if table.time is None:
        return []
    column = identifier(table.time)
    found = table.aggregate(
        {"n": "COUNT(*)"}, {"day": f"DATE_TRUNC('day', {column})"}, f"{column} IS NOT NULL"
    )
    return [pd.Timestamp(one).date() for one in found["day"]]


def _length(days: Sequence[date]) -> int:
    return (days[-1] - days[0]).days + 1


def _idle(days: Sequence[date]) -> tuple[int, ...]:
    """Weekdays on which there is never a row, though weeks went by."""
    if not days or _length(days) < 7 * _WEEKS:
        return ()
    return tuple(sorted(set(range(7)) - {day.weekday() for day in days}))


def _gaps(days: Sequence[date], idle: Sequence[int]) -> tuple[Gap, ...]:
    found = []
    for before, after in itertools.pairwise(days):
        missing = [
            before + timedelta(days=n)
            for n in range(1, (after - before).days)
            if (before + timedelta(days=n)).weekday() not in idle
        ]
        if missing:
            found.append(Gap(missing[0], missing[-1]))
    return tuple(found)


def _key(table: Table, *, pairs: bool) -> tuple[str, ...]:
    """The id that names each row once; else, where pairs are asked for, two columns together."""
    alone = [c.name for c in table.columns if c.distinct == table.rows and c.role in _NAMING]
    if alone:
        return (alone[0],)
    if not pairs:  # next to a key that is broken, any second column makes one by chance
        return ()
    parts = [c.name for c in table.columns if c.role == "id" and not c.missing]
    kinds = [c.name for c in table.columns if c.role == "category" and not c.missing]
    times = [c.name for c in table.columns if c.role == "time" and not c.missing]
    tried = [*itertools.combinations(parts, 2), *itertools.product(parts, kinds + times),
             *itertools.product(times, kinds)]  # fmt: skip
    fit = (pair for pair in tried[:_PAIRS] if not repeated_rows(table, pair))
    return next(fit, ())


def _near_key(table: Table) -> tuple[str, int]:
    """An id that hardly ever comes again: it looks like a key, and is none."""
    for column in table.columns:
        filled = table.rows - column.missing
        if column.role == "id" and 0.95 * filled <= column.distinct < filled:
            return column.name, filled - column.distinct
    return "", 0


def links(tables: Sequence[Table], keys: dict[str, tuple[str, ...]]) -> tuple[Link, ...]:
    """Which rows of one table are found in another by a column of the same name.

    The other table is one whose rows that column names, so each row has at most one partner;
    by way of one such table also those further on.
    """
    steps = {
        (one.name, other.name): (own, column)
        for one, other in itertools.permutations(tables[:_MOST_TABLES], 2)
        for own, column in _shared(one, other, keys)
    }
    ways: list[tuple[tuple[str, str, str], tuple[str, ...], list[tuple[str, str, str]]]] = [
        ((one, own, other), (), [(other, column, column)])
        for (one, other), (own, column) in steps.items()
    ]
    for (one, middle), (own, column) in steps.items():
        for (start, last), (leave, target) in steps.items():
            if start == middle and last != one and (one, last) not in steps and leave != column:
                way = [(middle, column, leave), (last, target, target)]
                ways.append(((one, own, last), (middle,), way))
    by_name = {table.name: table for table in tables}
    return tuple(
        Link(one, own, last, by, keys[one] == (own,),
             overlap(by_name[one], own, [Step(by_name[name], *columns) for name, *columns in way]))
        for (one, own, last), by, way in ways
    )  # fmt: skip


def _shared(one: Table, other: Table, keys: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """The column of `one` that has the name of the other's key, if that is one column."""
    key = keys.get(other.name, ())
    if len(key) != 1:
        return []
    return [
        (column.name, key[0])
        for column in one.columns
        if column.name.lower() == key[0].lower() and column.role != "text"
    ][:1]
