"""Complexity: a model must be clearly ahead of every simple solution."""

from __future__ import annotations

import numpy as np
import pandas as pd


def test_a_truth_of_many_columns_is_complex(gathered):
    x = np.random.default_rng(0).normal(size=(1200, 5))
    y = np.where(x.sum(axis=1) > 0, "yes", "no")
    found = gathered("complexity", pd.DataFrame(x, columns=list("abcde")).assign(y=y))
    assert found.outcome == "yes"
    assert "ahead of the best simple solution" in found.sentence


def test_trees_are_said_to_be_ahead_of_a_line_where_they_are(gathered):
    rng = np.random.default_rng(0)
    a, b, c = rng.uniform(-1, 1, (3, 1200))
    found = gathered("complexity", pd.DataFrame({"a": a, "b": b, "c": c, "y": a * b * c * 100}))
    assert found.outcome == "yes"
    name, said = found.facts[0]
    assert name == "Boosted trees ahead of the linear model by"
    assert not said.startswith("-")


def test_one_threshold_is_not_complex(gathered):
    x = np.random.default_rng(0).normal(size=800)
    found = gathered("complexity", pd.DataFrame({"x": x, "y": np.where(x > 0, "yes", "no")}))
    assert found.outcome == "no"
