"""What the symptom phase asks of the table: the metric by period, by day and by segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from casebook.case import Case
from casebook.exceptions import TableError
from casebook.expressions import identifier, literal
from casebook.expressions.ratio import Ratio, ratio
from casebook.language import _
from casebook.models.classes import positive_class
from casebook.tables import Table

MOST_SEGMENTS = 12
MOST_COLUMNS = 8
SHOWN_SEGMENTS = 6


@dataclass(frozen=True)
class Period:
    """One day, week or month of the series; `complete` is false where data cover only a part."""

    start: date
    value: float | None
    complete: bool


@dataclass(frozen=True)
class Metric:
    """The metric as an SQL aggregate; `assumed` where the record gives none.

    name: what people call it.
    """

    expression: str
    name: str
    unit: str
    assumed: bool

    @property
    def measure(self) -> Ratio:
        """The metric as what is above and below its fraction line."""
        return ratio(self.expression)


@dataclass(frozen=True)
class Window:
    """The days looked at, and the length of a period: `day`, `week` or `month`.

    first: the first day of the data, which the window may not reach back to.
    """

    time: str
    period: str
    since: date
    until: date
    first: date

    def where(self) -> str:
        """The condition that a row lies in the window."""
        column = identifier(self.time)
        after = self.until + timedelta(days=1)
        return f"{column} >= DATE '{self.since}' AND {column} < DATE '{after}'"

    def start_of(self, unit: str) -> str:
        """The start of the day, week or month a row falls in, as SQL."""
        return f"DATE_TRUNC('{unit}', {identifier(self.time)})"

    def span(self, start: date) -> tuple[date, date]:
        """First and last day of the period that starts here."""
        length = {"day": "D", "week": "W", "month": "M"}[self.period]
        whole = pd.Period(pd.Timestamp(start), freq=length)
        return whole.start_time.date(), whole.end_time.date()

    def complete(self, start: date) -> bool:
        """Whether the window covers the whole period."""
        first, last = self.span(start)
        return self.since <= first and last <= self.until


def metric_of(case: Case, table: Table) -> Metric:
    """The record's metric; else, without a time, the mean of the target; else the rows."""
    symptom = case.record.symptom
    unit = symptom.unit or ""
    if symptom.metric:
        table.expression(symptom.metric, aggregate=True, place=case.place("symptom.metric"))
        return Metric(symptom.metric, symptom.metric_name or symptom.metric, unit, assumed=False)
    target = table.target
    if table.time is None and target is not None:
        if table.column(target).type == "number":
            return Metric(
                f"AVG({identifier(target)})", _("mean of {name}", name=target), unit, True
            )
        if (positive := _positive(case, table, target)) is not None:
            same = f"CAST({identifier(target)} AS VARCHAR) = {literal(positive)}"
            yes = f"CASE WHEN {same} THEN 1.0 ELSE 0.0 END"
            name = _("share of {target} = {value}", target=target, value=positive)
            return Metric(f"AVG({yes})", name, unit, assumed=True)
    return Metric("COUNT(*)", _("number of rows"), unit, assumed=True)


def _positive(case: Case, table: Table, target: str) -> str | None:
    """The class that counts as yes, of a target with two; None for more."""
    column = identifier(target)
    found = table.aggregate({"n": "COUNT(*)"}, {"name": column}, f"{column} IS NOT NULL")
    names = found.sort_values("n", ascending=False, kind="stable")["name"].astype(str)
    return positive_class(case, list(names)) if len(names) == 2 else None


def window_of(case: Case, table: Table) -> Window:
    """The record's window within the data's own days, and a period that fits its length."""
    assert table.time is not None
    column = identifier(table.time)
    ends = table.aggregate({"first": f"MIN({column})", "last": f"MAX({column})"})
    first, last = (pd.Timestamp(ends[name].iloc[0]).date() for name in ("first", "last"))
    symptom = case.record.symptom
    since = max(first, symptom.since) if symptom.since else first
    until = min(last, symptom.until) if symptom.until else last
    days = (until - since).days
    period = symptom.period or ("month" if days >= 150 else "week" if days >= 35 else "day")
    return Window(table.time, period, since, until, first)


def series(table: Table, metric: Metric, window: Window) -> Iterator[tuple[date, float, bool]]:
    """Start, value and completeness of each period, gaps included (a sum of nothing is NaN)."""
    found = _by(table, metric, {"start": window.start_of(window.period)}, window.where())
    if found.empty:
        return
    frequency = {"day": "D", "week": "W-MON", "month": "MS"}[window.period]
    starts = pd.date_range(found.index[0], found.index[-1], freq=frequency)
    values = found["value"].reindex(starts)
    for start, value in zip(starts.date, values, strict=True):
        yield start, float(value), window.complete(start)


def _by(table: Table, metric: Metric, by: dict[str, str], where: str) -> pd.DataFrame:
    found: pd.DataFrame = table.aggregate({"value": metric.expression}, by=by, where=where)
    found["start"] = pd.to_datetime(found["start"])
    return found.set_index("start").sort_index()


def segment_columns(case: Case, table: Table) -> tuple[str, ...]:
    """The record's segments, else categories with few values. Raises TableError with the place."""
    wanted = case.record.symptom.segments
    if wanted:
        return tuple(_segment(case, table, i, name) for i, name in enumerate(wanted))
    fit = [
        name
        for name in table.with_role("category")
        if 2 <= table.column(name).distinct <= MOST_SEGMENTS and name != table.target
    ]
    return tuple(fit[:MOST_COLUMNS])


def _segment(case: Case, table: Table, place: int, name: str) -> str:
    try:
        return table.column(name).name
    except TableError as error:
        where = case.place(f"symptom.segments.{place}")
        raise TableError(error.message, place=where, hint=error.hint) from None


def total(table: Table, metric: Metric) -> float:
    """The metric over all rows."""
    return float(table.aggregate({"value": metric.expression})["value"].iloc[0])


def by_value(table: Table, metric: Metric, segment: str) -> pd.Series:
    """The metric by segment value, over all rows; at most 12 values with the most rows."""
    found = table.aggregate(
        {"value": metric.expression, "n": "COUNT(*)"}, by={"segment": identifier(segment)}
    )
    found = found.nlargest(MOST_SEGMENTS, "n")
    return pd.Series(found["value"].to_numpy(dtype=float), index=_labels(found["segment"]))


def _labels(values: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), _("(missing)")).map(str)
