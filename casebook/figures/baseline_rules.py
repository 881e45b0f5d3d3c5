"""What each rule takes of all rows, and what remains for the next one."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from casebook.figures.axes import bare
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, name_rows, short
from casebook.formats import interval, number, percent
from casebook.language import _
from casebook.phases.baseline_rules import Rules, SaidLine
from casebook.theme import colour

_NAME = 40  # characters of a rule beside its bar


def rules_figure(rules: Rules) -> CaseFigure:
    """The record's rules, or the proposed ones, one under the other from the first to the default.

    A bar starts where the one above it ended, so that together they are all rows. The deep part
    is what a rule says right, the pale part what it says wrong.
    """
    lines = rules.lines or rules.proposed.lines
    named = bool(rules.classes)
    figure = new_figure(*bar_size(len(lines), 8.6), title=_title(rules), alt=_alt(lines))
    axes = figure.subplots()
    _cascade(axes, lines, named=named)
    bare(axes)
    name_rows(axes, [""] * len(lines))
    axes.set_yticks(range(len(lines)), [_name(one) for one in lines])
    axes.tick_params(axis="x", labelbottom=False)
    axes.set_xlim(0, 1)
    return figure


def _title(rules: Rules) -> str:
    n = number(rules.rows if rules.lines else rules.proposed.counted)
    if rules.lines:
        if not rules.classes:
            return _("What each rule takes of the {n} rows, and how far off it is", n=n)
        return _("What each rule takes of the {n} rows, and how much of it is right", n=n)
    return _("What each proposed rule takes of {n} rows it was not learned from", n=n)


def _alt(lines: Sequence[SaidLine]) -> str:
    return "; ".join(f"{one.words}: {one.says}, {percent(one.line.coverage)}" for one in lines)


def _name(one: SaidLine) -> str:
    number_ = f"{one.line.number}. " if one.line.number else ""
    return f"{number_}{short(one.words, _NAME)} → {short(one.says, 16)}"


def _cascade(axes: Axes, lines: Sequence[SaidLine], *, named: bool) -> None:
    start = 0.0
    for row, one in enumerate(lines):
        line = one.line
        tone = colour("blue" if line.number else "context")
        right = line.right.value if named and line.right is not None else 1.0
        axes.barh(row, 1.0, height=0.62, color=colour("wash"))
        axes.barh(row, line.coverage * right, left=start, height=0.62, color=tone)
        axes.barh(row, line.coverage * (1 - right), left=start + line.coverage * right,
                  height=0.62, color=tone, alpha=0.35)  # fmt: skip
        start += line.coverage
        axes.annotate(
            _beside(one, named=named), (1, row), xycoords=("axes fraction", "data"), xytext=(8, 0),
            va="center", textcoords="offset points", color=colour("ink"), fontsize=9.5,
        )  # fmt: skip


def _beside(one: SaidLine, *, named: bool) -> str:
    line = one.line
    taken = percent(line.coverage)
    if line.right is None:
        return _("{share}: takes no row", share=taken)
    if named:
        return _("{share}, right {right}", share=taken, right=interval(line.right, 100, "%"))
    return _("{share}, off by {error}", share=taken, error=interval(line.right))
