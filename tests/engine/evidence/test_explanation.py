"""Explanation: what an explainable candidate loses against the best one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def crossed():
    """A product of two columns, which no straight line follows."""
    rng = np.random.default_rng(0)
    a, b = rng.uniform(-1, 1, (2, 1000))
    return pd.DataFrame({"a": a, "b": b, "y": np.where(a * b > 0, "yes", "no")})


def test_a_line_that_is_best_loses_nothing(gathered):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 4))
    y = np.where(x.sum(axis=1) + rng.normal(size=600) > 0, "yes", "no")
    frame = pd.DataFrame(x, columns=list("abcd")).assign(y=y)
    found = gathered("explanation", frame, constraints={"explainable": "yes"})
    assert found.outcome == "no"
    assert "loses nothing" in found.sentence


@pytest.mark.parametrize(
    ("demand", "outcome"), [("yes", "yes"), ("no", "no"), (None, "unclear"), ("unsure", "unclear")]
)
def test_a_loss_counts_where_an_explanation_is_demanded(gathered, demand, outcome):
    found = gathered("explanation", crossed(), constraints={"explainable": demand})
    assert found.outcome == outcome
    assert "loses 0." in found.sentence
