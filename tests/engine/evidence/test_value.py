"""Value: the value matrix times the confusion on rows not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

COSTS = {"true_positive": 0.0, "false_positive": 10.0, "false_negative": 10.0, "true_negative": 0.0}


def test_a_perfect_model_saves_what_the_constant_costs(gathered):
    """Half are yes: always the same answer costs 5 a decision, the model nothing."""
    x = np.random.default_rng(0).permutation(np.repeat([-1.0, 1.0], 300))
    frame = pd.DataFrame({"x": x, "y": np.where(x > 0, "yes", "no")})
    found = gathered("value", frame, objectives={"costs": COSTS, "cost_unit": "EUR"})
    assert found.outcome == "yes"
    assert found.picture.points[0].value == pytest.approx(5000)
    assert "5,000" in found.sentence
    assert "EUR" in found.sentence


def test_no_pattern_saves_nothing(gathered, planted):
    found = gathered("value", planted(600, strength=0.0), objectives={"costs": COSTS})
    assert found.outcome != "yes"


def test_without_a_matrix_it_is_not_known(gathered, planted):
    assert "objectives.costs" in gathered("value", planted()).reason
