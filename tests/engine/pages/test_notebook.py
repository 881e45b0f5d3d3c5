"""An executed notebook as a page: quiet where it went well, clear where it did not."""

from __future__ import annotations

import copy
import itertools
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casebook.pages.notebook import notebook_html


def page(nb: Any, **kwargs: str) -> BeautifulSoup:
    settings = {"title": "Symptom", "language": "en", **kwargs}
    return BeautifulSoup(notebook_html(nb, **settings), "html.parser")


def one(*outputs: Any, source: str = "x") -> Any:
    return new_notebook(cells=[new_code_cell(source, outputs=list(outputs), execution_count=1)])


def test_headings_are_in_order_each_with_its_own_place(notebook: Any) -> None:
    read = page(notebook)
    headings = read.find_all(re.compile("^h[1-6]$"))
    levels = [int(heading.name[1]) for heading in headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    places = [heading["id"] for heading in headings]
    assert len(set(places)) == len(places)
    links = {a["href"] for a in read.select("nav a")}
    assert links == {f"#{place}" for place in places}


def test_the_page_has_a_language_a_title_and_its_landmarks(notebook: Any) -> None:
    read = page(notebook, language="ko")
    assert read.html["lang"] == "ko"
    assert read.title.text == "Symptom"
    assert read.select_one("main#main")
    assert read.select_one("a.skip")["href"] == "#main"
    assert read.select_one("nav")["aria-label"]


def test_a_notebook_without_a_title_takes_the_page_s() -> None:
    read = page(new_notebook(cells=[new_markdown_cell("## Part")]))
    assert [h.text for h in read.find_all(["h1", "h2"])] == ["Symptom", "Part"]


def test_code_is_folded_except_where_it_failed(notebook: Any) -> None:
    folds = page(notebook).select("details.code")
    assert len(folds) == 10
    opened = [fold for fold in folds if fold.has_attr("open")]
    assert [fold.pre.text.strip() for fold in opened] == ["x[0]"]
    assert folds[0].summary.text == "Parameters"


def test_a_failed_cell_says_what_failed_and_hides_the_rest(notebook: Any) -> None:
    read = page(notebook, status="failed")
    broken = read.select_one(".cell-failed")
    assert "KeyError: 0" in broken.select_one(".cb-failed").text
    assert "x[0]" in broken.select_one("details pre.trace").text
    top = read.select_one("main > .cb-failed a")
    assert read.select_one(top["href"]) is broken
    assert "\x1b" not in str(read)
    assert "[31m" not in str(read)
    assert "This cell did not run." in read.text


def test_an_expected_failure_is_its_sentence_and_no_more() -> None:
    sentence = "case.yaml, line 14: column 'Chrun' is not in churn.csv. Did you mean 'Churn'?"
    error = new_output("error", ename="TableError", evalue=sentence, traceback=[sentence])
    shown = page(one(error)).select_one(".cell-failed .cb-failed")
    assert sentence in shown.text
    assert "TableError" not in shown.text
    assert shown.find("details") is None


def test_a_panel_shows_its_static_view_and_a_bare_widget_says_so(notebook: Any) -> None:
    read = page(notebook)
    assert "the static panel" in read.text
    assert "open the notebook" in read.text
    assert "Widget()" not in read.text


def test_long_printed_text_is_folded_and_short_is_not(notebook: Any) -> None:
    read = page(notebook)
    folded = read.select_one("details pre.stdout")
    assert "(40 lines)" in folded.find_parent("details").summary.text
    assert read.select_one("pre.stderr").find_parent("details") is None


def test_the_style_of_fragments_is_not_repeated(notebook: Any) -> None:
    assert "cb-style" not in notebook_html(notebook, title="x", language="en")
    assert len(page(notebook).select("figure svg[role=img]")) == 2


def test_nothing_is_fetched_from_anywhere(notebook: Any) -> None:
    text = notebook_html(notebook, title="x", language="en")
    assert not re.search(r"""(?:src|href|url|import)\s*[=(]\s*["']?(?:https?:)?//""", text)
    policy = page(notebook).find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none'")


def test_what_papermill_adds_about_an_error_is_said_once(notebook: Any) -> None:
    marked = copy.deepcopy(notebook)
    note = new_markdown_cell("An Exception was encountered at In [9]")
    note.metadata["tags"] = ["papermill-error-cell-tag"]
    marked.cells.insert(0, note)
    assert "An Exception was encountered" not in page(marked).text


@pytest.mark.parametrize(
    ("status", "kind"),
    [("stale", "stale"), ("running", "computing"), ("failed", "failed"), ("lost", "warning")],
)
def test_the_state_of_the_phase_is_on_top(status: str, kind: str) -> None:
    assert page(new_notebook(), status=status).select_one(f"main > .cb-{kind}")


def test_a_page_that_went_well_says_nothing_about_it() -> None:
    assert not page(new_notebook()).select(".cb-notice")


def test_an_output_of_an_unknown_kind_is_named() -> None:
    output = new_output("display_data", data={"application/x-strange": "?"})
    assert "application/x-strange" in page(one(output)).text


def test_text_outputs_are_escaped() -> None:
    text = "<script>alert(1)</script>"
    outputs = [
        new_output("execute_result", data={"text/plain": text}, execution_count=1),
        new_output("stream", name="stdout", text=text),
        new_output("error", ename=text, evalue=text, traceback=[text, text]),
        new_output("display_data", data={"text/latex": text}),
        new_output("display_data", data={"image/png": '"><script>'}),
    ]
    read = page(one(*outputs, source=text), title=text)
    assert len(read.find_all("script")) == 1
    assert read.title.text == text


def test_hangul_comes_with_its_glyphs_and_english_without() -> None:
    korean = new_notebook(cells=[new_markdown_cell("# 증상")])
    assert "font/woff" in notebook_html(korean, title="x", language="ko")
    english = new_notebook(cells=[new_markdown_cell("# Symptom")])
    assert "@font-face" not in notebook_html(english, title="x", language="en")


def test_the_same_notebook_gives_the_same_bytes_and_stays_as_it_was(notebook: Any) -> None:
    before = copy.deepcopy(notebook)
    pages = {notebook_html(notebook, title="x", language="en") for _ in range(2)}
    assert len(pages) == 1
    assert notebook == before


def test_light_dark_and_print_are_all_there(notebook: Any) -> None:
    text = notebook_html(notebook, title="x", language="en")
    assert "@media (prefers-color-scheme:dark)" in text
    assert ":root[data-theme=dark]" in text
    assert "@media print" in text
