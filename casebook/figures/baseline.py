"""Pictures of the comparison: each candidate's score with its interval."""

from __future__ import annotations

from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars
from casebook.formats import number
from casebook.language import _
from casebook.phases.baseline import Findings, Scored


def scores_figure(findings: Findings) -> CaseFigure:
    """The deciding metric of every candidate that did not fail; the choice in colour."""
    standing = _standing(findings)
    title = _(
        "{metric} of each candidate on the same {n} rows",
        metric=findings.metrics[0].title,
        n=number(findings.rows_tested),
    )
    figure = new_figure(*bar_size(len(standing)), title=title, alt=" ".join(findings.headline))
    bars(
        figure.subplots(),
        [candidate.title for candidate in standing],
        [candidate.main for candidate in standing],
        highlight=[i for i, c in enumerate(standing) if c.name == findings.chosen],
        kind="dot",
    )
    return figure


def behind_figure(findings: Findings) -> CaseFigure:
    """How far each candidate is behind the best, over folds, with the corrected interval."""
    others = [c for c in _standing(findings) if c.behind is not None]
    title = _("How far behind the best, with the corrected interval")
    figure = new_figure(*bar_size(len(others)), title=title, alt=" ".join(findings.headline))
    bars(
        figure.subplots(),
        [candidate.title for candidate in others],
        [candidate.behind.difference for candidate in others if candidate.behind],
        highlight=[i for i, c in enumerate(others) if c.name == findings.chosen] or [len(others)],
    )
    return figure


def _standing(findings: Findings) -> list[Scored]:
    return [candidate for candidate in findings.candidates if candidate.failed is None]


def card_figure(findings: Findings) -> CaseFigure | None:
    """The picture for the front page."""
    return scores_figure(findings) if findings.candidates else None
