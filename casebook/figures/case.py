"""Pictures of the whole case: how many questions are answered, phase by phase."""

from __future__ import annotations

from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, counts
from casebook.language import _
from casebook.phases.case import Findings


def open_questions_figure(findings: Findings) -> CaseFigure:
    """Questions that nobody has answered yet, by phase."""
    titles = [standing.title for standing in findings.phases]
    values = [len(standing.unanswered) for standing in findings.phases]
    said = ", ".join(f"{title}: {n}" for title, n in zip(titles, values, strict=True))
    figure = new_figure(*bar_size(len(titles)), title=_("Questions not answered yet"), alt=said)
    counts(figure.subplots(), titles, values)
    return figure
