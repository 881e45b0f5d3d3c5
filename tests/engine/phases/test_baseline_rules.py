"""The rules as a part of the baseline's findings, and how its page and picture show them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from casebook import language
from casebook.figures.baseline_rules import rules_figure
from casebook.models.labelled import labelled
from casebook.pages import baseline_rules as pages
from casebook.phases.baseline_rules import Rules, examine_rules
from casebook.phases.findings import dump
from casebook.tables import open_table


def planted(n=800, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "tenure": rng.integers(0, 60, n).astype(float),
        "계약": rng.choice(["월간", "1년"], n),
        "guest": rng.integers(0, 40, n),
    })  # fmt: skip
    truth = (frame["tenure"] <= 10) & (frame["계약"] == "월간")
    frame["churn"] = np.where(truth ^ (rng.random(n) < 0.03), "yes", "no")
    frame.loc[:19, "tenure"] = np.nan
    return frame


@pytest.fixture
def found(make_case):
    def examined(rules=(), frame=None, **named):
        baseline = {"rules": list(rules), **named.pop("baseline", {})}
        rows = planted() if frame is None else frame
        case = make_case(rows, target=named.pop("target", "churn"), baseline=baseline, **named)
        with language.using(case.record.language):
            return examine_rules(case, labelled(case, open_table(case)))

    return examined


def test_a_rule_without_effect_or_against_another_is_said_in_a_sentence(found):
    rules = found([
        {"if": "tenure <= 10", "then": "yes"},
        {"if": "tenure <= 5 AND 계약 = '월간'", "then": "no"},
        {"if": "계약 = '월 간'", "then": "no"},
        {"if": "계약 = '월간'", "then": "no"},
    ])  # fmt: skip
    said = "\n".join(rules.notes)
    assert "Rule 2 takes no row: rule 1 takes all of the" in said
    assert "Rule 3 holds for no row." in said
    assert "'월 간' is not among the values of 계약. Did you mean '월간'?" in said
    assert "rows that rule 1 takes first, and says yes: their order decides" in said
    assert "Rule 4 changes nothing" in said
    assert "Rule 1 does not take 20 rows for which a value is missing." in said
    assert rules.headline[0].startswith("4 rules take ")
    assert rules.remains == pytest.approx(rules.lines[-1].line.takes / 800)


def test_nothing_is_named_where_nothing_is_wrong(found):
    frame = planted().iloc[20:]
    one = {"if": "tenure <= 10 AND 계약 = '월간'", "then": "yes", "note": "Sales"}
    rules = found([one], frame, baseline={"default": "no"})
    assert rules.notes == ()
    assert rules.lines[0].words == "tenure at most 10 and 계약 is 월간"
    assert (rules.lines[0].note, rules.lines[1].words) == ("Sales", "all other rows")
    assert rules.right.low < 0.96 < rules.right.high


def test_a_proposal_is_counted_on_rows_it_was_not_learned_from(found):
    rules = found()
    proposed = rules.proposed
    assert rules.lines == ()
    assert rules.headline[0] == "The record has no rules yet."
    assert proposed.learned + proposed.counted == 800
    assert sum(one.line.takes for one in proposed.lines) == proposed.counted
    assert any("계약 is 월간" in one.words for one in proposed.lines)
    assert proposed.right.value > 0.93


def test_rows_that_are_kept_aside_are_neither_counted_nor_learned_from(make_case):
    frame = planted()
    frame.loc[400:, "churn"] = np.where(frame.loc[400:, "churn"] == "yes", "no", "yes")
    case = make_case(frame, target="churn")
    data = labelled(case, open_table(case))
    rules = examine_rules(case, data, rows=np.arange(400))
    assert rules.rows == 400
    assert rules.proposed.learned + rules.proposed.counted <= 400
    assert rules.proposed.right.value > 0.9


def test_noise_is_not_made_into_rules(found):
    frame = planted()
    frame["churn"] = np.random.default_rng(5).choice(["yes", "no"], len(frame))
    rules = found(frame=frame)
    assert len(rules.proposed.lines) == 1
    assert "No short rule" in rules.headline[1]


def test_numbers_are_said_with_their_error(found):
    frame = planted().drop(columns="churn")
    rng = np.random.default_rng(0)
    frame["amount"] = np.where(frame["계약"] == "월간", 90.0, 20.0) + rng.normal(0, 3, 800)
    rules = found([{"if": "계약 = '월간'", "then": 90}], frame, target="amount")
    first, rest = (one.line for one in rules.lines)
    assert first.right.value == pytest.approx(2.4, abs=0.3)
    assert rest.value == pytest.approx(20, abs=0.5)
    assert "off by" in rules.headline[1]


def test_findings_come_back_from_json_and_are_shown_in_both_languages(found):
    for name in ("en", "ko"):
        rules = found([{"if": "tenure <= 3", "then": "yes"}, {"if": "tenure <= 2", "then": "no"}],
                      name=name, language=name)  # fmt: skip
        assert TypeAdapter(Rules).validate_json(dump(rules)) == rules
        with language.using(name):
            shown = str(pages.page(rules))
            figure = rules_figure(rules)
        assert "계약" in shown
        assert shown.count("cb-takes-right") == len(rules.lines) + len(rules.proposed.lines)
        assert "tenure" in figure.svg()


def test_a_rule_that_takes_no_row_is_marked_in_the_table(found):
    rules = found([{"if": "tenure <= 3", "then": "yes"}, {"if": "tenure <= 2", "then": "yes"}])
    shown = str(pages.page(rules))
    assert shown.count("takes no row") == 2, "as a chip, and in a sentence"
    assert "holds for no row" not in shown


def test_telco_is_examined_with_its_own_rules(realdata, make_case):
    frame = pd.read_csv(realdata / "telco_churn.csv")
    rules = [{"if": "tenure <= 6 AND Contract = 'Month-to-month'", "then": "Yes"}]
    case = make_case(frame, target="Churn", baseline={"rules": rules, "default": "No"})
    found = examine_rules(case, labelled(case, open_table(case)))
    assert (found.rows, found.lines[0].line.takes) == (7043, 1413)
    assert found.lines[0].line.right.value == pytest.approx(0.552, abs=0.001)
    assert found.proposed.right.value > 0.77
