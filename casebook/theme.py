"""Design tokens: one place for colours, type, space; CSS and matplotlib both read them.

Series colours are those of Okabe and Ito 2008, "Color Universal Design". Each token has a value
for light, dark and print. Two tokens that share a light value share the others too, so that a
figure drawn in light values can be turned into CSS variables.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Mode = Literal["light", "dark", "print"]

PREFIX = "--cb-"


class Colour(NamedTuple):
    """A token: its name and its value in each mode, as `#rrggbb`."""

    name: str
    light: str
    dark: str
    print: str


COLOURS = (
    # Surfaces and text. `wash` lies behind panels, `line` divides, `axis` is a line that is read.
    Colour("paper", "#ffffff", "#12171c", "#ffffff"),
    Colour("wash", "#f4f6f8", "#1b2229", "#ffffff"),
    Colour("line", "#dde3e8", "#2d363f", "#cfd6dc"),
    Colour("axis", "#87939e", "#6f7d8a", "#7c8892"),
    Colour("context", "#a3aeb8", "#5d6b78", "#a3aeb8"),
    Colour("muted", "#58646f", "#a3b0bc", "#4a555f"),
    Colour("ink", "#17212b", "#e8edf1", "#000000"),
    # The qualitative palette, in the order in which series take it.
    Colour("blue", "#0072b2", "#4ba3e3", "#0072b2"),
    Colour("vermillion", "#d55e00", "#f07f2e", "#d55e00"),
    Colour("green", "#009e73", "#1fb98c", "#009e73"),
    Colour("orange", "#e69f00", "#f0b429", "#e69f00"),
    Colour("purple", "#cc79a7", "#d78fb8", "#cc79a7"),
    Colour("sky", "#56b4e9", "#9fd8fa", "#56b4e9"),
    Colour("yellow", "#f0e442", "#f5ec74", "#f0e442"),
    # The same hues, dark (or light) enough to be read as text.
    Colour("blue-text", "#00619a", "#74bdf0", "#00619a"),
    Colour("vermillion-text", "#a84a00", "#f59a58", "#a84a00"),
    Colour("green-text", "#00704f", "#4ccca4", "#00704f"),
    Colour("orange-text", "#865c00", "#f3c155", "#865c00"),
    Colour("purple-text", "#964672", "#e3a9c9", "#964672"),
    Colour("sky-text", "#1b6a98", "#b3e0fb", "#1b6a98"),
    Colour("yellow-text", "#6f6700", "#f5ec8f", "#6f6700"),
    # Tints behind notices.
    Colour("blue-wash", "#eaf4fa", "#152a3a", "#ffffff"),
    Colour("vermillion-wash", "#fdf0e8", "#38210f", "#ffffff"),
    Colour("green-wash", "#e8f6f1", "#11302a", "#ffffff"),
    Colour("orange-wash", "#fdf6e5", "#33270c", "#ffffff"),
    Colour("purple-wash", "#faf0f5", "#331f2b", "#ffffff"),
)

SERIES = ("blue", "vermillion", "green", "orange", "purple", "sky", "yellow")
ACCENT = "blue"

SPACES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.5)
"""Steps of white space in rem, `--cb-space-1` upwards."""

SIZES = (0.8125, 0.9375, 1.0625, 1.25, 1.5625, 2.0, 2.5)
"""The type scale in rem, `--cb-size-1` upwards; the third is prose."""

# The bundled font comes first and has Hangul only (see pages/hangul.py); behind other families
# Chromium draws boxes for text that it has laid out before the font was read.
FONT = (
    '"Casebook Hangul", -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", '
    '"Liberation Sans", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", sans-serif'
)
MONO = (
    '"Casebook Hangul", ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, '
    '"Liberation Mono", monospace'
)

_BY_NAME = {token.name: token for token in COLOURS}


def colour(name: str, mode: Mode = "light") -> str:
    """The value of a colour token.

    >>> colour("blue")
    '#0072b2'
    """
    token: Colour = _BY_NAME[name]
    return {"light": token.light, "dark": token.dark, "print": token.print}[mode]


def series(index: int) -> str:
    """The name of the colour of the series at `index`, going round after the last.

    >>> series(0), series(7)
    ('blue', 'blue')
    """
    return SERIES[index % len(SERIES)]


def variable(name: str) -> str:
    """A colour token as CSS that still has its colour where no variables are.

    >>> variable("ink")
    'var(--cb-ink, #17212b)'
    """
    return f"var({PREFIX}{name}, {colour(name)})"


def variables(mode: Mode) -> str:
    """The declarations of all colour variables in a mode."""
    return "".join(f"{PREFIX}{token.name}:{colour(token.name, mode)};" for token in COLOURS)


def scale_variables() -> str:
    """The declarations of fonts, sizes and spaces, the same in every mode."""
    sizes = "".join(f"{PREFIX}size-{n}:{rem}rem;" for n, rem in enumerate(SIZES, 1))
    spaces = "".join(f"{PREFIX}space-{n}:{rem}rem;" for n, rem in enumerate(SPACES, 1))
    return f"{PREFIX}font:{FONT};{PREFIX}mono:{MONO};{sizes}{spaces}"


# JupyterLab and Voila say their theme on the body, VS Code by a class; neither follows the system.
_JUPYTER = {
    "paper": "--jp-layout-color1",
    "wash": "--jp-layout-color2",
    "line": "--jp-border-color2",
    "ink": "--jp-content-font-color1",
}


def fragment_variables() -> str:
    """CSS rules that give `.cb` its variables inside JupyterLab, Voila or VS Code."""
    lab = "".join(
        f"{PREFIX}{name}:var({theirs}, {colour(name)});" for name, theirs in _JUPYTER.items()
    )
    dark = variables("dark")
    return (
        f".cb{{{scale_variables()}{variables('light')}{lab}}}"
        f'[data-jp-theme-light="false"] .cb,.vscode-dark .cb{{{dark}}}'
        f"@media print{{.cb.cb{{{variables('print')}}}}}"
    )
