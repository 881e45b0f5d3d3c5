"""The verdict by its rules: what stands in the way, what clears it, who overrules it."""

from __future__ import annotations

import pytest

from casebook.phases.feasibility_signs import SIGNS
from casebook.phases.feasibility_verdict import RULES, TITLES, Override, decide

GOOD = {sign.name: "yes" for sign in SIGNS if sign.good}
CLEARED = {sign.name: "no" for sign in SIGNS if not sign.good}
NOTHING = {sign.name: None for sign in SIGNS}
NO_EVIDENCE = {sign.name: "none" for sign in SIGNS}


def told(answers=None, outcomes=None, override=None):
    """By default somebody or something has said that there is a pattern."""
    given = {"pattern": "yes"} if not answers else {}
    outcomes = {**NO_EVIDENCE, **given, **(outcomes or {})}
    return decide({**NOTHING, **(answers or {})}, outcomes, {}, override)


def test_all_good_signs_and_no_bad_one_is_a_go():
    found = told(GOOD | CLEARED)
    assert (found.word, found.blocking, found.rests_on) == ("go", (), "answers and evidence")


@pytest.mark.parametrize(
    ("sign", "word"),
    [
        ("unethical", "stop"),
        ("fatal", "stop"),
        ("cost", "stop"),
        ("no_data", "collect data first"),
        ("simple", "rule first"),
        ("explain", "rule first"),
    ],
)
@pytest.mark.parametrize("answer", ["yes", "unsure", None])
def test_any_bad_sign_that_is_not_cleared_blocks(sign, word, answer):
    found = told(GOOD | CLEARED | {sign: answer})
    assert (found.word, found.blocking) == (word, (sign,))


@pytest.mark.parametrize(
    ("sign", "word"),
    [
        ("pattern", "stop"),
        ("value", "stop"),
        ("repetition", "stop"),
        ("objective", "collect data first"),
        ("data", "collect data first"),
        ("complexity", "rule first"),
    ],
)
def test_a_good_sign_that_is_refused_blocks(sign, word):
    by_answer = told(GOOD | CLEARED | {sign: "no"})
    by_data = told(outcomes={sign: "no"})
    assert (by_answer.word, by_data.word) == (word, word)
    assert by_answer.blocking == by_data.blocking == (sign,)


def test_with_nothing_answered_the_evidence_alone_decides_and_says_so():
    found = told(outcomes={"pattern": "yes", "complexity": "yes", "simple": "no"})
    assert (found.word, found.rests_on) == ("go", "evidence")
    assert "Nobody has answered yet" in found.reasons[-1]


def test_evidence_clears_a_bad_sign_that_nobody_answered():
    found = told(GOOD | CLEARED | {"simple": None}, {"simple": "no"})
    assert found.word == "go"


def test_answers_do_not_outvote_the_data_and_are_marked():
    found = told(GOOD | CLEARED, {"pattern": "no"})
    assert (found.word, found.contradictions) == ("stop", ("pattern",))


def test_a_duty_to_explain_is_met_by_a_model_that_can_be_explained():
    found = told(GOOD | CLEARED | {"explain": "yes"}, {"explain": "no"})
    assert (found.word, found.contradictions) == ("go", ())


def test_a_pattern_that_the_data_cannot_show_yet_needs_more_of_them():
    assert told(outcomes={"pattern": "unclear"}).word == "collect data first"
    assert told(outcomes={"pattern": "none"}).word == "collect data first"
    assert told(outcomes={"pattern": "none", "simple": "yes"}).word == "rule first"
    open_ones = GOOD | CLEARED | {"pattern": None, "simple": None}
    assert told(open_ones, {"pattern": "unclear"}).word == "collect data first"
    assert told(GOOD | CLEARED, {"pattern": "unclear"}).word == "go"


def test_a_column_that_gives_the_answer_away_is_the_reason_that_is_told():
    outcomes = {**NO_EVIDENCE, "pattern": "yes", "no_data": "yes"}
    found = decide(NOTHING, outcomes, {"leaks": "yes"}, None)
    assert (found.word, found.blocking) == ("collect data first", ("no_data",))
    assert found.reasons[0].startswith("A column may give the answer away")
    assert decide(NOTHING, outcomes, {}, None).reasons[0].startswith("There are no good data.")


def test_an_override_needs_a_name_and_a_reason():
    good = Override("go", "Kim", "We try it on one table.", None)
    found = told(outcomes={"pattern": "no"}, override=good)
    assert (found.word, found.blocking) == ("go", ("pattern",))
    assert "Overruled by Kim" in found.reasons[0]
    for lacking in (Override("go", None, "Because.", None), Override("go", "Kim", " ", None)):
        found = told(outcomes={"pattern": "no"}, override=lacking)
        assert found.word == "stop"
        assert "no effect" in found.reasons[0]


def test_every_sign_has_a_rule_and_every_word_a_title():
    assert {rule.sign for rule in RULES} == {sign.name for sign in SIGNS}
    assert {rule.word for rule in RULES} | {"go"} == set(TITLES)
