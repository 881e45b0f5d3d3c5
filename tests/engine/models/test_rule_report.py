"""Each rule counted: what it takes, how right it is, and what has no effect; nothing else named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import skops.io as sio

from casebook import language
from casebook.exceptions import ExpressionError, ModelError
from casebook.expressions import holds
from casebook.expressions.terms import Term, terms_of, written
from casebook.models.rule import RuleClassifier, RuleRegressor
from casebook.models.rule_report import rule_lines
from casebook.models.rule_words import in_words
from casebook.stats.blocks import average, share

X = pd.DataFrame({"x": range(1, 11), "plan": ["a", "b"] * 5})
y = pd.Series(["yes"] * 4 + ["no"] * 6)
CLASSES = ("no", "yes")


def lines(*rules, default="no", frame=X, truth=y, classes=CLASSES, units=None):
    return rule_lines(rules, default, frame, truth, classes, units=units)


def test_each_rule_is_counted_on_what_earlier_ones_leave():
    first, second, rest = lines(("x <= 3", "yes"), ("plan = 'b'", "no"))
    assert (first.holds, first.takes, first.right.value) == (3, 3, 1.0)
    assert (second.holds, second.takes) == (5, 4)
    assert second.right.value == pytest.approx(3 / 4)
    assert second.right.low < 3 / 4 < second.right.high
    assert (rest.number, rest.takes, rest.value) == (0, 3, "no")
    assert first.takes + second.takes + rest.takes == len(X)


def test_a_rule_that_earlier_ones_leave_nothing_is_named_with_them():
    found = lines(("x <= 3", "yes"), ("x > 8", "no"), ("x < 2 OR x = 10", "no"))
    assert found[2].unreachable
    assert found[2].behind == (1, 2)
    assert not any(line.unreachable for line in (found[0], found[1], found[3]))


def test_a_rule_that_holds_nowhere_is_told_apart_from_one_that_comes_too_late():
    never, late, _second, _rest = (
        lines(("x > 99", "no"), ("x > 0", "yes"), ("x > 1", "no"))[n] for n in (0, 2, 1, 3)
    )
    assert never.never
    assert never.behind == ()
    assert not late.never
    assert late.behind == (2,)


def test_contradictions_are_counted_and_agreement_is_none():
    found = lines(("x <= 5", "yes"), ("x <= 7", "no"), ("x <= 8", "yes"))
    assert [(one.number, one.rows) for one in found[1].conflicts] == [(1, 5)]
    assert [(one.number, one.rows) for one in found[2].conflicts] == [(2, 2)]
    assert found[0].conflicts == ()


def test_an_exception_before_a_general_rule_is_no_contradiction():
    found = lines(("x <= 5", "yes"), ("x <= 7", "no"), ("plan = 'a'", "yes"))
    assert (found[1].conflicts[0].exception, found[1].contradicts) == (True, ())
    assert [one.number for one in found[2].contradicts] == [2]


def test_where_nothing_is_wrong_nothing_is_named():
    found = lines(("x <= 2", "yes"), ("x IN (3, 4)", "yes"), default="no")
    assert [line.redundant or line.unreachable or bool(line.conflicts) for line in found] == [
        False
    ] * 3


def test_a_rule_that_says_what_would_follow_changes_nothing():
    found = lines(("x <= 2", "no"), ("x <= 4", "yes"), ("x = 9", "no"), default="no")
    assert [line.redundant for line in found] == [False, False, True, False]


def test_rows_whose_value_is_missing_are_not_taken_and_counted():
    frame = X.assign(x=X["x"].where(X["x"] != 2))
    first, second, rest = lines(("x <= 3", "yes"), ("plan = 'b'", "no"), frame=frame)
    assert (first.unknown, first.takes) == (1, 2)
    assert second.unknown == 0
    assert rest.takes + second.takes == 8


def test_infinite_values_compare_as_numbers():
    frame = X.assign(x=[np.inf, -np.inf, np.nan, *range(7)])
    above, below, rest = lines(("x > 5", "yes"), ("x < 1", "yes"), frame=frame)
    assert (above.takes, below.takes, above.unknown, rest.takes) == (2, 2, 1, 6)


def test_numbers_have_an_error_and_a_typical_value():
    amounts = pd.Series([10.0] * 5 + [20.0] * 4 + [80.0])
    first, rest = lines(("x <= 5", 12), default=None, truth=amounts, classes=())
    assert (first.right.value, first.typical, first.value) == (2.0, 10.0, 12)
    assert (rest.value, rest.typical, rest.right.value) == (20.0, 20.0, 12.0)


def test_without_a_default_the_rest_says_its_most_frequent_class_as_the_estimator_does():
    rules = [("x <= 3", "no")]
    *_rules, rest = lines(*rules, default=None)
    model = RuleClassifier(["x <= 3"], ["no"], None).fit(X, y)
    assert rest.value == model.default_ == "no"
    amounts = pd.Series(np.arange(10.0))
    *_rules, rest = lines(("x <= 3", 1), default=None, truth=amounts, classes=())
    assert rest.value == RuleRegressor(["x <= 3"], [1], None).fit(X, amounts).default_


def test_several_classes_are_counted():
    truth = pd.Series(["a", "b", "c", "a", "b", "c", "a", "b", "c", "a"])
    first, rest = lines(("x <= 5", "b"), default="c", truth=truth, classes=("a", "b", "c"))
    assert first.right.value == pytest.approx(2 / 5)
    assert rest.right.value == pytest.approx(2 / 5)


def test_blocks_widen_the_interval_and_hold_what_they_say():
    """Rows of a guest are alike: Wilson on rows covers too seldom, blocks as often as said."""
    alone = covered = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        units = np.repeat(np.arange(40), 10)
        right = rng.random(400) < np.repeat(rng.beta(1.2, 0.8, 40), 10)
        naive, known = share(right, None), share(right, units)
        assert known.low <= naive.low
        alone += naive.low <= 0.6 <= naive.high
        covered += known.low <= 0.6 <= known.high
    assert alone < 120
    assert covered >= 135


def test_blocks_that_are_all_right_count_as_so_many_rows():
    units = np.repeat(np.arange(5), 100)
    found = share(np.ones(500, bool), units)
    assert (found.value, found.n) == (1.0, 5)
    assert found.low < 0.7
    assert average(np.ones(500), units).n == 5
    assert share(np.ones(5, bool), np.zeros(5, int)).low is None


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("x >", "not SQL"),
        ("plann = 'a'", r"no column 'plann'.*Did you mean 'plan'"),
        ("SUM(x) > 3", "an aggregate"),
        ("plan > 3", "Cannot compare"),
    ],
)
def test_a_condition_that_is_none_is_refused(condition, said):
    with pytest.raises(ExpressionError, match=said):
        lines((condition, "yes"))


ODD = pd.DataFrame({
    "if": [1, 2, 3, 4],
    "a b.c": ["it's", 'say "no"', None, "x"],
    "가격 (원)": [1.5, np.nan, 3.5, 9.0],
    'quo"ted': [True, False, True, False],
})  # fmt: skip


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Term("if", "at most", (2,)), [1, 1, 0, 0]),
        (Term("a b.c", "is", ("it's",)), [1, 0, 0, 0]),
        (Term("a b.c", "is one of", ('say "no"', "it's"), or_missing=True), [1, 1, 1, 0]),
        (Term("a b.c", "is none of", ("x",)), [1, 1, 0, 0]),
        (Term("a b.c", "is missing"), [0, 0, 1, 0]),
        (Term("가격 (원)", "between", (1, 3.5)), [1, 0, 1, 0]),
        (Term("가격 (원)", "more than", (1.5,), or_missing=True), [0, 1, 1, 1]),
        (Term('quo"ted', "is", (True,)), [1, 0, 1, 0]),
    ],
)
def test_terms_hold_where_they_should_and_are_read_back(term, expected):
    text = written([term])
    assert terms_of(text) == (term,)
    model = RuleClassifier([text], ["yes"], "no").fit(ODD, ["yes", "no", "yes", "no"])
    assert (model.which(ODD) == 0).astype(int).tolist() == expected
    assert [int(model.which(ODD.iloc[[n]])[0] == 0) for n in range(4)] == expected


def test_times_are_compared_by_day_weekday_and_hour():
    frame = pd.DataFrame({"on": pd.to_datetime(["2026-11-23 08:00", "2026-11-28 23:59"])})
    for term, expected in [
        (Term("on", "weekday", (6, 7)), [False, True]),
        (Term("on", "hour", (7, 9)), [True, False]),
        (Term("on", "before", ("2026-11-24",)), [True, False]),
        (Term("on", "from", ("2026-11-24",)), [False, True]),
    ]:
        assert terms_of(written([term])) == (term,)
        which = RuleClassifier([written([term])], ["a"], "b").which(frame)
        assert (which == 0).tolist() == expected


def test_a_condition_is_said_in_words_or_stays_sql():
    names = ["Tenure", "Contract", "on"]
    assert in_words("tenure <= 6 AND Contract = 'Month-to-month'", names) == (
        "Tenure at most 6 and Contract is Month-to-month"
    )
    assert (
        in_words("(tenure > 1500.25 OR tenure IS NULL)") == "tenure more than 1,500.25 (or missing)"
    )
    assert in_words("contract IN ('a', 'b', 'c')", names) == "Contract is a, b or c"
    assert in_words("tenure * 2 > 6 OR Contract = 'x'") == "tenure * 2 > 6 OR Contract = 'x'"
    assert in_words('isodow("on") IN (6, 7)', names) == "on on Saturday or Sunday"
    with language.using("ko"):
        assert "토요일" in in_words('isodow("on") IN (6, 7)', names)


def test_one_row_whose_value_is_missing_does_not_break_the_rule():
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "plan": ["a", "b", None], "n": [1, 2, 3]})
    model = RuleClassifier(["plan = 'a' AND x < 5", "n > 2"], ["yes", "no"], "no")
    model.fit(frame, ["yes", "no", "no"])
    for missing in (None, np.nan):
        row = frame.iloc[[0]].assign(plan=missing)
        assert model.predict(row).tolist() == ["no"]
    assert model.predict(frame.iloc[[0]].astype(object)).tolist() == ["yes"]
    again = sio.loads(sio.dumps(model), trusted=["casebook.models.rule.RuleClassifier"])
    assert again.predict(frame).tolist() == model.predict(frame).tolist()
    with pytest.raises((ExpressionError, ModelError), match="no column 'plan'"):
        model.predict(frame[["x", "n"]])


def test_one_query_is_enough_for_a_row_however_many_rules(monkeypatch):
    """What makes one row quick: conditions are looked at together, and checked once."""
    asked, real = [], holds._numbers

    def counted(*parts):
        asked.append(parts[2])
        return real(*parts)

    monkeypatch.setattr(holds, "_numbers", counted)
    model = RuleClassifier([f"x = {n}" for n in range(8)], ["yes"] * 8, "no").fit(X, y)
    asked.clear()
    model.predict(X.iloc[[0]])
    assert len(asked) == 1


def test_telco_rules_are_counted_as_by_hand(realdata):
    frame = pd.read_csv(realdata / "telco_churn.csv")
    young = (frame["tenure"] <= 6) & (frame["Contract"] == "Month-to-month")
    first, _rest = rule_lines(
        [("tenure <= 6 AND Contract = 'Month-to-month'", "Yes")],
        "No",
        frame,
        frame["Churn"],
        CLASSES,
    )
    assert first.takes == young.sum() == 1413
    assert first.right.value == pytest.approx((frame["Churn"][young] == "Yes").mean())
