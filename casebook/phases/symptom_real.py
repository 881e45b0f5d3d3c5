"""Is it real? The metric by day, week and month, its gaps, its season, its level, its streak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from casebook.phases import symptom_data as sd
from casebook.phases.findings import known
from casebook.phases.symptom_carried import Asked
from casebook.phases.symptom_data import Period
from casebook.phases.symptom_days import Days, Gap, closed_weekdays, days_of, gaps_of
from casebook.stats.change import Change, change, change_of_units
from casebook.stats.changepoint import step
from casebook.stats.estimate import Estimate
from casebook.stats.noise import streak_test
from casebook.tables.cube import Sums

SHOWN_DAYS, SHOWN_WEEKS = 400, 160
MOST_GAPS = 12
YEAR_IN_WEEKS = 364  # days: the same weekday a year ago
LEVEL = 0.05


@dataclass(frozen=True)
class Scale:
    """The metric by days, weeks or months; `period` says which."""

    period: str
    series: tuple[Period, ...]


@dataclass(frozen=True)
class Noise:
    """The streak against the noise of the series before it.

    streak: the chance of as many moves in a row that way; deep: of as many and as great a change.
    block: days that were drawn together; days: of the series noise was taken from.
    """

    streak: float
    deep: float
    block: int
    days: int

    @property
    def clear(self) -> bool:
        """Whether noise alone would seldom show as much."""
        return self.deep < LEVEL


@dataclass(frozen=True)
class YearAgo:
    """The last period, and the change over the streak, beside a year ago.

    start: of the same period then. last: now against then. then: the change over the same
    periods a year ago; beyond: this year's change as a multiple of that one's, less one: what is
    left when the season is taken out. before: the first of those periods; None where the data do
    not go back as far.
    """

    start: date
    value: float
    last: Change
    before: date | None
    then: Change | None
    beyond: Estimate | None


@dataclass(frozen=True)
class LevelChange:
    """The day from which on the level of days is another, within an interval of days.

    before, after: the mean of days, as an ordinary weekday's. p_value: of as clear a step in a
    series without one.
    """

    on: date
    earliest: date
    latest: date
    before: float
    after: float
    p_value: float
    days: int


@dataclass(frozen=True)
class Reality:
    """Whether the symptom is more than noise, season and holes in the data.

    closed: weekdays, Monday is 0, on which there is (almost) never a row: no gaps.
    gaps: the longest dozen, in order of time; gap_days: of all. day_sums: whether
    the metric is a sum over days.
    """

    scales: tuple[Scale, ...]
    gaps: tuple[Gap, ...]
    gap_days: int
    day_sums: bool
    closed: tuple[int, ...]
    noise: Noise | None
    year_ago: YearAgo | None
    level: LevelChange | None


def reality(asked: Asked, *, seed: int) -> Reality | None:
    """Look at the series as it is; None where there are no two periods to compare."""
    trend = asked.trend
    if trend.first is None or trend.last is None:
        return None
    days = days_of(asked.table, asked.metric, asked.window)
    closed = closed_weekdays(days)
    gaps = gaps_of(days, closed)
    longest = sorted(gaps, key=lambda gap: -gap.days)[:MOST_GAPS]
    return Reality(
        scales=_scales(asked),
        gaps=tuple(sorted(longest, key=lambda gap: gap.first)),
        gap_days=sum(gap.days for gap in gaps),
        day_sums=days.adds,
        closed=closed,
        noise=_noise(asked, days, seed),
        year_ago=_year_ago(asked, days, seed),
        level=_level(days, seed),
    )


def _scales(asked: Asked) -> tuple[Scale, ...]:
    """The window by days, weeks and months; of very long ones the last part by days and weeks."""
    window = asked.window
    limits = {"day": SHOWN_DAYS, "week": 7 * SHOWN_WEEKS, "month": None}
    found = []
    for unit, limit in limits.items():
        since = window.since if limit is None else max(
            window.since, window.until - timedelta(days=limit))  # fmt: skip
        part = sd.Window(window.time, unit, since, window.until, window.first)
        series = tuple(Period(s, known(v), c) for s, v, c in
                       sd.series(asked.table, asked.metric, part))  # fmt: skip
        if len(series) > 1:
            found.append(Scale(unit, series))
    return tuple(found)


def _noise(asked: Asked, days: Days, seed: int) -> Noise | None:
    """The streak against blocks of the days before it, the first compared period among them."""
    trend, window = asked.trend, asked.window
    if not days.adds or trend.streak < 1 or trend.first is None:
        return None
    whole = [p for p in trend.series if p.complete and p.start >= trend.first]
    if len(whole) < 2 or whole[0].value in (None, 0) or whole[-1].value is None:
        return None
    spans = [window.span(period.start) for period in whole]
    before = np.flatnonzero(days.index <= pd.Timestamp(spans[0][1]))
    found = streak_test(
        np.nan_to_num(days.above.to_numpy()[before]),
        np.nan_to_num(days.below.to_numpy()[before]) if asked.metric.measure.below
        else None,
        [(last - first).days + 1 for first, last in spans],
        weekday=spans[0][0].weekday(),
        start=days.index[0].day_of_week,
        observed=float(whole[-1].value) / float(whole[0].value or 1) - 1,
        direction=trend.direction,
        seed=seed,
    )  # fmt: skip
    return Noise(found.streak, found.deep, found.blocks, found.days) if found else None


def _year_before(start: date, period: str) -> date:
    if period == "month":
        return date(start.year - 1, start.month, 1)
    return start - timedelta(days=YEAR_IN_WEEKS)


def _year_ago(asked: Asked, days: Days, seed: int) -> YearAgo | None:
    """The compared periods beside those a year before, where the data hold them whole."""
    trend, window = asked.trend, asked.window
    assert trend.first is not None
    assert trend.last is not None
    values = {p.start: p.value for p in trend.series if p.complete and p.value is not None}
    first, last = (_year_before(day, window.period) for day in (trend.first, trend.last))
    if last not in values or trend.last not in values:
        return None
    now = _change(asked, days, last, trend.last, seed)
    if now is None:
        return None
    if first not in values or last <= first:
        return YearAgo(last, values[last], now, None, None, None)
    then = _change(asked, days, first, last, seed)
    beyond = _beyond(asked, days, (first, last, trend.first, trend.last), seed)
    return YearAgo(last, values[last], now, first, then, beyond)


def _change(asked: Asked, days: Days, before: date, after: date, seed: int) -> Change | None:
    values = {period.start: period.value for period in asked.trend.series}
    if not days.adds:
        return change(values.get(before), values.get(after))
    one, two = (days.between(asked.window.span(start)) for start in (before, after))
    sums = Sums((one.above[0], two.above[0]), (one.below[0], two.below[0]), paired=False)
    return change_of_units([sums], additive=not asked.metric.measure.below, seed=seed)


def _beyond(asked: Asked, days: Days, starts: tuple[date, ...], seed: int) -> Estimate | None:
    """This year's change over last year's: (d / c) / (b / a) - 1, days of each drawn again."""
    if not days.adds:
        return None
    rng = np.random.default_rng(seed)
    exact, drawn = [], []
    for start in starts:
        sums = days.between(asked.window.span(start))
        n = len(sums.above[0])
        times = rng.multinomial(n, np.full(n, 1 / n), size=1000)
        parts = sums.above[0][:, 0], sums.below[0][:, 0]
        divide = bool(asked.metric.measure.below)
        exact.append(parts[0].sum() / (parts[1].sum() if divide else 1.0))
        drawn.append(times @ parts[0] / (times @ parts[1] if divide else 1.0))
    value = (exact[3] / exact[2]) / (exact[1] / exact[0]) - 1
    spread = (drawn[3] / drawn[2]) / (drawn[1] / drawn[0]) - 1
    finite = spread[np.isfinite(spread)]
    if len(finite) < 500 or not np.isfinite(value):
        return None
    low, high = np.quantile(finite, [0.025, 0.975])
    return Estimate(float(value), float(low), float(high), len(exact))


def _level(days: Days, seed: int) -> LevelChange | None:
    """The clearest step in the level of days, weekdays made alike."""
    there = days.value.dropna()
    there = there[np.isfinite(there)]
    if len(there) < 2 or there.min() < 0:
        return None
    usual = there.groupby(there.index.day_of_week).transform("mean")
    even = (there / usual.where(usual > 0, 1.0) * there.mean()).to_numpy()
    found = step(even, seed=seed)
    if found is None:
        return None
    on, low, high = (there.index[min(n, len(there) - 1)].date()
                     for n in (found.at, found.low, found.high))  # fmt: skip
    return LevelChange(on, low, high, found.before, found.after, found.p_value, len(there))
