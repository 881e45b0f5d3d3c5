"""A change as steps from the total before to the total after, one step a part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

from matplotlib.axes import Axes

from casebook.figures.axes import bare
from casebook.figures.marks import name_rows, whiskers
from casebook.stats.estimate import Estimate
from casebook.theme import colour

_HEIGHT = 0.62


def waterfall(
    axes: Axes,
    totals: tuple[float, float],
    ends: tuple[str, str],
    parts: Sequence[tuple[str, Estimate]],
    said: Sequence[str],
    *,
    highlight: Collection[int] = (),
) -> None:
    """Bars for both totals, and between them what each part adds, where it is added.

    totals, ends: the total before and after, and their names. parts: label and change of each;
    they add up to the difference of the totals. said: a text for every row, totals included.
    highlight: indices of parts in the accent. Each step has its interval at its end.
    """
    before, after = totals
    levels = list(accumulate((change.value for _label, change in parts), initial=before))
    last = len(parts) + 1
    axes.barh([0, last], [before, after], height=_HEIGHT, color=colour("context"))
    for row, (_label, change) in enumerate(parts, 1):
        name = "blue" if row - 1 in highlight else "axis"
        axes.barh(row, change.value, left=levels[row - 1], height=_HEIGHT, color=colour(name))
        whiskers(axes, [row], [_moved(change, levels[row - 1])], horizontal=True)
    for row, level in enumerate(levels):
        edges = row - _HEIGHT / 2, row + 1 + _HEIGHT / 2
        axes.vlines(level, *edges, color=colour("axis"), linewidth=1, zorder=1.5)
    bare(axes)
    axes.axvline(0, color=colour("axis"), linewidth=1)
    axes.tick_params(axis="x", labelbottom=False)
    name_rows(axes, [ends[0], *(label for label, _change in parts), ends[1]])
    _texts(axes, said, highlight)


def _moved(change: Estimate, by: float) -> Estimate:
    if change.low is None or change.high is None:
        return change
    return Estimate(change.value + by, change.low + by, change.high + by, change.n, change.level)


def _texts(axes: Axes, said: Sequence[str], highlight: Collection[int]) -> None:
    for row, text in enumerate(said):
        loud = row in (0, len(said) - 1) or row - 1 in highlight
        axes.annotate(
            text, (1, row), xycoords=("axes fraction", "data"), xytext=(8, 0), va="center",
            textcoords="offset points", color=colour("ink" if loud else "muted"), fontsize=10,
        )  # fmt: skip
