"""Every candidate fits, predicts raw rows, clones, and comes back from skops the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import skops.io as sio
from sklearn.base import clone

from casebook.exceptions import ModelError
from casebook.models.crossval import cross_validate
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES, candidates_of
from casebook.models.setting import Setting
from casebook.models.trusted import TRUSTED
from casebook.tables import open_table

NAMES = [*(candidate.name for candidate in CANDIDATES), "forest"]
FOREST = {"two": "ExtraTreesClassifier", "three": "ExtraTreesClassifier"}


def mixed(n: int = 250, seed: int = 0) -> pd.DataFrame:
    """Every kind of column, with missing values, Hangul, a rare level, and a row every week."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            "x": x,
            "가격": np.where(rng.random(n) < 0.1, np.nan, rng.gamma(2.0, 100.0, n)),
            "plan": rng.choice(["a", "b", "c"], n),
            "지역": rng.choice(["서울", "부산"], n).astype(object),
            "on": pd.Timestamp("2020-01-01") + pd.to_timedelta(7 * rng.permutation(n), unit="D"),
            "note": [f"{a} {b} 좋은 음식과 서비스" for a, b in rng.integers(0, 999, (n, 2))],
            "two": np.where(x + rng.normal(size=n) > 0, "yes", "no"),
            "three": pd.cut(x + rng.normal(size=n), [-9, -0.5, 0.5, 9], labels=["l", "m", "h"]),
            "amount": 3 * x + rng.normal(size=n),
        }
    )
    frame.loc[0, "plan"] = "rare"
    frame.loc[3:8, "지역"] = None
    return frame


def opened(make_case, target: str, *, baseline=None, **sections):
    """Rows with what people decided, which is right more often than not, and at times missing.

    The record adds a candidate of its own, `forest`.
    """
    kept = ["x", "가격", "plan", "지역", "on", "note", target]
    roles = {"on": "time", "note": "text", "가격": "number", "plan": "category"}
    frame = mixed()
    known = frame[target].where(frame.index % 3 > 0, frame[target].iloc[::-1].to_numpy())
    frame["오늘"] = known.where(frame.index % 7 > 0)
    forest = {
        "name": "forest",
        "path": f"sklearn.ensemble.{FOREST.get(target, 'ExtraTreesRegressor')}",
        "parameters": {"n_estimators": 10, "max_depth": 4},
    }
    baseline = {"human": "오늘", "estimators": [forest], **(baseline or {})}
    case = make_case(
        frame[[*kept, "오늘"]], target=target, roles=roles, baseline=baseline, **sections
    )
    return case, labelled(case, open_table(case))


def usual(target, make_case, once):
    """The same, opened once."""
    return once(target, lambda: opened(make_case, target)[1])


def named(data, name):
    """The candidate of this name, which applies to these rows."""
    candidate = next(c for c in candidates_of(data.setting) if c.name == name)
    assert not candidate.lacking(data.setting)
    return candidate


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", ["two", "three", "amount"])
def test_every_candidate_fits_predicts_clones_and_saves(name, target, make_case, once):
    data = usual(target, make_case, once)
    candidate = named(data, name)
    estimator = clone(candidate.make(data.setting)).fit(data.X, data.y)
    said = estimator.predict(data.X.head(7))
    assert said.shape == (7,)
    blob = sio.dumps(estimator)
    assert set(sio.get_untrusted_types(data=blob)) <= set(TRUSTED)
    again = sio.loads(blob, trusted=list(TRUSTED))
    assert (again.predict(data.X.head(7)) == said).all()
    if data.classes:
        shares = estimator.predict_proba(data.X)
        assert shares.shape == (len(data.X), len(data.classes))
        assert shares.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("name", NAMES)
def test_unseen_levels_missing_values_and_new_columns_are_taken(name, make_case, once):
    data = usual("two", make_case, once)
    estimator = named(data, name).make(data.setting).fit(data.X, data.y)
    row = data.X.head(1).assign(extra=1, plan="never seen", x=np.nan)
    assert estimator.predict(row)[0] in data.classes


@pytest.mark.parametrize("name", ["rule", "human", "linear", "tree", "boosting", "forest"])
def test_a_missing_column_is_named(name, make_case, once):
    data = usual("two", make_case, once)
    estimator = named(data, name).make(data.setting).fit(data.X, data.y)
    gone = "오늘" if name == "human" else "plan"
    with pytest.raises(ModelError, match=f"needs the column '{gone}'"):
        estimator.predict(data.X.drop(columns=gone))


@pytest.mark.parametrize("name", ["last", "season", "year"])
@pytest.mark.parametrize("target", ["two", "amount"])
def test_a_row_that_comes_alone_gets_the_last_value_of_training(name, target, make_case, once):
    data = usual(target, make_case, once)
    estimator = named(data, name).make(data.setting).fit(data.X, data.y)
    alone = data.X[["x", "on"]].head(3)
    newest = data.y[data.X["on"].idxmax()]
    assert (estimator.predict(alone) == newest).all()


def test_no_candidate_learns_from_decisions_or_past_values(make_case, once):
    data = usual("two", make_case, once)
    assert set(data.setting.past.columns) == {"last", "season", "year"}
    assert not {"오늘", *data.setting.past.columns.values()} & set(data.features.names)


def test_the_table_goes_from_the_simplest_to_the_most_complex():
    order = {"reference": 0, "simple": 1, "model": 2}
    kinds = [order[candidate.kind] for candidate in CANDIDATES]
    assert kinds == sorted(kinds)


def test_a_number_that_is_text_is_refused_not_guessed(make_case):
    _case, data = opened(make_case, "two")
    linear = next(c for c in CANDIDATES if c.name == "linear")
    estimator = linear.make(data.setting).fit(data.X, data.y)
    with pytest.raises(ModelError, match="'x' must hold numbers"):
        estimator.predict(data.X.head(2).assign(x=["many", "few"]))


def test_the_rule_of_the_record_says_its_values_in_order(make_case):
    rules = [{"if": "x > 1", "then": "yes"}, {"if": "\"지역\" = '부산'", "then": "no"}]
    _case, data = opened(make_case, "two", baseline={"rules": rules, "default": "yes"})
    rule = next(c for c in CANDIDATES if c.name == "rule")
    estimator = rule.make(data.setting).fit(data.X, data.y)
    said = estimator.predict(data.X)
    expected = np.where(data.X["x"] > 1, "yes", np.where(data.X["지역"] == "부산", "no", "yes"))
    assert (said == expected).all()
    assert (estimator.which(data.X) == 2).any()


def test_one_split_finds_the_planted_threshold(make_case):
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, 300)
    frame = pd.DataFrame({"x": x, "z": rng.normal(size=300), "y": np.where(x > 6, "yes", "no")})
    case = make_case(frame, target="y")
    data = labelled(case, open_table(case))
    assert isinstance(data.setting, Setting)
    rule = next(c for c in CANDIDATES if c.name == "rule")
    tree = rule.make(data.setting).fit(data.X, data.y)[-1].tree_
    assert tree.threshold[0] == pytest.approx(6, abs=0.2)


def test_out_of_fold_predictions_never_see_their_own_label(make_case):
    """A column that names the row would give everything away if folds leaked."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=400), "y": rng.choice(["a", "b"], 400)})
    case = make_case(frame, target="y")
    data = labelled(case, open_table(case))
    boosting = next(c for c in CANDIDATES if c.name == "boosting")
    out = cross_validate(boosting, data)
    assert (out.rows == np.arange(400)).all()
    assert (out.predictions.label == out.predictions.truth).mean() < 0.58
