"""Labels given row by row: what is kept, what is hidden before the answer, and what is counted."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from casebook.runs.feedback import read_labels
from casebook.runs.labelling import Queue, RowToLabel
from widgets import LabelsPanel
from widgets.labels_model import LabelsModel

ROWS = (
    RowToLabel("R1", (("x", "1.5"),), "doubted", "no", "yes", 0.97),
    RowToLabel("R2", (("x", "2.5"),), "random", "yes", "yes", 0.91),
    RowToLabel("R3", (("x", "<b>3</b>"),), "unlabelled", None, "no", 0.8),
    RowToLabel("R4", (("x", "4.5"),), "random", "no", "no", 0.9),
)
QUEUE = Queue(ROWS, ("no", "yes"), ("gender",))


@pytest.fixture
def case(make_case):
    return make_case(pd.DataFrame({"x": range(30), "y": ["no", "yes"] * 15}), target="y")


def shown(panel: LabelsPanel) -> str:
    """All that the panel shows as HTML now."""
    return "".join(one.value for one in (panel.progress, panel.shown, panel.status, panel.before))


def test_an_answer_is_kept_at_once_and_the_next_row_comes(case):
    model = LabelsModel(case, QUEUE, by="Kim")
    model.note = "seen it"
    assert model.give("yes")
    assert (model.place, model.done, model.note, model.status) == (1, 1, "", "saved")
    assert "receipt" in model.message
    kept = read_labels(case)
    assert kept.loc["R1", ["label", "by", "note"]].tolist() == ["yes", "Kim", "seen it"]


def test_nothing_is_kept_without_a_name_and_that_is_said(case):
    model = LabelsModel(case, QUEUE, by="")
    assert not model.give("yes")
    assert (model.place, model.status) == (0, "refused")
    assert "enter your name" in model.message
    assert read_labels(case).empty


def test_a_label_that_the_case_does_not_have_is_refused(case):
    model = LabelsModel(case, QUEUE, by="Kim")
    assert not model.give("maybe")
    assert "'maybe' is no label" in model.message
    assert read_labels(case).empty


def test_what_nobody_can_tell_is_kept_as_such_and_counts_for_nothing(case):
    model = LabelsModel(case, QUEUE, by="Kim")
    assert model.give(None)
    assert read_labels(case).loc["R1", "label"] is None
    assert model.agreement() is None


def test_a_receipt_comes_only_after_the_label_is_kept(case, monkeypatch):
    def full(*_given, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("widgets.labels_model.keep_label", full)
    model = LabelsModel(case, QUEUE, by="Kim")
    assert not model.give("yes")
    assert (model.place, model.done, model.status) == (0, 0, "refused")
    assert "Not saved, error id" in model.message


def test_who_goes_back_adds_a_label_and_the_first_one_is_what_counts(case):
    """By then the model's answer was seen; the later label is kept, the agreement stays."""
    model = LabelsModel(case, QUEUE, by="Kim")
    model.give("yes")
    assert model.agreement().value == 0
    model.back()
    assert model.row.row == "R1"
    model.give("no")
    assert read_labels(case).loc["R1", "label"] == "no"
    assert len(read_labels(case, history=True)) == 2
    assert (model.agreement().value, model.done) == (0, 1)


def test_agreement_is_counted_by_why_a_row_was_chosen(case):
    model = LabelsModel(case, QUEUE, by="Kim")
    for label in ("yes", "yes", "no", "no"):
        model.give(label)
    assert (model.agreement().value, model.agreement().n) == (2 / 3, 3)
    assert (model.agreement("random").value, model.agreement("random").n) == (1, 2)
    assert model.row is None
    assert not model.give("yes")


def test_rows_that_somebody_else_has_answered_meanwhile_are_passed_over(case):
    mine, theirs = LabelsModel(case, QUEUE, by="Kim"), LabelsModel(case, QUEUE, by="Lee")
    theirs.skip()
    theirs.give("yes")  # R2
    mine.give("no")
    assert mine.row.row == "R3"


def test_a_number_is_typed_and_kept_as_files_write_it(case):
    numbers = Queue((replace(ROWS[0], label="3", said="4", sure=None), *ROWS[1:]), ())
    model = LabelsModel(case, numbers, by="Kim")
    for bad in ("a", "", "nan", "inf"):
        assert not model.give(bad)
    assert model.give("12.50")
    assert read_labels(case).loc["R1", "label"] == "12.5"
    assert model.agreement() is None


def test_what_the_model_and_the_table_say_is_not_on_the_page_before_the_answer(case):
    panel = LabelsPanel(case, Queue(ROWS, ("no", "yes")), by="Kim")
    for told in ("97%", "The model", "The table says", "doubted"):
        assert told not in shown(panel)
    panel.labels[1].click()
    assert "97%" in shown(panel)
    assert "The model said something else than the table." in shown(panel)
    assert "1 answered" in shown(panel)
    assert "2</strong>" not in shown(panel)
    assert "2 of 4" in shown(panel)


def test_labels_are_on_keys_and_what_is_in_a_row_cannot_be_markup(case):
    panel = LabelsPanel(case, QUEUE, by="Kim")
    assert [one.description for one in panel.labels] == ["1 · no", "2 · yes"]
    assert "cb-key-2" in panel.labels[1]._dom_classes
    panel.model.place = 2
    assert "&lt;b&gt;3&lt;/b&gt;" in panel.shown.value


def test_a_page_asks_who_answers_and_keeps_the_note(case):
    panel = LabelsPanel(case, QUEUE, by="")
    assert panel.name in panel.children
    panel.name.value = "Lee"
    panel.note.value = "blurred"
    panel.labels[0].click()
    assert read_labels(case).loc["R1", ["by", "note"]].tolist() == ["Lee", "blurred"]
    assert panel.note.value == ""


def test_many_labels_are_typed(case):
    many = Queue(ROWS, tuple("abcdefghijkl"))
    panel = LabelsPanel(case, many, by="Kim")
    assert panel.other in panel.answers.children
    panel.other.value = "c"
    panel.labels[0].click()
    assert read_labels(case).loc["R1", "label"] == "c"


def test_the_panel_speaks_korean_and_says_what_is_left_out(make_case):
    frame = pd.DataFrame({"x": range(30), "y": ["no", "yes"] * 15})
    case = make_case(frame, target="y", language="ko")
    panel = LabelsPanel(case, QUEUE, by="")
    assert "gender" in panel.static()
    assert panel.name.description == "이름"
