"""The marks of the visual language: colour for the point, grey for context, intervals drawn.

Colours are names of tokens (`"blue"`, `"context"`); data may hold anything as a label.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from casebook.figures.axes import bare
from casebook.formats import interval, number
from casebook.language import _
from casebook.stats.estimate import Estimate
from casebook.theme import SERIES, colour, series

Values = Sequence[Any] | np.ndarray[Any, Any]

_AT_END = "casebook-end"
_LABEL_GAP = 12.5  # points between the middles of two labels at line ends


def short(text: object, length: int = 36) -> str:
    r"""A label in one line of at most `length` characters.

    >>> short("a\nvery long name of a thing", 12)
    'a very long…'
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def bar_size(bars: int, width: float = 7.5) -> tuple[float, float]:
    """Inches of a figure with so many horizontal bars: each has the same height."""
    return width, 0.75 + 0.34 * max(bars, 1)


def text_colour(name: str) -> str:
    """The value in which a colour can be read as text."""
    return colour(f"{name}-text" if name in SERIES else "muted" if name == "context" else name)


def line(
    axes: Axes, x: Values, y: Values, *, name: str = "blue", label: str = "", dashed: bool = False
) -> None:
    """A line with its label at its end, in the colour token `name`."""
    axes.plot(x, y, color=colour(name), linestyle=(0, (4, 3)) if dashed else "-", linewidth=2)
    if label:
        _end_labels(axes, [(x[-1], float(y[-1]), label, name)])


def lines(
    axes: Axes, x: Values, ys: Mapping[str, Values], *, highlight: Collection[str] | None = None
) -> None:
    """Several lines, each labelled at its end; labels keep clear of each other.

    highlight: the labels that carry the point; the other lines turn grey. None colours all.
    """
    ends, chosen = [], 0
    for label, y in ys.items():
        loud = highlight is None or label in highlight
        name, chosen = (series(chosen), chosen + 1) if loud else ("context", chosen)
        axes.plot(x, y, color=colour(name), linewidth=2 if loud else 1.4, zorder=3 if loud else 2)
        ends.append((x[-1], float(y[-1]), label, name))
    _end_labels(axes, ends)


def _end_labels(axes: Axes, ends: Sequence[tuple[Any, float, str, str]]) -> None:
    for x, y, label, name in ends:
        if np.isfinite(y):
            _margin_label(axes, (x, y), "data", label, text_colour(name))
    _keep_clear(axes)


def _margin_label(axes: Axes, place: Any, coordinates: Any, label: str, shown: str) -> None:
    """A label to the right of a place; all such labels of the axes keep clear of each other."""
    axes.annotate(
        short(label), place, xycoords=coordinates, xytext=(7, 0), textcoords="offset points",
        va="center", color=shown, fontsize=9.5, annotation_clip=False, gid=_AT_END,
    )  # fmt: skip
    _keep_clear(axes)


def _keep_clear(axes: Axes) -> None:
    low, high = axes.get_ylim()
    figure = axes.get_figure(root=True)
    height = figure.get_figheight() if figure else 3.0
    # The axes' height is only known when all is drawn; this is near enough.
    points = height * 72 * axes.get_position().height / ((high - low) or 1)
    labels = [text for text in axes.texts if text.get_gid() == _AT_END]
    wanted = [(float(text.xy[1]) - low) * points for text in labels]  # type: ignore[attr-defined]
    for text, at, place in zip(labels, wanted, _spread(wanted), strict=True):
        text.xyann = (7, place - at)  # type: ignore[attr-defined]


def _spread(wanted: Sequence[float], gap: float = _LABEL_GAP) -> list[float]:
    """The places nearest to those wanted that keep `gap` between neighbours, in the same order."""
    order = np.argsort(wanted, kind="stable")
    # Pool neighbours that overlap: each pool is centred on the mean of what its members want.
    pools: list[list[int]] = []
    for index in order:
        pools.append([int(index)])
        while len(pools) > 1 and _top(pools[-2], wanted, gap) + gap > _foot(pools[-1], wanted, gap):
            pools[-2:] = [pools[-2] + pools[-1]]
    places = [0.0] * len(wanted)
    for pool in pools:
        for step, index in enumerate(pool):
            places[index] = _foot(pool, wanted, gap) + step * gap
    return places


def _foot(pool: Sequence[int], wanted: Sequence[float], gap: float) -> float:
    return float(np.mean([wanted[i] for i in pool])) - gap * (len(pool) - 1) / 2


def _top(pool: Sequence[int], wanted: Sequence[float], gap: float) -> float:
    return _foot(pool, wanted, gap) + gap * (len(pool) - 1)


def band(axes: Axes, x: Values, low: Values, high: Values, *, name: str = "blue") -> None:
    """The interval around a line, as a light band in its colour."""
    axes.fill_between(x, low, high, color=colour(name), alpha=0.16, linewidth=0)


def whiskers(
    axes: Axes,
    at: Values,
    estimates: Sequence[Estimate],
    *,
    name: str = "ink",
    horizontal: bool = False,
) -> None:
    """The interval of each estimate as a thin line; nothing where there is none."""
    for place, estimate in zip(at, estimates, strict=True):
        if estimate.low is None or estimate.high is None:
            continue
        draw = axes.hlines if horizontal else axes.vlines
        # A rim of paper keeps the line apart from a bar of nearly the same depth.
        rim = [withStroke(linewidth=3.5, foreground=colour("paper"))]
        shown: Any = {"color": colour(name), "linewidth": 1.5, "zorder": 4, "path_effects": rim}
        draw(place, estimate.low, estimate.high, **shown)


