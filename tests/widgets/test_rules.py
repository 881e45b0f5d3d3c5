"""The rule builder without a browser: counted, ordered, saved, undone, two people; and its view."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.case import load_case, read_journal, save_answers
from casebook.models.rule_counter import Counter
from casebook.phases.findings import phase_named
from casebook.tables import open_table
from casebook.workspace import Workspace
from widgets.rules import RulesPanel
from widgets.rules_model import RULES, RulesModel, rows_of

RULE = {"if": "tenure <= 6", "then": "yes"}
OTHER = {"if": "\"if\" = 'it''s'", "then": "no", "note": "Lee"}


@pytest.fixture
def case(ruled):
    return ruled


@pytest.fixture
def model(rules_model):
    return rules_model


def held(case):
    return [(rule.condition, rule.then) for rule in load_case(case.folder).record.baseline.rules]


def test_every_rule_is_counted_on_what_earlier_ones_leave(model, churn):
    rows = churn
    first, second, rest = model.lines
    assert first.takes == (rows["tenure"] <= 6).sum()
    assert second.takes == ((rows["if"] == "it's") & ~(rows["tenure"] <= 6)).sum()
    assert first.takes + second.takes + rest.takes == len(rows)


def test_a_rule_is_added_changed_moved_taken_out_and_saved_each_time(model, case):
    assert model.put("tenure > 40", "no")
    assert held(case)[2] == ("tenure > 40", "no")
    assert model.put("tenure > 50", "no", 2)
    assert held(case)[2] == ("tenure > 50", "no")
    assert model.move(2, 0)
    assert [text for text, _then in held(case)] == ["tenure > 50", RULE["if"], OTHER["if"]]
    assert load_case(case.folder).record.baseline.rules[2].note == "Lee"
    assert model.remove(1)
    assert [text for text, _then in held(case)] == ["tenure > 50", OTHER["if"]]
    assert len(model.lines) == 3
    last = read_journal(case.folder)[-1]
    assert last.who == "Kim"
    assert last.field.startswith(RULES)


def test_undo_goes_back_step_by_step(model, case):
    before = case.path.read_text("utf-8")
    assert model.put("tenure > 40", "no")
    assert model.undo()
    assert case.path.read_text("utf-8") == before, "the very file"
    rules = held(case)
    assert [model.move(0, 1), model.otherwise("yes"), model.remove(1)] == [True] * 3
    assert model.steps == 3
    assert [model.undo() for _step in range(3)] == [True] * 3
    assert held(case) == rules
    assert load_case(case.folder).record.baseline.default is None
    assert not model.undo()
    assert "nothing to undo" in model.message


WRONG = (
    ("tenure >", "yes", "not SQL"),
    ("tenur > 3", "yes", "Did you mean 'tenure'"),
    ("tenure > 3", "perhaps", "'perhaps' is not a value of the target"),
    (" ", "yes", "needs a condition"),
    ("(SELECT 1) = 1", "yes", "a query within an expression"),
)


def test_what_cannot_be_computed_is_refused_and_nothing_saved(model, case):
    before = case.path.read_text("utf-8")
    for condition, then, said in WRONG:
        assert not model.put(condition, then)
        assert model.status == "refused"
        assert said in model.message
    assert case.path.read_text("utf-8") == before


def test_a_move_past_the_ends_is_refused(model, case):
    before = held(case)
    for place, to in ((0, 2), (-1, 0), (5, 0), (0, -1)):
        assert not model.move(place, to)
    assert held(case) == before


def test_two_people_at_the_rules_are_told_of_each_other(model, case):
    other = RulesModel(case, model.counter.data, by="Lee")
    assert other.put("tenure > 40", "no")
    assert not model.remove(0)
    assert model.status == "clash"
    assert "Lee answered this meanwhile" in model.message
    assert len(held(case)) == 3
    assert model.settle(RULES, mine=True)
    assert held(case) == [(OTHER["if"], "no")]


def test_what_somebody_else_answered_elsewhere_is_kept(model, case):
    save_answers(load_case(case.folder), {"baseline.human": "if"}, "Lee")
    assert model.move(0, 1)
    assert load_case(case.folder).record.baseline.human == "if"


def test_undo_never_takes_back_what_somebody_else_did(model, case):
    assert model.put("tenure > 40", "no")
    other = RulesModel(load_case(case.folder), model.counter.data, by="Lee")
    assert other.put("tenure > 50", "no")
    assert model.refresh()
    assert not model.undo()
    assert "Somebody changed the rules" in model.message
    assert len(held(case)) == 4


def test_without_a_name_nothing_is_saved_until_there_is_one(case):
    model = RulesModel(case, rows_of(case, open_table(case)), by="")
    assert not model.remove(0)
    assert model.status == "waiting"
    assert len(held(case)) == 2
    model.by = "Kim"
    assert held(case) == [(OTHER["if"], "no")]


def test_rules_of_the_record_that_are_wrong_can_be_mended_here(make_case, churn):
    wrong = [{"if": "tenur <= 6", "then": "yes"}, {"if": "tenure <= 6", "then": "perhaps"}, RULE]
    case = make_case(churn, target="churn", baseline={"rules": wrong})
    model = RulesModel(case, rows_of(case, open_table(case)), by="Kim")
    assert "Did you mean 'tenure'" in model.counted.troubles[0]
    assert "'perhaps' is not a value" in model.counted.troubles[1]
    assert [line.takes for line in model.lines][:2] == [0, 0]
    assert model.lines[2].takes > 0
    assert model.put("tenure <= 3", "yes", 0)
    assert 0 not in model.counted.troubles


def test_the_proposal_is_a_start_that_can_be_taken_back(model, case):
    before = held(case)
    assert model.start_from_proposal()
    texts = [text for text, _then in held(case)]
    assert len(texts) == 1
    assert "\"if\" = 'a'" in texts[0]
    assert load_case(case.folder).record.baseline.default == "no"
    assert "proposed rule is there now" in model.message
    assert model.undo()
    assert held(case) == before
    assert load_case(case.folder).record.baseline.default is None


def test_each_condition_is_evaluated_once(model, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "casebook.models.rule_counter.holds", lambda *parts: asked.append(parts) or 1 / 0
    )
    model.move(0, 1)
    model.undo()
    assert asked == []


# The panel


def _work(case):
    return Workspace(case, phase_named("baseline"), case.folder / "runs" / "draft")


@pytest.fixture
def panel(case):
    return RulesPanel(_work(case), by="Kim")


def test_the_view_follows_the_model_and_back(panel, case):
    assert len(panel.table.children) == 2 + 3  # the default, the script and its field
    panel.form.column.value = "tenure"
    panel.form.comparison.value = "at least"
    panel.form.value.value = "50"
    assert "and 1" in panel.form.told.value or "remain for the default" in panel.form.told.value
    panel.form.put.click()
    assert held(case)[2] == ('"tenure" >= 50', "yes")
    assert "3. tenure at least 50" in panel.table.rows[2].shown.value
    panel.table.rows[2].up.click()
    panel.table.rows[1].up.click()
    assert held(case)[0] == ('"tenure" >= 50', "yes")
    assert panel.table.rows[0].up.disabled
    panel.table.rows[0].gone.click()
    assert len(held(case)) == 2
    panel.back.click()
    assert len(held(case)) == 3
    assert 'role="status"' in panel.status.value
    assert "Undone." in panel.status.value


def test_a_rule_is_changed_in_the_form_and_marked_in_the_table(panel, case):
    panel.table.rows[0].edit.click()
    assert "cb-rule-in-hand" in panel.table.rows[0]._dom_classes
    assert (panel.form.column.value, panel.form.value.value) == ("tenure", "6")
    panel.form.value.value = "9"
    panel.form.put.click()
    assert held(case)[0] == ('"tenure" <= 9', "yes")
    assert "cb-rule-in-hand" not in panel.table.rows[0]._dom_classes


def test_a_page_can_write_nothing_but_two_places_of_the_table(panel, case):
    before = held(case)
    for sent in ("9>0", "0>99", "x", "0>1; DROP", "", "1>0>1", "-1>0"):
        panel.table.command.value = sent
        assert held(case) == before
    panel.table.command.value = "1>0 7"
    assert held(case) == before[::-1]


def test_controls_have_labels_and_buttons_say_which_rule(panel):
    fields = [panel.form.column, panel.form.comparison, panel.form.value, panel.form.second,
              panel.form.several, panel.form.then, panel.form.text, panel.table.other]  # fmt: skip
    assert all(field.description for field in fields)
    names = [one.tooltip for one in panel.table.rows[1].buttons]
    assert all(name.startswith("Rule 2: if is it's") for name in names)


def test_the_panel_is_static_html_with_what_is_to_be_noticed(panel):
    panel.model.put("tenure <= 2", "no")
    shown = str(panel.static())
    assert "takes no row" in shown
    assert "Rule 3 takes no row: rule 1" in shown


def test_without_a_target_the_panel_says_so(make_case, churn):
    case = make_case(churn)
    panel = RulesPanel(_work(case), by="Kim")
    assert "no column to be predicted" in str(panel.static())
    assert "no column to be predicted" in panel.children[-1].value


def test_the_panel_speaks_korean(make_case, churn):
    case = make_case(churn, target="churn", language="ko", baseline={"rules": [RULE]})
    panel = RulesPanel(_work(case), by="김")
    assert panel.form.comparison.options
    assert "tenure" in panel.table.rows[0].shown.value


def test_counting_looks_at_the_rows_that_it_is_given(model):
    counter = Counter(model.counter.data, np.arange(100))
    assert counter.count([("tenure <= 6", "yes")]).lines[0].rows == 100
