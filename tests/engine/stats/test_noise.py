"""A streak against the noise of its own series, and the day on which a level changes."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.stats.changepoint import step
from casebook.stats.noise import block_length, streak_test

MONTHS = [30, 30, 30, 30]


def noise(seed: int, n: int, rho: float = 0.3) -> np.ndarray:
    """Days around 1000 that resemble the day before."""
    shocks = np.random.default_rng(seed).normal(0, 100, n)
    days = np.zeros(n)
    for place in range(1, n):
        days[place] = rho * days[place - 1] + shocks[place]
    return 1000 + days


def streaked(days: np.ndarray, observed: float, direction: str = "falls"):
    return streak_test(
        days, None, MONTHS, weekday=3, start=0, observed=observed, direction=direction
    )


def test_three_falls_in_a_row_are_one_in_twenty_four():
    found = streaked(noise(0, 450), 0.0)
    assert found.streak == pytest.approx(1 / 24, abs=0.025)
    assert found.deep <= found.streak


def test_a_fall_that_noise_never_shows_is_told():
    assert streaked(noise(0, 450), -0.4).deep < 0.002
    assert streaked(noise(0, 450), 0.4, "rises").deep < 0.002


def test_few_days_say_nothing_of_noise():
    assert streaked(noise(0, 50), -0.4) is None


def test_weekdays_alone_make_no_streak_of_whole_weeks():
    """A series that is the same every week has no noise: no draw shows a fall."""
    week = np.tile([1.0, 2, 3, 4, 5, 9, 7], 40)
    found = streak_test(
        week, None, [28, 28, 28], weekday=0, start=0, observed=-0.01, direction="falls"
    )
    assert found.streak == pytest.approx(1 / 2001)


def test_a_shorter_month_is_less_by_itself():
    """31 days against 30 are 3 % less: half of the draws show at least as much."""
    days = noise(3, 300, rho=0.0) / 100 + 990
    found = streak_test(
        days, None, [31, 30], weekday=0, start=0, observed=30 / 31 - 1, direction="falls"
    )
    assert found.streak > 0.99
    assert found.deep == pytest.approx(0.5, abs=0.15)
    mean = streak_test(
        days, np.ones(300), [31, 30], weekday=0, start=0, observed=30 / 31 - 1, direction="falls"
    )
    assert mean.deep < 0.01


@pytest.mark.parametrize(("period", "days", "block"), [(30, 450, 28), (30, 60, 7), (7, 400, 7)])
def test_blocks_are_whole_weeks(period, days, block):
    assert block_length(period, days) == block


def test_the_day_of_a_step_lies_in_its_interval():
    hits, seen = 0, 0
    for seed in range(40):
        days = noise(seed, 300)
        days[200:] -= 130
        found = step(days, seed=seed)
        hits += found.low <= 200 <= found.high
        seen += found.p_value < 0.05
    assert hits >= 34
    assert seen >= 38


def test_without_a_step_few_are_told():
    assert sum(step(noise(seed, 200), seed=seed).p_value < 0.05 for seed in range(80)) <= 10


def test_a_short_or_a_flat_series_has_no_step():
    assert step(np.arange(20.0)) is None
    assert step(np.ones(100)) is None
