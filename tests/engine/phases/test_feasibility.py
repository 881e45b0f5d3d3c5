"""Feasibility: evidence beside answers, on tables with a planted truth."""

from __future__ import annotations

from casebook.phases import feasibility
from casebook.phases.feasibility_signs import SIGNS
from casebook.phases.findings import dump, load, phase_named


def test_feasibility_puts_answers_beside_the_evidence(make_case, signal, examined):
    answers = {"pattern": {"answer": "no", "by": "Kim"}, "value": {"answer": "yes"}}
    found = examined(feasibility, make_case(signal(), target="y", feasibility=answers))
    pattern = next(item for item in found.checks if item.sign == "pattern")
    assert (pattern.outcome, pattern.answer, pattern.by) == ("yes", "no", "Kim")
    assert any("the data contradict: There is a pattern" in text for text in found.headline)
    assert found.unanswered == 10
    assert load(phase_named("feasibility"), dump(found)) == found


def test_the_verdict_and_its_reasons_are_in_the_findings(make_case, signal, examined):
    found = examined(feasibility, make_case(signal(1200), target="y"))
    assert (found.verdict, found.rests_on, found.override) == ("go", "evidence", None)
    assert found.headline[0] == "The verdict: go."
    assert set(found.reasons) <= set(found.headline)
    assert [check.sign for check in found.checks] == [sign.name for sign in SIGNS]
    for check in found.checks:
        assert check.sentence
        assert check.question.endswith("?")
        assert {item.sign for item in check.evidence} == {check.sign}


def test_an_override_is_in_the_findings_with_name_and_reason(make_case, signal, examined):
    said = {"verdict": "go", "by": "Kim", "on": "2026-05-01", "reason": "We try it for a month."}
    case = make_case(signal(1500, strength=0.0), target="y", feasibility={"override": said})
    found = examined(feasibility, case)
    assert (found.verdict, found.override.by, found.override.on) == ("go", "Kim", "2026-05-01")
    assert found.blocking == ("pattern",)
    assert "Overruled by Kim: We try it for a month." in found.headline[1]


def test_what_nobody_has_cleared_blocks_as_soon_as_somebody_answers(make_case, signal, examined):
    case = make_case(signal(1200), target="y", feasibility={"value": {"answer": "yes"}})
    found = examined(feasibility, case)
    assert found.verdict == "stop"
    assert {"unethical", "fatal", "cost"} <= set(found.blocking)


def test_feasibility_without_a_target_still_says_what_the_data_say(make_case, signal, examined):
    found = examined(feasibility, make_case(signal().drop(columns="y")))
    assert found.trials == ()
    assert "no column to be predicted" in found.cannot_fit
    assert len(found.checks) == 12


def test_feasibility_rarely_sees_a_pattern_where_there_is_none(make_case, signal, examined):
    seen = 0
    for seed in range(6):
        case = make_case(signal(200, seed, strength=0.0), name=f"s{seed}", target="y")
        found = examined(feasibility, case)
        seen += next(item for item in found.checks if item.sign == "pattern").outcome == "yes"
    assert seen <= 1
