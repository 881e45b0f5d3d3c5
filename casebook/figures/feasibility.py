"""Pictures of feasibility: the classes, and a simple model beside chance and a rule."""

from __future__ import annotations

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars, counts
from casebook.formats import sentence
from casebook.language import _
from casebook.phases.feasibility import Findings


def trials_figure(findings: Findings) -> CaseFigure:
    """The metric of dummy, rule and simple model on the same folds."""
    title = _("{metric} on rows not seen", metric=findings.metric)
    width, height = bar_size(len(findings.trials))
    alt = " ".join(findings.headline)
    figure = new_figure(width, height + 0.25, title=sentence(title), alt=alt)
    axes = figure.subplots()
    bars(
        axes,
        [trial.title for trial in findings.trials],
        [trial.score for trial in findings.trials],
        highlight=[len(findings.trials) - 1],
        kind="dot",
    )
    axes.tick_params(axis="x", labelbottom=True)
    number_axis(axes.xaxis)
    return figure


def classes_figure(findings: Findings) -> CaseFigure:
    """Rows of each class of the target; at most the 12 largest."""
    shown = findings.classes[:12]
    said = ", ".join(f"{name}: {n}" for name, n in shown)
    figure = new_figure(*bar_size(len(shown)), title=_("Rows of each class"), alt=said)
    counts(figure.subplots(), [name for name, _n in shown], [n for _name, n in shown])
    return figure
