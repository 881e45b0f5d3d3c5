"""The problem tree as a picture: from the symptom on the left to solutions on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.lines import wrapped
from casebook.formats import sentence
from casebook.language import _
from casebook.phases.problem import Findings
from casebook.phases.problem_tree import Box, days_said
from casebook.phases.problem_words import KINDS, SOLUTIONS
from casebook.theme import colour

_BOX, _GAP, _SPACE = 1.86, 0.3, 0.14  # inches: width of a box, between columns, between boxes
_LINE, _PAD = 0.148, 0.09  # inches: height of a line, room within a box
_LETTERS = 28
_SAYS = 30
_COLOUR = {"symptom": "ink", "problem": "purple", "cause": "vermillion", "solution": "green"}
_OF_VERDICT = {"supports": "blue-text", "does not support": "muted", "cannot tell": "orange-text"}


class _Drawn(NamedTuple):
    """A box as it is drawn: its lines, where it stands, from the top left in inches."""

    box: Box
    text: str
    said: str
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def tree_figure(findings: Findings) -> CaseFigure | None:
    """The tree with the evidence of each cause and the effect of each solution; None if empty."""
    if not findings.tree:
        return None
    said = dict(zip((box.id for box in findings.tree), findings.said, strict=True))
    drawn = _placed(findings.tree, said)
    wide = max(one.x for one in drawn.values()) + _BOX
    high = max(one.y + one.height for one in drawn.values())
    title = _("From the symptom to what can be done")
    figure = new_figure(wide + 0.2, high + 0.2, title=title, alt=in_words(findings))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-0.1, wide + 0.1)
    axes.set_ylim(high + 0.1, -0.1)
    for one in drawn.values():
        if one.box.parent in drawn:
            _join(axes, drawn[one.box.parent], one)
        _draw(axes, one)
    return figure


def in_words(findings: Findings) -> str:
    """The tree in words, for who cannot see it."""
    texts = {box.id: box.text for box in findings.tree}
    parts = []
    for box, said in zip(findings.tree, findings.said, strict=True):
        kind = sentence(_(KINDS[box.kind]))
        if box.parent in texts:
            parts.append(_("{kind} under '{parent}': {text}.", kind=kind, text=box.text,
                           parent=texts[box.parent]))  # fmt: skip
        else:
            parts.append(f"{kind}: {box.text}.")
        parts += [f"{said}."] if said else []
    return " ".join(parts)


def _placed(tree: Sequence[Box], said: Mapping[str, str]) -> dict[str, _Drawn]:
    """Leaves below one another, every other box in the middle of what hangs under it."""
    under: dict[str | None, list[Box]] = {}
    for box in tree:
        under.setdefault(box.parent, []).append(box)
    drawn: dict[str, _Drawn] = {}
    foot = 0.0

    def place(box: Box) -> float:
        """Place a box and what hangs under it; returns its middle."""
        nonlocal foot
        text, told = wrapped(box.text, _LETTERS, 5), wrapped(_under(box, said), _SAYS, 4)
        lines = 1 + text.count("\n") + 1 + (told.count("\n") + 1 if told else 0)
        height = lines * _LINE + 2 * _PAD
        top = foot
        middles = [place(one) for one in under.get(box.id, ())]
        y = (middles[0] + middles[-1]) / 2 - height / 2 if middles else foot
        y = max(y, top)
        drawn[box.id] = _Drawn(box, text, told, box.depth * (_BOX + _GAP), y, height)
        foot = max(foot, y + height + _SPACE)
        return y + height / 2

    for root in under.get(None, ()):
        place(root)
    return drawn


def _under(box: Box, said: Mapping[str, str]) -> str:
    """What is written small under the text of a box."""
    if box.kind != "solution":
        return said[box.id]
    parts = [said[box.id]]
    if box.effort_days is not None:
        parts.append(days_said(box.effort_days))
    return "; ".join(part for part in parts if part)


def _name(box: Box) -> str:
    """The small word above the text: what kind of box, or of solution, it is."""
    return _(SOLUTIONS[box.solution]) if box.solution else _(KINDS[box.kind])


def _draw(axes: Axes, one: _Drawn) -> None:
    name = _COLOUR[one.box.kind]
    axes.add_patch(
        FancyBboxPatch(
            (one.x + 0.03, one.y), _BOX - 0.03, one.height, facecolor=colour("wash"),
            boxstyle="round,pad=0,rounding_size=0.05", edgecolor="none",
        )
    )  # fmt: skip
    axes.add_patch(
        Rectangle((one.x, one.y), 0.05, one.height, facecolor=colour(name), edgecolor="none")
    )
    x, y = one.x + 0.13, one.y + _PAD
    loud = colour("ink") if name == "ink" else colour(f"{name}-text")
    _write(axes, (x, y), _name(one.box), 7.8, loud)
    _write(axes, (x, y + _LINE), one.text, 8.6, colour("ink"), bold=one.box.kind == "symptom")
    if one.said:
        verdict = one.box.tested.verdict if one.box.tested else ""
        tone = colour(_OF_VERDICT.get(verdict, "muted"))
        _write(axes, (x, y + _LINE * (2 + one.text.count("\n"))), one.said, 8.0, tone)


def _write(
    axes: Axes, at: tuple[float, float], text: str, size: float, tone: str, *, bold: bool = False
) -> None:
    """Lines from the top left, each at its own place, so that their distance is ours."""
    x, y = at
    for number, line in enumerate(text.split("\n")):
        axes.text(
            x, y + _LINE * (number + 0.5), line, fontsize=size, color=tone, va="center",
            fontweight="bold" if bold else "normal",
        )  # fmt: skip


def _join(axes: Axes, above: _Drawn, below: _Drawn) -> None:
    """A line with square corners from a box to one that hangs under it."""
    start, end = above.x + _BOX, below.x
    middle = start + _GAP / 2
    axes.plot(
        [start, middle, middle, end],
        [above.middle, above.middle, below.middle, below.middle],
        color=colour("axis"), linewidth=1.1, zorder=0, solid_capstyle="butt",
    )  # fmt: skip
