"""A figure of a case: an accessible picture that follows its page, and leaves matplotlib alone."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from datetime import date

import matplotlib as mpl
import pytest

from casebook.figures.axes import date_axis, number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.language import using

HOSTILE = '</text></svg><script>alert(1)</script> $5 & "q" id="x" url(#y) #0072b2'


def drawn(label: str = "revenue", **kwargs: str) -> CaseFigure:
    figure = new_figure(title=kwargs.get("title", "Revenue"), alt=kwargs.get("alt", "It falls."))
    axes = figure.subplots()
    axes.plot([1, 2, 3], [3, 2, 1], marker="o")
    axes.axvspan(2, 3, hatch="//", facecolor="none")
    axes.text(2, 2, label)
    return figure


def elements(figure: CaseFigure) -> list[ET.Element]:
    return list(ET.fromstring(figure.svg()).iter())


def test_a_figure_says_what_it_shows() -> None:
    root, *inside = elements(drawn(title="Revenue <b>", alt="It falls & falls."))
    assert root.get("role") == "img"
    words = {part.get("id"): part.text for part in inside if part.get("id")}
    named = [words[name] for name in root.get("aria-labelledby", "").split()]
    assert named == ["Revenue <b>", "It falls & falls."]
    assert "<figcaption>Revenue &lt;b&gt;</figcaption>" in drawn(title="Revenue <b>").html()


def test_every_colour_is_a_variable_with_a_fallback() -> None:
    svg = drawn().svg()
    for style in re.findall(r'style="([^"]*)"', svg):
        assert not re.search(
            r"#[0-9a-f]{6}", re.sub(r"var\(--cb-[\w-]+, #[0-9a-f]{6}\)", "", style)
        )
    assert "var(--cb-blue, #0072b2)" in svg
    assert 'fill="#' not in svg


def test_nothing_of_a_figure_leaks_into_its_page() -> None:
    shown = drawn().html()
    for leak in ("<style", "<metadata", "DejaVu", "<?xml", "<!DOCTYPE", "matplotlib.org"):
        assert leak not in shown


def test_the_same_figure_gives_the_same_bytes_and_another_its_own_ids() -> None:
    assert drawn().html() == drawn().html()
    ids = [set(re.findall(r' id="([^"]*)"', drawn(label).svg())) for label in ("a", "b")]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_every_reference_inside_a_figure_has_its_target() -> None:
    svg = drawn().svg()
    wanted = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    assert "xlink" not in svg
    assert {part.tag for part in ET.fromstring(svg).iter() if part.get("href")}
    assert wanted <= set(re.findall(r' id="([^"]*)"', svg))


def test_a_hostile_label_stays_a_label() -> None:
    texts = [part.text for part in elements(drawn(HOSTILE)) if part.tag.endswith("text")]
    assert HOSTILE in texts
    assert "<script" not in drawn(HOSTILE, title=HOSTILE, alt=HOSTILE)._repr_html_()


@pytest.mark.parametrize("label", ["처음 온 손님", "漢字と🙂"])
def test_text_stays_text_without_a_warning_about_glyphs(label: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert label in drawn(label).svg()


def test_hangul_is_drawn_into_a_picture_too() -> None:
    """In a PNG the glyphs come from the bundled font: two words look different, and no warning."""
    pictures = []
    for label in ("처음", "다시"):
        file = io.BytesIO()
        drawn(label).savefig(file, format="png")
        pictures.append(file.getvalue())
    assert pictures[0] != pictures[1]


def test_a_figure_brings_its_hangul_into_a_notebook() -> None:
    assert "font/woff" in drawn("처음")._repr_html_()
    assert "font/woff" not in drawn("first")._repr_html_()
    assert "font/woff" not in drawn("처음").html()


def test_drawing_leaves_the_settings_of_matplotlib_alone() -> None:
    before = dict(mpl.rcParams)
    drawn().html()
    assert dict(mpl.rcParams) == before


def test_importing_does_no_work_and_needs_no_pyplot() -> None:
    code = (
        "import casebook.figures.marks, casebook.figures.base as b, sys\n"
        "from matplotlib import font_manager as f\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert 'Pretendard' not in {e.name for e in f.fontManager.ttflist}\n"
        "b.new_figure().subplots(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en", ["Nov 2024", "Jan 2025"]), ("ko", ["2024년 11월", "2025년 1월"])],
)
def test_dates_are_written_in_the_language(language: str, wanted: list[str]) -> None:
    with using(language):
        figure = new_figure()
        axes = figure.subplots()
        axes.plot(
            [date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)], [1] * 4
        )
        axes.set_xlim(date(2024, 10, 31), date(2025, 2, 2))
        date_axis(axes.xaxis)
        texts = [part.text for part in elements(figure) if part.tag.endswith("text")]
    assert set(wanted) <= set(texts)


@pytest.mark.parametrize(
    ("top", "share", "wanted"),
    [(40_000, False, "20,000"), (1, False, "0.4"), (1, True, "50%"), (4_000_000, False, "2M")],
)
def test_numbers_have_the_digits_that_their_ticks_need(
    top: float, share: bool, wanted: str
) -> None:
    figure = new_figure()
    axes = figure.subplots()
    axes.set_ylim(0, top)
    number_axis(axes.yaxis, unit="euros", share=share, ticks=4)
    texts = [part.text for part in elements(figure) if part.tag.endswith("text")]
    assert wanted in texts
    assert "euros" in texts
