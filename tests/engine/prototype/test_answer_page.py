"""An answer as a reader sees it: decision, probability, band, what is odd, what has changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casebook.pages import prototype_about as about
from casebook.pages import prototype_answer as said
from casebook.prototype.answer import answer
from casebook.prototype.start import typical
from casebook.prototype.values import Problem, Unlike

TEXTS = {"positive": "Will come", "negative": "Will not", "hand_over": "Ask Kim", "unknown": "New."}
RECORD = {"texts": TEXTS, "hand_over": {"low": 0.4, "high": 0.6, "to": "Kim"}, "threshold": 0.5}


@pytest.fixture
def prototype(open_rows, rows_of):
    return open_rows(rows_of(), prototype=RECORD)


@pytest.fixture
def given(prototype):
    return answer(prototype, typical(prototype).row)


def test_a_probability_is_never_as_sure_as_all_or_nothing():
    assert said.chance(0.987) == "99%"
    assert said.chance(0.9999) == "over 99%"
    assert said.chance(0.0) == "under 1%"


def test_the_bar_shows_probability_threshold_and_band(prototype, given):
    shown = said.decision(prototype, replace(given, probability=0.25, decision="no"))
    assert "Probability 25%" in shown
    assert 'class="cb-bar-fill" style="left:0.00%;width:25.00%"' in shown
    assert 'class="cb-bar-mark" style="left:50.00%"' in shown
    assert 'class="cb-bar-band" style="left:40.00%;width:20.00%"' in shown
    assert "From 50% on it says “Will come”." in shown
    assert "A person decides from 40% to 60%." in shown


def test_where_a_person_decides_it_says_who(prototype, given):
    shown = said.decision(prototype, replace(given, probability=0.5, decision="person"))
    assert "Between 40% and 60% the model does not decide. Kim decides." in shown


def test_what_is_odd_is_said_once_with_notes_apart(prototype, given):
    odd = (Unlike("", "New."), Unlike("z", "z: 9 is more than any."), Unlike("z", "Rare.", False))
    shown = said.odd(prototype, replace(given, unlike=odd))
    assert shown.count("New.") == 1
    assert "more than any" in shown.partition("cb-small")[0]
    assert "Rare." in shown.partition("cb-small")[2]
    assert said.odd(prototype, replace(given, unlike=())) == ""


def test_a_change_is_told_with_the_decision_only_where_it_turned(prototype, given):
    first = replace(given, probability=0.62, sentence="Will come")
    now = replace(first, probability=0.48)
    assert "Was 62%, now 48%." in said.compared(prototype, first, now, ("z",))
    turned = replace(now, sentence="Will not")
    shown = said.compared(prototype, first, turned, ("z", "도시", "키 (cm)", "z"))
    assert "Was “Will come” (62%), now “Will not” (48%)." in shown
    assert "and 1 more" in shown
    assert said.compared(prototype, first, first, ()) == ""


def test_a_problem_names_its_field(prototype):
    shown = said.problems(prototype, (Problem("z", "'x' is no number."), Problem("", "No model.")))
    assert "z: &#39;x&#39; is no number." in shown
    assert "<li>No model.</li>" in shown


def test_numbers_and_many_classes_have_their_own_look(open_rows, rows_of):
    number = open_rows(rows_of(kind="number"), name="number")
    given = answer(number, typical(number).row)
    assert "has not been measured" in said.decision(number, given)
    many = open_rows(rows_of(kind="many"), name="many")
    shown = said.decision(many, answer(many, typical(many).row))
    assert shown.count("cb-share") >= 3


def test_what_it_is_not_for_is_asked_where_nobody_has_said_it(prototype):
    assert "prototype.texts.limits" in about.limits(prototype)
    metric = {"title": "ROC AUC"}
    held = [{"value": 0.7, "low": 0.6, "high": 0.8, "n": 9, "level": 0.95}]
    baseline = {"candidates": [{"name": "linear", "held": held}], "metrics": [metric],
                "rows_held": 90}  # fmt: skip
    shown = about.facts(prototype.model.file, baseline, ("2026-01-01", "2026-02-01"))
    assert "0.70 [0.60, 0.80] on 90 rows that it had not seen" in shown
    assert "400 rows" in shown
    assert about.metrics("tree", baseline) == []
