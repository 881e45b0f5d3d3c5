"""Changes between two spans, of sums and of fractions of sums."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.stats.change import change, change_of_units, streak
from casebook.tables.cube import Sums


def sums(seed: int, before: float, after: float, n: int = 30) -> Sums:
    """A Poisson total of so many a day, and a row for each."""
    rng = np.random.default_rng(seed)
    sides = tuple(rng.poisson(rate, (n, 1)).astype(float) for rate in (before, after))
    return Sums(sides, sides, paired=False)


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


def test_the_relative_change_covers_the_planted_one():
    hits = 0
    for seed in range(100):
        moved = change_of_units([sums(seed, 100, 80)], additive=True, seed=seed)
        hits += moved.relative.low <= -0.2 <= moved.relative.high
        assert moved.clear
    assert 88 <= hits <= 100


def test_no_change_is_seldom_clear():
    found = [
        change_of_units([sums(seed, 50, 50)], additive=True, seed=seed).clear
        for seed in range(5000, 5300)
    ]
    assert sum(found) <= 26  # 5 % and three standard errors


def test_the_wider_of_two_kinds_of_units_is_taken():
    calm = sums(0, 100, 80)
    wild = Sums(tuple(side * np.r_[3.0, np.full(29, 27 / 29)][:, None] for side in calm.above),
                calm.below, paired=False)  # fmt: skip
    widths = [
        change_of_units(kinds, additive=True).relative for kinds in ([calm], [calm, wild], [wild])
    ]
    assert widths[1].high - widths[1].low > widths[0].high - widths[0].low


def test_a_fraction_moves_by_its_rate_alone():
    one = sums(1, 100, 80)
    halved = Sums((one.above[0], one.above[1] / 2), one.below, paired=False)
    moved = change_of_units([halved], additive=False)
    assert (moved.before, moved.after) == pytest.approx((1.0, 0.5))
    assert moved.relative.value == pytest.approx(-0.5)


def test_a_change_from_zero_has_no_relative_size():
    zero = Sums((np.zeros((30, 1)), np.ones((30, 1))), (np.ones((30, 1)),) * 2, paired=False)
    assert change_of_units([zero], additive=True).relative is None
    assert change(0.0, 3.0).relative is None
    assert change(None, 3.0) is None
