"""The figure that every phase draws on: matplotlib without pyplot, shown as SVG in a page.

    figure = new_figure(title=_("Revenue by month"), alt=_("Revenue falls from May to July."))
    axes = figure.subplots()
    line(axes, months, revenue, label=_("revenue"))

`casebook.figures.marks` has the marks of the visual language (lines, intervals, bars), and
`casebook.figures.axes` the numbers and dates on axes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text

from casebook.figures.fonts import families
from casebook.figures.hangul import fragment_hangul
from casebook.figures.svg import inline_svg
from casebook.theme import SERIES, colour, fragment_variables

WIDE = (7.5, 3.4)
"""Inches of a figure that fills the column of a page."""

CARD = (5.4, 2.6)
"""Inches of a figure for a phase's card on the front page."""

_STYLE = (
    ".cb-figure{margin:1rem 0;overflow-x:auto}"
    ".cb-figure svg{display:block;max-width:100%;height:auto}"
    ".cb-figure figcaption{font:600 .9375rem/1.4 var(--cb-font);color:var(--cb-ink);"
    "margin:0 0 .5rem;padding:0;text-align:left}"
    "@media (max-width:40rem){.cb-figure svg{min-width:calc(var(--cb-width, 0px)*.7)}}"
)


def rc() -> dict[str, Any]:
    """Matplotlib's settings, made from the design tokens."""
    return {**_TYPE_RC, **_colour_rc(), "font.family": list(families())}


_TYPE_RC: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "casebook",
    # Labels are data: a dollar sign is a dollar sign.
    "text.parse_math": False,
    "font.size": 10,
    "axes.labelsize": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.spines.left": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 1,
    "grid.linewidth": 0.8,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.major.size": 4,
    "xtick.minor.size": 2,
    "ytick.major.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    "lines.markersize": 5,
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
    "savefig.dpi": 144,
}


def _colour_rc() -> dict[str, Any]:
    return {
        "figure.facecolor": colour("paper"),
        "axes.facecolor": "none",
        "axes.edgecolor": colour("axis"),
        "axes.labelcolor": colour("muted"),
        "axes.titlecolor": colour("ink"),
        "axes.prop_cycle": cycler(color=[colour(name) for name in SERIES]),
        "text.color": colour("ink"),
        "xtick.color": colour("axis"),
        "ytick.color": colour("axis"),
        "xtick.labelcolor": colour("muted"),
        "ytick.labelcolor": colour("muted"),
        "grid.color": colour("line"),
        "hatch.color": colour("axis"),
    }


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib in our visual language within the block, and as it was after it."""
    settings: Any = rc()  # matplotlib types the names of settings one by one
    with mpl.rc_context(settings):
        yield


class CaseFigure(Figure):
    """A figure that shows itself as an accessible SVG which follows light, dark and print.

    title: shown above the picture. alt: what the picture shows, in a sentence, read out in its
    place. It needs no pyplot and no backend; `savefig` writes files as usual.
    """

    def __init__(self, *args: Any, title: str = "", alt: str = "", **kwargs: Any) -> None:
        with style():
            super().__init__(*args, **kwargs)
        self.title = title
        self.alt = alt

    def add_subplot(self, *args: Any, **kwargs: Any) -> Axes:
        """As matplotlib's, in our style."""
        with style():
            axes: Axes = super().add_subplot(*args, **kwargs)
        return axes

    def draw(self, renderer: RendererBase) -> None:
        """As matplotlib's, in our style, with Hangul in every text."""
        with style():
            _dress(self)
            super().draw(renderer)

    def savefig(self, fname: Any, **kwargs: Any) -> None:
        """As matplotlib's, in our style. The same figure gives the same bytes."""
        if kwargs.get("format") == "svg" or str(fname).endswith(".svg"):
            kwargs["metadata"] = {"Date": None, **kwargs.get("metadata", {})}
        with style():
            super().savefig(fname, **kwargs)

    def svg(self) -> str:
        """The SVG element, with CSS variables for colours."""
        drawn = io.StringIO()
        shown = self.patch.get_visible()
        self.patch.set_visible(False)
        try:
            with warnings.catch_warnings():
                # The reader's browser draws the text, with fonts that are not here.
                warnings.filterwarnings("ignore", message="Glyph .* missing from font")
                self.savefig(drawn, format="svg")
        finally:
            self.patch.set_visible(shown)
        return inline_svg(drawn.getvalue(), title=self.title, alt=self.alt)

    def html(self) -> str:
        """The `<figure>` element for a page that has Casebook's styles."""
        caption = f"<figcaption>{escape(self.title)}</figcaption>" if self.title else ""
        return f'<figure class="cb-figure" tabindex="0">{caption}{self.svg()}</figure>'

    def _repr_html_(self) -> str:
        shown = self.html()
        mark, hangul = fragment_hangul(shown)
        styles = f"{fragment_variables()}{_STYLE}{hangul}"
        names = f"cb {mark}".strip()
        return f'<div class="{names}"><style class="cb-style">{styles}</style>{shown}</div>'


def _dress(figure: Figure) -> None:
    """Give text that was made outside of `style()` our fonts, and take its dollars as dollars."""
    for text in figure.findobj(Text):
        text.set_parse_math(False)
        if text.get_fontfamily() == ["sans-serif"]:
            text.set_fontfamily(list(families()))


def new_figure(
    width: float = WIDE[0], height: float = WIDE[1], *, title: str = "", alt: str = ""
) -> CaseFigure:
    """An empty figure in our style; width and height in inches.

    title: shown above it. alt: one sentence that says what it shows, for who cannot see it.
    """
    return CaseFigure(figsize=(width, height), layout="constrained", title=title, alt=alt)
