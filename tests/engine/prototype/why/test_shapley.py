"""Shapley values: by their definition, their axioms, and errors that hold what they promise."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest

from casebook.prototype import shapley
from casebook.prototype.shapley import adding_up, exact, sampled


def function(seed: int, columns: int = 5, known: int = 60):
    """A bumpy function of columns over a row and known ones, as (mixed, said of known, end)."""
    rng = np.random.default_rng(seed)
    pool = rng.normal(size=(known + 1, columns))
    first, second = rng.normal(size=(2, columns))

    def mixed(which):
        X = pool[which, np.arange(columns)]
        return np.tanh(X @ first) + np.sin(X[:, 0] * X[:, -1]) + (X @ second > 0.3)

    whole = np.tile(np.arange(known + 1)[:, None], (1, columns))
    said = mixed(whole)
    return mixed, said[1:], float(said[0])


def by_permutations(mixed, columns, weights):
    """The mean over all permutations, one set after the other."""
    known = np.arange(1, len(weights) + 1)

    def worth(inside):
        which = np.tile(known[:, None], (1, columns))
        which[:, list(inside)] = 0
        return float(mixed(which) @ weights)

    total = np.zeros(columns)
    for order in permutations(range(columns)):
        for place, column in enumerate(order):
            total[column] += worth(order[: place + 1]) - worth(order[:place])
    return total / math.factorial(columns)


def test_exact_values_are_those_of_the_definition():
    mixed, _known, _end = function(0, columns=4, known=7)
    weights = np.arange(1, 8) / 28
    found = exact(mixed, 4, weights)
    assert found.amounts == pytest.approx(by_permutations(mixed, 4, weights), abs=1e-12)
    assert found.exact
    assert not found.errors.any()


def test_sampled_values_add_up_and_are_near():
    for seed in range(5):
        mixed, known, end = function(seed)
        found = sampled(mixed, 5, known, end, seconds=9)
        truth = exact(mixed, 5, np.full(60, 1 / 60)).amounts
        assert found.amounts.sum() == pytest.approx(end - known.mean(), abs=1e-9)
        assert np.abs(found.amounts - truth).max() < 5 * found.errors.max()


def test_errors_hold_the_truth_as_often_as_they_promise():
    inside = []
    for seed in range(60):
        mixed, known, end = function(seed % 6)
        found = sampled(mixed, 5, known, end, seed=seed, seconds=0)
        truth = exact(mixed, 5, np.full(60, 1 / 60)).amounts
        inside += list(np.abs(found.amounts - truth) <= 1.96 * found.errors)
    assert 0.9 <= np.mean(inside) <= 0.999


def test_a_column_that_is_not_read_gets_nothing_whatever_goes_along_with_it():
    """The interventional form: a copy of the column that is read gets none of its share."""
    rng = np.random.default_rng(0)
    pool = rng.normal(size=(41, 1)) @ np.ones((1, 3))

    def mixed(which):
        X = pool[which, np.arange(3)]
        return np.exp(X[:, 0]) * X[:, 2]

    known = mixed(np.tile(np.arange(1, 41)[:, None], (1, 3)))
    end = float(mixed(np.zeros((1, 3), dtype=np.intp))[0])
    for found in (exact(mixed, 3, np.full(40, 1 / 40)), sampled(mixed, 3, known, end, seconds=9)):
        assert found.amounts[1] == 0 == found.errors[1]
        assert found.amounts[0] != 0 != found.amounts[2]


def test_columns_that_do_the_same_get_the_same():
    rng = np.random.default_rng(1)
    pool = np.repeat(rng.normal(size=(41, 1)), 3, axis=1)

    def mixed(which):
        X = pool[which, np.arange(3)]
        return np.tanh(X[:, 0] + X[:, 1]) * (1 + X[:, 2] ** 2)

    known = mixed(np.tile(np.arange(1, 41)[:, None], (1, 3)))
    end = float(mixed(np.zeros((1, 3), dtype=np.intp))[0])
    found = exact(mixed, 3, np.full(40, 1 / 40)).amounts
    assert found[0] == pytest.approx(found[1], abs=1e-12)
    near = sampled(mixed, 3, known, end, seconds=9)
    assert abs(near.amounts[0] - near.amounts[1]) <= 4 * near.errors[:2].max() + 1e-12


def test_no_further_round_begins_once_time_is_up():
    asked = []
    mixed, known, end = function(0)

    def counted(which):
        asked.append(len(which))
        return mixed(which)

    sampled(counted, 5, known, end, seconds=0)
    assert len(asked) == shapley.FEWEST


def test_the_same_seed_gives_the_same_values():
    mixed, known, end = function(3)
    first, second = (sampled(mixed, 5, known, end, seed=4, seconds=0) for _time in range(2))
    assert (first.amounts == second.amounts).all()


def test_what_is_left_goes_where_it_is_least_certain():
    found = adding_up(np.array([1.0, 2.0, 0.0]), np.array([0.0, 1.0, 0.0]), 4.0)
    assert found.tolist() == [1.0, 3.0, 0.0]
    assert adding_up(np.array([1.0, 0.0]), np.zeros(2), 1.5).tolist() == [1.5, 0.0]
