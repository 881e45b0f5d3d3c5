"""Hangul on machines without a Korean font: the glyphs that a page uses, inside the page.

The font is Pretendard, under the SIL Open Font License; a part of a font is a changed font, so it
goes by another name, with the copyright and the licence in it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from casebook.figures.fonts import BOLD, REGULAR
from casebook.theme import FONT, PREFIX

FAMILY = "Casebook Hangul"

_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7a3\ud7b0-\ud7ff]")
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "STAT", "DSIG", "meta")
_COPYRIGHT_AND_LICENCE = [0, 13, 14]


def hangul_css(text: str, *, bold: bool = True) -> str:
    """The `@font-face` rules, in two weights, for the Hangul in a page; empty without any.

    bold: False leaves bold to the browser, which thickens the letters; it takes half the time.
    """
    used = _used(text)
    if not used:
        return ""
    if not bold:
        return _face(REGULAR, used, FAMILY, "100 500")
    return _face(REGULAR, used, FAMILY, "100 500") + _face(BOLD, used, FAMILY, "501 900")


def fragment_hangul(text: str) -> tuple[str, str]:
    """The class and the rules with which one fragment in a notebook shows its own Hangul.

    Each fragment has a family of its own: a shared one would lend a neighbour half of its glyphs.
    Both are empty where there is no Hangul.
    """
    used = _used(text)
    if not used:
        return "", ""
    mark = f"cb-{hashlib.sha256(used.encode()).hexdigest()[:10]}"
    rule = f'.cb.{mark}{{{PREFIX}font:"{mark}", {FONT};}}'
    return mark, _face(REGULAR, used, mark, "100 900") + rule


def _used(text: str) -> str:
    return "".join(sorted(set(_HANGUL.findall(text))))


def _face(path: Path, used: str, family: str, weights: str) -> str:
    encoded = base64.b64encode(subset_of(path, used)).decode("ascii")
    characters = ",".join(f"U+{ord(character):X}" for character in used)
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weights};unicode-range:{characters};'
        f'src:url("data:font/woff;base64,{encoded}") format("woff")}}'
    )


def subset_of(path: Path, used: str) -> bytes:
    """A WOFF file with the glyphs of `used` only. Same input, same bytes."""
    file = io.BytesIO()
    with TTFont(path, lazy=True, recalcTimestamp=False) as font:
        for table in _UNUSED_TABLES:
            if table in font:
                del font[table]
        _cutter(used).subset(font)
        _rename(font)
        font.flavor = "woff"
        font.save(file)
    return file.getvalue()


def _cutter(used: str) -> subset.Subsetter:
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = False
    options.name_IDs = _COPYRIGHT_AND_LICENCE
    cutter = subset.Subsetter(options)
    cutter.populate(text=used)
    return cutter


def _rename(font: TTFont) -> None:
    outlines = font["CFF "].cff
    plain = FAMILY.replace(" ", "")
    outlines.fontNames = [plain]
    outlines.topDictIndex[0].FamilyName = outlines.topDictIndex[0].FullName = FAMILY
    for name_id, name in ((1, FAMILY), (2, "Regular"), (4, FAMILY), (6, plain)):
        font["name"].setName(name, name_id, 3, 1, 0x409)
