"""The symptom phase as a page."""

from __future__ import annotations

from casebook.formats import percent
from casebook.language import _
from casebook.pages.base import Html, bullets, details, headline, join, table
from casebook.phases.symptom import Findings
from casebook.phases.symptom_words import period_text


def page(findings: Findings) -> Html:
    """Headline and the notes on how it was measured."""
    return join(headline(findings.headline), bullets(findings.notes))


def numbers(findings: Findings) -> Html:
    """The series and the contributions, folded."""
    return join(_series(findings), _contributions(findings))


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


def _contributions(findings: Findings) -> Html:
    if not findings.contributions:
        return Html("")
    rows = [
        [part.labels[0], part.before, part.after, part.change, part.volume + part.mix, part.rate,
         part.share, percent(part.base, 0)]
        for part in findings.contributions
    ]  # fmt: skip
    names = [
        findings.segment,
        _("before"),
        _("after"),
        _("change"),
        _("of it by the number of rows"),
        _("of it by the value a row"),
        _("share of the change"),
        _("share to be expected"),
    ]
    return details(_("The numbers by segment"), table(names, rows))
