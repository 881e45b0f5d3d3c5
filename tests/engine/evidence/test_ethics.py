"""Ethics: rates by group with intervals; a person signs, nothing is computed of that."""

from __future__ import annotations

import numpy as np
import pandas as pd


def unequal(n=1200):
    rng = np.random.default_rng(0)
    sex = rng.choice(["women", "men"], n)
    x = rng.normal(size=n)
    chance = np.where(sex == "men", 0.5, 0.2) + 0.2 * np.tanh(x)
    return pd.DataFrame({"x": x, "sex": sex, "y": np.where(rng.random(n) < chance, "yes", "no")})


def test_rates_by_group_are_told(gathered):
    found = gathered("ethics", unequal())
    rates = {point.label: point for point in found.picture.points}
    assert rates["sex: men"].low < 0.5 < rates["sex: men"].high
    assert rates["sex: women"].low < 0.2 < rates["sex: women"].high
    assert found.outcome == "unclear"
    assert "feasibility.signature" in found.sentence


def test_a_signature_clears_and_is_shown(gathered):
    signature = {"by": "Kim", "on": "2026-05-01", "reason": "Nobody is refused by it."}
    found = gathered("ethics", unequal(), feasibility={"signature": signature})
    assert found.outcome == "no"
    assert "Signed by Kim on May 1, 2026: Nobody is refused by it." in found.sentence


def test_a_signature_without_a_reason_clears_nothing(gathered):
    found = gathered("ethics", unequal(), feasibility={"signature": {"by": "Kim"}})
    assert found.outcome == "unclear"


def test_no_sensitive_column_still_asks_for_a_signature(gathered, planted):
    assert "feasibility.signature" in gathered("ethics", planted()).reason


def test_small_groups_are_left_out_and_missing_is_a_group(gathered):
    frame = unequal()
    frame["sex"] = frame["sex"].astype(object)
    frame.loc[:9, "sex"] = "other"
    frame.loc[10:99, "sex"] = None
    found = gathered("ethics", frame)
    assert {p.label for p in found.picture.points} == {"sex: men", "sex: women", "sex: missing"}


def test_numbers_have_means_by_group(gathered):
    frame = unequal().assign(y=lambda f: f["x"] + 3 * (f["sex"] == "men"))
    assert "the outcome is" in gathered("ethics", frame).sentence
