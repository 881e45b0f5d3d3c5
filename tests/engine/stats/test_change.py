"""Changes between periods, and what parts contribute."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.stats.change import change, change_of_days, contributions, streak


def days(seed: int, rates: dict[str, float], n: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({name: rng.poisson(rate, n).astype(float) for name, rate in rates.items()})


@pytest.mark.parametrize(
    ("values", "direction", "expected"),
    [
        ([3, 2, 1], "falls", 2),
        ([3, 2, 2], "falls", 0),
        ([1, 2, 3], "rises", 2),
        ([9, None, 1], "falls", 0),
        ([5], "falls", 0),
        ([], "falls", 0),
    ],
)
def test_streak(values, direction, expected):
    assert streak(values, direction) == expected


def test_shares_add_up_and_cover_the_planted_share():
    hits = 0
    for seed in range(100):
        before = days(seed, {"first": 60, "returning": 40})
        after = days(seed + 1000, {"first": 45, "returning": 35})
        parts = {part.label: part for part in contributions(before, after, seed=seed)}
        assert sum(part.share.value for part in parts.values()) == pytest.approx(1)
        share = parts["first"].share
        hits += share.low <= 0.75 <= share.high
    assert 88 <= hits <= 100


def test_nothing_is_shared_out_when_the_change_may_be_chance():
    before, after = days(0, {"a": 50, "b": 50}), days(1, {"a": 50, "b": 50})
    assert all(part.share is None for part in contributions(before, after))


def test_the_relative_change_covers_the_planted_one():
    hits = 0
    for seed in range(100):
        moved = change_of_days(days(seed, {"a": 100}), days(seed + 500, {"a": 80}), seed=seed)
        hits += moved.relative.low <= -0.2 <= moved.relative.high
    assert 88 <= hits <= 100


def test_a_change_from_zero_has_no_relative_size():
    zero = pd.DataFrame({"a": np.zeros(30)})
    assert change_of_days(zero, days(0, {"a": 5})).relative is None
    assert change(0.0, 3.0).relative is None
    assert change(None, 3.0) is None
