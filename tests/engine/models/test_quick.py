"""Prepared columns are bit for bit what scikit-learn's own steps make of the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import skops.io as sio
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline

from casebook.exceptions import ModelError
from casebook.models.features import Features
from casebook.models.prepare import for_linear, for_one_split, for_pattern, for_trees
from casebook.models.quick import Prepared

FACTORIES = (for_linear, for_trees, for_pattern, for_one_split)
FEATURES = Features(
    number=("x", "가격", "empty", "whole", "flag"),
    category=("plan", "지역", "many", "code", "yes"),
    text=("note",),
    time=("on",),
)
NO_TEXT = Features(number=FEATURES.number, category=FEATURES.category, time=FEATURES.time)


def rows(n: int, seed: int, levels: int = 60) -> pd.DataFrame:
    """Numbers of every kind, levels rare and missing, whole numbers as levels, a text, a time."""
    rng = np.random.default_rng(seed)
    on = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="h"))
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=n) * 10.0 ** rng.integers(-6, 6, n),
            "가격": np.where(rng.random(n) < 0.2, np.nan, rng.gamma(2.0, 100.0, n)),
            "empty": np.full(n, np.nan),
            "whole": pd.array(rng.integers(0, 9, n), dtype="Int64"),
            "flag": rng.random(n) < 0.5,
            "plan": rng.choice(["a", "b", "c", None], n),
            "지역": rng.choice(["서울", "부산"], n),
            "many": [f"k{k}" for k in rng.zipf(1.3, n) % levels],
            "code": rng.integers(0, 7, n),
            "yes": rng.random(n) < 0.3,
            "note": rng.choice(["좋은 음식", "bad, bad service", None], n),
            "on": on.where(rng.random(n) > 0.1),
        }
    )
    frame["x"] = frame["x"].where(rng.random(n) > 0.02, np.inf)
    return frame


def slowly(prepared: Prepared, X: pd.DataFrame):
    """What scikit-learn's steps make of the rows, one after the other."""
    return Pipeline.transform(prepared, X)


@pytest.mark.parametrize("features", [FEATURES, NO_TEXT], ids=["texts", "no texts"])
@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_the_same_bits_as_scikit_learns_own_steps(factory, features):
    prepared = factory(features).fit(rows(400, seed=0))
    for n, seed in [(1, 1), (1, 2), (2, 3), (999, 4)]:
        new = rows(n, seed, levels=90).set_axis(range(5, n + 5))
        quick, slow = prepared.transform(new), slowly(prepared, new)
        assert sparse.issparse(quick) == sparse.issparse(slow)
        if sparse.issparse(slow):
            quick, slow = quick.toarray(), slow.toarray()
        assert quick.dtype == slow.dtype
        assert np.array_equal(quick, slow, equal_nan=True)


def test_the_prepared_columns_keep_scikit_learns_names():
    prepared = for_one_split(NO_TEXT).fit(rows(400, seed=0))
    names = prepared[-1].get_feature_names_out()
    assert len(names) == prepared.transform(rows(1, 1)).shape[1]
    assert {"지역_서울", "many_infrequent_sklearn", "가격", "on hour"} <= set(names)


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_only_some_kinds_of_columns(factory):
    for features in (Features(number=("x",)), Features(category=("plan",)), Features(time=("on",))):
        prepared = factory(features).fit(rows(50, seed=0))
        new = rows(9, seed=1)
        assert np.array_equal(prepared.transform(new), slowly(prepared, new), equal_nan=True)


def test_a_refit_forgets_what_was_learned_before():
    prepared = for_linear(NO_TEXT).fit(rows(400, seed=0))
    prepared.transform(rows(5, seed=1))
    prepared.fit(rows(30, seed=2, levels=5))
    new = rows(9, seed=3)
    assert np.array_equal(prepared.transform(new), slowly(prepared, new), equal_nan=True)
    prepared.fit_transform(rows(300, seed=4))
    assert np.array_equal(prepared.transform(new), slowly(prepared, new), equal_nan=True)


def test_a_clone_is_not_fitted_and_a_saved_one_says_the_same():
    prepared = for_linear(FEATURES).fit(rows(400, seed=0))
    new = rows(9, seed=1)
    said = prepared.transform(new)
    with pytest.raises(NotFittedError):
        clone(prepared).transform(new)
    blob = sio.dumps(prepared)
    untrusted = sio.get_untrusted_types(data=blob)
    assert [name for name in untrusted if name.startswith("casebook.")] == [
        "casebook.models.features.RawColumns",
        "casebook.models.quick.Prepared",
    ]
    again = sio.loads(blob, trusted=untrusted)
    assert (again.transform(new) != said).nnz == 0
    assert len(sio.dumps(prepared)) == len(blob), "nothing is saved that is made again in a moment"


def test_frames_are_made_where_scikit_learn_is_told_to_make_them():
    prepared = for_trees(NO_TEXT).fit(rows(400, seed=0))
    with config_context(transform_output="pandas"):
        assert isinstance(clone(prepared).fit(rows(90, 0)).transform(rows(2, 1)), pd.DataFrame)


def test_what_cannot_be_read_is_named_as_before():
    prepared = for_trees(NO_TEXT).fit(rows(50, seed=0))
    with pytest.raises(ModelError, match="'x' must hold numbers"):
        prepared.transform(rows(2, 1).assign(x=["many", "few"]))
    with pytest.raises(ModelError, match="needs the column '지역'"):
        prepared.transform(rows(2, 1).drop(columns="지역"))


def test_a_level_is_the_same_whether_or_not_a_row_beside_it_is_missing():
    prepared = for_trees(Features(category=("code",))).fit(
        pd.DataFrame({"code": [0, 1, 2, np.nan]})
    )
    whole = prepared.transform(pd.DataFrame({"code": [2]}))
    assert whole.item() == prepared.transform(pd.DataFrame({"code": [2.0]})).item() == 2
