"""The problem tree in a panel: every change is saved, undone, and never over somebody else's."""

from __future__ import annotations

import copy

import pandas as pd
import pytest

from casebook.case import load_case, read_journal, save_answers
from widgets.problem import ProblemPanel
from widgets.problem_model import ProblemModel
from widgets.problem_tree import ConflictError, merged

NODES = [
    {"id": "fall", "kind": "symptom", "text": "Revenue falls"},
    {"id": "fewer", "kind": "problem", "parent": "fall", "text": "Fewer guests come"},
    {"id": "menu", "kind": "cause", "parent": "fewer", "text": "The menu is long"},
    {"id": "short menu", "kind": "solution", "parent": "menu", "text": "A shorter menu"},
]


@pytest.fixture
def case(make_case):
    frame = pd.DataFrame({"x": range(30), "y": ["a", "b"] * 15})
    return make_case(frame, target="y", problem={"nodes": copy.deepcopy(NODES)})


@pytest.fixture
def model(case):
    return ProblemModel(case, by="Kim")


def nodes(case):
    return {node.id: node for node in load_case(case.folder).record.problem.nodes}


def test_a_box_is_added_under_the_one_in_hand(model, case):
    model.chosen = "menu"
    assert set(model.kinds()) == {"cause", "solution"}
    assert model.add("solution", "Pictures of dishes", model.chosen)
    added = nodes(case)["Pictures of dishes"]
    assert (added.kind, added.parent, model.chosen) == ("solution", "menu", "Pictures of dishes")
    assert read_journal(case.folder)[-1].who == "Kim"


def test_two_boxes_with_the_same_text_have_two_names(model, case):
    assert model.add("solution", "New solution", "menu")
    assert model.add("solution", "New solution", "menu")
    assert {"New solution", "New solution 2"} <= nodes(case).keys()


def test_a_box_says_something_else_and_those_under_it_stay(model, case):
    assert model.rename("menu", "  Choosing takes\nlong ")
    held = nodes(case)
    assert held["menu"].text == "Choosing takes long"
    assert held["short menu"].parent == "menu"
    assert not model.rename("menu", "  ")
    assert "says nothing" in model.message


def test_a_box_is_moved_with_all_under_it_but_never_under_itself(model, case):
    assert model.add("problem", "Fewer return", "fall")
    assert model.move("menu", "Fewer return")
    held = nodes(case)
    assert (held["menu"].parent, held["short menu"].parent) == ("Fewer return", "menu")
    assert not model.move("menu", "short menu")
    assert not model.move("menu", "fall")
    assert nodes(case)["menu"].parent == "Fewer return"


def test_a_box_is_deleted_with_all_under_it_and_undo_brings_them_back(model, case):
    before = case.path.read_text("utf-8")
    assert model.delete("menu")
    assert nodes(case).keys() == {"fall", "fewer"}
    assert "2 boxes are deleted" in model.message
    assert model.chosen == "fewer"
    assert model.undo()
    assert case.path.read_text("utf-8") == before
    assert not model.undo()


def test_undo_goes_back_step_by_step(model, case):
    before = case.path.read_text("utf-8")
    model.add("cause", "Waiting", "fewer")
    model.rename("Waiting", "Waiting for a table")
    model.set("short menu", "effort_days", "3")
    model.set("short menu", "solution", "rule now")
    model.delete("fewer")
    assert model.steps == 5
    assert [model.undo() for _step in range(5)] == [True] * 5
    assert case.path.read_text("utf-8") == before


def test_fields_take_what_the_record_takes(model, case):
    assert model.set("short menu", "effort_days", "2.5")
    assert model.set("short menu", "removes", "0.4")
    assert nodes(case)["short menu"].effort_days == 2.5
    assert not model.set("short menu", "effort_days", "soon")
    assert "'soon' is not a number" in model.message
    assert not model.set("short menu", "removes", "4")
    assert model.status == "refused"
    assert nodes(case)["short menu"].removes == 0.4
    assert model.set("short menu", "effort_days", "")
    assert nodes(case)["short menu"].effort_days is None


def test_a_cause_is_tied_to_a_comparison(model, case):
    assert model.compare("menu", group="x > 8", outcome="y = 'a'", expect="lower", against=" ")
    evidence = nodes(case)["menu"].evidence
    assert (evidence.group, evidence.expect, evidence.against) == ("x > 8", "lower", None)
    assert model.compare("menu", group="", outcome="")
    assert nodes(case)["menu"].evidence is None


def test_two_people_change_different_boxes_and_both_stay(model, case):
    other = ProblemModel(case, by="Lee")
    assert other.rename("fewer", "Fewer new guests come")
    assert other.add("cause", "Rain", "fewer")
    assert model.rename("menu", "The menu is too long")
    assert model.delete("short menu")
    held = nodes(case)
    assert held["fewer"].text == "Fewer new guests come"
    assert held["menu"].text == "The menu is too long"
    assert "Rain" in held
    assert "short menu" not in held


def test_two_people_change_one_text_and_the_second_is_told(model, case):
    ProblemModel(case, by="Lee").rename("menu", "The menu is dull")
    assert not model.rename("menu", "The menu is too long")
    assert model.status == "conflict"
    assert "Lee changed 'The menu is dull' meanwhile" in model.message
    assert nodes(case)["menu"].text == "The menu is dull"
    assert model.rename("menu", "The menu is too long")
    assert nodes(case)["menu"].text == "The menu is too long"


