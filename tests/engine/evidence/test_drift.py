"""Drift: a target that changes along the file or in time is noticed, chance is not."""

from __future__ import annotations

import numpy as np
import pandas as pd


def changing(planted, n=1000):
    rng = np.random.default_rng(0)
    chance = np.linspace(0.05, 0.6, n)
    return planted(n).assign(y=np.where(rng.random(n) < chance, "yes", "no"))


def test_a_change_along_the_file_is_noticed(gathered, planted):
    found = gathered("drift", changing(planted))
    assert found.outcome == "unclear"
    assert "along the file" in found.sentence
    assert len(found.picture.points) == 10


def test_a_change_over_time_is_noticed_whatever_the_order_of_the_file(gathered, planted):
    frame = changing(planted).assign(day=pd.date_range("2023-01-01", periods=1000))
    found = gathered("drift", frame.sample(frac=1, random_state=0), time="day")
    assert "changes over time" in found.sentence


def test_numbers_that_rise_are_noticed(gathered):
    rng = np.random.default_rng(0)
    y = np.linspace(0, 5, 400) + rng.normal(size=400)
    found = gathered("drift", pd.DataFrame({"x": rng.normal(size=400), "y": y}))
    assert found.outcome == "unclear"


def test_chance_is_no_drift(gathered, planted):
    for seed in range(5):
        frame = planted(500, seed)
        assert gathered("drift", frame, name=f"s{seed}").outcome == "yes"
