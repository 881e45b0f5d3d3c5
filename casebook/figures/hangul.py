"""Hangul on machines without a Korean font: the glyphs that a page uses, inside the page.

The font is Pretendard, under the SIL Open Font License; a part of a font is a changed font, so it
goes by another name, with the copyright and the licence in it.
"""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from casebook.figures.fonts import BOLD, REGULAR

FAMILY = "Casebook Hangul"

_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7a3\ud7b0-\ud7ff]")
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "STAT", "DSIG", "meta")
_COPYRIGHT_AND_LICENCE = [0, 13, 14]


def hangul_css(text: str, *, bold: bool = True) -> str:
    """The `@font-face` rules for the Hangul in a text; empty where there is none.

    bold: whether a second weight comes along. Each rule names its characters, so that the rules
    of several figures stand beside each other.
    """
    used = "".join(sorted(set(_HANGUL.findall(text))))
    if not used:
        return ""
    if not bold:
        return _face(REGULAR, used, "100 900")
    return _face(REGULAR, used, "100 500") + _face(BOLD, used, "501 900")


def _face(path: Path, used: str, weights: str) -> str:
    encoded = base64.b64encode(subset_of(path, used)).decode("ascii")
    characters = ",".join(f"U+{ord(character):X}" for character in used)
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weights};unicode-range:{characters};'
        f'src:url("data:font/woff;base64,{encoded}") format("woff")}}'
    )


def subset_of(path: Path, used: str) -> bytes:
    """A WOFF file with the glyphs of `used` only. Same input, same bytes."""
    font = TTFont(path, lazy=True, recalcTimestamp=False)
    for table in _UNUSED_TABLES:
        if table in font:
            del font[table]
    _cutter(used).subset(font)
    _rename(font)
    font.flavor = "woff"
    file = io.BytesIO()
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
