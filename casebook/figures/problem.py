"""Pictures of the problem: hypotheses against the data, expected effects, themes of interviews.

The tree has a module of its own, `problem_tree`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.lines import wrapped
from casebook.figures.marks import bar_size, bars, whiskers
from casebook.formats import interval
from casebook.language import _
from casebook.phases.problem import Claim, Findings
from casebook.phases.problem_tree import Box
from casebook.phases.problem_words import VERDICTS, effect
from casebook.stats.estimate import Estimate
from casebook.theme import colour

COLOUR_OF = {"supports": "blue", "does not support": "axis", "cannot tell": "orange"}
"""The colour of each thing that the data can say."""

_LINE = 11.5  # points from line to line
_WIDTH = 40  # characters of a line of a statement


def hypotheses_figure(findings: Findings) -> CaseFigure | None:
    """Each hypothesis as an interval in standard deviations of its outcome, so that they compare.

    The shaded part is the difference that counts as none. None without a hypothesis tested.
    """
    shown = [one for one in findings.hypotheses if _size(one) is not None]
    if not shown:
        return None
    statements = [wrapped(one.statement, _WIDTH, 3) for one in shown]
    height = 1.0 + sum(0.28 + 0.17 * text.count("\n") for text in statements)
    said = " ".join(f"{one.statement} {_word(one)}: {one.sentence}" for one in shown)
    figure = new_figure(7.5, height, title=_("What the data say of each hypothesis"), alt=said)
    axes = figure.subplots()
    rows = _rows(statements)
    for row, one, text in zip(rows, shown, statements, strict=True):
        _shade(axes, row, one, 1.65 + text.count("\n"))
    axes.axvline(0, color=colour("axis"), linewidth=1)
    for row, one in zip(rows, shown, strict=True):
        _interval(axes, row, one)
    _dress(axes, rows, statements)
    return figure


def _word(claim: Claim) -> str:
    return _(VERDICTS[claim.tested.verdict]) if claim.tested else ""


def _size(claim: Claim) -> Estimate | None:
    """The difference in standard deviations of the outcome."""
    found = claim.tested
    if found is None or found.difference is None or not found.spread:
        return None
    deviation, one = found.spread, found.difference
    ends = [None if end is None else end / deviation for end in (one.low, one.high)]
    return Estimate(one.value / deviation, ends[0], ends[1], one.n, one.level)


def _rows(statements: Sequence[str]) -> list[float]:
    """The middle of each row, in lines: a statement takes as many as it has."""
    heights = [1.65 + text.count("\n") for text in statements]
    ends = np.cumsum([0.0, *heights])
    return [float(start + height / 2) for start, height in zip(ends[:-1], heights, strict=True)]


def _shade(axes: Axes, row: float, claim: Claim, height: float) -> None:
    """The differences of a claim that count as none."""
    found = claim.tested
    if found is not None and found.margin is not None:
        part = found.margin / found.spread
        axes.barh(row, 2 * part, left=-part, height=height, color=colour("context"), alpha=0.22,
                  linewidth=0, zorder=0)  # fmt: skip


def _interval(axes: Axes, row: float, claim: Claim) -> None:
    size = _size(claim)
    assert size is not None
    assert claim.tested is not None
    name = COLOUR_OF[claim.tested.verdict]
    face = colour("paper") if name == "orange" else colour(name)
    whiskers(axes, [row], [size], name=name, horizontal=True)
    axes.scatter([size.value], [row], s=38, color=face, edgecolor=colour(name), zorder=5)
    difference = claim.tested.difference
    assert difference is not None
    text = f"{_word(claim)}\n{effect(difference, share=claim.tested.share)}"
    axes.annotate(
        text, (1, row), xycoords=("axes fraction", "data"), xytext=(10, 0), va="center",
        textcoords="offset points", fontsize=9, linespacing=1.3,
        color=colour({"axis": "muted"}.get(name, f"{name}-text")),
    )  # fmt: skip


def _dress(axes: Axes, rows: Sequence[float], statements: Sequence[str]) -> None:
    axes.grid(visible=False)
    _name(axes, rows, statements)
    axes.set_ylim(rows[-1] + 1.3, rows[0] - 1.3)
    axes.margins(x=0.08)
    number_axis(
        axes.xaxis,
        unit=_("difference in standard deviations of the outcome; shaded: counts as none"),
        ticks=5,
    )


def effects_figure(findings: Findings) -> CaseFigure | None:
    """What each solution is expected to do to the metric; None where nothing can be told."""
    shown = [box for box in findings.tree if box.effect is not None and box.kind == "solution"]
    kinds = {(box.size.kind, box.size.points) if box.size else None for box in shown}
    if not shown or len(kinds) > 1:  # effects of different kinds have no common axis
        return None
    shown = sorted(shown, key=lambda box: -abs(box.effect.value if box.effect else 0.0))
    effects = [box.effect for box in shown if box.effect is not None]
    labels = [wrapped(box.text, _WIDTH, 2) for box in shown]
    told = dict(zip((box.id for box in findings.tree), findings.said, strict=True))
    said = " ".join(f"{box.text}: {told[box.id]}." for box in shown)
    lines = sum(1.2 + text.count("\n") for text in labels)
    title = _("What each solution is expected to change in {metric}", metric=findings.metric)
    figure = new_figure(7.5, 0.7 + 0.24 * lines, title=title, alt=said)
    axes = figure.subplots()
    bars(axes, labels, effects, say=lambda one: _effect(shown[effects.index(one)], one))
    _name(axes, range(len(labels)), labels)
    return figure


def _name(axes: Axes, rows: Sequence[float], labels: Sequence[str]) -> None:
    """Names of rows in several lines, each line a text of its own: SVG aligns no others."""
    axes.set_yticks([])
    for row, label in zip(rows, labels, strict=True):
        lines = label.split("\n")
        for number, line in enumerate(lines):
            axes.annotate(
                line, (0, row), xycoords=("axes fraction", "data"), ha="right", va="center",
                xytext=(-8, _LINE * ((len(lines) - 1) / 2 - number)), fontsize=9,
                textcoords="offset points", color=colour("ink"),
            )  # fmt: skip


def _effect(box: Box, one: Estimate) -> str:
    points = box.size is not None and box.size.points
    return effect(one, share=True) if points else interval(one)


def themes_figure(findings: Findings) -> CaseFigure | None:
    """The share of notes that each theme is in; None without notes."""
    counted = findings.interviews
    if counted is None or not counted.themes or not counted.notes:
        return None
    labels = [theme.name for theme in counted.themes]
    shares = [theme.share for theme in counted.themes]
    said = ", ".join(f"{theme.name}: {theme.notes} / {counted.notes}" for theme in counted.themes)
    title = _("What {n} notes from interviews speak of", n=counted.notes)
    figure = new_figure(*bar_size(len(labels)), title=title, alt=said)
    said_of = {id(theme.share): theme.notes for theme in counted.themes}
    bars(
        figure.subplots(),
        labels,
        shares,
        say=lambda one: f"{said_of[id(one)]}  ({interval(one, 100, '%')})",
    )
    return figure
