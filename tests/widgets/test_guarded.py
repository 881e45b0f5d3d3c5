"""Fault 37 in every panel: what a callback raises is told with an id, and the log has the rest."""

from __future__ import annotations

import re

import ipywidgets as w
import pytest

from casebook.exceptions import RecordError
from casebook.serve.incidents import LOG_VARIABLE
from widgets import answers as answering
from widgets import parts, problem_model, questions
from widgets.answers import LONGEST, AnswersModel
from widgets.base import NOT_DONE, guarded
from widgets.business import BusinessPanel
from widgets.problem import ProblemPanel
from widgets.questions import QuestionsPanel

PATH = "problem.statement"


@pytest.fixture
def log(tmp_path, monkeypatch):
    path = tmp_path / "log"
    monkeypatch.setenv(LOG_VARIABLE, str(path))
    return path


def told(model, log) -> str:
    """The id that the panel says, which the log has too."""
    assert model.status == "refused"
    name = re.search(r"rror id (\w+)", model.message)[1]
    assert name in log.read_text("utf-8")
    return name


def broken(*_given: object, **_named: object) -> None:
    raise KeyError("the table of salaries")


def test_case_37_an_answer_that_cannot_be_saved_is_not_called_saved(case, log, monkeypatch):
    model = AnswersModel(case, [PATH], "Lee")
    monkeypatch.setattr(answering, "save_answers", broken)
    assert not model.save(PATH, "Guests stay away.")
    told(model, log)
    assert model.message.startswith("Not saved")
    assert "salaries" not in model.message
    assert "the table of salaries" in log.read_text("utf-8")


def test_case_37_an_answer_that_is_saved_but_not_shown_is_not_called_lost(case, log):
    model = AnswersModel(case, [PATH], "Lee")
    model.observe(broken, "case")
    assert model.save(PATH, "Guests stay away.")
    told(model, log)
    assert model.message.startswith("It is saved")


@pytest.mark.parametrize("panel", [BusinessPanel, ProblemPanel])
def test_case_37_every_button_of_a_panel_tells_what_it_raises(panel, case, log, monkeypatch):
    made = panel(case, "Lee")
    for module in (answering, problem_model):
        monkeypatch.setattr(module, "load_case", broken)
        monkeypatch.setattr(module, "save_answers", broken)
    if panel is ProblemPanel:
        made.model.observe(broken, "tree")
        made.adds["symptom"].click()
    else:
        made.lists["stakeholders"].new.value = "the board"
        made.lists["stakeholders"].adding.click()
    told(made.model, log)


def test_case_37_questions_tell_it_as_well(case, log, monkeypatch):
    panel = QuestionsPanel(case, "problem", "Lee")
    monkeypatch.setattr(questions, "save_answers", broken)
    next(field for field in panel.fields.values() if isinstance(field, w.Textarea)).value = "x"
    told(panel.model, log)
    assert "failed" in panel.status.value


def test_what_is_expected_is_told_in_its_own_words(case, log):
    model = AnswersModel(case, [PATH], "Lee")

    def refuse() -> None:
        raise RecordError("somebody was faster")

    guarded(model, refuse, said=NOT_DONE)()
    assert (model.status, model.message) == ("refused", "somebody was faster")
    assert not log.exists()


def test_a_guard_lets_pass_what_works(case):
    seen: list[object] = []
    guarded(AnswersModel(case, [PATH], "Lee"), seen.append)(1)
    made = parts.button(AnswersModel(case, [PATH], "Lee"), "Do it", "", lambda: seen.append(2))
    made.click()
    assert seen == [1, 2]


def test_case_27_an_answer_that_no_person_types_is_refused_and_logged(case, log):
    model = AnswersModel(case, [PATH], "Lee")
    assert not model.save(PATH, "x" * (LONGEST + 1))
    assert model.status == "refused"
    assert f"{LONGEST + 1} characters for {PATH}" in log.read_text("utf-8")
    assert model.value(PATH) is None
    assert model.save(PATH, "x" * LONGEST)
