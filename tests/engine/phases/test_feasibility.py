"""Feasibility: evidence beside answers, on tables with a planted truth."""

from __future__ import annotations

from casebook.phases import feasibility
from casebook.phases.findings import dump, load, phase_named


def test_feasibility_puts_answers_beside_the_evidence(make_case, signal, examined):
    answers = {"pattern": {"answer": "no", "by": "Kim"}, "value": {"answer": "yes"}}
    found = examined(feasibility, make_case(signal(), target="y", feasibility=answers))
    pattern = next(item for item in found.checks if item.sign == "pattern")
    assert (pattern.outcome, pattern.answer, pattern.by) == ("yes", "no", "Kim")
    assert any("the data contradict: There is a pattern" in text for text in found.headline)
    assert found.unanswered == 10
    assert load(phase_named("feasibility"), dump(found)) == found


def test_feasibility_without_a_target_still_says_what_the_data_say(make_case, signal, examined):
    found = examined(feasibility, make_case(signal().drop(columns="y")))
    assert found.trials == ()
    assert "no column to be predicted" in found.cannot_fit
    assert len(found.checks) == 12


def test_feasibility_rarely_sees_a_pattern_where_there_is_none(make_case, signal, examined):
    seen = 0
    for seed in range(20):
        case = make_case(signal(200, seed, strength=0.0), name=f"s{seed}", target="y")
        found = examined(feasibility, case)
        seen += next(item for item in found.checks if item.sign == "pattern").outcome == "yes"
    assert seen <= 3
