"""A planted slice is found; with nothing planted almost none is declared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.stats.slices import masks, worst_slices

SEEDS = 60


def rows(seed: int, excess: float) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = 2000
    frame = pd.DataFrame({f"x{i}": rng.normal(size=n) for i in range(4)})
    frame["지역"] = rng.choice(["서울", "부산", "대구", "광주"], n)
    frame["plan"] = rng.choice(list("abcdef"), n)
    wrong = 0.2 + excess * (frame["지역"] == "부산")
    return frame, (rng.random(n) < wrong).astype(float)


def test_a_planted_slice_ranks_first_and_is_confirmed():
    hits = 0
    for seed in range(SEEDS):
        worst = worst_slices(*rows(seed, 0.2), seed=seed)[0]
        hits += worst.confirmed and (worst.column, worst.label) == ("지역", "부산")
    assert hits >= 0.95 * SEEDS


def test_with_nothing_planted_few_tables_declare_a_slice():
    alarms = sum(
        any(s.confirmed for s in worst_slices(*rows(seed, 0.0), seed=seed)) for seed in range(SEEDS)
    )
    assert alarms <= 8  # 5 % of 60 is 3; more than 8 happens less than once in 200


def test_the_excess_is_estimated_on_rows_that_did_not_find_it():
    """Otherwise the winner's curse would put the mean estimate above the planted 0.2."""
    found = [worst_slices(*rows(seed, 0.2), seed=seed)[0].excess.value for seed in range(SEEDS)]
    assert np.mean(found) == pytest.approx(0.2, abs=0.015)


def test_few_rows_make_no_slice_and_missing_values_make_one():
    frame = pd.DataFrame({"x": np.r_[np.full(40, np.nan), np.arange(200.0)], "c": ["a"] * 240})
    labels = [(name, label) for name, label, _mask in masks(frame)]
    assert ("x", "") in labels
    assert worst_slices(frame.head(50), np.zeros(50)) == ()


def test_the_worst_of_many_slices_of_noise_are_not_worse_on_other_rows():
    """The 20 worst of 200 look bad on the rows that found them; on the others they are average."""
    excesses = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(rng.normal(size=(1000, 40))).add_prefix("x")
        loss = (rng.random(1000) < 0.2).astype(float)
        excesses += [s.excess.value for s in worst_slices(frame, loss, seed=seed)]
    assert len(excesses) == 800
    assert np.mean(excesses) == pytest.approx(0, abs=0.01)
