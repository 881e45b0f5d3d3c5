"""Pictures of errors: confusion, residuals, and the feature values on which it errs most."""

from __future__ import annotations

import numpy as np

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars, reference, tiles
from casebook.formats import interval, number
from casebook.language import _
from casebook.phases.error_analysis import Confusion, Findings, Residuals, slice_text
from casebook.stats.estimate import Estimate
from casebook.theme import colour

SHOWN = 8


def outcome_figure(findings: Findings) -> CaseFigure:
    """The confusion of classes, or the distribution of residuals."""
    if findings.confusion is not None:
        return _confusion_figure(findings.confusion)
    assert findings.residuals is not None
    return _residual_figure(findings.residuals)


def slices_figure(findings: Findings) -> CaseFigure:
    """How much worse it is on each slice than on the rest, with intervals; confirmed in colour."""
    shown = findings.slices[:SHOWN]
    title = _("How much worse than elsewhere, on rows that did not find it")
    figure = new_figure(*bar_size(len(shown)), title=title, alt=" ".join(findings.headline[1:]))
    axes = figure.subplots()
    classes = findings.confusion is not None
    bars(
        axes,
        [slice_text(item) for item in shown],
        [item.excess for item in shown],
        highlight=[i for i, item in enumerate(shown) if item.confirmed] or [len(shown)],
        say=_points if classes else interval,
    )
    reference(axes, 0.0, vertical=True)
    return figure


def _points(estimate: Estimate) -> str:
    return interval(estimate, scale=100, suffix="%")


def _confusion_figure(confusion: Confusion) -> CaseFigure:
    size = len(confusion.classes)
    said = _("Rows: what it was; columns: what was said.")
    figure = new_figure(
        min(7.5, 2.6 + 1.1 * size), 1.2 + 0.55 * size, title=_("Truth and prediction, in rows"),
        alt=said,
    )  # fmt: skip
    counted = np.array(confusion.counts, dtype=float)
    axes = figure.subplots()
    tiles(axes, counted, confusion.classes, confusion.classes, say=number)
    axes.set_ylabel(_("truth"))
    axes.set_xlabel(_("prediction"))
    axes.xaxis.set_label_position("top")
    return figure


def _residual_figure(residuals: Residuals) -> CaseFigure:
    low, median, high = (dict(residuals.quantiles)[share] for share in (0.05, 0.5, 0.95))
    said = _("Half of the errors are below {median}; nine in ten between {low} and {high}.",
             median=number(median), low=number(low), high=number(high))  # fmt: skip
    figure = new_figure(title=_("Truth minus prediction"), alt=said)
    axes = figure.subplots()
    axes.stairs(residuals.counts, residuals.edges, fill=True, color=colour("blue"), alpha=0.85)
    reference(axes, 0.0, vertical=True)
    number_axis(axes.xaxis)
    number_axis(axes.yaxis, unit=_("rows"))
    return figure


def card_figure(findings: Findings) -> CaseFigure | None:
    """The picture for the front page."""
    if findings.candidate is None:
        return None
    return slices_figure(findings) if findings.slices else outcome_figure(findings)
