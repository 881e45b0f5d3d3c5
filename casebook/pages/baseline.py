"""The baseline phase as a page: every candidate in one table."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.figures.baseline_recommend import recall_figure
from casebook.figures.baseline_rules import rules_figure
from casebook.figures.baseline_tradeoff import curve_figure, tradeoff_figure
from casebook.formats import interval, number
from casebook.language import _
from casebook.pages import baseline_recommend as offers
from casebook.pages import baseline_rules as rule_pages
from casebook.pages.base import (
    Html,
    bullets,
    details,
    element,
    headline,
    join,
    notice,
    prose,
    section,
    table,
)
from casebook.pages.baseline_threshold import calibration
from casebook.phases.baseline import Findings
from casebook.phases.baseline_values import MetricName, Scored


def page(findings: Findings) -> Html:
    """Headline, how the rows were split, what failed and what breaks a limit."""
    failed = [candidate for candidate in findings.candidates if candidate.failed]
    return join(
        headline(findings.headline),
        prose(" ".join(filter(None, [findings.split, findings.sample]))),
        *(notice("failed", f"{candidate.title}: {candidate.failed}") for candidate in failed),
        *(notice("warning", note) for note in findings.notes),
        _left_out(findings),
    )


def _left_out(findings: Findings) -> Html:
    """Candidates that do not apply, folded: what would make them apply is said there."""
    if not findings.left_out:
        return Html("")
    said = bullets(f"{one.title}: {one.reason}" for one in findings.left_out)
    return details(_("Candidates that do not apply here"), said)


def comparison(findings: Findings) -> Html:
    """Metrics with intervals, the distance to the best, the last test, and what it is worth."""
    if findings.target is None:
        return notice("unanswered", _("What is to be predicted?"))
    standing = [candidate for candidate in findings.candidates if not candidate.failed]
    held = any(candidate.held for candidate in standing)
    names = [
        _("candidate"),
        _direction(findings.metrics[0]),
        *([_("in the last test")] if held else []),
        _("behind the best"),
        _("p"),
        *(_direction(metric) for metric in findings.metrics[1:]),
    ]
    strong = [i for i, candidate in enumerate(standing) if candidate.name == findings.chosen]
    caption = _("All candidates on the same {n} rows; the choice in bold",
                n=number(findings.rows_tested))  # fmt: skip
    rows = [_row(candidate, findings, held=held) for candidate in standing]
    shown = table(names, rows, caption=caption, strong=strong, numeric=range(1, len(names)))
    return join(shown, _notes(findings, standing), better(findings))


def _notes(findings: Findings, standing: Sequence[Scored]) -> Html:
    """What the marks in the table mean."""
    said = []
    if findings.one_error is not None:
        said.append(_("† the simplest candidate within one standard error of the best."))
    said += [
        _("{name}: compared on the {n} rows where there is one.", n=number(one.rows),
          name=one.title)
        for one in standing if one.rows < findings.rows_tested
    ]  # fmt: skip
    if findings.rows_held:
        n = number(findings.rows_held)
        said.append(_("The last test is on {n} rows that had no part in the choice.", n=n))
    return prose(*said) if said else Html("")


def _direction(metric: MetricName) -> str:
    """The name of a metric, with what is good where it is not more."""
    if metric.greater_is_better:
        return metric.title
    return _("{metric} (less is better)", metric=metric.title)


def _row(candidate: Scored, findings: Findings, *, held: bool) -> list[object]:
    behind = candidate.behind
    return [
        _named(candidate, findings),
        candidate.main,
        *([candidate.held[0] if candidate.held else None] if held else []),
        _("best") if behind is None else behind.difference,
        None if behind is None else _p(behind.p_value),
        *candidate.scores[1:],
    ]


def _named(candidate: Scored, findings: Findings) -> object:
    title = f"{candidate.title} †" if candidate.name == findings.one_error else candidate.title
    return title if candidate.allowed else element("s", title)


def _p(value: float) -> str:
    return _("< 0.001") if value < 0.001 else number(value, 3)


def better(findings: Findings) -> Html:
    """By how much it is better than what is there, in rows, errors or money."""
    if not findings.betters:
        return Html("")
    held = all(one.held for one in findings.betters)
    where = (
        _("On {n} rows that had no part in any choice.", n=number(findings.rows_held))
        if held
        else _("On the rows of the folds, which also took part in the choice.")
    )
    said = bullets(one.sentence for one in findings.betters)
    return section(_("Is it really better?"), said, prose(where), level=2)


def takes(findings: Findings, latency_limit: float | None = None) -> Html:
    """What each candidate takes against how good it is, and what more rows would buy.

    latency_limit: milliseconds that the record allows, None where it does not say.
    """
    pictures = tradeoff_figure(findings, latency_limit), curve_figure(findings)
    tradeoff, curve = (Html(one.html()) if one else Html("") for one in pictures)
    return join(tradeoff, costs(findings), curve, curves(findings))


def more(findings: Findings) -> Html:
    """How far probabilities come true, and what to offer to whom."""
    return join(trusted(findings), recommended(findings))


def trusted(findings: Findings) -> Html:
    """How far the probabilities come true."""
    found = findings.calibration
    if found is None:
        return Html("")
    return calibration(found)


def recommended(findings: Findings) -> Html:
    """What to offer to whom, where the record names choices; nothing where it does not."""
    found = findings.recommendation
    if found is None:
        return Html("")
    picture = recall_figure(found)
    shown = Html(picture.html()) if picture else Html("")
    parts = offers.page(found), shown, offers.comparison(found), offers.rule(found)
    return section(_("What to offer to whom?"), *parts, level=2)


def rules(findings: Findings) -> Html:
    """What each rule takes and how right it is, as a picture."""
    if findings.rules is None:
        return Html("")
    return join(rule_pages.page(findings.rules), Html(rules_figure(findings.rules).html()))


def costs(findings: Findings) -> Html:
    """What each candidate takes, and which limits it breaks."""
    measured = [one for one in findings.candidates if one.speed and not one.failed]
    if not measured:
        return Html("")
    names = [
        _("candidate"), _("seconds to fit"), _("ms for one row"), _("95 % of calls"),
        _("ms for 1,000 rows"), _("MB on disk"), _("can be followed"),
    ]  # fmt: skip
    rows = [_speed_row(one) for one in measured]
    caption = _("What each candidate takes, in one thread of this machine")
    strong = [i for i, one in enumerate(measured) if one.name == findings.chosen]
    shown = table(names, rows, caption=caption, strong=strong, numeric=range(1, 6))
    return join(shown, bullets(_breaks(one) for one in measured if one.broken))


def _speed_row(one: Scored) -> list[object]:
    speed = one.speed
    assert speed is not None
    named = one.title if one.allowed else element("s", one.title)
    return [
        named, one.fit_seconds, speed.one, speed.one_slow, speed.many, speed.size_mb,
        one.explainable,
    ]  # fmt: skip


def _breaks(one: Scored) -> str:
    """Which limits a candidate does not keep."""
    said = (
        broken.sentence if broken.hard else _("{what} (a soft limit)", what=broken.sentence)
        for broken in one.broken
    )  # fmt: skip
    return _("{name}: {what}", name=one.title, what="; ".join(said))


def curves(findings: Findings) -> Html:
    """What more rows bought, and what shuffled rows would have promised, in words."""
    said = [curve.sentence for curve in findings.curves]
    if findings.promise is not None:
        said.append(findings.promise.sentence)
    rows = [
        [curve.title, *(interval(point.score) for point in curve.points)]
        for curve in findings.curves
    ]
    if not rows:
        return prose(*said) if said else Html("")
    names = [
        _("candidate"),
        *(_("{n} rows", n=number(point.rows)) for point in findings.curves[0].points),
    ]
    return join(prose(*said), details(_("As a table"), table(names, rows)))
