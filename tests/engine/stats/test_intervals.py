"""Intervals cover the planted truth at their level."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.stats import intervals
from casebook.stats.intervals import bootstrap, mean, mean_difference, proportion, resamples
from casebook.stats.metrics import METRICS, Predictions

ACCURACY = next(metric for metric in METRICS if metric.name == "accuracy")


def covered(estimate, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high


def accuracy_of(right: np.ndarray):
    return ACCURACY.prepare(Predictions(np.ones(len(right)), right.astype(float)))


def test_bootstrap_covers_a_planted_accuracy():
    rng = np.random.default_rng(0)
    hits = sum(
        covered(bootstrap(accuracy_of(rng.random(200) < 0.8), 200, times=200, seed=seed), 0.8)
        for seed in range(200)
    )
    assert 180 <= hits <= 200  # 95 % of 200 is 190; these bounds miss by chance once in 1,000


def test_drawing_blocks_widens_the_interval_of_dependent_rows():
    rng = np.random.default_rng(0)
    units = np.repeat(np.arange(40), 25)
    right = np.repeat(rng.random(40) < 0.7, 25)
    alone = bootstrap(accuracy_of(right), 1000)
    whole = bootstrap(accuracy_of(right), 1000, units=units)
    assert whole.n == 40
    assert whole.high - whole.low > 3 * (alone.high - alone.low)


def test_resamples_are_the_same_in_whatever_portions_they_are_drawn(monkeypatch):
    def drawn(cells: int) -> np.ndarray:
        monkeypatch.setattr(intervals, "MOST_CELLS", cells)
        intervals._kept.cache_clear()
        portions = list(resamples(101, 40, 3, None))
        assert len(portions) == -(-40 // max(1, cells // 101))
        return np.concatenate(portions)

    assert (drawn(10_000) == drawn(707)).all()
    assert (drawn(707) == drawn(1)).all()


def test_proportion_is_wilsons_interval():
    estimate = proportion(8, 10)
    assert (estimate.low, estimate.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert proportion(0, 0).low is None


def test_means_of_one_value_have_no_interval():
    assert mean(np.array([3.0])).low is None
    with pytest.raises(ValueError, match="two values"):
        mean_difference(np.array([1.0]), np.array([1.0, 2.0]))


def test_mean_difference_of_constants_is_exact():
    estimate, p_value = mean_difference(np.ones(5), np.zeros(5))
    assert (estimate.value, estimate.low, p_value) == (1, 1, 0)


def test_mean_difference_covers_the_planted_one():
    rng = np.random.default_rng(1)
    hits = 0
    for _seed in range(300):
        first, second = rng.normal(1, 1, 30), rng.normal(0, 3, 50)
        hits += covered(mean_difference(first, second)[0], 1.0)
    assert 273 <= hits <= 297
