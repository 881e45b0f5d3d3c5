"""The prototype without a browser: a row is typed, answered, explained, changed and linked."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import ipywidgets as w
import numpy as np
import pandas as pd
import pytest

from casebook.case import load_case
from casebook.phases.findings import phase_named
from casebook.phases.prototype import Findings
from casebook.prototype.values import Conformal, Trust, Width
from casebook.runs.feedback import read_predictions
from casebook.serve.incidents import LOG_VARIABLE
from casebook.workspace import Workspace
from widgets import prototype_model
from widgets.prototype import PrototypePanel
from widgets.prototype_form import FEW


def control(panel: PrototypePanel, label: str) -> w.Widget:
    """The one control with this label."""
    [found] = [ask.control for ask in panel.form.asks.values() if ask.field.label == label]
    return found


def test_an_answer_follows_each_change_at_once_and_has_an_id_of_its_own(panel):
    model = panel.model
    before, name = model.answer, model.prediction
    control(panel, "Months here").value = "1"
    assert model.row["tenure"] == 1
    assert model.answer is not before
    assert model.prediction != name
    assert "Will leave" in panel.decision.value
    control(panel, "Months here").value = "55"
    assert "Will stay" in panel.decision.value
    assert 'role="status"' in panel.decision.value
    assert f"Prediction {model.prediction}" in panel.more.value


def test_what_if_says_what_the_change_has_done_and_how_to_get_back(panel):
    model = panel.model
    assert panel.undo.layout.display == "none"
    control(panel, "Months here").value = "58"
    assert re.search(r"Was .*, now .*Changed: Months here\.", panel.more.value)
    panel.undo.click()
    assert model.changed == {}
    assert control(panel, "Months here").value == model.texts["tenure"]
    assert "Changed" not in panel.more.value


def test_what_cannot_be_read_is_told_at_its_field_and_the_last_answer_fades(panel):
    model, answer = panel.model, panel.model.answer
    control(panel, "Months here").value = "many"
    assert model.answer is answer
    assert model.stale
    assert "is not a number" in panel.form.asks["tenure"].trouble.value
    assert "cb-faded" in panel.decision.value
    assert "answer is to the values before" in panel.more.value
    assert control(panel, "Months here").value == "many"
    control(panel, "Months here").value = "120"
    assert "at most 99 months is allowed" in panel.form.asks["tenure"].trouble.value
    control(panel, "Months here").value = "12"
    assert panel.form.asks["tenure"].trouble.value == ""
    assert "cb-faded" not in panel.decision.value


def test_a_slider_and_its_field_move_together_and_a_page_s_echo_changes_nothing(panel):
    ask = panel.form.asks["tenure"]
    control(panel, "Months here").value = "20"
    assert ask.slider.value == pytest.approx(20)
    name = panel.model.prediction
    ask.slider.set_trait("value", ask.slider.value + 1e-12)
    assert panel.model.prediction == name
    ask.slider.value = 30
    assert control(panel, "Months here").value == "30"
    assert panel.model.row["tenure"] == 30


def test_not_known_is_ticked_and_what_was_typed_stays(panel):
    ask = panel.form.asks["tenure"]
    ask.control.value = "17"
    ask.unknown.value = True
    assert panel.model.row["tenure"] is None
    assert ask.control.disabled
    assert ask.control.value == "17"
    ask.unknown.value = False
    assert panel.model.row["tenure"] == 17
    ask.control.value = ""
    assert panel.model.row["tenure"] is None
    assert ask.unknown.value


def test_levels_are_picked_and_one_never_seen_is_told(panel):
    plan = control(panel, "Plan")
    assert isinstance(plan, w.Dropdown)
    plan.value = "basic"
    assert panel.model.row["plan"] == "basic"
    panel.model.give("plan", "gold")
    assert plan.value == "gold"
    assert "Never seen the like." in panel.more.value


def test_it_starts_from_the_record_s_example_a_found_or_a_random_row(panel):
    model = panel.model
    assert (model.began.name, panel.start.example.value) == ("C3", "C3")
    assert "What really came of it" in panel.start.known.value
    assert "gender" in panel.start.known.value  # not shown of others
    panel.start.id.value = "C7"
    assert model.began.name == "C7"
    panel.start.id.value = "nobody"
    assert model.began.name == "C7"
    assert "no row has the id" in panel.start.trouble.value
    panel.start.random.click()
    assert panel.start.trouble.value == ""
    panel.start.example.value = ""
    assert model.began.name == ""


def test_case_35_drafts_are_forgotten_only_once_the_address_says_them(panel):
    assert "Months here" not in panel.address.script.value  # first they may be offered again
    control(panel, "Months here").value = "12"
    assert "Months here (months)" in panel.address.script.value
    assert "gender" not in panel.address.script.value


def test_the_address_says_the_row_without_what_is_sensitive(panel):
    control(panel, "Months here").value = "12"
    said = dict(parse_qsl(panel.model.query, keep_blank_values=True))
    assert said["v.tenure"] == "12"
    assert "v.gender" not in said
    assert "v.tenure=12" in panel.address.script.value
    assert "gender" in panel.address.children[0].value  # the panel says so


def test_a_link_opens_what_it_says_and_tells_what_it_does_not_take(work):
    made = PrototypePanel(work, by="Kim", query="token=x&v.tenure=9&v.gender=f&v.nope=1")
    assert made.model.row["tenure"] == 9
    shown = made.start.known.value
    assert "nope" in shown
    assert "never taken from a link" in shown
    assert made.model.changed.keys() == {"tenure"}


def test_why_is_asked_once_and_follows_the_row_when_it_stands_still(panel):
    model = panel.model
    panel.asking.click()
    assert model.reasons is not None
    assert "Months here" in panel.reasons.value
    control(panel, "Months here").value = "44"
    assert model.behind
    assert "Following the change" in panel.reasons.value
    panel._look()
    panel._look()
    assert not model.behind
    assert "44 months" in panel.reasons.value


def test_the_smallest_change_can_be_tried(panel):
    control(panel, "Months here").value = "58"
    panel.asking.click()
    change = panel.model.turned.change
    assert change is not None
    assert panel.taking.layout.display == "block"
    said = panel.model.answer.said
    panel.taking.click()
    assert panel.model.answer.said != said


def test_only_predictions_that_somebody_asked_for_are_logged_once(panel, leaving):
    panel.model.settle()
    assert len(read_predictions(leaving)) == 0  # the example of a page that was only opened
    control(panel, "Months here").value = "12"
    panel._look()
    assert len(read_predictions(leaving)) == 0  # still being changed
    for _look in range(3):
        panel._look()
    panel.asking.click()
    [row] = read_predictions(leaving).to_dict("records")
    assert row["id"] == panel.model.prediction
    assert row["inputs"]["tenure"] == 12


def test_a_log_that_cannot_be_written_disturbs_nobody(panel, tmp_path, monkeypatch):
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log"))

    def broken(*_given: object, **_named: object) -> None:
        raise KeyError("the disk")

    monkeypatch.setattr(prototype_model, "log_prediction", broken)
    panel.asking.click()
    assert panel.model.reasons is not None
    assert "the disk" in (tmp_path / "log").read_text("utf-8")


def test_limits_and_the_model_card_are_one_click_away(panel):
    assert "Not for prices." in panel._limits()
    panel.opening.click()
    assert 'srcdoc="&lt;!DOCTYPE html&gt;' in panel.card.value
    assert "sandbox" in panel.card.value
    panel.opening.click()
    assert panel.card.value == ""


def test_a_report_has_the_reasons_and_a_page_that_comes_alive_does_without(panel, monkeypatch):
    shown = panel.static()
    assert "What each column adds" in shown
    assert "Will" in shown
    assert panel.model.reasons is None  # nobody has asked
    monkeypatch.setenv("QUERY_STRING", "")
    assert "What each column adds" not in panel.static()
    panel.asking.click()
    assert "What each column adds" in panel.static()


def test_without_a_model_it_says_what_to_run(leaving):
    work = Workspace(leaving, phase_named("prototype"), leaving.folder / "runs" / "draft")
    made = PrototypePanel(work, by="Kim", query="")
    assert made.prototype is None
    assert "07_baseline.ipynb" in made.static()


def test_a_model_that_cannot_be_read_is_told(work):
    (work.folder / "model.skops").write_bytes(b"\x80\x04 a pickle")
    made = PrototypePanel(work, by="Kim", query="")
    assert made.prototype is None
    assert "nothing to try" in made.static()


def test_a_model_of_other_data_is_told(work, leaving, leavers):
    frame = pd.concat([leavers(), leavers(5).assign(id=list("abcde"))])
    frame.to_csv(leaving.folder / "rows.csv", index=False)
    fresh = Workspace(load_case(leaving.folder), work.phase, work.folder)
    assert "data have changed" in PrototypePanel(fresh, by="Kim", query="").static()


def test_markup_in_names_and_values_is_text(panel):
    control(panel, "Plan").value = "<b>plus</b>"
    panel.model.give("plan", "<script>x</script>")
    panel.asking.click()
    for shown in (panel.more.value, panel.reasons.value, str(panel.static())):
        assert "<b>plus" not in shown
        assert "<script>x" not in shown


def test_many_columns_are_there_when_they_are_asked_for(make_case, saved_work):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(200, 20)), columns=[f"x{i}" for i in range(20)])
    frame["y"] = np.where(frame["x19"] > 0, "yes", "no")
    made = PrototypePanel(saved_work(make_case(frame, target="y")), by="Kim", query="")
    assert len(made.form.asks) == FEW
    made.form.more.click()
    assert len(made.form.asks) == 20
    assert made.form.more.layout.display == "none"


def test_a_number_is_answered_with_its_interval(make_case, saved_work, leavers):
    trust = Trust(conformal=Conformal(0.9, (Width(None, 4.0, 200),)))

    found = Findings(("Said.",), trust=trust)
    work = saved_work(make_case(leavers(kind="number"), target="y", roles={"id": "id"}))
    made = PrototypePanel(work, found, by="Kim", query="")
    assert "90% of such rows lie between" in made.decision.value
    control(made, "tenure").value = "3"
    assert "Was" in made.more.value
