"""The rule builder without a browser: picked, counted, ordered, saved, undone, two people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.case import load_case, read_journal, save_answers
from casebook.models.rule_counter import Counter
from casebook.phases.findings import phase_named
from casebook.tables import open_table
from casebook.workspace import Workspace
from widgets.rules import RulesPanel
from widgets.rules_draft import DraftModel
from widgets.rules_model import RULES, RulesModel, rows_of

RULE = {"if": "tenure <= 6", "then": "yes"}
OTHER = {"if": "\"if\" = 'it''s'", "then": "no", "note": "Lee"}


def frame(n=400, seed=0):
    rng = np.random.default_rng(seed)
    made = pd.DataFrame({
        "tenure": rng.integers(0, 60, n).astype(float),
        "if": rng.choice(["a", "it's", 'say "b"'], n),
        "요금 (원).1": rng.gamma(2.0, 100.0, n).round(1),
        "on": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 999, n), unit="h"),
    })  # fmt: skip
    made["churn"] = np.where((made["tenure"] <= 30) & (made["if"] == "a"), "yes", "no")
    made.loc[rng.random(n) < 0.02, "churn"] = "yes"
    made.loc[:9, "tenure"] = np.nan
    return made


@pytest.fixture
def case(make_case):
    return make_case(frame(), target="churn", baseline={"rules": [RULE, OTHER]})


@pytest.fixture
def model(case):
    return RulesModel(case, rows_of(case, open_table(case)), by="Kim")


@pytest.fixture
def draft(model):
    return DraftModel(model)


def held(case):
    return [(rule.condition, rule.then) for rule in load_case(case.folder).record.baseline.rules]


def test_every_rule_is_counted_on_what_earlier_ones_leave(model):
    rows = frame()
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


def test_rules_of_the_record_that_are_wrong_can_be_mended_here(make_case):
    wrong = [{"if": "tenur <= 6", "then": "yes"}, {"if": "tenure <= 6", "then": "perhaps"}, RULE]
    case = make_case(frame(), target="churn", baseline={"rules": wrong})
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


# The rule in the making


def test_a_rule_is_picked_and_counted_at_once(draft, model, case):
    draft.column, draft.comparison, draft.values = "tenure", "between", ["3", "1,000"]
    assert draft.condition == '"tenure" BETWEEN 3 AND 1000'
    draft.values = ["20", "30"]
    line = draft.preview.lines[draft.at]
    rows = frame()
    inside = rows["tenure"].between(20, 30) & (rows["if"] != "it's")
    assert line.takes == inside.sum()
    assert draft.another()
    draft.column, draft.values = "if", ["it's"]
    assert draft.condition == "\"tenure\" BETWEEN 20 AND 30 AND \"if\" = 'it''s'"
    draft.then = "no"
    assert draft.put()
    assert held(case)[2] == ("\"tenure\" BETWEEN 20 AND 30 AND \"if\" = 'it''s'", "no")
    assert (draft.terms, draft.condition, draft.place) == ([], "", None)


def test_a_comparison_fits_its_column(draft):
    draft.column = "if"
    assert draft.comparisons[:4] == ("is", "is one of", "is not", "is none of")
    draft.comparison = "at most"
    assert draft.comparison == "is"
    draft.column = "on"
    assert draft.comparison == "before"
    draft.comparison, draft.values = "weekday", [6, 7]
    assert draft.condition == 'isodow("on") IN (6, 7)'
    assert draft.preview.lines[draft.at].takes > 0
    draft.comparison, draft.values = "hour", ["7", "9"]
    assert draft.condition == 'hour("on") BETWEEN 7 AND 9'
    draft.comparison, draft.values = "from", ["2026-02-01"]
    assert draft.preview.lines[draft.at].holds > 0
    draft.values = ["next week"]
    assert draft.preview is None
    assert "next week" in draft.trouble


def test_odd_names_and_values_are_picked_like_any(draft):
    draft.column, draft.comparison, draft.values = "요금 (원).1", "more than", ["150.5"]
    assert draft.condition == '"요금 (원).1" > 150.5'
    assert draft.preview.lines[draft.at].holds > 0
    draft.column, draft.comparison, draft.values = "if", "is one of", ['say "b"', "it's"]
    assert draft.preview.lines[draft.at].holds > 200


def test_a_number_that_is_none_is_said_and_never_guessed(draft):
    for typed in ("soon", "1,5", "12 months"):
        draft.column, draft.comparison, draft.values = "tenure", "at most", [typed]
        assert draft.preview is None
        assert f"'{typed}' is not a number" in draft.trouble


def test_missing_rows_are_taken_where_they_are_meant(draft):
    draft.column, draft.comparison, draft.values = "tenure", "at most", ["6"]
    line = draft.preview.lines[draft.at]
    assert 0 < line.unknown <= 10
    draft.or_missing = True
    assert draft.condition == '("tenure" <= 6 OR "tenure" IS NULL)'
    assert draft.preview.lines[draft.at].holds == line.holds + 10
    draft.comparison = "is missing"
    assert draft.condition == '"tenure" IS NULL'


def test_a_rule_is_taken_in_hand_changed_and_stays_the_same_rule_when_it_moves(draft, model, case):
    draft.take(1)
    assert (draft.column, draft.comparison, draft.then) == ("if", "is", "no")
    assert list(draft.values) == ["it's"]
    model.move(1, 0)
    assert draft.place == 0
    draft.values = ["a"]
    assert draft.put()
    rule = load_case(case.folder).record.baseline.rules[0]
    assert (rule.condition, rule.note) == ("\"if\" = 'a'", "Lee")


def test_a_rule_that_somebody_took_out_meanwhile_is_not_written_over_another(draft, model, case):
    draft.take(0)
    other = RulesModel(case, model.counter.data, by="Lee")
    other.remove(0)
    model.refresh()
    assert draft.place is None
    draft.put()
    assert held(case)[0][0] == OTHER["if"]


def test_sql_is_written_where_picking_is_not_enough(draft, model, case):
    draft.column, draft.comparison, draft.values = "tenure", "at most", ["6"]
    draft.expert = True
    assert draft.text == '"tenure" <= 6'
    draft.text = "tenure * 2 < 10 OR \"if\" = 'a'"
    assert draft.preview.lines[draft.at].holds > 0
    draft.expert = False
    assert draft.expert
    assert "stays as SQL" in draft.remark
    draft.text = "tenure <"
    assert "not SQL" in draft.trouble
    assert not draft.put()
    draft.text = "tenure > 30 AND \"if\" = 'a'"
    draft.expert = False
    assert (draft.terms[0].column, draft.column) == ("tenure", "if")
    assert list(draft.values) == ["a"]


def test_a_number_target_takes_numbers(make_case):
    rows = frame().drop(columns="churn").assign(amount=np.arange(400) * 1.5)
    rules = [{"if": "tenure <= 6", "then": 100}]
    case = make_case(rows, target="amount", baseline={"rules": rules})
    model = RulesModel(case, rows_of(case, open_table(case)), by="Kim")
    assert not model.put("tenure > 30", "many")
    assert "'many' is not a value of the target" in model.message
    draft = DraftModel(model)
    draft.take(0)
    assert draft.then == "100"
    draft.then = "120.5"
    assert draft.put()
    assert held(case) == [("tenure <= 6", 120.5)]
    assert model.otherwise("300")
    assert load_case(case.folder).record.baseline.default == 300
    assert RulesPanel(_work(load_case(case.folder)), by="Kim").table.other.value == "300"


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


def test_without_a_target_the_panel_says_so(make_case):
    case = make_case(frame())
    panel = RulesPanel(_work(case), by="Kim")
    assert "no column to be predicted" in str(panel.static())
    assert "no column to be predicted" in panel.children[-1].value


def test_the_panel_speaks_korean(make_case):
    case = make_case(frame(), target="churn", language="ko", baseline={"rules": [RULE]})
    panel = RulesPanel(_work(case), by="김")
    assert panel.form.comparison.options
    assert "tenure" in panel.table.rows[0].shown.value


def test_counting_looks_at_the_rows_that_it_is_given(model):
    counter = Counter(model.counter.data, np.arange(100))
    assert counter.count([("tenure <= 6", "yes")]).lines[0].rows == 100
