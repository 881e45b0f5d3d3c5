"""Lists of offers judged: against plain loops, scikit-learn, and known truths."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import ndcg_score

from casebook.stats.ranking import (
    average,
    by_unit,
    coverage,
    hit_count,
    hit_rate,
    hits_of,
    ndcg,
    paired,
    recall,
    wanted_by,
)

USERS, ITEMS, K = 60, 14, 5


@pytest.fixture(params=range(4))
def lists(request):
    """Offers, what was wanted by user name, and the names; some users want nothing or unknowns."""
    rng = np.random.default_rng(request.param)
    offers = np.array([rng.permutation(ITEMS)[:K] for _ in range(USERS)])
    offers[rng.random(offers.shape) < 0.1] = -1
    names = [f"손님 {n}" for n in range(USERS)]
    items = [f"i{n}" for n in range(ITEMS)]
    wants = {
        name: {f"i{n}" for n in rng.integers(0, ITEMS + 3, rng.integers(0, 9))} for name in names
    }
    rows = [(name, item) for name in names for item in sorted(wants[name]) for _ in (1, 2)]
    rows += [("a stranger", "i0")]
    later = pd.DataFrame(rows, columns=["user", "item"])
    return offers, wants, names, items, wanted_by(later, names, items)


def plain(offers, wants, names, items):
    """Recall, NDCG, hit rate and hits of each user, as one would write them down."""
    for offered, name in zip(offers, names, strict=True):
        right = [place >= 0 and items[place] in wants[name] for place in offered]
        gain = sum(1 / np.log2(n + 2) for n, hit in enumerate(right) if hit)
        possible = min(len(wants[name]), K)
        best = sum(1 / np.log2(n + 2) for n in range(possible))
        nothing = np.nan
        yield (
            sum(right) / possible if possible else nothing,
            gain / best if possible else nothing,
            float(any(right)),
            float(sum(right)),
        )


def test_measures_are_those_of_a_plain_loop(lists):
    offers, wants, names, items, wanted = lists
    hits = hits_of(offers, wanted)
    found = np.column_stack(
        [recall(hits, wanted.counts), ndcg(hits, wanted.counts), hit_rate(hits), hit_count(hits)]
    )
    np.testing.assert_allclose(found, list(plain(offers, wants, names, items)))
    assert wanted.counts.tolist() == [len(wants[name]) for name in names]


def test_ndcg_is_that_of_scikit_learn():
    """With scores for every item, as it takes them."""
    rng = np.random.default_rng(1)
    scores = rng.random((USERS, ITEMS))
    truth = (rng.random((USERS, ITEMS)) < 0.3).astype(int)
    truth[:, 0] = 1
    offers = np.argsort(-scores, axis=1)[:, :K]
    rows, codes = np.nonzero(truth)
    names, items = [str(n) for n in range(USERS)], [str(n) for n in range(ITEMS)]
    later = pd.DataFrame({"user": rows.astype(str), "item": codes.astype(str)})
    wanted = wanted_by(later, names, items)
    found = ndcg(hits_of(offers, wanted), wanted.counts)
    assert found.mean() == pytest.approx(ndcg_score(truth, scores, k=K))


def test_a_perfect_list_is_one_and_an_empty_one_is_zero():
    later = pd.DataFrame({"user": ["a"] * 9 + ["b"], "item": [*map(str, range(9)), "3"]})
    wanted = wanted_by(later, ["a", "b"], [str(n) for n in range(10)])
    hits = hits_of(np.array([[8, 2, 4], [3, -1, -1]]), wanted)
    assert recall(hits, wanted.counts).tolist() == [1, 1]
    assert ndcg(hits, wanted.counts) == pytest.approx([1, 1])
    nothing = hits_of(np.full((2, 3), -1), wanted)
    assert not nothing.any()


def test_coverage_counts_things_once():
    assert coverage(np.array([[0, 1], [1, 0], [-1, 3]]), 6) == 0.5
    assert np.isnan(coverage(np.empty((0, 2), dtype=int), 0))


def test_lists_of_a_basket_are_one_unit():
    assert by_unit(np.array([1.0, 0.0, 1.0]), np.array([0, 0, 1])).tolist() == [0.5, 1.0]


def test_intervals_over_users_cover_the_mean_at_their_level():
    rng = np.random.default_rng(0)
    inside = 0
    for seed in range(200):
        one = average(rng.binomial(5, 0.3, 80) / 5, seed=seed)
        inside += one.low <= 0.3 <= one.high
    assert 0.90 <= inside / 200 <= 0.98


def test_paired_differences_find_what_is_there_and_seldom_what_is_not():
    """Both recommenders depend on the user; equal ones differ in 5 of 100 tables."""
    rng = np.random.default_rng(3)
    said = {0.0: 0, 0.08: 0}
    for gain in said:
        for _ in range(200):
            user = rng.random(150)
            first, second = (rng.random(150) < np.clip(user + more, 0, 1) for more in (gain, 0))
            one = paired(first.astype(float), second.astype(float))
            said[gain] += one.p_value < 0.05 and one.difference.value > 0
    assert said[0.0] <= 12
    assert said[0.08] >= 60


def test_many_comparisons_ask_for_more():
    rng = np.random.default_rng(5)
    first, second = rng.random(50) + 0.1, rng.random(50)
    assert paired(first, second, comparisons=4).p_value == pytest.approx(
        min(1.0, 4 * paired(first, second).p_value)
    )


def test_one_user_gives_no_interval_and_no_claim():
    one = paired(np.array([1.0]), np.array([0.0]))
    assert (one.difference.value, one.difference.low, one.p_value) == (1.0, None, 1.0)
    same = paired(np.ones(4), np.ones(4))
    assert (same.difference.value, same.p_value) == (0.0, 1.0)
