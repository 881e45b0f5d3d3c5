"""The brief: what was found, what is open, phase by phase."""

from __future__ import annotations

from casebook.phases import case as brief
from casebook.phases.findings import dump, load, phase_named


def test_a_new_case_says_what_is_open(make_case, signal, examined):
    found = examined(brief, make_case(signal(), target="y"))
    assert found.rows == 600
    assert 0 < found.unanswered <= found.questions
    assert sum(len(standing.unanswered) for standing in found.phases) <= found.unanswered
    assert not any(standing.ran for standing in found.phases)
    assert load(phase_named("case"), dump(found)) == found


def test_an_answer_leaves_one_question_fewer(make_case, signal, examined):
    before = examined(brief, make_case(signal(), name="before", target="y"))
    case = make_case(signal(), name="after", target="y", symptom={"statement": "Guests stay away."})
    after = examined(brief, case)
    assert after.unanswered == before.unanswered - 1
    assert after.headline[0] == "Guests stay away."


def test_what_other_phases_found_is_told(make_case, signal, examined):
    upstream = {"baseline": {"headline": ["The best candidate is the rule.", "More."]}}
    found = examined(brief, make_case(signal(), target="y"), upstream)
    baseline = next(standing for standing in found.phases if standing.stem == "baseline")
    assert baseline.ran
    assert "The best candidate is the rule." in found.headline
