"""Tables of means: the row itself is left out, and cells not seen fall back on the mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.evidence.keys import Key, pairs, ranges, starts
from casebook.evidence.solutions import cell_means, loss_alone


def test_a_key_of_its_own_for_each_row_says_nothing():
    y = np.random.default_rng(0).normal(size=(200, 1))
    own = loss_alone(np.arange(200), 200, y)
    assert own == pytest.approx(float(np.mean((y - y.mean()) ** 2)))


def test_a_cell_that_was_not_seen_has_the_mean_of_all():
    key = Key("k", "k", np.array([0, 0, 1, 1, 2]), 3)
    y = np.array([[1.0], [1.0], [0.0], [0.0], [9.0]])
    said = cell_means(key, np.arange(4), np.array([4]), y)
    assert said == pytest.approx(0.5)


def test_missing_values_have_a_code_of_their_own():
    columns = pd.DataFrame({"n": [1.0, 2.0, np.nan, 3.0], "c": ["a", None, "b", "a"]}, dtype=object)
    columns["n"] = columns["n"].astype(float)
    for key in ranges(columns, 2):
        assert key.codes.max() < key.size
    number, kind = ranges(columns, 2)
    assert list(number.codes).count(number.codes[2]) == 1
    assert list(kind.codes).count(kind.codes[1]) == 1


def test_pairs_tell_every_combination_apart():
    one, other = Key("a", "a", np.array([0, 0, 1, 1]), 2), Key("b", "b", np.array([0, 1, 0, 1]), 2)
    (crossed,) = pairs((one, other))
    assert len(set(crossed.codes)) == 4


def test_codes_of_one_length_are_known_by_their_start():
    codes = pd.Series([f"{k:05d}" for k in range(0, 90_000, 900)])
    labels = [key.label for key in starts("zip", codes)]
    assert labels[0] == "the first 1 characters of zip"
    assert len(labels) == 4
    assert starts("name", pd.Series(["Anna", "Bo", "Cleo"] * 50)) == []
