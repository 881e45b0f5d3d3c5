"""Headings put in order."""

from __future__ import annotations

from casebook.pages.outline import Heading, outlined


def test_levels_are_not_skipped_and_there_is_one_title() -> None:
    body, contents = outlined("<h1>A</h1><h4>B</h4><h1>C</h1><h5>D</h5><h2>E</h2>")
    assert [heading.level for heading in contents] == [1, 2, 2, 3, 2]
    assert body.startswith('<h1 id="a">A</h1><h2 id="b">B</h2><h2 id="c">C</h2><h3 id="d">')


def test_same_words_get_places_of_their_own() -> None:
    _, contents = outlined("<h1>처음 온 손님</h1><h2>처음 온 손님</h2><h2>?</h2>")
    assert [h.place for h in contents] == ["처음-온-손님", "처음-온-손님-2", "part"]


def test_markup_in_a_heading_stays_there_and_not_in_the_contents() -> None:
    body, contents = outlined('<h2 class="x" id="old">A <em>b</em> &amp; c</h2>')
    assert contents == (Heading(2, "a-b-c", "A b & c"),)
    assert body == '<h2 id="a-b-c" class="x">A <em>b</em> &amp; c</h2>'


def test_deep_headings_are_put_right_and_left_out_of_the_contents() -> None:
    body, contents = outlined("<h1>A</h1><h2>B</h2><h3>C</h3><h4>D</h4>")
    assert "<h4" in body
    assert [heading.text for heading in contents] == ["A", "B", "C"]
