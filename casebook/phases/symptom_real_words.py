"""The sentences on whether the symptom is real."""

from __future__ import annotations

from casebook.formats import day, interval, number, percent
from casebook.language import _, plural
from casebook.phases.symptom_data import Metric
from casebook.phases.symptom_days import Gap
from casebook.phases.symptom_real import LevelChange, Reality, YearAgo
from casebook.phases.symptom_trend import Trend
from casebook.phases.symptom_words import period_text
from casebook.tables.derived import WEEKDAYS


def sentences(metric: Metric, trend: Trend, found: Reality | None) -> tuple[str, ...]:
    """What the series says of itself beside its noise: season, level, and holes."""
    said: list[str] = []
    if found is None:
        return ()
    if found.year_ago is not None:
        said.append(year_sentence(trend, found.year_ago))
    if found.level is not None and found.level.p_value < 0.05:
        said.append(level_sentence(metric, found.level))
    if found.gaps:
        said.append(gap_sentence(found))
    if found.closed:
        names = ", ".join(_(WEEKDAYS[number_]) for number_ in found.closed)
        said.append(_("There are hardly any rows on these weekdays: {names}.", names=names))
    return tuple(said)


def noise_sentence(trend: Trend, found: Reality) -> str:
    """The streak against what noise alone would show."""
    noise = found.noise
    if trend.streak < 1:
        return _("The last whole period did not move that way: there is no streak to be tested.")
    if noise is None and not found.day_sums:
        return _("Whether this is more than noise cannot be told: the metric is no sum of days.")
    if noise is None:
        return _(
            "Whether this is more than noise cannot be told: there are too few days before it."
        )
    values = {"streak": chance(noise.streak), "deep": chance(noise.deep), "n": trend.streak}
    if trend.direction == "falls" and noise.clear:
        return _(
            "Noise like that of the days before shows a streak of {n} in {streak} of draws, and a "
            "fall as deep with it in {deep}: this is more than noise.", **values
        )  # fmt: skip
    if noise.clear:
        return _(
            "Noise like that of the days before shows a streak of {n} in {streak} of draws, and a "
            "rise as steep with it in {deep}: this is more than noise.", **values
        )  # fmt: skip
    return _(
        "Noise like that of the days before shows as much in {deep} of draws: this could be noise.",
        **values,
    )


def chance(share: float) -> str:
    """A chance as a percentage, small ones as less than a tenth of one."""
    return _("less than {least}", least=percent(0.001)) if share < 0.001 else percent(share)


def year_sentence(trend: Trend, found: YearAgo) -> str:
    """The last period beside a year ago, and the change without the season."""
    values = {
        "last": period_text(trend.last, trend.period) if trend.last else "",
        "then": period_text(found.start, trend.period),
        "relative": _signed(found.last),
    }
    if found.then is None or found.then.relative is None:
        return _("{last} against {then}: {relative}.", **values)
    values["season"] = _signed(found.then)
    if found.beyond is None:
        return _(
            "{last} against {then}: {relative}. Over the same periods a year before it moved by "
            "{season}.", **values
        )  # fmt: skip
    text = interval(found.beyond, scale=100, suffix="%")
    values["beyond"] = text if found.beyond.value < 0 else f"+{text}"
    return _(
        "{last} against {then}: {relative}. Over the same periods a year before it moved by "
        "{season}; without that season, the change is {beyond}.", **values
    )  # fmt: skip


def _signed(moved: object) -> str:
    relative = getattr(moved, "relative", None)
    if relative is None:
        return "–"
    text = interval(relative, scale=100, suffix="%")
    return text if relative.value < 0 else f"+{text}"


def level_sentence(metric: Metric, level: LevelChange) -> str:
    """Since when days have another level."""
    return _(
        "The level of days changed on {on} (between {earliest} and {latest}): from {before} to "
        "{after} a day.",
        on=day(level.on),
        earliest=day(level.earliest),
        latest=day(level.latest),
        before=f"{number(level.before)} {metric.unit}".strip(),
        after=f"{number(level.after)} {metric.unit}".strip(),
    )


def gap_sentence(found: Reality) -> str:
    """How many days have no row, and the longest run of them."""
    longest = max(found.gaps, key=lambda gap: gap.days)
    return plural(
        "{n} day of the window has no row: {longest}.",
        "{n} days of the window have no row, the longest run is {longest}.",
        found.gap_days,
        longest=gap_text(longest),
    )


def gap_text(gap: Gap) -> str:
    """A run of days in words."""
    if gap.days == 1:
        return day(gap.first)
    return _("{first} to {last}", first=day(gap.first), last=day(gap.last))
