"""The band by hand and the limit of what people can act on, where both are known."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.stats.capacity import filling, limited, wider, within
from casebook.stats.costs import NEVER
from casebook.stats.handover import band_by_cost, band_by_doubt, person_costs
from casebook.stats.stakes import Stakes, grid, swept


def planted(n: int, seed: int, miss: float = 1.0):
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 1.5, n)
    truth = rng.random(n) < 1 / (1 + np.exp(-odds))
    each = np.tile([0.0, 1.0, miss, 0.0], (n, 1))
    stakes = Stakes.of(truth, 1 / (1 + np.exp(-odds)), each, fold=np.arange(n) % 5)
    return stakes, each


def band(effort: float, right: float = 1.0, n: int = 4000, seed: int = 0):
    stakes, each = planted(n, seed)
    alone = swept(stakes, grid(stakes), seed=3)
    return band_by_cost(stakes, each, person_costs(each, effort, right), alone, scale=1, seed=3)


def test_a_person_decides_between_what_chow_has():
    """Chow 1970: where the cheaper answer costs more than the person."""
    found = band(0.2)
    assert (found.low, found.high) == (pytest.approx(0.2), pytest.approx(0.8))
    assert found.low_range[0] < 0.2 < found.low_range[1]
    assert found.high_range[0] < 0.8 < found.high_range[1]


def test_what_the_band_saves_is_what_the_truth_says():
    odds = np.random.default_rng(8).normal(0, 1.5, 200_000)
    true = 1 / (1 + np.exp(-odds))
    least = np.minimum(true, 1 - true)
    truth = float((least - np.minimum(least, 0.2)).mean())
    covered = sum(
        found.saving.low <= truth <= found.saving.high
        for found in (band(0.2, seed=seed, n=800) for seed in range(5))
    )
    assert covered >= 4


def test_a_dear_or_careless_person_decides_nothing():
    assert band(0.6) is None
    assert band(0.2, right=0.6) is None


def test_a_person_who_errs_gets_fewer_rows():
    found = band(0.1, right=0.9)
    assert (found.low, found.high) == (pytest.approx(0.2), pytest.approx(0.8))


def test_doubt_lies_around_break_even_and_shrinks():
    widths = []
    for n in (600, 20_000):
        found = band_by_doubt(planted(n, 1)[0], 0.5)
        assert found.low <= 0.5 <= found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0]


def test_no_doubt_where_no_row_is_near():
    probability = np.repeat([0.05, 0.95], 400)
    truth = np.random.default_rng(0).random(800) < probability
    stakes = Stakes.of(truth, probability, np.tile([0.0, 1.0, 1.0, 0.0], (800, 1)))
    assert band_by_doubt(stakes, 0.5) is None


@pytest.mark.parametrize("acts_on_yes", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.37, 0.999, 1.0])
def test_a_capacity_is_filled_and_never_passed(share, acts_on_yes):
    rng = np.random.default_rng(0)
    for probability in (rng.random(200), rng.integers(0, 5, 200) / 5, np.full(200, 0.4)):
        threshold = filling(probability, share, acts_on_yes=acts_on_yes)
        acted = (probability >= threshold) == acts_on_yes
        assert acted.mean() <= share + 1e-12
        others = [t for t in [*np.unique(probability), 0.0, NEVER]
                  if ((probability >= t) == acts_on_yes).mean() <= share]  # fmt: skip
        most = max(((probability >= t) == acts_on_yes).mean() for t in others)
        assert acted.mean() == pytest.approx(most)


def test_a_capacity_costs_what_the_rows_beyond_it_would_have_saved():
    stakes, _each = planted(6000, 2, miss=4.0)
    full, wide = filling(stakes.probability, 0.2), wider(stakes, 0.2)
    sweep = swept(stakes, grid(stakes, [0.2, full, wide]))
    found = limited(sweep, stakes, wanted=0.2, full=full, wide=wide, scale=100)
    p = 1 / (1 + np.exp(-np.random.default_rng(9).normal(0, 1.5, 400_000)))
    limit = np.quantile(p, 0.8)
    beyond = (p >= 0.2) & (p < limit)
    truth = 100 * float(np.where(beyond, 4 * p - (1 - p), 0).mean())
    assert found.cost.low <= truth <= found.cost.high
    assert found.one_more.low <= 4 * limit - (1 - limit) <= found.one_more.high + 0.3
    assert found.one_more.value > 0


def test_a_capacity_with_room_costs_nothing():
    stakes, _each = planted(500, 2)
    limit = filling(stakes.probability, 0.99)
    assert within(0.5, limit) == 0.5
    assert within(0.5, 0.7) == 0.7
    assert within(0.5, 0.3, acts_on_yes=False) == 0.3
    sweep = swept(stakes, grid(stakes), times=20)
    found = limited(sweep, stakes, wanted=0.5, full=0.5, wide=0.5, scale=1)
    assert (found.cost.value, found.one_more) == (0.0, None)
