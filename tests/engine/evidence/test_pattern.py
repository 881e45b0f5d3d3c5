"""Pattern: found where it is planted, not where nothing is, and time and groups do not fake it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.evidence.pattern import permutation_test
from casebook.models.labelled import labelled
from casebook.tables import open_table


def examined(make_case, frame, name, **record):
    case = make_case(frame, target="y", name=name, **record)
    return permutation_test(labelled(case, open_table(case)))


def test_a_planted_pattern_is_found(gathered, planted):
    found = gathered("pattern", planted())
    assert found.outcome == "yes"
    assert "p = 0.005" in found.sentence


def test_a_pattern_in_numbers_and_a_curve_are_found(gathered):
    x = np.random.default_rng(0).normal(size=300)
    found = gathered("pattern", pd.DataFrame({"x": x, "y": x**2}))
    assert found.outcome == "yes"
    assert "correlation" in found.sentence


def test_enough_rows_without_a_pattern_say_that_there_is_none(gathered, planted):
    assert gathered("pattern", planted(3000, strength=0.0)).outcome == "no"


def test_few_rows_without_a_pattern_cannot_tell(gathered, planted):
    assert gathered("pattern", planted(60, seed=1, strength=0.0)).outcome == "unclear"


def test_noise_rarely_looks_like_a_pattern(make_case, planted):
    found = [
        examined(make_case, planted(200, seed, strength=0.0), f"n{seed}").p_value
        for seed in range(30)
    ]
    assert sum(p <= 0.01 for p in found) <= 2
    assert 0.3 < np.mean(found) < 0.7


def test_slow_changes_of_both_are_no_pattern(make_case):
    """Both drift, neither says anything of the other within a stretch of time."""
    false = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        slow = np.linspace(-1, 1, 600)
        frame = pd.DataFrame(
            {
                "day": pd.date_range("2024-01-01", periods=600),
                "x": slow + rng.normal(0, 1, 600),
                "y": np.where(rng.random(600) < 1 / (1 + np.exp(-slow)), "yes", "no"),
            }
        )
        false += examined(make_case, frame, f"t{seed}", time="day").p_value <= 0.01
    assert false <= 1


def test_a_target_of_whole_groups_is_shuffled_by_groups(make_case):
    """Rows of a customer are alike and share the label: rows alone would call that a pattern."""
    found = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        customer = np.repeat(np.arange(40), 10)
        frame = pd.DataFrame(
            {
                "customer": [f"c{k}" for k in customer],
                "x": rng.normal(size=40)[customer] + rng.normal(0, 0.1, 400),
                "y": np.where(rng.random(40) < 0.5, "yes", "no")[customer],
            }
        )
        data = {"group": "customer"}
        found.append(examined(make_case, frame, f"g{seed}", data=data).p_value)
    assert sum(p <= 0.01 for p in found) <= 1


def test_rare_yes_are_all_kept_in_a_sample(make_case, planted):
    frame = planted(9000)
    frame["y"] = np.where(np.arange(9000) % 100 == 0, "yes", "no")
    assert examined(make_case, frame, "rare").rows == 2500 + 90
