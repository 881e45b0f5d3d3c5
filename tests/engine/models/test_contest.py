"""The contest: the same rows for all; one failure leaves the others; all cores, or one process."""

from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pandas as pd
import pytest
import threadpoolctl
from sklearn.dummy import DummyClassifier
from sklearn.tree import DecisionTreeClassifier

from casebook.models import contest as contests
from casebook.models.contest import contest
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES, Candidate
from casebook.progress import told_to
from casebook.stats.splits import Wanted, again
from casebook.tables import open_table

DUMMY, RULE = CANDIDATES[:2]
LINEAR = next(c for c in CANDIDATES if c.name == "linear")


@pytest.fixture
def data(make_case):
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    frame = pd.DataFrame({"x": x, "y": np.where(x + rng.normal(size=400) > 0, "yes", "no")})
    case = make_case(frame, target="y")
    return labelled(case, open_table(case), hold_out=True)


@pytest.fixture
def pooled(monkeypatch):
    monkeypatch.setattr(contests, "MANY_ROWS", 1)


def own(name: str, estimator: type) -> Candidate:
    """A candidate whose class goes to other processes by value, as it is defined in a test."""
    return Candidate(name, name, lambda _setting: estimator(), explainable=False)


def test_rows_of_the_last_test_are_in_no_fold_and_predicted_once(data):
    [entrant] = contest([LINEAR], data)
    assert not set(entrant.out.rows) & set(entrant.held.rows)
    assert (entrant.held.rows == data.splits.held).all()
    assert len(entrant.out.rows) + len(entrant.held.rows) == 400
    said = entrant.estimator.predict_proba(data.X.iloc[data.splits.held])[:, 1]
    assert said == pytest.approx(entrant.held.predictions.probability[:, 1])


def test_a_candidate_that_raises_anything_is_told_and_the_others_stand(data):
    class Broken(DummyClassifier):
        def fit(self, X, y):  # noqa: ARG002 scikit-learn's form
            raise TypeError("out of order")

    broken, linear = contest([own("broken", Broken), LINEAR], data)
    assert "TypeError: out of order" in broken.failed
    assert "the fit for the last test" in broken.failed
    assert not linear.failed


@pytest.mark.parametrize("rows", ["SOME_ROWS", "MANY_ROWS"], ids=["threads", "processes"])
def test_all_cores_say_what_one_process_says(data, monkeypatch, rows):
    here = contest([DUMMY, LINEAR], data)
    monkeypatch.setattr(contests, rows, 1)
    there = contest([DUMMY, LINEAR], data)
    for one, other in zip(here, there, strict=True):
        assert (one.out.rows == other.out.rows).all()
        assert one.out.predictions.probability == pytest.approx(other.out.predictions.probability)
        assert (one.held.predictions.label == other.held.predictions.label).all()


def test_threads_of_fits_have_a_core_each_and_leave_the_limits_as_they_were(data, monkeypatch):
    seen = []

    class Looking(DummyClassifier):
        def fit(self, X, y):
            seen.append((threading.get_ident(), [one["num_threads"] for one in pools()]))
            return super().fit(X, y)

    def pools():
        return threadpoolctl.threadpool_info()

    monkeypatch.setattr(contests, "SOME_ROWS", 1)
    before = pools()
    [looking] = contest([own("looking", Looking)], data)
    assert not looking.failed
    assert all(set(limits) == {1} for _thread, limits in seen)
    assert threading.get_ident() not in {thread for thread, _limits in seen}
    assert pools() == before


def test_progress_is_told_up_to_the_end(data):
    steps = []
    with told_to(steps.append):
        contest([DUMMY, LINEAR], data)
    assert [step.done for step in steps] == list(range(1, 13))
    assert {step.total for step in steps} == {12}


def test_case_24_a_killed_fit_is_named_and_the_others_stand(data, pooled):
    """A process that is killed breaks its pool; what was not done is tried again alone."""

    class Killed(DummyClassifier):
        def fit(self, X, y):
            if len(X) < 300:  # not in the fit for the last test
                os.kill(os.getpid(), signal.SIGKILL)
            return super().fit(X, y)

    killed, linear = contest([own("killed", Killed), LINEAR], data)
    assert "fold 1 of 5: its process was ended from outside, twice" in killed.failed
    assert not linear.failed
    assert len(linear.out.rows) == 320


def test_case_24_a_fit_that_was_killed_once_is_tried_again(data, pooled, tmp_path):
    mark = tmp_path / "killed"

    class KilledOnce(DummyClassifier):
        def fit(self, X, y):
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return super().fit(X, y)

    once, linear = contest([own("once", KilledOnce), LINEAR], data)
    assert mark.exists()
    assert (once.failed, linear.failed) == ("", "")
    assert len(once.out.rows) == len(linear.out.rows) == 320


def test_repeats_give_more_folds_of_the_same_rows(data):
    repeats = again(data.splits, data.y, classes=True, wanted=Wanted(holdout=0.2, seed=1))
    [entrant] = contest([LINEAR], data, repeats)
    first, second = entrant.outs
    assert (first.rows == second.rows).all()
    assert not (first.fold == second.fold).all()


def test_the_fit_for_the_last_test_has_not_seen_its_rows(make_case):
    """A tree that learns every row by heart would be right on all of them."""

    class ByHeart(DecisionTreeClassifier):
        def fit(self, X, y):
            return super().fit(X[["x"]], y)

        def predict(self, X):
            return super().predict(X[["x"]])

        def predict_proba(self, X):
            return super().predict_proba(X[["x"]])

    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=400), "y": rng.choice(["no", "yes"], 400)})
    case = make_case(frame, target="y")
    noise = labelled(case, open_table(case), hold_out=True)
    [entrant] = contest([own("by heart", ByHeart)], noise)
    said = entrant.held.predictions
    assert len(said.truth) == 80
    assert (said.label == said.truth).mean() < 0.7
