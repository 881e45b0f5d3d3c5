"""The symptom phase as a page."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.formats import percent
from casebook.language import _, plural
from casebook.pages.base import Html, bullets, details, headline, join, section, table
from casebook.phases.symptom import Findings
from casebook.phases.symptom_factors import FactorPart
from casebook.phases.symptom_profile import ColumnView
from casebook.phases.symptom_real_words import sentences
from casebook.phases.symptom_trials import Part
from casebook.phases.symptom_words import (
    carrier_sentence,
    factor_name,
    newcomers_sentence,
    part_text,
    period_text,
)

MOST_COLUMNS = 40


def page(findings: Findings) -> Html:
    """Headline, what the series says of itself, who else carries the change, and the notes."""
    trend = findings.trend
    real = sentences(findings.metric, trend, findings.reality) if trend else ()
    return join(
        headline(findings.headline),
        section(_("Is it real?"), bullets(real)) if real else "",
        _others(findings),
        details(_("How it was measured"), bullets(findings.notes)) if findings.notes else "",
    )


def _others(findings: Findings) -> Html:
    """Carriers beside the first, and under which other names it is known."""
    search, moved = findings.search, findings.change
    said = []
    if search is not None and moved is not None and search.carriers:
        first, *others = search.carriers
        if first.also:
            said.append(_("Nearly the same rows are: {names}.", names="; ".join(first.also)))
        rises = moved.after > moved.before
        said += [carrier_sentence(part, rises=rises) for part in others]
    said += _coming(findings)
    return section(_("Who carries it?"), bullets(said)) if said else Html("")


def _coming(findings: Findings) -> list[str]:
    """Who is new and who is known, in the two compared periods."""
    trend = findings.trend
    if trend is None or trend.first is None or trend.last is None:
        return []
    found = {one.start: (one.new, one.known) for one in findings.newcomers}
    if trend.first not in found or trend.last not in found:
        return []
    names = period_text(trend.first, trend.period), period_text(trend.last, trend.period)
    return [newcomers_sentence(findings.key or "", found[trend.first], found[trend.last], names)]


def profile(findings: Findings) -> Html:
    """Every column in a few words: those that say who carries the change, and folded the others."""
    telling = [view for view in findings.profile if view.clear]
    others = [view for view in findings.profile if not view.clear]
    shown = others[:MOST_COLUMNS]
    more = len(others) - len(shown)
    note = _("{n} more columns have nothing to say.", n=more) if more > 0 else ""
    summary = plural("{n} column that does not tell", "{n} columns that do not tell", len(shown))
    return section(
        _("Every column, by its bearing on the symptom"),
        _columns(telling) if telling else "",
        details(summary, join(_columns(shown), note)) if shown else "",
    )


def _columns(views: Sequence[ColumnView]) -> Html:
    names = [
        _("column"),
        _("what it says of the change"),
        _("commonest values, before → after"),
        _("kind"),
        _("missing"),
        _("different values"),
    ]
    return table(names, [_column(view) for view in views])


def _column(view: ColumnView) -> list[object]:
    common = "; ".join(
        f"{one.label}: {percent(one.before, 0)} → {percent(one.after, 0)}" for one in view.frequent
    )
    missing = "" if view.missing is None else percent(view.missing)
    return [view.name, view.says, common, view.kind, missing, view.distinct]


def numbers(findings: Findings) -> Html:
    """The series, the factors, the contributions and the ids by period, folded."""
    return join(
        _series(findings), _factors(findings), _contributions(findings), _newcomers(findings)
    )


def _series(findings: Findings) -> Html:
    trend = findings.trend
    if trend is None:
        rows = [[part.label, part.values[0]] for part in findings.segments]
        shown = table([findings.segment, findings.metric.name], rows)
        return details(_("The numbers"), shown)
    rows = [
        [period_text(period.start, trend.period), period.value,
         "" if period.complete else _("incomplete")]
        for period in trend.series
    ]  # fmt: skip
    names = [_("period"), f"{findings.metric.name} {findings.metric.unit}".strip(), _("note")]
    return details(_("The numbers by period"), table(names, rows))


def _factors(findings: Findings) -> Html:
    if findings.factors is None:
        return Html("")
    names = [_("factor"), _("before"), _("after"), _("change"), _("share of the change")]
    shown = table(names, [_factor(part) for part in findings.factors.parts])
    return details(_("The numbers by factor"), shown)


def _factor(part: FactorPart) -> list[object]:
    return [factor_name(part), part.before, part.after, part.change, part.share]


def _contributions(findings: Findings) -> Html:
    if not findings.contributions:
        return Html("")
    names = [
        _("part"),
        _("before"),
        _("after"),
        _("change"),
        _("of it by its number of rows"),
        _("of it by the value a row"),
        _("share of the change"),
        _("share to be expected"),
    ]
    carriers = findings.search.carriers if findings.search else ()
    others = [part for part in carriers if part not in findings.contributions]
    rows = [_part(part) for part in (*findings.contributions, *others)]
    return details(_("The numbers by segment"), table(names, rows))


def _part(part: Part) -> list[object]:
    rows = part.volume + part.mix
    expected = percent(part.base, 0)
    return [
        part_text(part), part.before, part.after, part.change, rows, part.rate, part.share, expected
    ]  # fmt: skip


def _newcomers(findings: Findings) -> Html:
    trend = findings.trend
    if not findings.newcomers or trend is None:
        return Html("")
    whole = {period.start: period.complete for period in trend.series}
    rows = [
        [period_text(one.start, trend.period), one.new, one.known,
         "" if whole.get(one.start) else _("incomplete")]
        for one in findings.newcomers
    ]  # fmt: skip
    names = [findings.key, _("new"), _("known"), _("note")]
    return details(_("New and known, by period"), table(names, rows))
