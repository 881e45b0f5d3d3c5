"""The business canvas: answers and lists reach the record, and nobody is overwritten."""

from __future__ import annotations

import pandas as pd
import pytest

from casebook.case import load_case, read_journal, save_answers
from widgets.business import BusinessPanel
from widgets.business_model import BusinessModel

INPUTS = [
    {"name": "Visits", "table": "rows", "personal": "yes"},
    {"name": "Weather", "plan": "Ask the met office"},
]


@pytest.fixture
def case(make_case):
    frame = pd.DataFrame({"x": range(30), "y": ["a", "b"] * 15})
    business = {"inputs": INPUTS, "stakeholders": [{"name": "Ann", "role": "cook"}]}
    return make_case(frame, target="y", business=business)


@pytest.fixture
def panel(case):
    return BusinessPanel(case, by="Kim")


def business(case):
    return load_case(case.folder).record.business


def test_an_answer_is_in_the_record_and_on_the_sheet(panel, case):
    panel.fields["service"].control.value = "식당 <b>40석</b>"
    assert business(case).service == "식당 <b>40석</b>"
    assert read_journal(case.folder)[-1].who == "Kim"
    assert "식당" in panel.sheet.value
    assert "<b>40" not in panel.sheet.value
    panel.fields["use"].control.value = "helps staff decide"
    assert business(case).use == "helps staff decide"


def test_an_input_is_added_answered_and_taken_out(panel, case):
    entries = panel.lists["inputs"]
    entries.new.value = "Reviews"
    entries.adding.click()
    assert [one.name for one in business(case).inputs] == ["Visits", "Weather", "Reviews"]
    assert entries.new.value == ""
    entries.rows["Reviews"]["owner"].control.value = "Lee"
    entries.rows["Reviews"]["continues"].control.value = "unsure"
    held = business(case).inputs[2]
    assert (held.owner, held.continues) == ("Lee", "unsure")
    assert panel.model.remove("inputs", "Weather")
    assert [one.name for one in business(case).inputs] == ["Visits", "Reviews"]
    assert set(entries.rows) == {"Visits", "Reviews"}


def test_a_table_answers_for_itself(panel):
    """Owner and trust of a table stand with the table, so the canvas does not ask them again."""
    rows = panel.lists["inputs"].rows
    assert set(rows["Visits"]) == {"name", "table", "personal"}
    assert {"plan", "owner", "trust", "continues"} <= set(rows["Weather"])


def test_a_plan_becomes_a_table(panel, case):
    panel.lists["inputs"].rows["Weather"]["table"].control.value = "rows"
    assert business(case).inputs[1].table == "rows"
    assert "plan" not in panel.lists["inputs"].rows["Weather"]


def test_an_entry_needs_a_name_of_its_own(panel, case):
    assert not panel.model.add("inputs", " ")
    assert not panel.model.add("inputs", "Visits")
    assert "there already" in panel.model.message
    assert len(business(case).inputs) == 2


def test_two_people_answer_different_fields_and_both_stay(case):
    one, other = BusinessModel(case, by="Kim"), BusinessModel(case, by="Lee")
    assert other.answer("business.value", "A warm meal")
    assert other.add("stakeholders", "Guests")
    assert one.answer("business.service", "A restaurant")
    assert one.answer("business.inputs.1.owner", "Kim")
    held = business(case)
    assert (held.value, held.service) == ("A warm meal", "A restaurant")
    assert (held.inputs[1].owner, len(held.stakeholders)) == ("Kim", 2)


def test_two_people_answer_one_field_and_the_second_chooses(case):
    model = BusinessModel(case, by="Kim")
    save_answers(case, {"business.value": "A meal"}, by="Lee")
    assert not model.answer("business.value", "A warm meal")
    clash = model.clashes["business.value"]
    assert (clash.mine, clash.theirs, clash.by) == ("A warm meal", "A meal", "Lee")
    assert model.settle("business.value", mine=True)
    assert business(case).value == "A warm meal"


def test_an_answer_never_lands_on_another_entry(case):
    """Somebody takes out the first input: what was the second is now the first."""
    model = BusinessModel(case, by="Kim")
    assert model.answer("business.inputs.1.owner", None)
    assert BusinessModel(load_case(case.folder), by="Lee").remove("inputs", "Visits")
    assert BusinessModel(load_case(case.folder), by="Lee").add("inputs", "Menu")
    assert not model.answer("business.inputs.1.owner", "Kim")
    assert "changed the list" in model.message
    assert [one.owner for one in business(case).inputs] == [None, None]


def test_an_entry_that_is_gone_takes_no_answer(case):
    model = BusinessModel(case, by="Kim")
    assert BusinessModel(load_case(case.folder), by="Lee").remove("inputs", "Visits")
    assert not model.answer("business.inputs.1.owner", "Kim")
    assert not model.answer("business.inputs.1.owner", "Kim")
    assert "gone" in model.message


def test_an_entry_shows_what_somebody_else_answered(panel, case):
    field = panel.lists["inputs"].rows["Weather"]["owner"]
    save_answers(case, {"business.inputs.1.owner": "Lee"}, by="Lee")
    field.control.value = "Kim"
    assert "Lee answered this meanwhile: Lee" in panel.model.message
    assert business(case).inputs[1].owner == "Lee"
    field.control.value = "Kim, cook"
    assert business(case).inputs[1].owner == "Kim, cook"


def test_without_a_name_an_answer_waits(case):
    panel = BusinessPanel(case, by="")
    panel.fields["service"].control.value = "A restaurant"
    assert business(case).service is None
    panel.name.value = "Kim"
    assert business(case).service == "A restaurant"


def test_the_sheet_says_what_is_open_and_what_is_only_a_plan(panel):
    shown = panel.static()
    assert "only a plan" in shown
    assert "Not answered yet" in shown
    assert "<script" not in shown
