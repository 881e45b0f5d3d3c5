"""Reasons as HTML: a table that can be read aloud, escaped, with every part where there is one."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from casebook.pages.prototype_why import change_html, neighbours_html, why_html
from casebook.prototype.values import Change, Contribution, Field, Neighbour, Why

HOSTILE = "<script>alert(1)</script>\"'"


class Cells(HTMLParser):
    """The rows of the first table, without what is hidden from a screen reader."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.hidden, self.open = [], 0, []
        self.feed(text[text.index("<table") : text.index("</table>")])

    def handle_starttag(self, tag, attrs):
        if tag in ("tr", "th", "td", "span", "caption"):
            self.open.append((tag, ("aria-hidden", "true") in attrs))
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td") and self.rows and not self.open[-1][1]:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag in ("tr", "th", "td", "span", "caption"):
            self.open.pop()

    def handle_data(self, data):
        if any(hidden for _tag, hidden in self.open) or not self.rows or not self.rows[-1]:
            return
        self.rows[-1][-1] += data


def made(unit="probability", many=3, **more):
    share = None if unit == "number" else 1.0
    given = tuple(
        Contribution(f"c{n}", f"v{n}", size, share and size, f"label {n}")
        for n, size in enumerate((0.3, -0.2, *[0.01] * (many - 2)))
    )
    values = {
        "unit": unit, "start": 0.25, "end": 0.25 + sum(one.amount for one in given),
        "contributions": given, "exact": True, "sentences": ("First.", "Second."), "rows": 500,
    }  # fmt: skip
    if share:
        values |= {"start_share": values["start"], "end_share": values["end"], "name": "yes"}
    return Why(**(values | more))


def test_the_bars_are_a_table_that_can_be_read_aloud():
    rows = Cells(str(why_html(made()))).rows
    assert rows[1] == ["Start: average of 500 known rows", "25%"]
    assert rows[2] == ["label 0v0", "+30"]
    assert rows[3] == ["label 1v1", "−20"]
    assert rows[-1] == ["This row", "36%"]


def test_what_lowers_is_on_the_other_side_and_hatched():
    text = str(why_html(made()))
    up, down = (re.search(rf'cb-why-{side}" style="left:([\d.]+)%;width:([\d.]+)%', text)
                for side in ("up", "down"))  # fmt: skip
    line = float(re.search(r'cb-why-line" style="left:([\d.]+)%', text)[1])
    assert float(up[1]) == pytest.approx(line, abs=0.02)
    assert float(down[1]) + float(down[2]) == pytest.approx(line, abs=0.02)
    assert float(up[2]) / float(down[2]) == pytest.approx(1.5, abs=0.01)


def test_many_columns_are_put_together_and_all_are_listed_folded():
    text = str(why_html(made(many=20)))
    assert "12 other columns together" in text
    assert text.count("label 19") == 1


def test_numbers_and_log_odds_say_what_they_start_from():
    assert "typical of 500 known rows (mean of log odds)" in str(why_html(made("log odds")))
    number = str(why_html(made("number", start=10.0, end=10.1)))
    assert "What each column adds to the number" in number
    assert "%" not in Cells(number).rows[1][1]


def test_estimates_say_how_exact_they_are():
    assert "Estimated" not in str(why_html(made()))
    assert "± 1.2" in str(why_html(made(exact=False, error=0.006)))


def test_everything_is_escaped():
    fields = (Field("c0", HOSTILE, "text"),)
    why = made(rule=HOSTILE, sentences=(HOSTILE,), contributions=(
        Contribution(HOSTILE, HOSTILE, 0.1, 0.1, HOSTILE),),
        neighbours=(Neighbour(HOSTILE, {"c0": HOSTILE}, HOSTILE, 0.1),))  # fmt: skip
    change = Change({}, ((HOSTILE, HOSTILE, HOSTILE),) * 2, HOSTILE, 0.1, HOSTILE)
    for text in (why_html(why, fields), change_html(change), change_html(None, HOSTILE),
                 neighbours_html(why.neighbours)):  # fmt: skip
        assert "<script" not in text
        assert "&lt;script" in text


def test_near_rows_stand_side_by_side_with_what_came_true():
    near = [
        Neighbour("7", {"a": 12.0, "b": None}, "yes", 0.034),
        Neighbour("", {"a": 1.0, "b": "q"}, "no", 0.1),
    ]
    text = neighbours_html(near, (Field("a", "나이", "number", unit="years"),))
    for part in ("row 7", "row 2", "what came true", "3.4%", "나이", "12 years", "missing"):
        assert part in text
    assert neighbours_html(()) == ""


def test_without_contributions_there_is_nothing_to_draw():
    text = why_html(made(contributions=()))
    assert "cb-why-up" not in text
    assert change_html(None)
