"""The baseline phase as a page: every candidate in one table."""

from __future__ import annotations

from casebook.formats import number
from casebook.language import _
from casebook.pages.base import Html, bullets, headline, join, notice, prose, section, table
from casebook.phases.baseline import Findings, MetricName, Scored


def page(findings: Findings) -> Html:
    """Headline, how the rows were split, and what failed."""
    failed = [candidate for candidate in findings.candidates if candidate.failed]
    return join(
        headline(findings.headline),
        prose(" ".join(filter(None, [findings.split, findings.sample]))),
        *(notice("failed", f"{candidate.title}: {candidate.failed}") for candidate in failed),
        *(notice("warning", note) for note in findings.notes),
    )


def comparison(findings: Findings) -> Html:
    """Metrics with intervals, the distance to the best, and the time to fit."""
    if findings.target is None:
        return notice("unanswered", _("What is to be predicted?"))
    names = [
        _("candidate"),
        *(_direction(metric) for metric in findings.metrics),
        _("behind the best"),
        _("p"),
        _("seconds to fit"),
    ]
    standing = [candidate for candidate in findings.candidates if not candidate.failed]
    strong = [i for i, candidate in enumerate(standing) if candidate.name == findings.chosen]
    caption = _("All candidates on the same {n} rows; the choice in bold",
                n=number(findings.rows_tested))  # fmt: skip
    rows = [_row(candidate) for candidate in standing]
    return table(names, rows, caption=caption, strong=strong, numeric=range(1, len(names)))


def _direction(metric: MetricName) -> str:
    """The name of a metric, with what is good where it is not more."""
    if metric.greater_is_better:
        return metric.title
    return _("{metric} (less is better)", metric=metric.title)


def _row(candidate: Scored) -> list[object]:
    behind = candidate.behind
    return [
        candidate.title,
        *candidate.scores,
        _("best") if behind is None else behind.difference,
        None if behind is None else _p(behind.p_value),
        candidate.fit_seconds,
    ]


def _p(value: float) -> str:
    return _("< 0.001") if value < 0.001 else number(value, 3)


def rule(findings: Findings) -> Html:
    """The rule in words, and where it comes from; nothing where there is no comparison."""
    if findings.target is None:
        return Html("")
    if findings.rules_proposed:
        title = _("The rule (proposed from the data: the record has none)")
    else:
        title = _("The rule (from the record)")
    return section(title, bullets(findings.rules), level=2)
