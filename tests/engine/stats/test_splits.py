"""Folds respect time and groups, and say how they were made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import TableError
from casebook.stats.splits import Wanted, again, make_splits

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


def days(n: int, each: int = 1) -> pd.Series:
    return pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n) // each, unit="D"))


def test_the_newest_share_of_days_is_kept_and_no_fold_sees_it():
    target = pd.Series(np.arange(2400.0))
    time = days(2400, each=24)
    splits = make_splits(target, classes=False, time=time, wanted=Wanted(holdout=0.2))
    assert time.iloc[splits.held].nunique() == 20
    assert time.iloc[splits.held].min() > time.drop(index=splits.held).max()
    assert not set(splits.held) & {row for fold in splits.folds for part in fold for row in part}
    assert "The newest rows, 480, are kept" in splits.sentence()


def test_rows_whose_labels_were_not_known_are_not_trained_on():
    target = pd.Series(np.arange(600.0))
    time = days(600)
    wanted = Wanted(holdout=0.2, delay_days=30)
    splits = make_splits(target, classes=False, time=time, wanted=wanted)
    for train, test in [*splits.folds, (splits.last, splits.held)]:
        assert (time.iloc[test].min() - time.iloc[train].max()).days == 31
    assert "The 30 days before each test are left out" in splits.sentence()


def test_a_delay_that_leaves_nothing_to_learn_from_makes_no_gap():
    wanted = Wanted(holdout=0.2, delay_days=500)
    splits = make_splits(pd.Series(np.arange(600.0)), classes=False, time=days(600), wanted=wanted)
    assert splits.gap_days == 0
    assert len(splits.folds) == 5


def test_rows_in_order_without_a_time_are_split_forward():
    target = pd.Series(np.arange(1000.0))
    splits = make_splits(target, classes=False, ordered=True, wanted=Wanted(holdout=0.2))
    assert splits.kind == "time"
    assert splits.held.tolist() == list(range(800, 1000))
    assert splits.units is not None
    assert len(np.unique(splits.units)) == 100


def test_the_kept_rows_hold_whole_groups_and_the_shares_of_classes(target):
    groups = pd.Series(np.arange(N) // 4)
    splits = make_splits(target, classes=True, groups=groups, wanted=Wanted(holdout=0.2))
    rest = np.setdiff1d(np.arange(N), splits.held)
    assert not set(groups.iloc[splits.held]) & set(groups.iloc[rest])
    assert len(splits.held) == pytest.approx(40, abs=8)
    shuffled = make_splits(target, classes=True, wanted=Wanted(holdout=0.2))
    share = (target == "yes").mean()
    assert (target.iloc[shuffled.held] == "yes").mean() == pytest.approx(share, abs=0.02)


def test_few_rows_are_not_kept_for_a_last_test():
    splits = make_splits(pd.Series(np.arange(60.0)), classes=False, wanted=Wanted(holdout=0.2))
    assert not len(splits.held)


def test_repeats_are_other_folds_of_the_same_rows(target):
    splits = make_splits(target, classes=True, wanted=Wanted(holdout=0.2))
    [other] = again(splits, target, classes=True, wanted=Wanted(holdout=0.2, seed=1))
    assert (other.held == splits.held).all()
    assert (other.tested == splits.tested).all()
    assert other.folds[0][1].tolist() != splits.folds[0][1].tolist()
