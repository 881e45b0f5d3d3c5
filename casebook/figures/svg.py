"""matplotlib's SVG made fit to stand inside a page.

Colours become CSS variables, text takes the page's font, ids are made the figure's own, and what
would leak into the page (a style for every element, the metadata) is taken out.
"""

from __future__ import annotations

import hashlib
import re
from html import escape

from casebook.theme import COLOURS, PREFIX, variable

_NOISE = re.compile(
    r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", re.DOTALL
)
_ROOT = re.compile(r'<svg\b[^>]*?width="([\d.]+)pt" height="([\d.]+)pt"[^>]*>')
_STYLE = re.compile(r'style="([^"]*)"')
_HEX = re.compile(r"#[0-9a-f]{6}\b")
_RECT_FILL = re.compile(r'(<rect\b[^>]*?) fill="(#[0-9a-f]{6})"')
_NUMBERS = re.compile(r'\b(d|x|y|transform)="([^"]*)"')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_NEEDED = re.compile(r'(href="#|url\(#)([^")]+)')
_TAG = re.compile(r"<[^>]*>")
_LINES = re.compile(r"\n\s*")
_FAMILY = re.compile(r"font-family: [^;]*;? ?")
_ID = re.compile(r' id="([^"]*)"')

_VARIABLES = {token.light: variable(token.name) for token in reversed(COLOURS)}
# matplotlib's own default for text and lines; anything not given a token's colour is ink.
_VARIABLES["#000000"] = variable("ink")


def inline_svg(drawn: str, *, title: str, alt: str) -> str:
    """The SVG element for a page, from a whole SVG document drawn by matplotlib.

    title, alt: read out in place of the picture. Same input, same bytes.
    """
    root = _ROOT.search(drawn)
    if root is None:
        raise ValueError("not an SVG document of matplotlib")
    mark = _mark(drawn, title, alt)
    inside = _NOISE.sub("", drawn[root.end() : drawn.rindex("</svg>")])
    needed = frozenset(name for _, name in _NEEDED.findall("".join(_TAG.findall(inside))))
    # Only tags are rewritten: a label may hold anything, and stays as it is.
    inside = _TAG.sub(lambda tag: _own_ids(_short(_themed(tag[0])), mark, needed), inside)
    opening = _opening((float(root[1]), float(root[2])), title, alt, mark)
    return f"{opening}{_LINES.sub(chr(10), inside).strip()}</svg>"


def _mark(*texts: str) -> str:
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"fig-{digest[:10]}"


def _opening(size: tuple[float, float], title: str, alt: str, mark: str) -> str:
    width, height = size
    pixels = round(width * 96 / 72), round(height * 96 / 72)
    names = " ".join(f"{mark}-{part}" for part, text in (("t", title), ("d", alt)) if text)
    labelled = f' aria-labelledby="{names}"' if names else ""
    described = "".join(
        f'<{tag} id="{mark}-{part}">{escape(text)}</{tag}>'
        for tag, part, text in (("title", "t", title), ("desc", "d", alt))
        if text
    )
    style = (
        f"{PREFIX}width:{pixels[0]}px;fill:{variable('ink')};stroke-linejoin:round;stroke-linecap:butt;"
        f"font-family:var({PREFIX}font, sans-serif);pointer-events:none"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img"{labelled} '
        f'width="{pixels[0]}" height="{pixels[1]}" viewBox="0 0 {width:g} {height:g}" '
        f'style="{style}">{described}'
    )


def _themed(tag: str) -> str:
    # CSS variables work in a style, not in an attribute.
    tag = _RECT_FILL.sub(r'\1 style="fill: \2"', tag)
    return _STYLE.sub(lambda found: f'style="{_themed_style(found[1])}"', tag)


def _themed_style(style: str) -> str:
    style = _FAMILY.sub("", style)
    return _HEX.sub(lambda found: _VARIABLES.get(found[0], found[0]), style)


def _short(tag: str) -> str:
    def tidy(found: re.Match[str]) -> str:
        numbers = _LONG.sub(lambda n: f"{float(n[0]):.2f}", " ".join(found[2].split()))
        return f'{found[1]}="{numbers}"'

    return _NUMBERS.sub(tidy, tag).replace("xlink:href", "href")


def _own_ids(tag: str, mark: str, needed: frozenset[str]) -> str:
    def keep(found: re.Match[str]) -> str:
        return f' id="{mark}-{found[1]}"' if found[1] in needed else ""

    return _NEEDED.sub(rf"\1{mark}-\2", _ID.sub(keep, tag))
