"""The view of the feasibility panel: what is chosen and typed reaches the record, and is shown."""

from __future__ import annotations

import pytest

from casebook import language
from casebook.case import load_case, save_answers
from casebook.phases.findings import phase_named
from casebook.workspace import Workspace
from widgets import FeasibilityPanel


def record(case):
    return load_case(case.folder).record.feasibility


@pytest.fixture
def panel(case, examined):
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


def test_the_panel_asks_for_a_name_and_then_saves_what_waited(case, examined):
    work = Workspace(case, phase_named("feasibility"), case.folder / "runs" / "draft")
    panel = FeasibilityPanel(work, examined(), by="")
    panel.rows["pattern"].answer.value = "yes"
    assert "enter your name" in panel.status.value
    assert record(case).pattern.answer is None
    panel.name.value = "Lee"
    assert record(case).pattern.by == "Lee"
    assert "enter your name" not in panel.status.value


def test_an_answer_given_in_a_callback_is_told_in_the_case_s_language(make_case, frame, examined):
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
