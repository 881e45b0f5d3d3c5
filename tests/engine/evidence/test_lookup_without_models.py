"""A key that was not seen before counts as wrong, and chance is no lookup."""

from __future__ import annotations

import numpy as np
import pandas as pd


def test_keys_of_their_own_are_no_lookup(gathered):
    frame = pd.DataFrame(
        {"key": [f"{k:06d}" for k in np.random.default_rng(0).permutation(900)],
         "y": [f"v{k % 200}" for k in range(900)]}
    )  # fmt: skip
    found = gathered("simple", frame, roles={"key": "category"})
    assert found.outcome == "unclear"
