"""Pictures of errors: confusion, residuals, and the feature values on which it errs most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars, reference, tiles
from casebook.formats import number, percent
from casebook.language import _
from casebook.phases.error_analysis import (
    Confusion,
    Findings,
    Residuals,
    excess_text,
    slice_text,
)
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
    title = _("How much worse than on other rows, checked on rows kept aside")
    figure = new_figure(*bar_size(len(shown)), title=title, alt=" ".join(findings.headline[1:]))
    axes = figure.subplots()
    classes = findings.confusion is not None
    bars(
        axes,
        [slice_text(item) for item in shown],
        [item.excess for item in shown],
        highlight=[i for i, item in enumerate(shown) if item.confirmed] or [len(shown)],
        say=lambda excess: excess_text(excess, classes=classes),
    )
    reference(axes, 0.0, vertical=True)
    return figure


def _confusion_figure(confusion: Confusion) -> CaseFigure:
    size = len(confusion.classes)
    counted = np.array(confusion.counts, dtype=float)
    sums = counted.sum(axis=1, keepdims=True)
    shares = np.divide(counted, sums, out=np.zeros_like(counted), where=sums > 0)
    figure = new_figure(
        min(7.5, 2.9 + 1.2 * size), 1.3 + 0.62 * size, alt=_confusion_alt(shares, confusion),
        title=_("What was true, and what was predicted: rows, and their share of the line"),
    )  # fmt: skip
    axes = figure.subplots()
    tiles(axes, shares, confusion.classes, confusion.classes, say=_said(counted, shares))
    axes.set_ylabel(_("truth"))
    axes.set_xlabel(_("prediction"))
    axes.xaxis.set_label_position("top")
    return figure


def _confusion_alt(shares: np.ndarray[Any, Any], confusion: Confusion) -> str:
    return " ".join(
        _("Of {name}, {share} were predicted as such.", name=name, share=percent(share, 0))
        for name, share in zip(confusion.classes, shares.diagonal(), strict=True)
    )


def _said(counted: np.ndarray[Any, Any], shares: np.ndarray[Any, Any]) -> Callable[[int, int], str]:
    def text(row: int, column: int) -> str:
        return f"{number(counted[row, column])}\n{percent(shares[row, column], 0)}"

    return text


def _residual_figure(residuals: Residuals) -> CaseFigure:
    low, median, high = (dict(residuals.quantiles)[share] for share in (0.05, 0.5, 0.95))
    said = _("Half of the errors are below {median}; nine in ten between {low} and {high}.",
             median=number(median), low=number(low), high=number(high))  # fmt: skip
    figure = new_figure(title=_("Truth minus prediction"), alt=said)
    axes = figure.subplots()
    axes.stairs(residuals.counts, residuals.edges, fill=True, color=colour("blue"), alpha=0.85)
    reference(axes, 0.0, vertical=True)
    number_axis(axes.xaxis)
    axes.set_xlabel(_("← predicted too high | predicted too low →; the outer bars hold the rest"))
    number_axis(axes.yaxis, unit=_("rows"))
    return figure
