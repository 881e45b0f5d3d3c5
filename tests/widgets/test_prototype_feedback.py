"""What somebody says of a prediction: kept once, with a receipt only after it was kept."""

from __future__ import annotations

import pytest

from casebook.runs.feedback import read_feedback
from casebook.runs.spool import NotKept
from casebook.serve.incidents import LOG_VARIABLE
from widgets import prototype_said
from widgets.prototype import PrototypePanel
from widgets.prototype_said import SaidModel


@pytest.fixture
def box(panel):
    return panel.feedback


def kept(case):
    return read_feedback(case).to_dict("records")


def test_wrong_with_what_would_have_been_right_is_kept_with_its_inputs(box, panel, leaving):
    assert box.corrected.layout.display == "none"
    box.verdict.value = "wrong"
    assert box.corrected.layout.display == "flex"
    box.corrected.value, box.reason.value = "no", "I know them"
    box.comment.value, box.name.value = " They stay. ", "Lee"
    assert box.receipt.value == ""
    box.sending.click()
    [row] = kept(leaving)
    assert row["kind"] == "corrected"
    assert (row["corrected"], row["reason"], row["comment"], row["by"]) == (
        "no", "I know them", "They stay.", "Lee")  # fmt: skip
    assert row["prediction"] == panel.model.prediction
    assert row["output"]["said"] == panel.model.answer.said
    assert row["inputs"] == dict(panel.model.row)
    assert row["model"] == panel.model.prototype.model.file.sha256
    assert row["id"] in box.receipt.value
    assert "Stored at" in box.receipt.value


def test_case_40_pressing_twice_keeps_it_once_and_other_words_are_another(box, leaving):
    box.verdict.value = "right"
    box.sending.click()
    first = box.model.receipt
    box.sending.click()
    assert box.model.receipt == first
    assert len(kept(leaving)) == 1
    box.comment.value = "One thing more."
    box.sending.click()
    assert [row["comment"] for row in kept(leaving)] == ["", "One thing more."]


def test_another_row_is_another_prediction_and_the_form_is_empty_again(box, panel, leaving):
    box.verdict.value, box.comment.value = "right", "Fine."
    box.sending.click()
    panel.model.give("tenure", "3")
    assert (box.verdict.value, box.comment.value, box.name.value) == (None, "", "Kim")
    assert box.model.receipt.id in box.receipt.value  # still there, as the one before
    box.verdict.value = "right"
    box.sending.click()
    assert len({row["prediction"] for row in kept(leaving)}) == 2


def test_what_was_not_sent_stays_when_the_row_changes(box, panel):
    box.comment.value = "A thought."
    panel.model.give("tenure", "3")
    assert box.comment.value == "A thought."


@pytest.mark.parametrize("error", [NotKept("the disk is full"), KeyError("salaries")])
def test_case_37_where_it_cannot_be_kept_it_says_so_and_the_words_stay(
    box, leaving, tmp_path, monkeypatch, error
):  # fmt: skip
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log"))

    def broken(*_given: object) -> None:
        raise error

    monkeypatch.setattr(prototype_said, "keep_feedback", broken)
    box.verdict.value, box.comment.value = "right", "Fine."
    box.sending.click()
    assert "Not saved" in box.receipt.value
    assert "Stored" not in box.receipt.value
    assert "salaries" not in box.receipt.value
    assert (box.verdict.value, box.comment.value) == ("right", "Fine.")
    assert not box.sending.disabled
    monkeypatch.undo()
    box.sending.click()
    assert "Stored at" in box.receipt.value
    assert len(kept(leaving)) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Was it right or wrong?"),
        ({"verdict": "comment"}, "needs words"),
        ({"verdict": "wrong", "corrected": "maybe"}, "'maybe' is none of"),
        ({"verdict": "wrong", "reason": "spite"}, "none of the reasons"),
        ({"verdict": "right", "by": "x" * 201}, "too long"),
        ({"verdict": "right", "comment": "x" * 20_001}, "too long"),
        ({"verdict": "excellent"}, "Was it right or wrong?"),
    ],
)
def test_case_27_what_nobody_can_have_meant_is_not_kept(panel, leaving, given, said):
    model = SaidModel(panel.model)  # without a view, whose lists would refuse it first
    for name, value in given.items():
        setattr(model, name, value)
    assert not model.send()
    assert said in model.message
    assert "What you wrote is still here" in model.message
    assert kept(leaving) == []


def test_a_number_is_corrected_as_people_write_numbers(make_case, saved_work, leavers):
    made = make_case(leavers(kind="number"), target="y", roles={"id": "id"})
    box = PrototypePanel(saved_work(made), by="", query="").feedback
    box.verdict.value, box.corrected.value = "wrong", "1만 2천"
    box.sending.click()
    [row] = kept(made)
    assert (row["kind"], row["corrected"]) == ("corrected", 12000)
    assert row["inputs"] is None  # the record does not say that inputs may be kept
    box.corrected.value = "many"
    box.sending.click()
    assert "is not a number" in box.receipt.value
