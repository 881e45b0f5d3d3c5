"""The metric over time: whole periods, the streak at their end, and the two that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casebook.case import Case
from casebook.phases import symptom_data as sd
from casebook.phases.findings import known
from casebook.phases.symptom_data import Metric, Period
from casebook.stats.change import streak
from casebook.tables import Table


@dataclass(frozen=True)
class Trend:
    """The metric over time.

    period: `day`, `week` or `month`. direction: `falls` or `rises`; streak: how many whole
    periods in a row it went that way, up to the last. first, last: starts of the two whole
    periods compared; None where there are not two.
    additive: whether the metric is a sum over days or ids, or a fraction of such sums, so that
    its parts add up and have intervals.
    """

    period: str
    series: tuple[Period, ...]
    direction: str
    streak: int
    first: date | None
    last: date | None
    additive: bool


def trend_of(case: Case, table: Table, metric: Metric, window: sd.Window) -> Trend:
    """The trend of the record's metric in its window."""
    series = tuple(
        Period(start, known(value), complete)
        for start, value, complete in sd.series(table, metric, window)
    )
    whole = [period for period in series if period.complete]
    direction = case.record.symptom.direction or _last_direction(whole)
    times = streak([period.value for period in whole], direction)
    first = max(0, len(whole) - 1 - max(times, 1))
    enough = len(whole) > 1
    return Trend(
        period=window.period,
        series=series,
        direction=direction,
        streak=times,
        first=whole[first].start if enough else None,
        last=whole[-1].start if enough else None,
        additive=False,
    )


def _last_direction(whole: list[Period]) -> str:
    if len(whole) < 2:
        return "falls"
    earlier, later = whole[-2].value, whole[-1].value
    return "rises" if (later or 0) > (earlier or 0) else "falls"
