"""The questions panel: answers reach the record, refusals say why, nobody is overwritten."""

from __future__ import annotations

import pandas as pd
import pytest

from casebook.case import load_case, read_journal, save_answers
from widgets import QuestionsPanel
from widgets.questions import QuestionsModel


@pytest.fixture
def case(make_case):
    return make_case(pd.DataFrame({"x": range(30), "y": ["a", "b"] * 15}), target="y")


def question(model, path):
    return next(one for one in model.questions if one.path == path)


def test_an_answer_is_in_the_record_and_the_journal(case):
    model = QuestionsModel(case, "symptom", by="Kim")
    asked = question(model, "symptom.statement")
    assert model.answer(asked, "  손님이 줄었다. ")
    assert load_case(case.folder).record.symptom.statement == "손님이 줄었다."
    assert read_journal(case.folder)[-1].who == "Kim"
    assert (model.status, model.value(asked.path)) == ("saved", "손님이 줄었다.")


def test_an_empty_field_takes_the_answer_back(case):
    model = QuestionsModel(case, "symptom", by="Kim")
    asked = question(model, "symptom.statement")
    model.answer(asked, "x")
    assert model.answer(asked, "  ")
    assert load_case(case.folder).record.symptom.statement is None


def test_what_is_not_allowed_is_refused_and_nothing_changes(case):
    model = QuestionsModel(case, "feasibility", by="Kim")
    asked = question(model, "feasibility.minutes_per_decision")
    assert not model.answer(asked, "many")
    assert model.status == "refused"
    assert "'many' is not a number" in model.message
    assert not model.answer(asked, "-3")
    assert load_case(case.folder).version == case.version


def test_two_people_answer_different_questions_and_both_stay(case):
    model = QuestionsModel(case, "symptom", by="Kim")
    save_answers(case, {"symptom.unit": "won"}, by="Lee")
    assert model.answer(question(model, "symptom.statement"), "Revenue falls.")
    record = load_case(case.folder).record
    assert (record.symptom.unit, record.symptom.statement) == ("won", "Revenue falls.")


def test_two_people_answer_the_same_question_and_the_second_is_told(case):
    model = QuestionsModel(case, "symptom", by="Kim")
    save_answers(case, {"symptom.statement": "Guests fall."}, by="Lee")
    asked = question(model, "symptom.statement")
    assert not model.answer(asked, "Revenue falls.")
    assert "Guests fall." in model.message
    assert load_case(case.folder).record.symptom.statement == "Guests fall."
    assert model.answer(asked, "Revenue falls.")


def test_the_panel_shows_itself_twice_in_one_bundle(case):
    panel = QuestionsPanel(case, "symptom", by="Kim")
    bundle = panel._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html"} <= set(bundle)
    asked = panel.model.questions[0]
    assert asked.text in bundle["text/html"]


def test_typing_into_a_field_saves_it(case):
    panel = QuestionsPanel(case, "symptom", by="Kim")
    panel.fields["symptom.statement"].value = "Revenue <b>falls</b>."
    assert load_case(case.folder).record.symptom.statement == "Revenue <b>falls</b>."
    assert "Saved" in panel.status.value
    assert "<b>" not in panel.static()


def test_a_choice_offers_its_answers_and_no_answer(case):
    panel = QuestionsPanel(case, "feasibility", by="Kim")
    field = panel.fields["feasibility.pattern.answer"]
    assert [value for _label, value in field.options] == ["", "yes", "no", "unsure"]
    field.value = "unsure"
    assert load_case(case.folder).record.feasibility.pattern.answer == "unsure"
