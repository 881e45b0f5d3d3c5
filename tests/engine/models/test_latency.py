"""What a candidate's speed is made of; how quick it is, is measured in tests/bench only."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression
from threadpoolctl import threadpool_info

from casebook.models.latency import DIFFERENT, FEWEST, MOST, ROWS, WARM_UP, measured


class Asked(BaseEstimator):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[pd.DataFrame] = []
        self.collecting: set[bool] = set()

    def predict(self, X: pd.DataFrame):
        self.asked.append(X)
        self.collecting.add(gc.isenabled())
        return np.zeros(len(X))


@pytest.fixture
def rows() -> pd.DataFrame:
    return pd.DataFrame({"x": np.arange(300.0), "plan": ["a", "b", "c"] * 100})


def test_rows_are_drawn_and_calls_are_counted(rows):
    model = Asked()
    speed = measured(model, rows, seed=1, seconds=0.05)
    sizes = [len(asked) for asked in model.asked]
    assert set(sizes) == {1, ROWS}
    assert sizes.count(1) == speed.one_calls + WARM_UP
    assert FEWEST <= speed.one_calls <= MOST
    assert FEWEST <= speed.many_calls <= MOST
    assert speed.rows == ROWS
    assert len({asked["x"].iloc[0] for asked in model.asked if len(asked) == 1}) > DIFFERENT / 2
    assert all(list(asked.columns) == ["x", "plan"] for asked in model.asked)
    again = Asked()
    measured(again, rows, seed=1, seconds=0.05)
    assert again.asked[5].equals(model.asked[5]), "the same seed draws the same rows"


def test_no_garbage_is_collected_within_and_it_is_afterwards(rows):
    model = Asked()
    assert gc.isenabled()
    measured(model, rows, seconds=0.01)
    assert model.collecting == {False}
    assert gc.isenabled()


def test_quantiles_are_in_order_and_milliseconds(rows):
    speed = measured(LinearRegression().fit(rows[["x"]], rows["x"]), rows[["x"]], seconds=0.1)
    assert 0 < speed.one <= speed.one_slow
    assert 0 < speed.many <= speed.many_slow
    assert 0 < speed.size_mb < 0.1
    assert speed.peak_mb >= 0


def test_one_thread_only(rows):
    seen = set()

    class Threads(Asked):
        def predict(self, X):
            seen.update(pool["num_threads"] for pool in threadpool_info())
            return np.zeros(len(X))

    measured(Threads(), rows, seconds=0.0)
    assert seen == {1}


def test_what_skops_cannot_save_has_no_size(rows):
    model = Asked()
    model.lock = (n for n in range(3))
    assert measured(model, rows, seconds=0.0).size_mb is None
