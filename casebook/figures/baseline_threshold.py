"""The cost of every threshold: its least, what people can act on, where a person decides."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import band, line, short, text_colour
from casebook.formats import number, sentence
from casebook.language import _
from casebook.phases.baseline_threshold_data import Curve, Decision, HandOver
from casebook.phases.baseline_threshold_words import chance
from casebook.theme import colour

SMALL = 0.05
"""Where the threshold is below, the axis is logarithmic."""
ROOM = 0.6
"""White over the cheaper of always answering the same, in parts of what the best one saves."""


def threshold_figure(decision: Decision) -> CaseFigure | None:
    """The cost of 1,000 rows at each threshold, or what is found and right without costs.

    None where no threshold can be judged.
    """
    curve = decision.curve
    if curve is None:
        return None
    costs = bool(curve.cost)
    title = _title(decision) if costs else _("What is found, and what is right, at each threshold")
    figure = new_figure(height=3.7, title=title, alt=" ".join(decision.headline[:2]))
    axes = figure.subplots()
    if costs:
        _cost(axes, decision, curve)
    else:
        _trade(axes, curve)
    _scale(axes, decision, curve)
    if decision.choice is not None:
        _range(axes, decision.choice.low, decision.choice.high)
    _marks(axes, decision)
    return figure


def _title(decision: Decision) -> str:
    return sentence(_("Cost of 1,000 rows by threshold, {name}", name=decision.candidate))


def _cost(axes: Axes, decision: Decision, curve: Curve) -> None:
    at = np.minimum(curve.threshold, 1.0)
    band(axes, at, curve.low, curve.high)
    line(axes, at, curve.cost)
    choice = decision.choice
    assert choice is not None
    axes.scatter(
        [min(choice.chosen, 1.0)], [curve.cost[curve.place(choice.chosen)]], s=46,
        color=colour("blue"), edgecolor=colour("paper"), linewidth=1.5, zorder=6,
    )  # fmt: skip
    least, same = min(curve.cost), min(curve.cost[0], curve.cost[-1])
    spread = max(same - least, max(curve.high) - min(curve.cost) if same == least else 0.0)
    top = min(max(curve.high), same + ROOM * spread)
    foot = min(curve.low)
    axes.set_ylim(foot - 0.12 * (top - foot), top)
    number_axis(axes.yaxis, unit=decision.unit or _("cost"), ticks=5)


def _range(axes: Axes, low: float, high: float) -> None:
    """The thresholds that are not clearly worse, as a bar at the foot."""
    foot = axes.get_ylim()[0]
    ends = [max(low, axes.get_xlim()[0]), min(high, 1.0)]
    axes.plot(ends, [foot, foot], color=colour("blue"), linewidth=7, solid_capstyle="butt",
              clip_on=False, zorder=5)  # fmt: skip
    log = axes.get_xscale() == "log"
    middle = float(np.sqrt(ends[0] * ends[1])) if log else float(np.mean(ends))
    axes.annotate(
        _("not clearly worse"), (middle, foot), xytext=(0, 6), textcoords="offset points",
        ha="center", va="bottom", fontsize=9, color=text_colour("blue"), zorder=7,
        bbox=_backed(),
    )  # fmt: skip


def _backed() -> dict[str, Any]:
    """Paper behind a text that stands on lines."""
    return {"facecolor": colour("paper"), "edgecolor": "none", "pad": 1.5, "alpha": 0.8}


def _trade(axes: Axes, curve: Curve) -> None:
    at = np.minimum(curve.threshold, 1.0)
    right, wrong = np.array(curve.right_yes), np.array(curve.wrong_yes)
    said = right + wrong
    kept = said > 0
    line(axes, at, right / curve.positives)
    line(axes, at[kept], right[kept] / said[kept], name="vermillion")
    place = int(np.argmin(np.abs(at - 0.5)))
    for values, label, name in (
        (right / curve.positives, _("found, of all that are"), "blue"),
        (right / np.maximum(said, 1), _("right, of all that are named"), "vermillion"),
    ):
        axes.annotate(
            label, (at[place], float(values[place])), xytext=(6, 6), fontsize=9.5,
            textcoords="offset points", color=text_colour(name),
        )  # fmt: skip
    axes.set_ylim(0, 1.02)
    number_axis(axes.yaxis, share=True, ticks=5)


def _scale(axes: Axes, decision: Decision, curve: Curve) -> None:
    choice = decision.choice
    small = choice is not None and 0 < choice.chosen < SMALL
    if small and choice is not None:
        axes.set_xscale("log")
        positive = [one for one in curve.threshold if one > 0]
        least = min(choice.chosen, max(choice.low, positive[0])) / 5
        axes.set_xlim(max(positive[0], least), 1.0)
    else:
        axes.set_xlim(0, 1)
    number_axis(axes.xaxis, ticks=6)
    if small:
        axes.xaxis.set_major_formatter(lambda value, _place: number(value))
    axes.set_xlabel(_("threshold: the probability from which the answer is “{yes}”",
                      yes=short(decision.yes, 30)))  # fmt: skip


def _marks(axes: Axes, decision: Decision) -> None:
    """Vertical lines with their names over the picture, the left one to the left."""
    found: list[tuple[float, str, str]] = []
    choice, capacity = decision.choice, decision.capacity
    if choice is not None:
        at = min(choice.chosen, 1.0)
        found.append((at, _("best: {chance}", chance=chance(at)), "blue"))
    if capacity is not None:
        at = min(capacity.limit, 1.0)
        found.append((at, _("capacity: {chance}", chance=chance(at)), "vermillion"))
    found.sort()
    for place, (at, label, name) in enumerate(found):
        axes.axvline(at, color=colour(name), linewidth=1.2, linestyle=(0, (3, 3)), zorder=2.5)
        side = "center" if len(found) == 1 else "left" if place else "right"
        axes.annotate(
            label, (at, 1), xycoords=("data", "axes fraction"), xytext=(_aside(side), 3),
            textcoords="offset points", ha=side, va="bottom", fontsize=9.5,
            color=text_colour(name),
        )  # fmt: skip
    if decision.band is not None:
        _handed(axes, decision.band)


def _aside(side: str) -> int:
    return {"left": -2, "right": 2}.get(side, 0)


def _handed(axes: Axes, found: HandOver) -> None:
    low, high = axes.get_xlim()
    start, end = max(found.low, low), min(found.high, high)
    axes.axvspan(start, end, color=colour("orange"), alpha=0.16, linewidth=0, zorder=0.5)
    label = _("a person decides") if found.by == "cost" else _("the data cannot tell")
    axes.annotate(
        label, (start, 1), xycoords=("data", "axes fraction"), xytext=(4, -4), va="top",
        textcoords="offset points", ha="left", fontsize=9, color=text_colour("orange"),
        bbox=_backed(),
    )  # fmt: skip