def incomplete(
    axes: Axes, start: Any, end: Any, *, label: str | None = None, after: bool = False
) -> None:
    """Hatch a period whose data are not all there yet, from `start` to `end` on the x axis.

    after: write the label to the right of it, where the unit of the axis stands over it.
    """
    axes.axvspan(
        start, end, facecolor="none", edgecolor=colour("context"), hatch="////", linewidth=0
    )
    axes.annotate(
        _("incomplete") if label is None else label, (end, 1), xycoords=("data", "axes fraction"),
        xytext=(0, 4), textcoords="offset points", ha="left" if after else "right", va="bottom",
        fontsize=9, color=colour("muted"),
    )  # fmt: skip


def reference(axes: Axes, value: Any, label: str = "", *, vertical: bool = False) -> None:
    """A dashed grey line to compare with, and what it is: at its right end, or above it."""
    draw = axes.axvline if vertical else axes.axhline
    draw(value, color=colour("axis"), linewidth=1.2, linestyle=(0, (3, 3)), zorder=1.5)
    if not label:
        return
    if not vertical:
        _margin_label(axes, (1, value), ("axes fraction", "data"), label, colour("muted"))
        return
    axes.annotate(
        short(label), (value, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
        textcoords="offset points", ha="center", va="bottom", fontsize=9.5, color=colour("muted"),
    )  # fmt: skip


def bars(
    axes: Axes,
    labels: Sequence[object],
    estimates: Sequence[Estimate],
    *,
    highlight: Collection[int] = (),
    kind: Literal["bar", "dot"] = "bar",
    say: Callable[[Estimate], str] = interval,
) -> None:
    """Horizontal bars (or dots) with intervals, the first on top, each value written beside it.

    highlight: indices that carry the point; the rest are grey, or all in the accent if empty.
    kind: bars for quantities that start at zero, dots for scores. say: how a value is written.
    """
    names = ["blue" if not highlight or i in highlight else "context" for i in range(len(labels))]
    rows = list(range(len(labels)))
    values = [estimate.value for estimate in estimates]
    if kind == "bar":
        axes.barh(rows, values, height=0.62, color=[colour(name) for name in names])
        axes.axvline(0, color=colour("axis"), linewidth=1)
    else:
        axes.scatter(values, rows, s=34, color=[colour(name) for name in names], zorder=5)
        axes.margins(x=0.08)
    for row, estimate, name in zip(rows, estimates, names, strict=True):
        over = "ink" if kind == "bar" else name
        whiskers(axes, [row], [estimate], name=over, horizontal=True)
    _bar_texts(axes, labels, [say(estimate) for estimate in estimates], highlight)


def counts(
    axes: Axes,
    labels: Sequence[object],
    values: Sequence[float],
    *,
    highlight: Collection[int] = (),
) -> None:
    """Horizontal bars of plain counts, without intervals."""
    known = [Estimate(value, None, None, n=1) for value in values]
    digits = _shared_digits(values)
    bars(axes, labels, known, highlight=highlight, say=lambda one: number(one.value, digits))


def _shared_digits(values: Sequence[float]) -> int:
    """Decimals that give the largest value three digits; none for whole numbers."""
    top = max((abs(value) for value in values if np.isfinite(value)), default=0.0)
    if not top or all(float(value).is_integer() for value in values if np.isfinite(value)):
        return 0
    return max(0, 2 - int(np.floor(np.log10(top))))


def name_rows(axes: Axes, labels: Sequence[object]) -> None:
    """Labels of rows, the first on top."""
    axes.set_yticks(range(len(labels)), [short(label) for label in labels])
    axes.tick_params(axis="y", labelcolor=colour("ink"), labelsize=10)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _bar_texts(
    axes: Axes, labels: Sequence[object], said: Sequence[str], highlight: Collection[int]
) -> None:
    rows = list(range(len(labels)))
    bare(axes)
    name_rows(axes, labels)
    axes.tick_params(axis="x", labelbottom=False)
    for row, text in zip(rows, said, strict=True):
        loud = not highlight or row in highlight
        axes.annotate(
            text, (1, row), xycoords=("axes fraction", "data"), xytext=(8, 0), va="center",
            textcoords="offset points", color=colour("ink" if loud else "muted"), fontsize=10,
        )  # fmt: skip


def tiles(
    axes: Axes,
    values: np.ndarray[Any, Any],
    rows: Sequence[object],
    columns: Sequence[object],
    *,
    say: Callable[[int, int], str] | None = None,
    name: str = "blue",
) -> None:
    """A small table as tiles, darker for more; for a confusion matrix. values: (rows, columns).

    say: the text of the tile at a row and a column; None writes its value.
    """
    top = float(np.nanmax(values)) or 1.0
    for (row, column), value in np.ndenumerate(values):
        # Never so deep that ink on it could not be read, in light and in dark.
        depth = 0.0 if not np.isfinite(value) else 0.4 * max(float(value), 0.0) / top
        face = to_rgba(colour(name), 0.06 + depth)
        axes.add_patch(_tile(row, column, face))
        text = number(float(value)) if say is None else say(row, column)
        axes.text(column, row, text, ha="center", va="center", color=colour("ink"), linespacing=1.3)
    bare(axes)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), [short(column, 18) for column in columns])
    axes.set_yticks(range(len(rows)), [short(row, 24) for row in rows])
    axes.xaxis.tick_top()


def _tile(row: int, column: int, face: tuple[float, float, float, float]) -> Rectangle:
    return Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, facecolor=face, edgecolor="none")
