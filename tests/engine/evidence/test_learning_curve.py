"""Learning curve: more rows help where much is still to be learned, and not where all is."""

from __future__ import annotations

import numpy as np
import pandas as pd


def test_a_plain_pattern_is_learned_from_few_rows(gathered):
    x = np.random.default_rng(0).normal(size=(1500, 2))
    y = np.where(x[:, 0] + np.random.default_rng(1).normal(0, 0.5, 1500) > 0, "yes", "no")
    found = gathered("learning_curve", pd.DataFrame(x, columns=["a", "b"]).assign(y=y))
    assert found.outcome == "yes"
    assert [point.label for point in found.picture.points] == ["25%", "50%", "100%"]


def test_a_hard_one_asks_for_more(gathered):
    """A hundred columns of which each says a little: the curve still rises."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 60))
    y = np.where(x @ rng.normal(size=60) + rng.normal(0, 4, 300) > 0, "yes", "no")
    found = gathered("learning_curve", pd.DataFrame(x).add_prefix("v").assign(y=y))
    assert found.outcome == "unclear"
    values = [point.value for point in found.picture.points]
    assert values == sorted(values)


def test_too_few_rows_for_a_part_of_them(gathered, planted):
    assert "too few rows" in gathered("learning_curve", planted(40)).reason
