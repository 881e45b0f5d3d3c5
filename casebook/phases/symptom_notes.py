"""What a careful reader should know of how the symptom was measured."""

from __future__ import annotations

from casebook.formats import number, sentence
from casebook.language import N_, _
from casebook.phases.symptom_data import Metric
from casebook.phases.symptom_facets import LeftOut
from casebook.phases.symptom_factors import Factors
from casebook.phases.symptom_segments import Search
from casebook.phases.symptom_words import Trend


def factor_notes(factors: Factors | None) -> tuple[str, ...]:
    """What a careful reader should know of the factors."""
    if factors is None:
        return ()
    said = []
    if not factors.whole:
        said.append(
            _("The factors of the record do not make up the metric; what they leave is shown as a "
              "part of its own.")
        )  # fmt: skip
    if not factors.unit:
        said.append(_("The factors are no sums of days or of ids: their parts have no interval."))
    return tuple(said)


def left_out_notes(left_out: tuple[LeftOut, ...]) -> tuple[str, ...]:
    """Which columns are not looked at as segments, and why."""
    names: dict[str, list[str]] = {}
    for one in left_out:
        names.setdefault(one.why, []).append(one.name)
    return tuple(left_out_note(why, listed) for why, listed in names.items())


def left_out_note(why: str, listed: list[str]) -> str:
    """Why these columns are not looked at."""
    names = ", ".join(listed[:8]) + (", …" if len(listed) > 8 else "")
    told = {
        "own": N_("Not looked at as segments, as the metric is made of them: {names}."),
        "many": N_("Not looked at, as more columns than fit are there: {names}."),
        "sum": N_("Not looked at, as their parts do not add up to the whole: {names}."),
        "time": N_("Not looked at, as they have other values in each period: {names}."),
    }
    return _(told[why], names=names)


def search_notes(search: Search | None) -> tuple[str, ...]:
    """How the search for a segment was made."""
    if search is None or not search.tried:
        return ()
    units = {
        ("day",): _("days"),
        ("id",): _("groups of ids"),
        ("row",): _("groups of rows"),
        ("day", "id"): _("days, and groups of ids"),
    }[search.units]
    return (
        _("{n} parts of the rows were looked at, by {columns} columns and pairs of them, and "
          "tested together: where nothing is to be found, one in twenty tables would show a "
          "segment. {units} were drawn again for the intervals.",
          n=number(search.tried), columns=search.columns, units=sentence(units)),
    )  # fmt: skip


def notes(metric: Metric, trend: Trend | None) -> tuple[str, ...]:
    """What a careful reader should know of how it was measured."""
    said = []
    if metric.assumed:
        said.append(_("The record names no metric yet: this is the {metric}.", metric=metric.name))
    if trend is not None and any(not period.complete for period in trend.series):
        said.append(_("Incomplete periods are hatched and left out of the comparison."))
    if trend is not None and trend.first is not None and not trend.additive:
        said.append(
            _("The metric is no sum of days or of ids: changes have no interval, and parts do "
              "not add up.")
        )  # fmt: skip
    return tuple(said)
