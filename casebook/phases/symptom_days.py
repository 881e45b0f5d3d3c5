"""The days of the window: the metric's sums by day, and the days on which there is no row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from casebook.phases import symptom_data as sd
from casebook.phases.symptom_data import Metric
from casebook.tables import Table
from casebook.tables.cube import Sums

SELDOM = 0.2  # of the weeks: a weekday with rows in fewer is one on which nothing happens


@dataclass(frozen=True)
class Gap:
    """Days without a row, ends included, where the rest of the data has rows on such days."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Days:
    """The metric by day, one row a day of the window, missing where there is no row.

    above, below: of the fraction line; value: of the metric. adds: whether days add up.
    """

    index: pd.DatetimeIndex
    above: pd.Series
    below: pd.Series
    value: pd.Series
    adds: bool

    def between(self, span: tuple[date, date]) -> Sums:
        """The days of a span as sums of one part, twice the same."""
        inside = (self.index >= pd.Timestamp(span[0])) & (self.index <= pd.Timestamp(span[1]))
        above, below = (s[inside].fillna(0.0).to_numpy()[:, None] for s in (self.above, self.below))
        return Sums((above, above), (below, below), paired=False)


def days_of(table: Table, metric: Metric, window: sd.Window) -> Days:
    """The metric by day over the window."""
    measure = metric.measure
    wanted = {"above": measure.above, "value": metric.expression}
    if measure.below:
        wanted["below"] = measure.below
    found = table.aggregate(wanted, by={"start": window.start_of("day")}, where=window.where())
    found = found.set_index(pd.DatetimeIndex(found["start"])).drop(columns="start").astype(float)
    whole = table.aggregate(wanted, where=window.where()).astype(float).iloc[0]
    parts = [name for name in ("above", "below") if name in wanted]
    adds = bool(np.allclose(found[parts].sum(), whole[parts], rtol=1e-9))
    index = pd.date_range(window.since, window.until, freq="D")
    found = found.reindex(index)
    below = found["below"] if measure.below else found["above"].notna().astype(float)
    return Days(index, found["above"], below, found["value"], adds)


def closed_weekdays(days: Days) -> tuple[int, ...]:
    """Weekdays, Monday is 0, on which there is hardly ever a row."""
    weekday = np.asarray(days.index.day_of_week)
    there = days.above.notna().to_numpy()
    return tuple(
        d for d in range(7) if (weekday == d).any() and there[weekday == d].mean() < SELDOM
    )


def gaps_of(days: Days, closed: tuple[int, ...]) -> list[Gap]:
    """Runs of days without a row, but for weekdays on which there hardly ever is one."""
    missing = days.above.isna().to_numpy()
    regular = np.isin(days.index.day_of_week, closed)
    edges = np.flatnonzero(np.diff(np.r_[False, missing, False].astype(int)))
    gaps = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if not regular[start:end].all():
            gaps.append(Gap(days.index[start].date(), days.index[end - 1].date()))
    return gaps
