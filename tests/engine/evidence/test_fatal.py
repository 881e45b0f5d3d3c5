"""Fatal errors: the worst cost times an upper bound of its probability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.evidence.fatal import upper_bound

COSTS = {"true_positive": 0.0, "false_positive": 10.0, "false_negative": 10.0, "true_negative": 0.0}


@pytest.mark.parametrize("n", [100, 1000, 10_000])
def test_the_rule_of_three_where_none_was_seen(n):
    assert upper_bound(0, n) * n == pytest.approx(3, abs=0.06)


def test_the_bound_holds_in_95_of_100_samples():
    rng = np.random.default_rng(0)
    seen = rng.binomial(300, 0.02, 2000)
    assert np.mean([upper_bound(int(k), 300) >= 0.02 for k in seen]) >= 0.95


def perfect():
    x = np.random.default_rng(0).permutation(np.repeat([-1.0, 1.0], 300))
    return pd.DataFrame({"x": x, "y": np.where(x > 0, "yes", "no")})


@pytest.mark.parametrize(("worst", "outcome"), [(100.0, "no"), (1e6, "yes")])
def test_the_worst_is_weighed_against_what_a_decision_saves(gathered, worst, outcome):
    """A decision saves 5; none of 600 was wrong, so at most 1 of 200 is."""
    found = gathered("fatal", perfect(), feasibility={"worst_case_cost": worst},
                     objectives={"costs": COSTS})  # fmt: skip
    assert found.outcome == outcome
    assert "0 of 600" in found.sentence


def test_a_worst_case_that_the_matrix_counts_already_is_none(gathered):
    found = gathered("fatal", perfect(), feasibility={"worst_case_cost": 10.0},
                     objectives={"costs": COSTS})  # fmt: skip
    assert found.outcome == "no"
    assert "no more than what the value matrix counts" in found.sentence


def test_without_a_value_it_cannot_be_weighed(gathered):
    assert gathered("fatal", perfect(), feasibility={"worst_case_cost": 9.0}).outcome == "unclear"


def test_an_unknown_worst_case_is_not_applicable(gathered):
    assert "feasibility.worst_case_cost" in gathered("fatal", perfect()).reason
