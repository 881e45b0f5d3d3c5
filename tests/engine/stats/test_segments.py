"""Contributions add up exactly; departures are tested together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from casebook.stats.segments import Amounts, amounts, departures, freedom, intervals, split, weights
from casebook.tables.cube import Sums

Side = some.lists(some.integers(0, 50), min_size=3, max_size=3)


def both(before: list[int], after: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([before], dtype=float), np.array([after], dtype=float)


def there(amounts_: list[int], rows: list[int]) -> list[int]:
    """What has no rows has nothing to sum."""
    return [amount * bool(n) for amount, n in zip(amounts_, rows, strict=True)]


def whole(parts: Amounts) -> Amounts:
    sums = [tuple(side.sum(axis=1, keepdims=True) for side in sides)
            for sides in (parts.above, parts.below)]  # fmt: skip
    return Amounts(*sums)


@given(Side, Side, Side, Side)
def test_volume_mix_and_rate_add_up_to_the_change_of_a_sum(a0, a1, n0, n1):
    parts = Amounts(both(there(a0, n0), there(a1, n1)), both(n0, n1))
    found = split(parts, whole(parts), additive=True)
    np.testing.assert_allclose(found.volume + found.mix + found.rate, found.change, atol=1e-9)
    np.testing.assert_allclose(found.change.sum(), found.total[0, 0], atol=1e-9)


@given(Side, Side, Side, Side)
def test_mix_and_rate_add_up_to_the_change_of_a_fraction(a0, a1, n0, n1):
    parts = Amounts(both(there(a0, n0), there(a1, n1)), both(n0, n1))
    found = split(parts, whole(parts), additive=False)
    np.testing.assert_allclose(found.mix + found.rate, found.change)
    if sum(n0) and sum(n1):
        np.testing.assert_allclose(found.change.sum(), found.total[0, 0], atol=1e-9)


def test_a_shift_between_values_is_mix_and_a_change_within_them_is_rate():
    shifted = Amounts(both([50, 10], [25, 15]), both([50, 50], [25, 75]))  # 1.0 and 0.2 a row
    found = split(shifted, whole(shifted), additive=False)
    assert found.rate == pytest.approx(0)
    assert found.total[0, 0] == pytest.approx(-0.2)
    dearer = Amounts(both([50, 10], [50, 20]), both([50, 50], [50, 50]))
    found = split(dearer, whole(dearer), additive=False)
    assert found.mix == pytest.approx(0)
    assert found.rate[0] == pytest.approx([0, 0.1])


def test_a_value_that_is_gone_is_mix_not_rate():
    gone = Amounts(both([30, 70], [0, 70]), both([10, 70], [0, 70]))
    found = split(gone, whole(gone), additive=True)
    assert found.rate[0, 0] == 0
    assert found.change[0, 0] == pytest.approx(-30)


def poisson(seed: int, before: list[float], after: list[float], days: int = 30) -> Sums:
    rng = np.random.default_rng(seed)
    sides = tuple(rng.poisson(rates, (days, len(rates))).astype(float) for rates in (before, after))
    return Sums(sides, sides, paired=False)


def looked_at(sums: Sums, seed: int):
    times = weights(sums, seed)
    once, drawn = amounts(sums), amounts(sums, times)
    exact, draws = (split(one, whole(one), additive=True) for one in (once, drawn))
    return departures(exact.excess[0], draws.excess, freedom(sums))


def test_with_nothing_planted_few_tables_have_a_departure():
    """All parts fall by a fifth; twenty parts are tested together."""
    rates = [20.0] * 15 + [2.0] * 5
    hits = 0
    for seed in range(200):
        found = looked_at(poisson(seed, rates, [0.8 * rate for rate in rates]), seed)
        hits += bool((found.p_values < 0.05).any())
    assert hits <= 18  # 5 % and three standard errors


def test_a_planted_departure_is_found():
    rates = [20.0] * 10
    falls = [12.0, *rates[1:]]
    found = [looked_at(poisson(seed, rates, falls), seed) for seed in range(20)]
    assert sum(bool(one.p_values[0] < 0.05) for one in found) >= 19
    assert all(one.sizes[0] < 0 for one in found)


def test_few_units_make_intervals_wider():
    drawn = np.linspace(-1, 1, 1001)[:, None]
    many, few = (intervals(np.zeros(1), drawn, degrees)[1][0] for degrees in (10_000, 4))
    assert few > 1.3 * many > 0


def test_intervals_leave_out_draws_that_are_no_number():
    drawn = np.random.default_rng(0).normal(size=(1000, 3))
    drawn[::5, 1], drawn[:, 2] = np.nan, np.inf
    low, high = intervals(np.zeros(3), drawn, 100)
    alone = intervals(np.zeros(1), drawn[np.isfinite(drawn[:, 1]), 1:2], 100)
    assert (low[1], high[1]) == (alone[0][0], alone[1][0])
    assert np.isinf([low[2], high[2]]).all()
    assert low[0] < 0 < high[0]
