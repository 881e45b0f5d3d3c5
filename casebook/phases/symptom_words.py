"""The sentences of the symptom phase."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import pandas as pd

from casebook.formats import day, interval, month, number, percent, sentence
from casebook.language import _, plural
from casebook.phases.symptom_data import Metric, Period
from casebook.phases.symptom_factors import FactorPart, Factors
from casebook.phases.symptom_segments import Search
from casebook.phases.symptom_trials import Part
from casebook.stats.change import Change, count_change


def period_text(start: date, period: str) -> str:
    """The name of a period: a month, or the day on which a week or day starts."""
    return month(start) if period == "month" else day(start)


def amount(value: float | None, unit: str) -> str:
    """A value of the metric with its unit."""
    return f"{number(value)} {unit}".strip()


class Trend(Protocol):
    """What the sentences need of a trend; see `casebook.phases.symptom.Trend`."""

    @property
    def period(self) -> str:
        """`day`, `week` or `month`."""

    @property
    def series(self) -> tuple[Period, ...]:
        """The metric by period."""

    @property
    def direction(self) -> str:
        """`falls` or `rises`."""

    @property
    def streak(self) -> int:
        """How many periods in a row it went that way."""

    @property
    def first(self) -> date | None:
        """Start of the earlier period compared."""

    @property
    def last(self) -> date | None:
        """Start of the later period compared."""

    @property
    def additive(self) -> bool:
        """Whether the metric is a sum of days."""


def headline(
    metric: Metric,
    trend: Trend,
    moved: Change | None,
    factors: Factors | None,
    search: Search | None,
) -> tuple[str, ...]:
    """The change in one sentence, then the segment that carries it, and the factor."""
    if trend.first is None or trend.last is None or moved is None:
        return (_("The data cover fewer than two whole periods: nothing can be said of a change."),)
    values = {
        "metric": metric.name,
        "times": _times(trend.period, trend.streak),
        "before": amount(moved.before, metric.unit),
        "after": amount(moved.after, metric.unit),
        "first": period_text(trend.first, trend.period),
        "last": period_text(trend.last, trend.period),
        "relative": _relative(moved),
    }
    said = _change_sentence(trend.direction, trend.streak, values)
    found = [sentence(said)]
    if search is not None and search.units:
        found.append(segment_sentence(search, moved))
    if factors is not None and (moved.clear or moved.clear is None):
        found.append(factor_sentence(factors, rises=moved.after > moved.before))
    return tuple(found)


def headline_without_time(
    metric: Metric, total: float, rows: int, segment: str | None, values: pd.Series
) -> tuple[str, ...]:
    """The metric over all rows, where it differs most, and that nothing is known of since when.

    values: the metric by segment value, the greatest first; may be empty.
    """
    no_time = _("There is no time column, so nothing can be said of since when; set data.time.")
    if metric.expression == "COUNT(*)":
        return (_("The table has {n} rows.", n=number(rows)), no_time)
    first = _("{metric} is {value} over {n} rows.", metric=metric.name,
              value=amount(total, metric.unit), n=number(rows))  # fmt: skip
    said = [sentence(first)]
    if len(values) > 1:
        said.append(
            _("It differs most by {column}: {high} for '{top}', {low} for '{bottom}'.",
              column=segment, high=number(values.iloc[0]), top=values.index[0],
              low=number(values.iloc[-1]), bottom=values.index[-1])
        )  # fmt: skip
    said.append(no_time)
    return tuple(said)


def _change_sentence(direction: str, times: int, values: dict[str, str]) -> str:
    if times > 1 and direction == "falls":
        return _(
            "{metric} fell {times} in a row: from {before} in {first} to {after} in {last} "
            "({relative}).",
            **values,
        )
    if times > 1:
        return _(
            "{metric} rose {times} in a row: from {before} in {first} to {after} in {last} "
            "({relative}).",
            **values,
        )
    return _("{metric} went from {before} in {first} to {after} in {last} ({relative}).", **values)


def _times(period: str, n: int) -> str:
    if period == "month":
        return plural("{n} month", "{n} months", n)
    if period == "week":
        return plural("{n} week", "{n} weeks", n)
    return plural("{n} day", "{n} days", n)


def _relative(moved: Change) -> str:
    if moved.relative is None:
        return _("no relative change: it was zero")
    text = interval(moved.relative, scale=100, suffix="%")
    return text if moved.relative.value < 0 else f"+{text}"


def segment_sentence(search: Search, moved: Change) -> str:
    """Which part carries the change, or that none can be said to."""
    if not moved.clear:
        return _("The change could be chance: no segment can be said to carry it.")
    if not search.carriers:
        return plural(
            "No column says who carries the change: {n} part of the rows was looked at, and moved "
            "about as much as the whole.",
            "No column says who carries the change: {n} parts of the rows were looked at, and all "
            "moved about as much as the whole.",
            search.tried,
        )
    return carrier_sentence(search.carriers[0], rises=moved.after > moved.before)


def carrier_sentence(part: Part, *, rises: bool) -> str:
    """How much of the change a part carries, and how much it was to be expected to."""
    assert part.share is not None
    base = percent(part.base, 0)
    values = {
        "part": part_text(part),
        "share": interval(part.share, scale=100, suffix="%"),
        "had": _("{base} of the rows", base=base) if part.of_rows else base,
    }
    if part.share.value > 1:
        return _carried_more(values, rises=rises)
    if rises:
        return _("{share} of the rise comes from {part}, which had made up {had} before.", **values)
    return _("{share} of the fall comes from {part}, which had made up {had} before.", **values)


def part_text(part: Part) -> str:
    """A part in words: a column with its value, or two."""
    columns, labels = part.columns, part.labels
    if len(columns) == 1:
        if part.names != columns:  # derived: its title says what it is, its value says enough
            return _("'{label}' ({column})", column=columns[0], label=labels[0])
        return _("{column} '{label}'", column=columns[0], label=labels[0])
    return _("{column} '{label}' with {other} '{value}'", column=columns[0], label=labels[0],
             other=columns[1], value=labels[1])  # fmt: skip


def _carried_more(values: dict[str, str], *, rises: bool) -> str:
    """A part that changed by more than the whole, as others went the other way."""
    if rises:
        return _(
            "The rise of {part} is {share} of the whole rise, as others fell; it had made up "
            "{had} before.",
            **values,
        )
    return _(
        "The fall of {part} is {share} of the whole fall, as others rose; it had made up "
        "{had} before.",
        **values,
    )


def factor_sentence(factors: Factors, *, rises: bool) -> str:
    """The factor that moved the metric most in the change's direction."""
    sign = 1 if rises else -1
    top = max((part for part in factors.parts if part.name), key=lambda p: sign * p.change.value)
    values = {
        "share": interval(top.share, scale=100, suffix="%") if top.share else "–",
        "name": top.name,
        "before": amount(top.before, top.unit),
        "after": amount(top.after, top.unit),
    }
    if rises:
        return _("{share} of the rise is by {name}: from {before} to {after}.", **values)
    return _("{share} of the fall is by {name}: from {before} to {after}.", **values)


def factor_name(part: FactorPart) -> str:
    """What people call a factor; what the declared ones do not explain is the rest."""
    return part.name or _("not explained by the factors")


def newcomers_sentence(
    key: str, first: tuple[int, int], last: tuple[int, int], names: tuple[str, str]
) -> str:
    """New and known ids in the two compared periods. first, last: how many are new, and known."""
    return _(
        "From {before} to {after}, new values of {key} went from {a} to {b} ({new}), known ones "
        "from {c} to {d} ({known}).",
        before=names[0],
        after=names[1],
        key=key,
        a=number(first[0]),
        b=number(last[0]),
        new=_counted(first[0], last[0]),
        c=number(first[1]),
        d=number(last[1]),
        known=_counted(first[1], last[1]),
    )


def _counted(before: int, after: int) -> str:
    """The relative change of a count that could have come out otherwise by chance alone."""
    change = count_change(before, after)
    if change is None:
        return "–"
    text = interval(change, scale=100, suffix="%")
    return text if change.value < 0 else f"+{text}"
