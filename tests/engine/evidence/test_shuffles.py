"""Shuffles keep what they promise to keep."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.evidence.shuffles import shuffles
from casebook.stats.splits import make_splits


def made(y, n=400, **by):
    splits = make_splits(pd.Series(np.arange(n, dtype=float)), classes=False, **by)
    return shuffles(splits, np.arange(n), y[:, None], 50, 0)


def test_free_shuffles_are_permutations():
    source = made(np.arange(400.0))
    assert (np.sort(source, axis=0) == np.arange(400)[:, None]).all()
    assert not (source == np.arange(400)[:, None]).all(axis=0).any()


def test_shuffles_in_time_stay_within_a_stretch_and_keep_neighbours():
    time = pd.Series(pd.date_range("2025-01-01", periods=400))
    source = made(np.arange(400.0), time=time)
    assert (np.sort(source, axis=0) == np.arange(400)[:, None]).all()
    assert (source // 20 == np.arange(400)[:, None] // 20).all()
    together = np.diff(source.reshape(20, 20, 50), axis=1) % 20 == 1
    assert together.all()


def test_shuffles_within_groups_stay_there():
    groups = np.repeat(np.arange(40), 10)
    source = made(np.random.default_rng(0).normal(size=400), groups=pd.Series(groups))
    assert (groups[source] == groups[:, None]).all()


def test_whole_groups_change_where_a_group_has_one_target():
    groups = np.repeat(np.arange(40), 10)
    source = made(groups.astype(float) % 2, groups=pd.Series(groups))
    new = (groups % 2)[source].reshape(40, 10, 50)
    assert (new == new[:, :1]).all()


def test_rows_that_are_alone_change_among_each_other():
    groups = np.concatenate([np.arange(200), np.repeat(np.arange(200, 220), 10)])
    source = made(np.random.default_rng(0).normal(size=400), groups=pd.Series(groups))
    assert (source[:200] < 200).all()
    assert (source[:200] != np.arange(200)[:, None]).mean() > 0.9