def test_nothing_is_deleted_under_which_somebody_else_has_hung_a_box(model, case):
    ProblemModel(case, by="Lee").add("solution", "Better words", "menu")
    assert not model.delete("menu")
    assert "Better words" in nodes(case)


def test_what_somebody_else_deleted_is_not_changed(model, case):
    ProblemModel(case, by="Lee").delete("short menu")
    assert not model.rename("short menu", "No menu")
    assert "Lee deleted 'short menu'" in model.message


def test_undo_leaves_what_others_did_meanwhile(model, case):
    model.rename("menu", "The menu is too long")
    ProblemModel(case, by="Lee").rename("fewer", "Fewer new guests come")
    assert model.undo()
    held = nodes(case)
    assert (held["menu"].text, held["fewer"].text) == ("The menu is long", "Fewer new guests come")
    model.rename("menu", "The menu is too long")
    assert ProblemModel(load_case(case.folder), by="Lee").rename("menu", "The menu is dull")
    assert not model.undo()
    assert nodes(case)["menu"].text == "The menu is dull"


def test_without_a_name_nothing_is_saved(case):
    model = ProblemModel(case, by="")
    assert not model.rename("menu", "x")
    assert model.status == "waiting"
    assert load_case(case.folder).version == case.version


def test_changes_are_put_together_field_by_field():
    base = [{"id": "a", "text": "one", "note": "n"}]
    mine, theirs = [{"id": "a", "text": "two", "note": "n"}], [{"id": "a", "text": "one"}]
    assert merged(base, mine, theirs) == [{"id": "a", "text": "two"}]
    with pytest.raises(ConflictError):
        merged(base, mine, [])
    with pytest.raises(ConflictError):
        merged(base, [], theirs)


def test_the_panel_shows_the_tree_and_changes_it(case):
    panel = ProblemPanel(case, by="Kim")
    lines = [label.strip("\u2003└") for label, _name in panel.boxes.options]
    assert lines[:2] == ["symptom: Revenue falls", "problem: Fewer guests come"]
    panel.boxes.value = "menu"
    shown = {kind for kind, b in panel.adds.items() if b.layout.display == "flex"}
    assert shown == {"cause", "solution"}
    panel.adds["solution"].click()
    assert panel.form.text.value == "New solution"
    panel.form.text.value = "Say what is in a dish"
    panel.form.fields["solution"].value = "no data needed"
    panel.form.fields["effort_days"].value = "2"
    held = nodes(case)["New solution"]
    assert (held.text, held.solution) == ("Say what is in a dish", "no data needed")
    assert held.effort_days == 2
    panel.back.click()
    assert panel.form.fields["effort_days"].value == ""
    panel.gone.click()
    assert "New solution" not in nodes(case)
    assert "deleted" in panel.status.value


def test_the_form_ties_a_comparison_once_it_is_whole(case):
    panel = ProblemPanel(case, by="Kim")
    panel.boxes.value = "menu"
    panel.form.evidence["group"].value = "x > 8"
    assert nodes(case)["menu"].evidence is None
    panel.form.evidence["outcome"].value = "y = 'a'"
    assert nodes(case)["menu"].evidence.outcome == "y = 'a'"
    assert panel.form.evidence["group"].value == "x > 8"


def test_the_panel_starts_an_empty_tree(make_case):
    case = make_case(pd.DataFrame({"x": range(30), "y": ["a", "b"] * 15}), target="y")
    panel = ProblemPanel(case, by="Kim")
    shown = [kind for kind, b in panel.adds.items() if b.layout.display == "flex"]
    assert shown == ["symptom"]
    panel.adds["symptom"].click()
    panel.form.text.value = "매출이 준다"
    assert [node.text for node in nodes(case).values()] == ["매출이 준다"]


def test_static_html_escapes_and_marks_what_is_open(case):
    save_answers(case, {"problem.nodes.2.text": "A <b>long</b> menu"}, by="Lee")
    shown = ProblemPanel(load_case(case.folder), by="Kim").static()
    assert "<b>long" not in shown
    assert "tied to no comparison" in shown
    assert "Not answered yet" in shown


def test_news_of_others_reach_the_panel_and_are_told_to_who_has_the_box_in_hand(case):
    panel = ProblemPanel(case, by="Kim")
    ProblemModel(case, by="Lee").rename("menu", "The menu is dull")
    assert panel.model.refresh()
    assert any("dull" in label for label, _name in panel.boxes.options)
    assert panel.model.status == ""
    panel.boxes.value = "menu"
    ProblemModel(load_case(case.folder), by="Lee").rename("menu", "The menu is long-winded")
    assert panel.model.refresh()
    assert "Lee changed this box meanwhile" in panel.status.value
    assert panel.form.text.value == "The menu is long-winded"
    ProblemModel(load_case(case.folder), by="Lee").delete("menu")
    assert panel.model.refresh()
    assert "Lee deleted this box" in panel.status.value


def test_the_problem_in_a_sentence_is_saved_beside_the_tree(case):
    panel = ProblemPanel(case, by="Kim")
    panel.statement.control.value = "Fewer guests come again."
    assert load_case(case.folder).record.problem.statement == "Fewer guests come again."
    panel.model.rename("menu", "The menu is too long")
    panel.statement.control.value = "Fewer new guests come."
    record = load_case(case.folder).record.problem
    assert (record.statement, record.nodes[2].text) == (
        "Fewer new guests come.",
        "The menu is too long",
    )
    assert "Fewer new guests" in panel.static()
