"""Pictures of the problem and of the tables: whole, and in words too."""

from __future__ import annotations

from datetime import date

import pytest

from casebook.case.sections_problem import Node
from casebook.figures.business import missing_figure, periods_figure
from casebook.figures.lines import width, wrapped
from casebook.figures.problem import effects_figure, hypotheses_figure, themes_figure
from casebook.figures.problem_tree import tree_figure
from casebook.phases import problem_evidence
from casebook.phases.business import Findings as Tables
from casebook.phases.business_tables import Gap, Held, Missing
from casebook.phases.problem import Claim, Findings
from casebook.phases.problem_interviews import counted
from casebook.phases.problem_sizes import Size
from casebook.phases.problem_tree import boxes
from casebook.stats.comparison import Side
from casebook.stats.estimate import Estimate

LONG = "메뉴가 많고 설명이 부실해 고르는 데 오래 걸리며 손님은 지쳐서 다시 오지 않는다 " * 3
DIFFERENCE = Estimate(-0.175, -0.2, -0.15, 600)
TESTED = problem_evidence.Tested(
    "x > 8", "", "back", "lower", "", "rows", "supports", "", True,
    Side(0.36, 300, 300), Side(0.54, 900, 700), DIFFERENCE, 0.05, 0.5, "guest_id", 0,
)  # fmt: skip
SIZE = Size("amount", False, Estimate(2e6, 1.7e6, 2.4e6, 600), 300, 0.4, "month", 3, 5e4)
NODES = [
    Node(id="s", kind="symptom", text="Revenue <b>falls</b> & falls"),
    Node(id="p", kind="problem", parent="s", text="Fewer come again"),
    Node(id="c", kind="cause", parent="p", text=LONG),
    Node(id="r", kind="solution", parent="c", text="Say what is in a dish", solution="rule now"),
    Node(id="l", kind="solution", parent="c", text="Suggest $5 dishes", removes=0.5),
    Node(id="alone", kind="cause", text="Hangs under nothing"),
]


def found(**more) -> Findings:
    tree = boxes(NODES, {"c": TESTED}, {"c": SIZE})
    said = tuple("-17.5 percentage points" if box.tested else "" for box in tree)
    claim = Claim(LONG, "Kim", None, "", TESTED, "Measured.", "", False)
    notes = counted(["wait", "menu"], {"waiting": ["wait"], "기다림": ["기다"]}, ("t", "c"), 0)
    fields = {"headline": ("Said.",), "statement": "", "metric": "revenue", "unit": "won",
              "symptom": "", "comparisons": 1, "hypotheses": (claim,), "tree": tree,
              "said": said, "interviews": notes, "notes": ()}  # fmt: skip
    return Findings(**{**fields, **more})


def test_every_box_is_drawn_and_told_in_words():
    figure = tree_figure(found())
    drawn = figure.svg()
    for node in NODES:
        assert node.text.split()[0].replace("<", "&lt;") in figure.alt.replace("<", "&lt;")
    assert "<b>" not in drawn
    assert "Say what is in a dish" in drawn
    assert "cause under 'Fewer come again'" in figure.alt.replace("Cause", "cause")


def test_boxes_do_not_overlap():
    axes = tree_figure(found()).axes[0]
    spans = [
        (patch.get_x(), patch.get_y(), patch.get_height())
        for patch in axes.patches
        if type(patch).__name__ == "Rectangle"
    ]
    assert len(spans) == len(NODES)
    for x, y, height in spans:
        below = [other for column, other, _h in spans if column == x and other > y]
        assert all(other >= y + height for other in below)


def test_an_empty_record_has_no_picture():
    nothing = found(hypotheses=(), tree=(), said=(), interviews=None)
    assert tree_figure(nothing) is None
    assert hypotheses_figure(nothing) is None
    assert effects_figure(nothing) is None
    assert themes_figure(nothing) is None


def test_hypotheses_are_drawn_with_word_effect_and_interval():
    figure = hypotheses_figure(found())
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert any(text.startswith("supports\n-17.5 [-20.0, -15.0]") for text in texts)
    assert len(figure.axes[0].collections) >= 2  # the interval and its point
    assert themes_figure(found()) is not None


def test_effects_are_drawn_as_parts_of_the_size():
    bars = [bar.get_width() for bar in effects_figure(found()).axes[0].patches]
    assert sorted(bars) == pytest.approx([1e6, 2e6])


@pytest.mark.parametrize("text", ["a word", LONG, "x" * 90, "", "두글자 " * 30])
def test_lines_fit_their_width(text):
    lines = wrapped(text, 20, 3).split("\n")
    assert len(lines) <= 3
    assert all(width(line) <= 20 for line in lines)


def test_the_days_of_tables_are_drawn_with_their_gaps():
    daily = Held("visits", rows=9, first=date(2026, 1, 1), last=date(2026, 3, 1), daily=True,
                 gaps=(Gap(date(2026, 2, 1), date(2026, 2, 3)),),
                 missing=(Missing("stars", 0.4),))  # fmt: skip
    old = Held("guests", rows=9, first=date(2019, 1, 1), last=date(2026, 3, 1), days=7)
    tables = Tables(("Said.",), "", "", "", None, "", (), (daily, old, Held("menu")), (), ())
    figure = periods_figure(tables)
    assert "3 days missing" in figure.alt
    assert "rows on 7 days" in figure.alt
    low, high = figure.axes[0].get_xlim()
    assert high - low < 80  # the old table does not squeeze the others
    assert "visits.stars: 40.0%" in missing_figure(tables).alt
