"""The baseline phase as a page: every candidate in one table."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.formats import interval, number
from casebook.language import _
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
from casebook.phases.baseline import Findings
from casebook.phases.baseline_values import Broken, MetricName, Scored


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
    """Metrics with intervals, the distance to the best, and the last test."""
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
    return join(shown, _notes(findings, standing))


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


def costs(findings: Findings) -> Html:
    """What each candidate takes, and which limits it breaks."""
    measured = [one for one in findings.candidates if one.cost and not one.failed]
    if not measured:
        return Html("")
    names = [
        _("candidate"), _("seconds to fit"), _("ms for one row"), _("95 % of calls"),
        _("ms for 1,000 rows"), _("MB on disk"), _("can be followed"), _("breaks"),
    ]  # fmt: skip
    rows = [_cost_row(one) for one in measured]
    caption = _("What each candidate takes, in one thread of this machine")
    strong = [i for i, one in enumerate(measured) if one.name == findings.chosen]
    return table(names, rows, caption=caption, strong=strong, numeric=range(1, 6))


def _cost_row(one: Scored) -> list[object]:
    cost = one.cost
    assert cost is not None
    named = one.title if one.allowed else element("s", one.title)
    return [
        named, one.fit_seconds, cost.one_p50, cost.one_p95, cost.thousand_p50, cost.megabytes,
        one.explainable, "; ".join(map(_breaks, one.broken)),
    ]  # fmt: skip


def _breaks(broken: Broken) -> str:
    if broken.hard:
        return broken.sentence
    return _("{what} (a soft limit)", what=broken.sentence)


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


def rule(findings: Findings) -> Html:
    """The rule in words, and where it comes from; nothing where there is no comparison."""
    if findings.target is None:
        return Html("")
    if findings.rules_proposed:
        title = _("The rule (proposed from the data: the record has none)")
    else:
        title = _("The rule (from the record)")
    return section(title, bullets(findings.rules), level=2)
