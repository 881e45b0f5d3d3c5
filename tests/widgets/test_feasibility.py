"""The feasibility panel: the verdict follows answers, and nobody's answer is overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from casebook.case import load_case, read_journal, save_answers
from casebook.phases.feasibility_signs import SIGNS
from widgets.answers import who
from widgets.feasibility import FeasibilityModel


@pytest.fixture
def model(case, examined):
    return FeasibilityModel(case, examined(), by="Kim")


def record(case):
    return load_case(case.folder).record.feasibility


def test_an_answer_is_in_the_record_with_name_and_day_and_in_the_journal(model, case):
    assert model.answer("pattern", "yes")
    said = record(case).pattern
    assert (said.answer, said.by, said.on is not None) == ("yes", "Kim", True)
    assert {one.field for one in read_journal(case.folder)} == {
        "feasibility.pattern.answer", "feasibility.pattern.by", "feasibility.pattern.on",
    }  # fmt: skip
    assert (model.status, model.subject) == ("saved", "feasibility.pattern.answer")


def test_an_answer_taken_back_leaves_no_name_behind(model, case):
    model.answer("pattern", "yes")
    assert model.answer("pattern", "")
    said = record(case).pattern
    assert (said.answer, said.by, said.on) == (None, None, None)


def test_the_verdict_follows_every_answer(model):
    assert (model.findings.verdict, model.findings.rests_on) == ("go", "evidence")
    model.answer("value", "no")
    assert (model.findings.verdict, model.findings.blocking) == ("stop", ("value",))
    assert model.findings.rests_on == "answers and evidence"
    [check] = [one for one in model.findings.checks if one.sign == "value"]
    assert (check.answer, check.contradicts) == ("no", True)
    model.answer("value", "yes")
    assert model.findings.verdict == "go"


def test_a_new_model_starts_from_the_record(model, case, examined):
    model.answer("data", "unsure")
    again = FeasibilityModel(load_case(case.folder), examined(), by="Kim")
    [check] = [one for one in again.findings.checks if one.sign == "data"]
    assert (check.answer, check.by) == ("unsure", "Kim")


def test_not_unethical_takes_a_signature_with_a_name_and_a_reason(model, case):
    assert not model.answer("unethical", "no")
    assert model.status == "waiting"
    assert record(case).unethical.answer is None
    assert not model.sign("  ")
    assert model.sign("A person decides in the end.")
    said = record(case)
    assert (said.signature.by, said.signature.reason) == ("Kim", "A person decides in the end.")
    assert (said.unethical.answer, said.unethical.by) == ("no", "Kim")
    assert model.unsign()
    assert (record(case).signature, record(case).unethical.answer) == (None, None)


def test_an_override_takes_a_name_and_a_reason_and_can_be_withdrawn(model, case):
    model.answer("value", "no")
    assert not model.overrule("go", "")
    assert record(case).override is None
    assert model.overrule("go", "We try it for a month.")
    assert model.findings.verdict == "go"
    assert "Kim" in model.findings.reasons[0]
    assert record(case).override.reason == "We try it for a month."
    assert model.withdraw()
    assert model.findings.verdict == "stop"


def test_a_figure_is_saved_and_makes_the_evidence_stale_until_it_is_computed_again(
    model, case, examined
):
    assert not model.number("minutes_per_decision", "many")
    assert model.status == "refused"
    assert "'many' is not a number" in model.message
    assert model.number("minutes_per_decision", "12")
    assert (record(case).minutes_per_decision, model.stale) == (12, True)
    model.compute(lambda _case: examined(value="no"))
    assert (model.stale, model.findings.verdict) == (False, "stop")


def test_different_signs_of_two_people_both_stay(model, case):
    save_answers(case, {"feasibility.data.answer": "no"}, by="Lee")
    assert model.answer("pattern", "yes")
    assert (record(case).pattern.answer, record(case).data.answer) == ("yes", "no")
    assert model.findings.verdict == "collect data first"


def test_the_same_sign_answered_by_another_is_shown_and_not_overwritten(model, case):
    save_answers(case, {"feasibility.pattern.answer": "no"}, by="Lee")
    assert not model.answer("pattern", "yes")
    assert record(case).pattern.answer == "no"
    clash = model.clashes["feasibility.pattern.answer"]
    assert (clash.mine, clash.theirs, clash.by) == ("yes", "no", "Lee")
    assert model.status == "clash"
    assert "Lee" in model.message
    assert model.settle("feasibility.pattern.answer", mine=True)
    assert (record(case).pattern.answer, record(case).pattern.by) == ("yes", "Kim")
    assert model.clashes == {}


def test_the_other_answer_can_be_left(model, case):
    save_answers(case, {"feasibility.pattern.answer": "no"}, by="Lee")
    model.answer("pattern", "yes")
    assert model.settle("feasibility.pattern.answer", mine=False)
    assert (record(case).pattern.answer, model.clashes) == ("no", {})
    assert model.answer("pattern", "unsure")


def test_a_third_answer_while_two_clash_is_not_overwritten_either(model, case):
    path = "feasibility.pattern.answer"
    second = save_answers(case, {path: "no"}, by="Lee")
    model.answer("pattern", "yes")
    save_answers(second, {path: "unsure"}, by="Park")
    assert not model.settle(path, mine=True)
    assert record(case).pattern.answer == "unsure"
    assert model.clashes[path].by == "Park"


def test_the_same_answer_of_two_people_is_no_clash(model, case):
    save_answers(
        case, {"feasibility.pattern.answer": "yes", "feasibility.pattern.by": "Lee"}, "Lee"
    )
    assert model.answer("pattern", "yes")
    assert record(case).pattern.by == "Lee"
    assert model.clashes == {}


def test_an_edit_in_an_editor_is_nobody_s_and_not_overwritten(model, case):
    text = case.path.read_text("utf-8").replace(
        "pattern:\n    answer: null", "pattern:\n    answer: no"
    )
    assert text != case.path.read_text("utf-8")
    case.path.write_text(text, "utf-8")
    assert not model.answer("pattern", "yes")
    assert model.clashes["feasibility.pattern.answer"].by == "Somebody"


def test_news_are_taken_in_but_a_field_that_is_typed_in_stays(model, case):
    save_answers(
        case, {"feasibility.data.answer": "no", "feasibility.data.note": "Lost."}, by="Lee"
    )
    assert model.refresh()
    assert model.findings.verdict == "collect data first"
    clash = model.clashes["feasibility.data.note"]
    assert (clash.given, clash.theirs, clash.by) == (False, "Lost.", "Lee")
    assert not model.note("data", "There are some.")
    assert record(case).data.note == "Lost."
    assert model.clashes["feasibility.data.note"].mine == "There are some."
    assert not model.refresh()


def test_a_record_that_cannot_be_read_is_told_and_nothing_is_lost(model, case):
    whole = case.path.read_text("utf-8")
    case.path.write_text(whole + "\nfeasibilty: 1\n", "utf-8")
    model.look()
    assert model.status == "refused"
    assert not model.answer("pattern", "yes")
    case.path.write_text(whole, "utf-8")
    assert model.answer("pattern", "yes")


def test_without_a_name_nothing_is_saved_and_nothing_is_lost(case, examined):
    model = FeasibilityModel(case, examined(), by="")
    assert not model.answer("pattern", "yes")
    assert not model.sign("It is fine.")
    assert record(case).pattern.answer is None
    model.by = "Lee"
    assert (record(case).pattern.answer, record(case).pattern.by) == ("yes", "Lee")


def test_who_answers_is_asked_behind_a_link(monkeypatch):
    monkeypatch.setenv("CASEBOOK_USER", "")
    assert who() == ""
    monkeypatch.setenv("CASEBOOK_USER", "Kim")
    assert who() == "Kim"


def test_two_people_at_once_lose_no_answer_and_overwrite_none(case, examined):
    """What a panel has called saved is in the record; who came second on a sign was told."""
    people = [FeasibilityModel(case, examined(), by=name) for name in ("Kim", "Lee")]
    asked = [sign.name for sign in SIGNS if sign.name != "unethical"]
    said = {"Kim": "yes", "Lee": "no"}

    def answer_all(model: FeasibilityModel) -> dict[str, tuple[str | None, bool]]:
        shown = {}
        for sign in asked:
            before = model.value(f"feasibility.{sign}.answer")
            shown[sign] = (before, model.answer(sign, said[model.by]))
        return shown

    with ThreadPoolExecutor(2) as pool:
        kim, lee = pool.map(answer_all, people)
    for sign in asked:
        saved = {name for name, one in (("Kim", kim[sign]), ("Lee", lee[sign])) if one[1]}
        check = record(case).check(sign)
        assert check.by in saved
        assert check.answer == said[check.by]
        if len(saved) == 2:  # the second has seen the first's answer when it was replaced
            [first] = saved - {check.by}
            before = (kim if check.by == "Kim" else lee)[sign][0]
            assert before == said[first], sign
        else:
            [other] = [one for one in people if one.by not in saved]
            assert other.clashes[f"feasibility.{sign}.answer"].by == check.by
