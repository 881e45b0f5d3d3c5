"""What the rule would have said: the line that takes a row, how often right, and if both agree."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.prototype.answer import answer
from casebook.prototype.rows import plain_rows
from casebook.prototype.rule import rule_says

RULES = {
    "rules": [{"if": "size >= 7 AND plan = 'a'", "then": "yes"}, {"if": "x < -1", "then": "no"}],
    "default": "yes",
}


def first(prototype):
    return plain_rows(prototype.known.X.iloc[[0]])[0]


def test_the_line_that_takes_the_row_is_told_with_the_known_rows_like_it(prototype_of):
    prototype = prototype_of("boosting", baseline=RULES)
    row = {**first(prototype), "x": -2.0, "size": 1, "plan": "a"}
    told = rule_says(prototype, answer(prototype, row))
    known = prototype.known
    like = (known.X["x"] < -1) & ~((known.X["size"] >= 7) & (known.X["plan"] == "a"))
    share = 100 * (known.y[like] == "yes").mean()
    assert told.startswith("The rule (x less than -1) says y = no.")
    assert f"Of {like.sum()} known rows like that, " in told
    assert float(told.split("like that, ")[1].split("%")[0]) == pytest.approx(share, abs=0.6)
    assert told.endswith("The model says the same.")


def test_an_earlier_line_wins_and_the_default_says_the_rest(prototype_of):
    prototype = prototype_of("linear", baseline=RULES)
    row = {**first(prototype), "x": -2.0, "size": 8, "plan": "a"}
    assert "(size at least 7 and plan is a) says y = yes" in rule_says(
        prototype, answer(prototype, row)
    )
    rest = {**row, "x": 0.0, "plan": "b"}
    told = rule_says(prototype, answer(prototype, rest))
    assert told.startswith("None of the rules' conditions holds, and they say y = yes.")


def test_a_model_that_says_otherwise_is_told(prototype_of):
    prototype = prototype_of("linear", baseline={"rules": [{"if": "x > 1", "then": "no"}]})
    row = {**first(prototype), "x": 2.4, "size": 8}
    assert rule_says(prototype, answer(prototype, row)).endswith(
        "The model says otherwise: y = yes."
    )


def test_a_row_without_the_value_is_taken_by_no_line(prototype_of):
    prototype = prototype_of("linear", baseline=RULES)
    row = {**first(prototype), "x": None, "plan": None}
    assert rule_says(prototype, answer(prototype, row)).startswith("None of the rules'")


def test_without_a_rule_one_split_of_the_known_rows_is_told(prototype_of):
    prototype = prototype_of("linear")
    known = prototype.known
    low = rule_says(prototype, answer(prototype, {**first(prototype), "x": -2.0}))
    high = rule_says(prototype, answer(prototype, {**first(prototype), "x": 2.0}))
    assert low.startswith("The simplest rule of the data (x at most ")
    assert high.startswith("The simplest rule of the data (x more than ")
    counts = [int(told.split("Of ")[1].split(" known")[0]) for told in (low, high)]
    assert sum(counts) == len(known.X)
    assert rule_says(prototype_of("rule"), answer(prototype_of("rule"), first(prototype))) == ""


def test_numbers_have_the_median_of_rows_like_it(prototype_of):
    rules = {"rules": [{"if": "x > 1", "then": 20}]}
    prototype = prototype_of("linear", "number", baseline=rules)
    told = rule_says(prototype, answer(prototype, {**first(prototype), "x": 1.5}))
    known = prototype.known
    median = np.median(known.y[known.X["x"] > 1])
    assert told.startswith("The rule (x more than 1) says 20.")
    assert f"is {median:.1f}." in told


def test_a_rule_on_a_column_that_the_form_lacks_is_said(prototype_of):
    roles = {"수": "number", "plan": "category", "글": "text", "size": "id"}
    prototype = prototype_of("linear", roles=roles,
                             baseline={"rules": [{"if": "size > 5", "then": "yes"}]})  # fmt: skip
    told = rule_says(prototype, answer(prototype, first(prototype)))
    assert told == "The rule cannot be asked: it needs size, which the form does not have."
