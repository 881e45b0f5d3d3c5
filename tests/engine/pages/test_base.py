"""The pieces of a page: escaped, in their states, with numbers as a reader writes them."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import numpy as np
import pytest

from casebook.language import using
from casebook.pages import base
from casebook.pages.base import Card, Html
from casebook.pages.states import STATES
from casebook.stats.estimate import Estimate

HOSTILE = "<img src=x onerror=alert(1)>\"'&</td></style><script>"


class Tags(HTMLParser):
    """The tags of a piece, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    "piece",
    [
        base.headline([HOSTILE, HOSTILE]),
        base.prose(HOSTILE),
        base.bullets([HOSTILE]),
        base.section(HOSTILE, HOSTILE),
        base.details(HOSTILE, HOSTILE),
        base.notice("failed", HOSTILE, title=HOSTILE),
        base.state("warning", HOSTILE),
        base.table([HOSTILE, HOSTILE], [[HOSTILE, HOSTILE]], caption=HOSTILE),
        base.cards([Card(HOSTILE, HOSTILE, HOSTILE)]),
        base.key_values([(HOSTILE, HOSTILE)]),
        base.link(HOSTILE, HOSTILE),
        base.join(HOSTILE),
        base.element("p", HOSTILE, title=HOSTILE),
        Html("<p>") + HOSTILE,
    ],
)
def test_every_piece_escapes_what_data_bring(piece: Html) -> None:
    read = Tags(piece)
    assert not {"img", "script"} & {tag for tag, _ in read.tags}
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
    assert HOSTILE in read.text


def test_html_passes_as_it_is() -> None:
    assert base.join(base.html("a & b"), Html("<b>c</b>")) == "a &amp; b<b>c</b>"


def test_intervals_are_set_back_from_the_number() -> None:
    shown = base.headline(["They explain 71% [58, 83] of the fall."])
    assert '71%<span class="cb-interval"> [58, 83]</span> of' in shown


def test_only_the_first_sentence_is_large() -> None:
    shown = base.headline(["One.", "Two.", "Three."])
    assert shown.count("cb-headline") == 1
    assert shown.count("cb-lead") == 2


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", " JavaScript:x", "vbscript:x"]
)
def test_an_address_that_is_code_is_no_link(address: str) -> None:
    assert base.link(address, "words") == "words"


@pytest.mark.parametrize(
    "address", ["02_symptom.html#cell-4", "#x", "https://example.org/a:b", "../a"]
)
def test_an_address_of_a_page_is_a_link(address: str) -> None:
    assert Tags(base.link(address, "words")).tags == [("a", {"href": address})]


def test_a_table_puts_numbers_right_and_names_its_rows() -> None:
    rows = [["a", 1234.5, np.int64(3), Estimate(0.5, 0.4, 0.6, 9)], ["b", None, np.int64(4), None]]
    read = Tags(base.table(["name", "x", "n", "share"], rows, caption="Numbers"))
    cells = [attributes.get("class") for tag, attributes in read.tags if tag == "td"]
    assert cells == ["cb-number"] * 6
    assert [a.get("scope") for t, a in read.tags if t == "th"] == ["col"] * 4 + ["row"] * 2
    assert "1,234" in read.text
    assert "0.50 [0.40, 0.60]" in read.text
    region = next(a for t, a in read.tags if t == "div")
    assert region["aria-label"] == "Numbers"
    assert region["tabindex"] == "0"


def test_a_table_without_rows_says_so() -> None:
    assert "cb-empty" in base.table(["a"], [])


def test_words_and_mixed_columns_stay_left() -> None:
    assert "cb-number" not in base.table(["a", "b"], [["x", 1], ["y", "many"]])


def test_values_are_written_in_the_language() -> None:
    with using("ko"):
        assert base.cell(date(2011, 7, 5)) == "2011. 7. 5."
    assert base.cell(date(2011, 7, 5)) == "Jul 5, 2011"
    assert base.cell(True) == "yes"
    assert base.cell(None) == "–"


@pytest.mark.parametrize("kind", STATES)
def test_every_state_has_its_word_its_icon_and_its_look(kind: str) -> None:
    shown = base.notice(kind, "Why.")  # type: ignore[arg-type]
    assert f"cb-{kind}" in shown
    assert base.label(kind) in shown  # type: ignore[arg-type]
    assert 'aria-hidden="true"' in shown
    assert f".cb-{kind}" in base.fragment_style()


def test_states_are_told_apart_by_more_than_colour() -> None:
    assert len({state.path for state in STATES.values()}) == len(STATES)
    assert len({state.label for state in STATES.values()}) == len(STATES)


def test_a_fragment_brings_its_style_to_a_notebook_once() -> None:
    piece = base.join(base.prose("a"), base.details("b", base.prose("c")))
    assert piece._repr_html_().count("<style") == 1
    assert "<style" not in piece


def test_a_fragment_reads_as_text_in_a_terminal() -> None:
    class Printer:
        said = ""

        def text(self, text: str) -> None:
            self.said += text

    printer = Printer()
    base.join(base.headline(["A & b."]), base.prose("c"))._repr_pretty_(printer, False)
    assert printer.said == "A & b. c"
