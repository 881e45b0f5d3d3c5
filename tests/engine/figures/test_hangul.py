"""The glyphs that a page needs, and no others, in a font that is allowed to be there."""

from __future__ import annotations

import base64
import io
import re

from fontTools.ttLib import TTFont
from matplotlib import font_manager

from casebook.figures import fonts
from casebook.figures.hangul import fragment_hangul, hangul_css, subset_of


def test_the_family_list_falls_back_and_never_replaces() -> None:
    families = fonts.families()
    assert families[0] == "DejaVu Sans"
    found = font_manager.fontManager.findfont("Pretendard", fallback_to_default=False)
    assert found == str(fonts.REGULAR)


def test_the_fonts_have_their_licence_and_are_not_large() -> None:
    files = list(fonts.FOLDER.iterdir())
    assert "SIL OPEN FONT LICENSE" in (fonts.FOLDER / "LICENSE.txt").read_text("utf-8").upper()
    assert sum(file.stat().st_size for file in files) < 4_000_000


def test_a_page_without_hangul_gets_no_font() -> None:
    assert hangul_css("Revenue fell. 売上 é") == ""
    assert fragment_hangul("Revenue fell.") == ("", "")


def test_the_glyphs_of_the_page_are_in_both_weights() -> None:
    css = hangul_css("매출이 떨어졌다, revenue")
    files = [base64.b64decode(data) for data in re.findall(r"base64,([^\"]+)", css)]
    assert len(files) == 2
    for file in files:
        glyphs = TTFont(io.BytesIO(file)).getBestCmap()
        assert {chr(code) for code in glyphs} == set("매출이떨어졌다")
        assert len(file) < 10_000


def test_each_rule_names_its_characters() -> None:
    ranges = re.findall(r"unicode-range:([^;]*);", hangul_css("가힣가"))
    assert ranges == ["U+AC00,U+D7A3"] * 2


def test_a_part_of_the_font_goes_by_another_name_with_its_copyright() -> None:
    """The licence reserves the font's name for the whole font."""
    names = {
        n.nameID: str(n) for n in TTFont(io.BytesIO(subset_of(fonts.REGULAR, "가")))["name"].names
    }
    assert names[1] == "Casebook Hangul"
    assert "Kil Hyung-jin" in names[0]
    assert "Open Font License" in names[13]


def test_two_fragments_do_not_lend_each_other_their_glyphs() -> None:
    assert fragment_hangul("가")[0] != fragment_hangul("나")[0]


def test_the_same_text_gives_the_same_bytes() -> None:
    assert hangul_css("매출") == hangul_css("출매매")
