"""What was said against what came true, in bins with as many rows each."""

from __future__ import annotations

from matplotlib.axes import Axes

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import whiskers
from casebook.formats import sentence
from casebook.language import _
from casebook.phases.baseline_calibration import Calibration
from casebook.theme import colour


def calibration_figure(calibration: Calibration) -> CaseFigure:
    """The share that came true in each bin with its interval; on the line, it is as was said."""
    bins = calibration.reliability.bins
    title = sentence(_("What the {name} said, and what came true", name=calibration.candidate))
    figure = new_figure(4.9, 4.3, title=title, alt=" ".join(calibration.headline[:2]))
    axes = figure.subplots()
    top = max(max(one.said, one.came.high or 0.0) for one in bins)
    top = 1.0 if top > 0.5 else min(1.0, 1.08 * top)
    axes.plot([0, top], [0, top], color=colour("axis"), linewidth=1.2, linestyle=(0, (3, 3)))
    said = [one.said for one in bins]
    came = [one.came.value for one in bins]
    axes.plot(said, came, color=colour("blue"), linewidth=1, alpha=0.5)
    whiskers(axes, said, [one.came for one in bins], name="blue")
    axes.scatter(said, came, s=30, color=colour("blue"), zorder=5)
    _sides(axes)
    axes.set_xlim(-0.02 * top, 1.02 * top)
    axes.set_ylim(-0.02 * top, 1.02 * top)
    number_axis(axes.xaxis, share=True, ticks=5)
    number_axis(axes.yaxis, share=True, ticks=5, unit=_("share that came true"))
    axes.set_xlabel(_("mean probability stated"))
    return figure


def _sides(axes: Axes) -> None:
    """What it means to be off the line."""
    texts = ((0.04, 0.95, _("more came true than was said"), "left", "top"),
             (0.97, 0.05, _("less came true than was said"), "right", "bottom"))  # fmt: skip
    for x, y, text, side, edge in texts:
        axes.text(x, y, text, transform=axes.transAxes, ha=side, va=edge, fontsize=9,
                  color=colour("muted"))  # fmt: skip
