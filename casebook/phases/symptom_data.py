"""What the symptom phase asks of the table: the metric by period, by day and by segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from casebook.case import Case
from casebook.exceptions import TableError
from casebook.expressions import identifier, literal
from casebook.language import _
from casebook.models.labelled import positive_class
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
    """The metric as an SQL aggregate; `assumed` where the record gives none."""

    expression: str
    name: str
    unit: str
    assumed: bool


@dataclass(frozen=True)
class Window:
    """The days looked at, and the length of a period: `day`, `week` or `month`."""

    time: str
    period: str
    since: date
    until: date

    def where(self, span: tuple[date, date] | None = None) -> str:
        """The condition that a row lies in a span of days, ends included (or in the window)."""
        first, last = span or (self.since, self.until)
        column = identifier(self.time)
        after = last + timedelta(days=1)
        return f"{column} >= DATE '{first}' AND {column} < DATE '{after}'"

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
    return Window(table.time, period, since, until)


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


def is_sum_of_days(table: Table, metric: Metric, window: Window) -> bool:
    """Whether the metric of the window equals the sum of its days' metrics."""
    days = _by(table, metric, {"start": window.start_of("day")}, window.where())["value"]
    whole = table.aggregate({"value": metric.expression}, where=window.where())["value"].iloc[0]
    return bool(len(days) > 1 and np.isclose(float(days.sum()), float(whole), rtol=1e-9))


def segment_columns(case: Case, table: Table) -> tuple[str, ...]:
    """The record's segments, else categories with few values."""
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


def daily(
    table: Table, metric: Metric, segment: str | None, span: tuple[date, date]
) -> pd.DataFrame:
    """(n_days, n_values) the metric by day and segment value; days without a row are zero."""
    assert table.time is not None
    window = Window(table.time, "day", *span)
    by = {"start": window.start_of("day")}
    if segment is not None:
        by["segment"] = identifier(segment)
    found = _by(table, metric, by, window.where()).reset_index()
    found["segment"] = _labels(found["segment"]) if segment is not None else "all"
    days = pd.date_range(span[0], span[1], freq="D")
    wide = found.pivot_table(index="start", columns="segment", values="value", aggfunc="sum")
    return wide.reindex(days).fillna(0.0)


def aligned(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both with the same columns; past the 12 largest before, values share the column `other`."""
    names = before.columns.union(after.columns)
    before, after = (x.reindex(columns=names, fill_value=0.0) for x in (before, after))
    if len(names) <= MOST_SEGMENTS:
        return before, after
    kept = before.abs().sum().nlargest(MOST_SEGMENTS - 1).index
    return _with_other(before, kept), _with_other(after, kept)


def _with_other(days: pd.DataFrame, kept: pd.Index) -> pd.DataFrame:
    rest = days.drop(columns=kept).sum(axis=1)
    return days[kept].assign(**{_("other"): rest})


def segment_series(
    table: Table, metric: Metric, window: Window, segment: str
) -> dict[str, pd.Series]:
    """The metric of the six largest segment values by the start of the period."""
    by = {"start": window.start_of(window.period), "segment": identifier(segment)}
    found = _by(table, metric, by, window.where()).reset_index()
    found["segment"] = _labels(found["segment"])
    found["start"] = found["start"].dt.date
    wide = found.pivot_table(index="start", columns="segment", values="value", aggfunc="sum")
    shown = wide.abs().sum().nlargest(SHOWN_SEGMENTS).index
    return {str(label): wide[label] for label in shown}


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
