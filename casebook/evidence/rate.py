"""How often the decision is taken: from the table's own times, else from the record."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from casebook.case import Case
from casebook.expressions import identifier
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import mean
from casebook.tables import Table

DAYS_OF_A_YEAR = 365.25
WEEK = 7
LEAST_WEEKS = 2


def decisions_per_day(case: Case, table: Table) -> Estimate | None:
    """Decisions on a day of the calendar, with a t interval over weeks; None where nothing says.

    The record's number wins; it has no interval.
    """
    said = case.record.feasibility.decisions_per_day
    if said is not None:
        return Estimate(float(said), None, None, 1)
    counts = rows_by_day(table)
    if counts is None or not len(counts):
        return None
    weeks = len(counts) // WEEK
    if weeks < LEAST_WEEKS:
        return Estimate(float(counts.mean()), None, None, len(counts))
    whole = counts.to_numpy(dtype=float)[: weeks * WEEK].reshape(weeks, WEEK).mean(axis=1)
    found = mean(whole)
    if whole.min() == whole.max():
        return Estimate(float(counts.mean()), None, None, weeks)
    low = None if found.low is None else max(0.0, found.low)
    return Estimate(float(counts.mean()), low, found.high, weeks)


def rows_by_day(table: Table) -> pd.Series | None:
    """Rows on each day of the calendar from the first to the last, days without any as 0."""
    if table.time is None or not table.rows:
        return None
    by = {"day": f"DATE_TRUNC('day', {identifier(table.time)})"}
    found = table.aggregate({"n": "COUNT(*)"}, by).dropna()
    if found.empty:
        return None
    counts = found.set_index(pd.to_datetime(found["day"]))["n"]
    return counts.reindex(pd.date_range(counts.index.min(), counts.index.max()), fill_value=0)


def last_day(table: Table) -> date | None:
    """The day up to which the table was looked at, else its newest row's."""
    if table.as_of is not None:
        return table.as_of
    counts = rows_by_day(table)
    return None if counts is None else counts.index[-1].date()


def times(estimate: Estimate, other: Estimate) -> Estimate:
    """A product with an interval that holds whenever both hold."""
    ends = [a * b for a in _ends(estimate) for b in _ends(other)]
    value = estimate.value * other.value
    bounded = estimate.low is not None or other.low is not None
    if not bounded:
        return Estimate(value, None, None, min(estimate.n, other.n))
    return Estimate(value, float(np.min(ends)), float(np.max(ends)), max(estimate.n, other.n))


def _ends(estimate: Estimate) -> tuple[float, float]:
    if estimate.low is None or estimate.high is None:
        return estimate.value, estimate.value
    return estimate.low, estimate.high
