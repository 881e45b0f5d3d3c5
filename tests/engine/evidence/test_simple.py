"""Simple: a lookup, a threshold or a table of two columns is found where it is the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def table(n=900):
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "a": rng.choice(list("pqrs"), n),
            "b": rng.choice(list("tuvw"), n),
            "x": rng.normal(size=n),
        }
    )


def flipped(y, share=0.1):
    return np.where(np.random.default_rng(2).random(len(y)) < share, ~y, y)


@pytest.mark.parametrize("truth", ["threshold", "pair"])
def test_what_is_simple_is_found_to_be(gathered, truth):
    frame = table()
    if truth == "threshold":
        y = frame["x"] > 0.3
    else:
        y = (frame["a"] > "q") != (frame["b"] > "u")
    frame["y"] = np.where(flipped(y.to_numpy()), "yes", "no")
    found = gathered("simple", frame)
    assert found.outcome == "yes", found.sentence


def test_a_lookup_of_codes_is_found(gathered):
    rng = np.random.default_rng(3)
    areas = rng.choice(np.arange(100, 999), 30, replace=False)
    depot = rng.choice(["A", "B"], 30)
    row = rng.integers(0, 30, 900)
    codes = [
        f"{areas[k]}{street:03d}" for k, street in zip(row, rng.integers(0, 999, 900), strict=True)
    ]
    found = gathered(
        "simple", pd.DataFrame({"code": codes, "y": depot[row]}), roles={"code": "category"}
    )
    assert found.outcome == "yes"
    assert "the first 3 characters of code" in found.sentence


def test_a_lookup_of_more_values_than_models_tell_apart_is_found(gathered):
    key = np.repeat([f"{k:05d}" for k in range(150)], 8)
    value = [f"place {k}" for k in key]
    found = gathered("simple", pd.DataFrame({"key": key, "y": value}), roles={"key": "category"})
    assert found.outcome == "yes"
    assert "A lookup by" in found.sentence


def test_many_columns_together_are_not_simple(gathered):
    x = np.random.default_rng(4).normal(size=(1200, 6))
    y = np.where(x.sum(axis=1) > 0, "yes", "no")
    frame = pd.DataFrame(x, columns=list("abcdef")).assign(y=y)
    found = gathered("simple", frame)
    assert found.outcome == "no"
    assert "is not enough" in found.sentence


def test_a_rule_of_the_record_is_tried_beside_a_threshold(context_of):
    frame = table(400)
    frame["y"] = np.where(flipped((frame["x"] > 0.3).to_numpy()), "yes", "no")
    rules = [{"if": "x > 2", "then": "yes"}]
    shared = context_of(frame, baseline={"rules": rules, "default": "no"}).shared
    assert {"rule", "one threshold"} <= set(shared.scores)
    assert shared.scores["one threshold"].value > shared.scores["rule"].value + 0.1


def test_nothing_to_solve_is_not_applicable(gathered, planted):
    found = gathered("simple", planted(200, strength=0.0))
    assert "nothing to choose between" in found.reason
