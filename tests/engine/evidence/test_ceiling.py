"""Ceiling: identical rows with different targets bound every model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.evidence.ceiling import alike_rows, conflict


def test_rows_that_differ_bound_nothing(gathered, planted):
    found = gathered("ceiling", planted())
    assert found.outcome == "yes"
    assert "No two rows" in found.sentence


def test_the_ceiling_of_a_coin_is_the_share_of_its_frequent_side(context_of):
    """Each of 4 kinds of rows is yes in 70 %: no model can be right more often."""
    kinds = np.repeat(["a", "b", "c", "d"], 50)
    y = np.tile(np.where(np.arange(50) < 35, "yes", "no"), 4)
    context = context_of(pd.DataFrame({"kind": kinds, "y": y}))
    data = context.shared.data
    assert conflict(data, alike_rows(data)) == (200, pytest.approx(0.7))


def test_the_ceiling_of_numbers_is_their_spread_within_kinds(gathered):
    kinds = np.repeat([0.0, 10.0], 60)
    noise = np.tile(np.linspace(-1, 1, 60), 2)
    found = gathered("ceiling", pd.DataFrame({"kind": kinds, "y": kinds + noise}))
    assert float(dict(found.facts)["Highest possible R²"]) == pytest.approx(
        1 - noise.var() / (25 + noise.var()), abs=1e-3
    )
    assert found.outcome == "unclear"
