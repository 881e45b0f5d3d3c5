"""A rule in the making: picked or written, counted at once, never guessed, never over another."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.case import load_case
from casebook.phases.findings import phase_named
from casebook.tables import open_table
from casebook.workspace import Workspace
from widgets.rules import RulesPanel
from widgets.rules_draft import DraftModel
from widgets.rules_model import RulesModel, rows_of

RULE = {"if": "tenure <= 6", "then": "yes"}
OTHER = {"if": "\"if\" = 'it''s'", "then": "no", "note": "Lee"}


@pytest.fixture
def case(ruled):
    return ruled


@pytest.fixture
def model(rules_model):
    return rules_model


@pytest.fixture
def draft(model):
    return DraftModel(model)


def _work(case):
    return Workspace(case, phase_named("baseline"), case.folder / "runs" / "draft")


def held(case):
    return [(rule.condition, rule.then) for rule in load_case(case.folder).record.baseline.rules]


def test_a_rule_is_picked_and_counted_at_once(draft, case, churn):
    draft.column, draft.comparison, draft.values = "tenure", "between", ["3", "1,000"]
    assert draft.condition == '"tenure" BETWEEN 3 AND 1000'
    draft.values = ["20", "30"]
    line = draft.preview.lines[draft.at]
    rows = churn
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


def test_a_number_target_takes_numbers(make_case, churn):
    rows = churn.drop(columns="churn").assign(amount=np.arange(400) * 1.5)
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
    draft.column, draft.comparison, draft.values = "tenure", "at least", ["50"]
    rows = churn["tenure"] >= 50
    suggested = draft.suggested
    assert suggested == pytest.approx(np.median(np.arange(400)[rows] * 1.5), rel=0.01)
    assert draft.put()
    assert held(case)[1] == ('"tenure" >= 50', suggested)
    assert model.undo()
    assert model.otherwise("300")
    assert load_case(case.folder).record.baseline.default == 300
    assert RulesPanel(_work(load_case(case.folder)), by="Kim").table.other.value == "300"
