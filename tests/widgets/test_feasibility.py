"""The feasibility panel: the verdict follows answers, and nobody's answer is overwritten."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook import language
from casebook.case import load_case, read_journal, save_answers
from casebook.evidence.base import Evidence, Picture, Point
from casebook.phases.feasibility import Check, Findings
from casebook.phases.feasibility_signs import SIGNS
from casebook.phases.findings import phase_named
from casebook.workspace import Workspace
from widgets import FeasibilityPanel
from widgets.answers import who
from widgets.feasibility import FeasibilityModel

CLEAR = {"unethical", "simple", "no_data", "fatal", "explain", "cost"}
OUTCOMES = {sign.name: "no" if sign.name in CLEAR else "yes" for sign in SIGNS}
PICTURE = Picture(
    "intervals", (Point("model", 0.8, 0.7, 0.9), Point("dummy", 0.5)), 0.5, "ROC AUC", "A model."
)


def examined(**outcomes: str) -> Findings:
    """Findings whose evidence clears every sign, but for the outcomes that are given."""
    said = {**OUTCOMES, **outcomes}
    checks = tuple(
        Check(s.name, s.title, f"{s.title}?", s.good, None, None, None, None, said[s.name],
              f"Evidence on {s.name} [1, 2].", (evidence(s.name, said[s.name]),),
              contradicts=False)
        for s in SIGNS
    )  # fmt: skip
    return Findings(
        ("Said.",), "go", (), "evidence", None, (), checks, 9, 2, 9, (), "ROC AUC", (), None, ""
    )


def evidence(sign: str, outcome: str) -> Evidence:
    facts = (("rows", "9"),)
    return Evidence(sign, sign, sign, outcome, f"Evidence on {sign} [1, 2].", None, facts, PICTURE)


@pytest.fixture
def frame():
    rng = np.random.default_rng(1)
    return pd.DataFrame({"x": rng.normal(size=60), "y": ["a", "b"] * 30})


@pytest.fixture
def case(make_case, frame):
    return make_case(frame, target="y")


@pytest.fixture
def model(case):
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


def test_a_new_model_starts_from_the_record(model, case):
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


def test_a_figure_is_saved_and_makes_the_evidence_stale_until_it_is_computed_again(model, case):
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


def test_without_a_name_nothing_is_saved_and_nothing_is_lost(case):
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


# The view


@pytest.fixture
def panel(case):
    work = Workspace(case, phase_named("feasibility"), case.folder / "runs" / "draft")
    return FeasibilityPanel(work, examined(), by="Kim")


def test_choosing_and_typing_saves_and_the_verdict_on_top_follows(panel, case):
    assert "Go:" in panel.verdict.value
    row = panel.rows["value"]
    row.answer.value = "no"
    row.note.value = "Nobody <b>asked</b> for it."
    assert (record(case).value.answer, record(case).value.note) == (
        "no",
        "Nobody <b>asked</b> for it.",
    )
    assert "Stop:" in panel.verdict.value
    assert "Saved." in row.state.value
    assert "the data say otherwise" in row.state.value
    assert "stands in the way" in row.marks.value
    assert "Saved." not in panel.rows["data"].state.value
    assert "<b>" not in panel.static()


def test_every_control_has_a_label_of_its_own(panel):
    labels = [field.control.description for row in panel.rows.values() for field in row.fields]
    assert len(labels) == len(set(labels)) == 30
    assert all(labels)


def test_a_clash_shows_theirs_keeps_what_was_typed_and_offers_both(panel, case):
    save_answers(
        case, {"feasibility.data.note": "Lost.", "feasibility.data.answer": "no"}, by="Lee"
    )
    row = panel.rows["data"]
    row.note.value = "There are some."
    assert (row.note.value, row.answer.value) == ("There are some.", "no")
    box = row.children[-1]
    assert box.layout.display == "flex"
    assert "Lost." in box.text.value
    assert "There are some." in box.text.value
    box.theirs.click()
    assert (row.note.value, box.layout.display) == ("Lost.", "none")
    assert record(case).data.note == "Lost."


def test_what_was_typed_and_refused_stays_while_other_answers_are_saved(panel, case):
    row = panel.rows["fatal"]
    [cost] = [field.control for field in row.fields if field.path.endswith("worst_case_cost")]
    cost.value = "a fortune"
    panel.rows["data"].answer.value = "yes"
    assert cost.value == "a fortune"
    assert "is not a number" in row.state.value  # as long as it stands there
    assert record(case).worst_case_cost is None
    cost.value = "50000"
    assert "is not a number" not in row.state.value
    assert record(case).worst_case_cost == 50000
    assert panel.stale.layout.display == "flex"


def test_a_record_that_somebody_broke_is_told_on_top_until_it_is_right_again(panel, case):
    whole = case.path.read_text("utf-8")
    case.path.write_text(whole + "\nfeasibilty: 1\n", "utf-8")
    panel._look()
    assert "feasibilty" in panel.status.value
    case.path.write_text(whole, "utf-8")
    panel._look()
    assert "feasibilty" not in panel.status.value


def test_the_evidence_is_computed_again_from_the_panel(panel, case):
    panel.rows["cost"].fields[2].control.value = "1000"
    panel.again.click()
    assert panel.stale.layout.display == "none"
    assert "[1, 2]" not in panel.rows["pattern"].evidence.value


def test_signing_and_overruling_take_a_name_and_a_reason(panel, case):
    row = panel.rows["unethical"]
    row.answer.value = "no"
    assert "sign below" in row.state.value
    row.signing.reason.value = "A person decides."
    row.signing.take.click()
    assert record(case).unethical.answer == "no"
    assert "A person decides." in row.signing.held.value
    panel.rows["value"].answer.value = "no"
    panel.override.take.click()
    assert "a reason" in panel.override.message.value
    panel.override.reason.value = "A month's trial."
    panel.override.take.click()
    assert "Overruled" in panel.verdict.value
    assert "Kim" in panel.static()
    panel.override.back.click()
    assert record(case).override is None


def test_the_panel_asks_for_a_name_and_then_saves_what_waited(case):
    work = Workspace(case, phase_named("feasibility"), case.folder / "runs" / "draft")
    panel = FeasibilityPanel(work, examined(), by="")
    panel.rows["pattern"].answer.value = "yes"
    assert "enter your name" in panel.status.value
    assert record(case).pattern.answer is None
    panel.name.value = "Lee"
    assert record(case).pattern.by == "Lee"
    assert "enter your name" not in panel.status.value


def test_an_answer_given_in_a_callback_is_told_in_the_case_s_language(make_case, frame):
    """Widgets call back in a context of their own, where the language of the cell is not set."""
    case = make_case(frame, target="y", language="ko")
    with language.using("ko"):
        work = Workspace(case, phase_named("feasibility"), case.folder / "runs" / "draft")
        panel = FeasibilityPanel(work, examined(), by="Kim")
    assert language.current() == "en"
    panel.rows["value"].answer.value = "no"
    assert 'lang="ko"' in panel.verdict.value
    assert "the data say yes" not in panel.rows["value"].marks.value
    assert "Not answered yet" not in panel.static()


def test_the_static_panel_holds_every_sign_its_evidence_and_its_picture(panel):
    panel.rows["value"].answer.value = "yes"
    shown = panel.static()
    assert shown.count("<article") == 12
    assert shown.count("<svg xmlns") == 12
    assert shown.count("Evidence on") == 12
    assert "<input" not in shown
    assert 'role="img"' in shown
    assert "A model." in shown
