"""Folds respect time and groups, and say how they were made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import TableError
from casebook.stats.splits import make_splits

N = 200


@pytest.fixture
def target() -> pd.Series:
    return pd.Series(np.random.default_rng(0).choice(["no", "yes"], N, p=[0.8, 0.2]))


def test_time_trains_on_the_past_only(target):
    shuffled = np.random.default_rng(1).permutation(N)
    time = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(shuffled, unit="D"))
    splits = make_splits(target, classes=True, time=time)
    assert splits.kind == "time"
    for train, test in splits.folds:
        assert time.iloc[train].max() < time.iloc[test].min()


def test_a_group_is_never_on_both_sides(target):
    groups = pd.Series(np.arange(N) // 4)
    splits = make_splits(target, classes=True, groups=groups)
    assert splits.kind == "group"
    for train, test in splits.folds:
        assert not set(groups.iloc[train]) & set(groups.iloc[test])


def test_shuffled_folds_test_each_row_once_and_keep_shares(target):
    splits = make_splits(target, classes=True)
    assert splits.tested.tolist() == list(range(N))
    shares = [(target.iloc[test] == "yes").mean() for _train, test in splits.folds]
    assert np.ptp(shares) < 0.03
    assert splits.test_share == pytest.approx(0.25, abs=0.01)


def test_a_rare_class_lowers_the_number_of_folds():
    target = pd.Series(["a"] * 97 + ["b"] * 3)
    assert len(make_splits(target, classes=True).folds) == 3


def test_too_few_rows_and_a_class_of_one_row_are_said(target):
    with pytest.raises(TableError, match="10 labelled rows are too few"):
        make_splits(target.head(10), classes=True)
    with pytest.raises(TableError, match="'b' of the target has one row"):
        make_splits(pd.Series(["a"] * 50 + ["b"]), classes=True)


def test_one_group_cannot_be_split(target):
    with pytest.raises(TableError, match="one value only"):
        make_splits(target, classes=False, groups=pd.Series(["g"] * N))
