"""The corrected t test keeps its false alarms where the plain one does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from casebook.stats.paired import benjamini_hochberg, corrected_t


def test_by_hand():
    differences = np.array([0.1, 0.2, 0.3])
    paired = corrected_t(differences, test_share=0.25)
    spread = np.sqrt((1 / 3 + 0.25) * 0.01)
    assert paired.difference.value == pytest.approx(0.2)
    assert paired.difference.high == pytest.approx(0.2 + stats.t.ppf(0.975, 2) * spread)
    assert paired.p_value == pytest.approx(2 * stats.t.sf(0.2 / spread, 2))


def test_one_fold_and_equal_folds():
    assert corrected_t(np.array([0.3]), 0.25).p_value == 1
    assert corrected_t(np.zeros(5), 0.25).p_value == 1
    assert corrected_t(np.full(5, 0.1), 0.25).p_value == 0


def test_equally_good_candidates_are_rarely_called_different():
    """Two models that each see one of two equally good columns: neither is better."""
    alarms, runs = 0, 100
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, 200)
        X = y[:, None] + rng.normal(0, 2, (200, 2))
        folds = StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y)
        gaps = []
        for train, test in folds:
            models = [LogisticRegression().fit(X[train][:, [k]], y[train]) for k in (0, 1)]
            right = [models[k].score(X[test][:, [k]], y[test]) for k in (0, 1)]
            gaps.append(right[0] - right[1])
        alarms += corrected_t(np.array(gaps), 0.25).p_value < 0.05
    assert alarms <= 10  # more than 10 of 100 happens once in 100 runs of a 5 % test


def test_benjamini_hochberg_keeps_the_false_discovery_rate():
    rng = np.random.default_rng(0)
    false, found = 0, 0
    for _seed in range(300):
        p = np.r_[rng.random(90), rng.random(10) * 1e-4]
        called = benjamini_hochberg(p) < 0.05
        false += called[:90].sum()
        found += called.sum()
    assert false / found < 0.06
    assert benjamini_hochberg([]).size == 0
