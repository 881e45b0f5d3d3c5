"""Whether probabilities come true: planted over- and underconfidence, and false alarms counted."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from casebook.stats.calibration import equal_bins, reliability, wilson
from casebook.stats.intervals import proportion
from casebook.stats.recalibration import Recalibration, cox, log_odds, recalibration


def planted(n: int, seed: int, *, stretch: float = 1.0, shift: float = 0.0, middle: float = -1.0):
    """Truth, and stated probabilities whose log odds are stretched and shifted."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(middle, 1.5, n)
    truth = rng.random(n) < 1 / (1 + np.exp(-odds))
    return truth, 1 / (1 + np.exp(-(stretch * odds + shift)))


@pytest.mark.parametrize(("stretch", "word"), [(2.0, "too much"), (0.5, "too little")])
def test_planted_extremes_are_named(stretch, word):
    covered = 0
    for seed in range(10):
        found = reliability(*planted(1000, seed, stretch=stretch))
        assert found.spread == word
        covered += found.slope.low < 1 / stretch < found.slope.high
    assert covered >= 8


@pytest.mark.parametrize(("shift", "word"), [(0.8, "too high"), (-0.8, "too low")])
def test_planted_levels_are_named(shift, word):
    for seed in range(5):
        assert reliability(*planted(1500, seed, shift=shift)).level == word


def test_true_probabilities_are_seldom_called_off():
    """Both intervals together at 95 %: 40 tables give 2 on average, more than 6 once in 300."""
    off = sum(
        "too" in found.spread or "too" in found.level
        for found in (reliability(*planted(800, seed)) for seed in range(40))
    )
    assert off <= 6


def test_rows_of_a_block_that_go_one_way_do_not_sound_an_alarm():
    off = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        odds = rng.normal(-1, 1, 1500)
        units = np.repeat(np.arange(60), 25)
        luck = np.where(rng.random(1500) < 0.5, rng.random(60)[units], rng.random(1500))
        chance = 1 / (1 + np.exp(-odds))
        found = reliability(luck < chance, chance, units)
        off += "too" in found.spread or "too" in found.level
    assert off <= 5


def test_many_true_rows_are_about_right_and_few_cannot_tell():
    found = reliability(*planted(8000, 0))
    assert (found.spread, found.level) == ("about right", "about right")
    few = reliability(*planted(60, 1))
    assert (few.spread, few.level) == ("cannot tell", "cannot tell")


def test_a_small_error_that_is_sure_is_still_about_right():
    found = reliability(*planted(60_000, 0, stretch=1.08))
    assert found.slope.high < 1
    assert found.spread == "about right"


def test_slope_and_intercept_are_those_of_a_logistic_regression():
    truth, stated = planted(2000, 3, stretch=1.4, shift=0.3)
    slope, intercept = cox(truth.astype(float), stated, None)
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(log_odds(stated)[:, None], truth)
    assert slope.value == pytest.approx(model.coef_[0, 0], abs=1e-4)
    assert intercept.value == pytest.approx(model.intercept_[0], abs=1e-4)


def test_the_parts_of_brier_add_up_and_mending_shows_in_them():
    truth, stated = planted(1000, 2, stretch=2.0)
    found = reliability(truth, stated)
    total = found.miscalibration - found.discrimination + found.uncertainty
    assert found.brier == pytest.approx(np.mean((stated - truth) ** 2))
    assert total == pytest.approx(found.brier)
    better = reliability(*planted(1000, 2))
    assert better.miscalibration < found.miscalibration


def test_the_error_of_true_probabilities_is_what_chance_gives():
    errors, chances = [], []
    for seed in range(15):
        found = reliability(*planted(500, seed))
        errors.append(found.error)
        chances.append(found.by_chance)
    assert np.mean(errors) == pytest.approx(np.mean(chances), rel=0.25)
    off = reliability(*planted(500, 0, stretch=3.0))
    assert off.error > 2 * off.by_chance


def test_bins_are_few_and_hold_all_rows_with_ties_together():
    truth, stated = planted(730, 0)
    found = reliability(truth, np.round(stated, 1))
    assert sum(one.came.n for one in found.bins) == 730
    assert len(found.bins) <= 10
    assert all(one.high < other.low for one, other in zip(found.bins, found.bins[1:], strict=False))
    assert len(equal_bins(stated[:99])) == 2
    assert len(equal_bins(np.full(900, 0.3))) == 2


def test_wilson_is_as_elsewhere_and_wider_in_blocks():
    truth = np.array([1.0] * 30 + [0.0] * 70)
    alone, known = wilson(truth), proportion(30, 100)
    assert (alone.low, alone.high) == (pytest.approx(known.low), pytest.approx(known.high))
    blocks = wilson(truth, np.arange(100) // 10)
    assert blocks.high - blocks.low > 1.5 * (alone.high - alone.low)
    assert wilson(np.ones(20)).low == pytest.approx(proportion(20, 20).low)


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_equal_probabilities_have_no_slope(value):
    found = reliability(np.arange(100) < 30, np.full(100, value))
    assert (found.slope, found.spread) == (None, "cannot tell")


def test_classes_parted_without_an_error_have_no_slope():
    stated = np.linspace(0.05, 0.95, 100)
    found = reliability(stated > 0.5, stated)
    assert (found.slope, found.spread) == (None, "cannot tell")


def test_one_class_only_cannot_be_told():
    found = reliability(np.zeros(100), np.linspace(0, 0.5, 100))
    assert (found.spread, found.level, found.positives) == ("cannot tell", "cannot tell", 0)


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="from 0 to 1"):
        reliability(np.array([True, False]), np.array([0.2, np.nan]))
    with pytest.raises(ValueError, match="from 0 to 1"):
        reliability(np.array([]), np.array([]))


def test_mending_leaves_what_is_true_alone():
    kept = sum(recalibration(*planted(800, seed)) == Recalibration() for seed in range(20))
    assert kept >= 17
    mended = recalibration(*planted(20_000, 0, stretch=2.0))
    assert mended.stated(0.2) == pytest.approx(1 / (1 + 4**2), abs=0.01)
    assert (mended.stated(0.0), mended.stated(1.5)) == (0.0, 1.5)
