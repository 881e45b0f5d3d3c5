"""Columns that come for free from the time and the id of rows, as SQL over a table.

Weekday, hours and month come from the time. Where rows tell of somebody or something that comes
again, its first day in the data gives what is new and how long it is known, and the day of its
row before gives the days since. Segments are made of them here; models may take them as columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from casebook.expressions.frames import plain_frame
from casebook.expressions.locked import identifier
from casebook.language import N_, _
from casebook.tables.profile import MINUTES
from casebook.tables.view import ROW

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from casebook.tables.table import Table

EVENTS = "__events"
ALL = 100_000  # days: all that there are
COMES_AGAIN = 1.05
"""Days that an id is there on, in the mean, from which on it names somebody who comes again."""

_TENURE = {
    0: N_("first day"),
    30: N_("1 to 30 days"),
    90: N_("31 to 90 days"),
    180: N_("91 to 180 days"),
    365: N_("181 to 365 days"),
}
_GAP = {7: N_("up to 7 days"), 30: N_("8 to 30 days"), 90: N_("31 to 90 days")}
_LONGER = {
    0: N_("a later day"),
    7: N_("over 7 days"),
    30: N_("over 30 days"),
    90: N_("over 90 days"),
    180: N_("over 180 days"),
    365: N_("over a year"),
}
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


@dataclass(frozen=True)
class Derived:
    """A column that is computed from others.

    name: never changes, `tenure`. title and labels: what people read, translated when shown.
    sources: the columns it is made of. sql: of a row, the place of its value among the labels,
    or NULL; over `relation`.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    labels: tuple[str, ...]
    sql: str


def from_time(time: str) -> tuple[Derived, ...]:
    """Weekday, hours of the day and month of a time column."""
    column = f"d.{identifier(time)}"
    hours = tuple(f"{start:02d}:00–{start + 2:02d}:59" for start in range(0, 24, 3))
    return (
        Derived("weekday", N_("weekday"), (time,), WEEKDAYS, f"isodow({column}) - 1"),
        Derived("hours", N_("time of day"), (time,), hours,
                f"hour({column}::TIMESTAMP) // 3"),
        Derived("month", N_("month of the year"), (time,), MONTHS, f"month({column}) - 1"),
    )  # fmt: skip


def from_events(
    time: str, key: str, history: int = ALL, *, ever: bool = True
) -> tuple[Derived, ...]:
    """First-time or returning, days since the first event and since the event before, of an id.

    history: days that are looked back, as `prepare` was told; ranges end within it. ever: known is
    who was there at any time before the period; else who was there within those days.
    """
    day = f"CAST(d.{identifier(time)} AS DATE)"
    return (
        _newness((time, key), "last" if ever else "recent"),
        _tenure(day, (time, key), [limit for limit in _TENURE if limit <= history]),
        _gap(day, (time, key), [limit for limit in _GAP if limit <= history]),
    )


def _newness(sources: tuple[str, ...], last: str) -> Derived:
    sql = f"CASE WHEN e.k IS NULL THEN NULL WHEN e.{last} IS NULL THEN 0 ELSE 1 END"
    labels = (N_("first-time"), N_("returning"))
    return Derived("newness", N_("first-time or returning"), sources, labels, sql)


def _tenure(day: str, sources: tuple[str, ...], limits: Sequence[int]) -> Derived:
    labels = (*(_TENURE[limit] for limit in limits), _LONGER[limits[-1]])
    sql = _ranged(f"{day} - e.first", limits)
    return Derived("tenure", N_("time since the first event"), sources, labels, sql)


def _gap(day: str, sources: tuple[str, ...], limits: Sequence[int]) -> Derived:
    longer = _LONGER[limits[-1]] if limits else N_("one before")
    labels = (N_("none before"), *(_GAP[limit] for limit in limits), longer)
    ranged = _ranged(f"{day} - e.before", limits)
    sql = f"CASE WHEN e.k IS NULL THEN NULL WHEN e.before IS NULL THEN 0 ELSE 1 + {ranged} END"
    return Derived("gap", N_("time since the last event"), sources, labels, sql)


def _ranged(days: str, upto: Sequence[int]) -> str:
    cases = " ".join(f"WHEN {days} <= {limit} THEN {n}" for n, limit in enumerate(upto))
    return f"CASE WHEN ({days}) IS NULL THEN NULL {cases} ELSE {len(upto)} END"


def relation(time: str | None, key: str | None, days: str = "true") -> str:
    """What the SQL of derived columns is written over, as a FROM clause.

    days: SQL over `day` of those days whose rows are asked for, where it is not all of them.
    """
    if time is None or key is None:
        return "data AS d"
    same = f"hash(d.{identifier(key)}) = e.k AND CAST(d.{identifier(time)} AS DATE) = e.day"
    return f"data AS d LEFT JOIN (SELECT * FROM {EVENTS} AS v WHERE {days}) AS e ON {same}"


