"""Pictures of what the prototype's answers may be trusted with."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import whiskers
from casebook.formats import percent
from casebook.language import _
from casebook.phases.prototype import Findings
from casebook.phases.prototype_values import Dot, Mending, Sized
from casebook.theme import colour


def trust_figure(findings: Findings) -> CaseFigure | None:
    """Intervals with the truths that they should hold, or stated and mended probabilities.

    None where nothing was measured, and for more than two classes.
    """
    if findings.dots:
        return _interval_figure(findings)
    return None if findings.mending is None else _mending_figure(findings, findings.mending)


def _interval_figure(findings: Findings) -> CaseFigure:
    alt = " ".join(findings.headline[:2])
    title = _("What was said of rows with a known value, and the interval around it")
    figure = new_figure(7.5, 4.2, title=title, alt=alt)
    axes = figure.subplots()
    ends = [min(dot.said for dot in findings.dots), max(dot.said for dot in findings.dots)]
    _steps(axes, findings.sized, ends)
    axes.plot(ends, ends, color=colour("axis"), linewidth=1.2, linestyle=(0, (3, 3)))
    _dots(axes, findings.dots)
    number_axis(axes.xaxis)
    number_axis(axes.yaxis, unit=_("{target}, as it was", target=findings.target))
    axes.set_xlabel(_("{target}, as it was said", target=findings.target))
    return figure


def _steps(axes: Axes, sized: tuple[Sized, ...], ends: list[float]) -> None:
    """The interval as a band, which is as wide for all predictions of a size."""
    low = ends[0]
    for one in sized:
        high = ends[1] if one.up_to is None else min(max(one.up_to, low), ends[1])
        if one.half is not None and high > low:
            x = np.array([low, high])
            axes.fill_between(x, x - one.half, x + one.half, color=colour("blue"), alpha=0.16,
                              linewidth=0)  # fmt: skip
        low = high


def _dots(axes: Axes, dots: tuple[Dot, ...]) -> None:
    """Truths within their interval as small dots; those outside as crosses, named once."""
    for inside, mark, name in ((True, "o", "blue"), (False, "x", "vermillion")):
        some = [dot for dot in dots if dot.inside is inside]
        axes.scatter([dot.said for dot in some], [dot.truth for dot in some], marker=mark,
                     s=12 if inside else 26, color=colour(name), alpha=0.6 if inside else 1,
                     linewidths=0 if inside else 1.4, zorder=3 if inside else 4)  # fmt: skip
    share = sum(not dot.inside for dot in dots) / len(dots)
    said = _("× outside of its interval ({share} of these)", share=percent(share, 0))
    axes.text(0.02, 0.97, said, transform=axes.transAxes, ha="left", va="top", fontsize=9,
              color=colour("vermillion-text"))  # fmt: skip


def _mending_figure(findings: Findings, mending: Mending) -> CaseFigure:
    title = _("What was stated and what came true, before and after mending")
    if not mending.changed:
        title = _("What was stated, and what came true")
    figure = new_figure(5.2, 4.4, title=title, alt=" ".join(findings.headline[:3]))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=colour("axis"), linewidth=1.2, linestyle=(0, (3, 3)))
    kinds = [(mending.before, "context", "s", _("as stated"))]
    if mending.changed:
        kinds.append((mending.after, "blue", "o", _("mended")))
    else:
        kinds = [(mending.before, "blue", "o", _("as stated"))]
    for found, name, mark, label in kinds:
        said, came = [one.said for one in found.bins], [one.came for one in found.bins]
        whiskers(axes, said, came, name=name)
        axes.scatter(said, [one.value for one in came], s=30, marker=mark, color=colour(name),
                     label=label, zorder=5)  # fmt: skip
    _limits(axes, findings)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.1), fontsize=9, frameon=False)
    number_axis(axes.xaxis, share=True, ticks=5)
    number_axis(axes.yaxis, share=True, ticks=5, unit=_("share that came true"))
    axes.set_xlabel(_("mean probability of '{yes}'", yes=findings.positive))
    return figure


def _limits(axes: Axes, findings: Findings) -> None:
    """The threshold as a line and the band in which a person decides, on the mended scale."""
    mended = findings.trust.mended
    if mended is None:
        return
    if findings.band is not None:
        low, high = map(mended.true, findings.band)
        axes.axvspan(low, high, color=colour("orange"), alpha=0.16, linewidth=0)
        axes.text((low + high) / 2, 0.02, _("a person"), ha="center", va="bottom", fontsize=9,
                  color=colour("orange-text"), transform=axes.get_xaxis_transform())  # fmt: skip
    at = mended.true(0.5 if findings.threshold is None else findings.threshold)
    axes.axvline(at, color=colour("ink"), linewidth=1.2)
    side = -1 if at > 0.6 else 1
    axes.annotate(_("threshold {value}", value=percent(at, 0)), (at, 0.98), xytext=(5 * side, 0),
                  xycoords=("data", "axes fraction"), textcoords="offset points",
                  ha="right" if side < 0 else "left", va="top", fontsize=9,
                  color=colour("muted"))  # fmt: skip
