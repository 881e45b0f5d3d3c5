"""Estimators that the record adds: right ones work, wrong ones are named with their place."""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from casebook.exceptions import ModelError
from casebook.models.crossval import cross_validate
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES, candidates_of
from casebook.stats.metrics import metrics_for
from casebook.tables import open_table

FOREST = "sklearn.ensemble.ExtraTreesClassifier"


@pytest.fixture
def lightgbm() -> None:
    """LightGBM needs a library of the system, which a machine may lack; CI installs it."""
    try:
        importlib.import_module("lightgbm")
    except OSError as error:
        pytest.skip(f"LightGBM cannot be loaded here: {error}")


def rows(n: int = 300, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"가격 (원)": rng.normal(size=n), "지역": rng.choice(["서울", "부산"], n)})
    frame["글"] = [f"{a} 좋은 음식과 서비스가 있는 곳 {b}" for a, b in rng.integers(0, 999, (n, 2))]
    noise = rng.normal(size=n)
    frame["number"] = 3 * frame["가격 (원)"] + noise
    frame["y"] = np.where(frame["number"] > 0, "yes", "no")
    return frame


def opened(make_case, *own, target="y"):
    frame = rows().drop(columns="number" if target == "y" else "y")
    roles = {"글": "text", "지역": "category"}
    case = make_case(frame, target=target, roles=roles, baseline={"estimators": list(own)})
    return labelled(case, open_table(case))


def own(path, name="own", **parameters):
    return {"name": name, "path": path, "parameters": parameters}


def last(data):
    return candidates_of(data.setting)[-1]


@pytest.mark.parametrize(
    "path",
    [
        FOREST,
        "sklearn.linear_model.SGDClassifier",  # no probabilities of its own
        "sklearn.neighbors.KNeighborsClassifier",  # takes no seed
        "sklearn.svm.SVC",
        "sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
    ],
)
def test_any_classifier_of_scikit_learn_is_compared(path, make_case):
    data = opened(make_case, own(path))
    out = cross_validate(last(data), data)
    assert (out.predictions.label == out.predictions.truth).mean() > 0.7
    assert out.predictions.probability is not None


@pytest.mark.parametrize("path", ["sklearn.svm.SVR", "sklearn.ensemble.RandomForestRegressor"])
def test_any_regressor_of_scikit_learn_is_compared(path, make_case):
    data = opened(make_case, own(path), target="number")
    out = cross_validate(last(data), data)
    off = np.abs(out.predictions.label - out.predictions.truth).mean()
    assert off < 0.7 * np.abs(data.y - data.y.median()).mean()


@pytest.mark.usefixtures("lightgbm")
@pytest.mark.parametrize("target", ["y", "number"])
def test_lightgbm_is_compared_with_hangul_names_and_says_nothing(target, make_case, capfd):
    kind = "LGBMClassifier" if target == "y" else "LGBMRegressor"
    data = opened(make_case, own(f"lightgbm.{kind}", n_estimators=20, n_jobs=1), target=target)
    candidate = last(data)
    out = cross_validate(candidate, data)
    if target == "y":
        assert (out.predictions.label == out.predictions.truth).mean() > 0.7
    estimator = clone(candidate.make(data.setting)).fit(data.X, data.y)
    assert len(estimator.predict(data.X.head(2).assign(extra=1))) == 2
    assert capfd.readouterr() == ("", "")


def test_the_seed_is_set_where_there_is_one_and_the_record_does_not_say(make_case):
    data = opened(make_case, own(FOREST), own(FOREST, "fixed", random_state=7))
    first, second = (c.make(data.setting)[-1] for c in candidates_of(data.setting)[-2:])
    assert (first.random_state, second.random_state) == (0, 7)


def test_they_come_last_and_are_not_explainable(make_case):
    data = opened(make_case, own(FOREST, "숲"))
    assert candidates_of(data.setting)[:-1] == CANDIDATES
    assert (last(data).name, last(data).kind, last(data).explainable) == ("숲", "model", False)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("forest", r"path: 'forest' is not the full path of a class"),
        ("os; x.Y", r"path: 'os; x.Y' is not the full path of a class"),
        ("..sklearn.svm.SVC", r"is not the full path of a class"),
        ("no_such_package.Model", r"there is no module 'no_such_package'. Install the package"),
        ("sklearn.ensembel.Forest", r"there is no module 'sklearn.ensembel'. 'sklearn' is there"),
        ("sklearn.ensemble.ExtraTreeClassifier", r"Did you mean 'ExtraTreesClassifier'"),
        ("sklearn.pipeline.make_pipeline", r"path: 'sklearn.pipeline.make_pipeline' is not an est"),
        ("decimal.Decimal", r"'decimal.Decimal' is not an estimator"),
        ("sklearn.svm.SVR", r"path: sklearn.svm.SVR predicts numbers, and the target has classes"),
    ],
)
def test_a_path_that_leads_nowhere_is_named_with_its_place(path, said, make_case):
    data = opened(make_case, own(path))
    with pytest.raises(ModelError, match=said) as caught:
        last(data).make(data.setting)
    assert "case.yaml, line" in caught.value.place


def test_a_classifier_cannot_predict_numbers(make_case):
    data = opened(make_case, own(FOREST), target="number")
    with pytest.raises(ModelError, match="predicts classes, and the target is a number"):
        last(data).make(data.setting)


def test_parameters_that_are_not_taken_are_named(make_case):
    data = opened(make_case, own(FOREST, n_estimator=5))
    with pytest.raises(ModelError, match=r"no parameter 'n_estimator'.*Did you mean 'n_estimators"):
        last(data).make(data.setting)
    data = opened(make_case, own(FOREST, n_estimators="many"))
    with pytest.raises(ModelError, match=r"does not take these parameters.*n_estimators.*many"):
        last(data).make(data.setting)


@pytest.mark.usefixtures("lightgbm")
def test_whatever_goes_wrong_in_fitting_is_said_of_the_candidate(make_case):
    data = opened(make_case, own("lightgbm.LGBMClassifier", num_leaves=-3))
    with pytest.raises(ModelError, match="'own' cannot be fitted: LightGBMError"):
        cross_validate(last(data), data)


def test_a_name_that_is_taken_is_refused_with_its_place(make_case):
    data = opened(make_case, own(FOREST, "linear"))
    with pytest.raises(ModelError, match=r"estimators\.0\.name: there is a candidate 'linear'"):
        candidates_of(data.setting)
    data = opened(make_case, own(FOREST, "a"), own(FOREST, "a"))
    with pytest.raises(ModelError, match=r"estimators\.1\.name: there is a candidate 'a'"):
        candidates_of(data.setting)


@pytest.mark.usefixtures("lightgbm")
def test_lightgbm_reaches_what_trees_reach_on_telco(real_case):
    """Logistic regression reaches 0.845 and scikit-learn's boosted trees 0.834 (manifest)."""
    lightgbm = own("lightgbm.LGBMClassifier", n_jobs=1)
    case = real_case("telco_churn.csv", target="Churn", baseline={"estimators": [lightgbm]})
    data = labelled(case, open_table(case))
    metric = metrics_for(data.task)[0]
    assert metric.name == "roc_auc"
    score = cross_validate(last(data), data).fold_scores(metric).mean()
    assert score == pytest.approx(0.835, abs=0.01)
