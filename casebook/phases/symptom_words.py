"""The sentences of the symptom phase."""

from __future__ import annotations

from datetime import date

from casebook.formats import day, interval, month, number, percent
from casebook.language import _, plural
from casebook.phases.symptom_data import Metric, Period
from casebook.stats.change import Change, Contribution


def period_text(start: date, period: str) -> str:
    """The name of a period: a month, or the day on which a week or day starts."""
    return month(start) if period == "month" else day(start)


def amount(value: float | None, unit: str) -> str:
    """A value of the metric with its unit."""
    return f"{number(value)} {unit}".strip()


def headline(
    metric: Metric,
    *,
    period: str,
    direction: str,
    times: int,
    pair: tuple[Period, Period] | None,
    moved: Change | None,
    segment: str | None,
    parts: tuple[Contribution, ...],
) -> tuple[str, ...]:
    """The change in one sentence, and the segment that carries it in another."""
    if pair is None or moved is None:
        return (_("The data cover fewer than two whole periods: nothing can be said of a change."),)
    values = {
        "metric": metric.name,
        "times": _times(period, times),
        "before": amount(moved.before, metric.unit),
        "after": amount(moved.after, metric.unit),
        "first": period_text(pair[0].start, period),
        "last": period_text(pair[1].start, period),
        "relative": _relative(moved),
    }
    return (_change_sentence(direction, times, values), *_segment_sentence(segment, parts))


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


def _segment_sentence(segment: str | None, parts: tuple[Contribution, ...]) -> tuple[str, ...]:
    """The part whose share of the change departs most from its share of the whole."""
    shared = [part for part in parts if part.share is not None and part.share_before is not None]
    if segment is None or not parts:
        return ()
    if not shared:
        return (_("The change could be chance: no segment can be said to carry it."),)
    top = max(shared, key=lambda part: part.share.value - (part.share_before or 0))  # type: ignore[union-attr]
    assert top.share is not None
    return (
        _(
            "'{label}' ({segment}) carries {share} of the change; it was {base} of the whole "
            "before.",
            label=top.label,
            segment=segment,
            share=interval(top.share, scale=100, suffix="%"),
            base=percent(top.share_before, 0),
        ),
    )


def notes(series: tuple[Period, ...], metric: Metric, additive: bool) -> tuple[str, ...]:
    """What a careful reader should know of how it was measured."""
    said = []
    if metric.assumed:
        said.append(_("The record names no metric yet: this is the {metric}.", metric=metric.name))
    if any(not period.complete for period in series):
        said.append(_("Incomplete periods are hatched and left out of the comparison."))
    if not additive:
        said.append(
            _("The metric is not a sum of days: changes have no interval, and parts do not add up.")
        )
    return tuple(said)
