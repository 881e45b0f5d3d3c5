"""The contest: the same rows for all; one failure leaves the others; all cores, or one process."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest
import threadpoolctl
from sklearn.dummy import DummyClassifier
from sklearn.tree import DecisionTreeClassifier

from casebook.exceptions import ExpressionError
from casebook.models import contest as contests
from casebook.models import forks
from casebook.models.contest import beside, contest, jobs_of
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES, Candidate
from casebook.models.setting import Own
from casebook.progress import told_to
from casebook.stats.splits import Wanted, again
from casebook.tables import open_table

DUMMY, RULE = CANDIDATES[:2]
LINEAR = next(c for c in CANDIDATES if c.name == "linear")
LEARNING = [c for c in CANDIDATES if c.name in ("rule", "linear", "tree", "boosting")]


@pytest.fixture
def data(make_case):
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    frame = pd.DataFrame({"x": x, "y": np.where(x + rng.normal(size=400) > 0, "yes", "no")})
    case = make_case(frame, target="y")
    return labelled(case, open_table(case), hold_out=True)


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(forks, "possible", lambda: False)


@pytest.fixture
def forked(monkeypatch):
    monkeypatch.setattr(contests, "FORK_ROWS", 1)
    if not forks.possible():
        pytest.skip("nothing can be forked here")


@pytest.fixture
def threaded(here, monkeypatch):
    monkeypatch.setattr(contests, "SOME_ROWS", 1)


@pytest.fixture
def pooled(threaded, monkeypatch):
    monkeypatch.setattr(contests, "MANY_ROWS", 1)


@pytest.fixture(params=["forked", "pooled"])
def apart(request):
    """Fits in processes of either kind."""
    request.getfixturevalue(request.param)


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


@pytest.mark.parametrize("where", ["forked", "threaded", "pooled"])
def test_all_cores_say_what_one_process_says(data, request, where):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forks, "possible", lambda: False)
        here = contest([DUMMY, LINEAR], data)
    request.getfixturevalue(where)
    there = contest([DUMMY, LINEAR], data)
    for one, other in zip(here, there, strict=True):
        assert (one.out.rows == other.out.rows).all()
        assert one.out.predictions.probability == pytest.approx(other.out.predictions.probability)
        assert (one.held.predictions.label == other.held.predictions.label).all()


@pytest.mark.parametrize("cores", [2, 3, 7])
def test_the_number_of_forks_changes_nothing(data, forked, monkeypatch, cores):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 2)
    two = contest(LEARNING, data)
    monkeypatch.setattr(joblib, "cpu_count", lambda: cores)
    for one, other in zip(two, contest(LEARNING, data), strict=True):
        assert (one.out.predictions.probability == other.out.predictions.probability).all()
        assert (one.held.predictions.probability == other.held.predictions.probability).all()


def test_threads_of_fits_have_a_core_each_and_leave_the_limits_as_they_were(data, threaded):
    seen = []

    class Looking(DummyClassifier):
        def fit(self, X, y):
            seen.append((threading.get_ident(), [one["num_threads"] for one in pools()]))
            return super().fit(X, y)

    def pools():
        return threadpoolctl.threadpool_info()

    before = pools()
    [looking] = contest([own("looking", Looking)], data)
    assert not looking.failed
    assert all(set(limits) == {1} for _thread, limits in seen)
    assert threading.get_ident() not in {thread for thread, _limits in seen}
    assert pools() == before


@pytest.mark.parametrize("where", ["here", "forked", "threaded"])
def test_progress_is_told_up_to_the_end(data, request, where):
    request.getfixturevalue(where)
    steps = []
    with told_to(steps.append):
        contest([DUMMY, LINEAR], data)
    assert [step.done for step in steps] == list(range(1, 13))
    assert {step.total for step in steps} == {12}


def test_case_24_a_killed_fit_is_named_and_the_others_stand(data, apart):
    """A process that is killed may break its pool; what was not done is tried again alone."""

    class Killed(DummyClassifier):
        def fit(self, X, y):
            if len(X) < 300:  # not in the fit for the last test
                os.kill(os.getpid(), signal.SIGKILL)
            return super().fit(X, y)

    killed, linear = contest([own("killed", Killed), LINEAR], data)
    assert "fold 1 of 5: its process was ended from outside, twice" in killed.failed
    assert not linear.failed
    assert len(linear.out.rows) == 320


def test_case_24_a_fit_that_was_killed_once_is_tried_again(data, apart, tmp_path):
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


def test_case_24_only_the_fit_of_a_killed_fork_is_done_again(data, forked, tmp_path):
    """Whatever the other forks had done stands."""

    class Counted(DummyClassifier):
        def fit(self, X, y):
            (tmp_path / f"{len(X)} {X.index[0]} {X.index[-1]} {time.monotonic_ns()}").touch()
            if len(X) == 320 and len(list(tmp_path.iterdir())) < 4:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().fit(X, y)

    [counted] = contest([own("counted", Counted)], data)
    assert not counted.failed
    fits = [path.name for path in tmp_path.iterdir() if path.name.startswith("256 ")]
    assert len(fits) == 5


def test_own_estimators_and_other_workers_are_not_forked(data, forked, monkeypatch):
    """LightGBM in a fork waits for ever for threads of its own that it had before."""
    jobs = jobs_of(LINEAR, data.splits)
    assert contests._where(jobs, data) == "forks"
    setting = replace(data.setting, own=(Own("linear", "a.path", (), {}),))
    assert contests._where(jobs, replace(data, setting=setting)) == "here"
    monkeypatch.setattr(contests, "SOME_ROWS", 1)
    assert contests._where(jobs, replace(data, setting=setting)) == "threads"
    with joblib.parallel_config("threading"):
        assert contests._where(jobs, data) == "threads"


def test_where_there_is_one_core_or_no_fork_nothing_is_forked(data, forked, monkeypatch):
    monkeypatch.setattr(forks.sys, "platform", "win32")
    assert not forks.possible()
    monkeypatch.setattr(forks.sys, "platform", "linux")
    monkeypatch.setattr(joblib, "cpu_count", lambda: 1)
    assert not forks.possible()


@pytest.mark.parametrize("where", ["forked", "threaded"])
def test_errands_are_done_beside_fits_and_their_errors_come_through(data, request, where):
    request.getfixturevalue(where)
    jobs = jobs_of(LINEAR, data.splits)
    results, fits = beside([lambda: "said", os.getpid], jobs, data)
    assert results[0] == "said"
    assert (results[1] == os.getpid()) == (where == "threaded")
    assert [len(fit.rows) for fit in fits] == [64] * 5

    def broken():
        raise ExpressionError("no such column")

    with pytest.raises(ExpressionError, match="no such column"):
        beside([broken], jobs, data)


def test_errands_that_may_ask_an_estimator_of_the_record_are_not_forked(data, forked):
    setting = replace(data.setting, own=(Own("boost", "a.path", (), {}),))
    jobs = jobs_of(LINEAR, data.splits)
    assert beside([os.getpid], jobs, data)[0] != [os.getpid()]
    assert beside([os.getpid], jobs, replace(data, setting=setting))[0] == [os.getpid()]


def test_an_errand_whose_fork_is_killed_is_done_here(data, forked):
    here = os.getpid()

    def killed():
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done"

    assert beside([killed], jobs_of(LINEAR, data.splits), data)[0] == ["done"]


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