def prepare(
    connection: duckdb.DuckDBPyConnection,
    time: str,
    key: str,
    period: str = "month",
    history: int = ALL,
) -> None:
    """Make the temporary table of the days on which each id is there, and what was before.

    Of each day: the id's first day, the day before, and the last day before the period (`day`,
    `week` or `month`) in which it lies. first, before, recent: within `history` days, so that rows
    late in the data are looked back as far as early ones; else fewer would look new the longer
    the data run. last: as recent, however long ago; opens: whether the id's first in the period.
    Ids are kept as hashes of 64 bits: of 20 million, two are alike in one table of 100,000.
    """
    zero = "DATE '1970-01-01'"
    start = f"(CAST(date_trunc('{period}', {zero} + n) AS DATE) - {zero})::INTEGER"
    connection.execute(
        f"CREATE TEMP TABLE {EVENTS} AS SELECT k, {zero} + n AS day, {zero} + f AS first, "
        f"CASE WHEN n - b <= {history} THEN {zero} + b END AS before, {zero} + l AS last, "
        f"CASE WHEN start - l <= {history} THEN {zero} + l END AS recent, "
        f"b IS NULL OR b < start AS opens FROM ("
        f"SELECT k, n, start, lag(n) OVER (PARTITION BY k ORDER BY n) AS b, "
        f"{_windowed('first_value', f'{int(min(history, ALL))}', 'CURRENT ROW')} AS f, "
        f"{_windowed('last_value', 'UNBOUNDED', '(n - start + 1) PRECEDING')} AS l "
        f"FROM (SELECT *, {start} AS start FROM ({_days_of_ids(key, time)})))"
    )


def _windowed(function: str, since: str, until: str) -> str:
    """SQL of a day of an id among those that lie so many days before."""
    frame = f"RANGE BETWEEN {since} PRECEDING AND {until}"
    return f"{function}(n) OVER (PARTITION BY k ORDER BY n {frame})"


def _days_of_ids(key: str, time: str) -> str:
    """SQL of each id's days, counted from 1970 on.

    Windows over numbers take two thirds of the time of dates.
    """
    column, moment = identifier(key), identifier(time)
    return (
        f"SELECT DISTINCT hash({column}) AS k, "
        f"(CAST({moment} AS DATE) - DATE '1970-01-01')::INTEGER AS n "
        f"FROM data WHERE {column} IS NOT NULL AND {moment} IS NOT NULL"
    )


def newcomers(connection: duckdb.DuckDBPyConnection, period: str) -> list[tuple[date, int, int]]:
    """Start of each period, how many ids are there for the first time in it, and how many others.

    period: that for which `prepare` was called. An id counts once a period. The data cannot tell
    who was there before they begin.
    """
    found = connection.execute(
        f"SELECT CAST(date_trunc('{period}', day) AS DATE) AS p, count(*) FILTER (last IS NULL), "
        f"count(last) FROM {EVENTS} WHERE opens GROUP BY p ORDER BY p"
    ).fetchall()
    return [(start, int(new), int(known)) for start, new, known in found]


def key_of(connection: duckdb.DuckDBPyConnection, table: Table, wanted: str | None) -> str | None:
    """The column that names who or what comes again: the record's group, else an id that does.

    None where no id is there on `COMES_AGAIN` days in the mean: its rows are single events.
    """
    if table.time is None:
        return None
    ids = [wanted] if wanted else list(table.with_role("id"))
    ids = [name for name in ids if 1 < table.column(name).distinct < table.rows]
    if not ids:
        return None
    day = f"CAST({identifier(table.time)} AS DATE)"
    days = ", ".join(f"approx_count_distinct(hash({identifier(name)}, {day}))" for name in ids)
    found = connection.execute(f"SELECT {days} FROM data").fetchone() or ()
    for name, pairs in zip(ids, found, strict=True):
        if pairs >= COMES_AGAIN * table.column(name).distinct:
            return table.column(name).name
    return None


def derived_columns(
    time: str | None, key: str | None, history: int = ALL, *, ever: bool = True
) -> tuple[Derived, ...]:
    """All columns that come from a time, and from the id that comes again; see `from_events`."""
    if time is None:
        return ()
    return (*from_time(time), *(from_events(time, key, history, ever=ever) if key else ()))


def long_away(connection: duckdb.DuckDBPyConnection, since: date, until: date) -> float:
    """Of the known ids of these days, the share whose last day before was beyond the history.

    As many of those who look new early in the data may be known from before they begin.
    """
    row = connection.execute(
        f"SELECT count(DISTINCT k) FILTER (recent IS NULL) / greatest(count(DISTINCT k), 1) "
        f"FROM {EVENTS} WHERE last IS NOT NULL AND day BETWEEN DATE '{since}' AND DATE '{until}'"
    ).fetchone()
    return float(row[0]) if row else 0.0


def derived_frame(table: Table, *, group: str | None = None, period: str = "month") -> pd.DataFrame:
    """The derived columns of every row as words, indexed as `Table.frame` is.

    group: the column that names who comes again; None looks for one. Empty without a time.
    """
    with table.view.open(seconds=MINUTES * 60) as connection:
        key = key_of(connection, table, group)
        columns = derived_columns(table.time, key)
        if table.time and key:
            prepare(connection, table.time, key, period)
        listed = "".join(f"{column.sql} AS {identifier(column.name)}, " for column in columns)
        query = f"SELECT {listed}d.{ROW} FROM {relation(table.time, key)} ORDER BY d.{ROW}"
        frame = plain_frame(connection.execute(query).df()).set_index(ROW).rename_axis(None)
    for column in columns:
        words = {float(n): _(label) for n, label in enumerate(column.labels)}
        frame[column.name] = frame[column.name].astype(float).map(words)
    return frame
