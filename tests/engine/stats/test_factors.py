"""A change by factors: exact, and alike whichever way time runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from casebook.stats.factors import effects, value

Numbers = some.lists(some.floats(0.01, 1000), min_size=3, max_size=3)
ROLES = ("multiplies", "divides", "multiplies")


@given(Numbers, Numbers)
def test_the_parts_add_up_to_the_change(before, after):
    first, last = np.array(before), np.array(after)
    change = value(last, ROLES) - value(first, ROLES)
    parts = effects(first, last, ROLES)
    scale = abs(value(last, ROLES)) + abs(value(first, ROLES))
    assert parts.sum() == pytest.approx(float(change), abs=1e-9 * float(scale))


@given(Numbers, Numbers)
def test_back_again_is_the_same_with_another_sign(before, after):
    first, last = np.array(before), np.array(after)
    np.testing.assert_allclose(effects(first, last, ROLES), -effects(last, first, ROLES), rtol=1e-6)


def test_one_factor_that_moves_carries_all_of_it():
    first, last = np.array([10.0, 2.0, 5.0]), np.array([5.0, 2.0, 5.0])
    assert effects(first, last, ("multiplies",) * 3) == pytest.approx([-50, 0, 0])


def test_a_factor_at_zero_is_shared_out_by_all_orders():
    first, last = np.array([10.0, 2.0]), np.array([0.0, 4.0])
    parts = effects(first, last, ("multiplies",) * 2)
    assert parts == pytest.approx([-30.0, 10.0])
    assert parts.sum() == pytest.approx(-20)


def test_terms_add_their_own_change():
    roles = ("multiplies", "multiplies", "adds")
    first, last = np.array([2.0, 3.0, 10.0]), np.array([2.0, 4.0, 7.0])
    assert value(first, roles) == pytest.approx(16)
    assert effects(first, last, roles) == pytest.approx([0, 2, -3])
    assert value(np.array([1.0, 2.0]), ("adds", "adds")) == pytest.approx(3)


def test_many_draws_at_once_are_each_alone():
    rng = np.random.default_rng(0)
    first, last = rng.uniform(1, 9, (5, 3)), rng.uniform(1, 9, (5, 3))
    alone = [effects(one, other, ROLES) for one, other in zip(first, last, strict=True)]
    np.testing.assert_allclose(effects(first, last, ROLES), alone)
