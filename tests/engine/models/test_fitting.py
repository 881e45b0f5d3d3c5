"""Steps that candidates share: the same fits, and the seconds that each would take alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.models import fitting
from casebook.models.crossval import fit_once
from casebook.models.fitting import SharedSteps
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.tables import open_table

BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}


@pytest.fixture
def data(make_case):
    rng = np.random.default_rng(0)
    n = 400
    frame = pd.DataFrame({"x": rng.normal(size=n), "c": rng.choice(["a", "b", "c"], n)})
    frame["y"] = np.where(frame["x"] + (frame["c"] == "b") + rng.normal(size=n) > 0, "yes", "no")
    frame.loc[::7, "x"] = np.nan
    case = make_case(frame, target="y")
    return labelled(case, open_table(case))


@pytest.mark.parametrize("names", [("tree", "rule", "linear", "boosting"), ("rule", "tree")])
def test_shared_steps_change_no_prediction(data, names):
    shared = SharedSteps()
    for train, test in data.splits.folds:
        for name in names:
            alone = fit_once(BY_NAME[name], data, train, test)
            both = fit_once(BY_NAME[name], data, train, test, shared)
            assert (both.predictions.probability == alone.predictions.probability).all()
            assert both.estimator.memory is None  # nothing of it is saved or sent


def test_a_step_is_fitted_once_for_those_that_prepare_the_same_rows_alike(data):
    shared = SharedSteps()
    (first, test), (second, _test) = data.splits.folds[:2]

    def fitted(name, train):
        found = fit_once(BY_NAME[name], data, train, test, shared)
        return found.estimator[0], shared.spared, found.seconds

    tree, nothing, _seconds = fitted("tree", first)
    rule, spared, seconds = fitted("rule", first)
    assert rule is tree
    assert nothing == 0 < spared < seconds
    linear, nothing, _seconds = fitted("linear", first)
    assert linear is not tree
    assert nothing == 0
    other, nothing, _seconds = fitted("rule", second)
    assert other is not tree
    assert nothing == 0


def test_large_tables_are_not_kept_while_others_are_fitted(data, monkeypatch):
    monkeypatch.setattr(fitting, "MOST_BYTES", 100)
    shared = SharedSteps()
    train, test = data.splits.folds[0]
    tree, rule = (
        fit_once(BY_NAME[name], data, train, test, shared).estimator for name in ("tree", "rule")
    )
    assert rule[0] is not tree[0]
