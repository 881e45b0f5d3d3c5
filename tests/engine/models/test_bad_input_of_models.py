"""Bad input of candidates: a clear message or a right result, never a silent wrong one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import CasebookError, ModelError, TableError
from casebook.models.crossval import cross_validate
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES, candidates_of
from casebook.tables import open_table

LEARNERS = ["rule", "linear", "tree", "boosting", "own"]
OWN = {
    "name": "own",
    "path": "sklearn.ensemble.ExtraTreesClassifier",
    "parameters": {"n_estimators": 20, "min_samples_leaf": 5},
}


def rows(n: int = 300, seed: int = 0) -> pd.DataFrame:
    """Whether somebody leaves, which the number and the town decide."""
    rng = np.random.default_rng(seed)
    x, town = rng.normal(size=n), rng.choice(["Seoul", "Busan"], n)
    score = 2 * x + (town == "Seoul") + rng.normal(size=n)
    frame = pd.DataFrame({"x": x, "town": town, "z": rng.normal(size=n)})
    return frame.assign(y=np.where(score > 0.5, "yes", "no"))


def opened(make_case, frame, **sections):
    baseline = {"estimators": [OWN], **sections.pop("baseline", {})}
    case = make_case(frame, target="y", baseline=baseline, **sections)
    return labelled(case, open_table(case))


def named(data, name):
    return next(c for c in candidates_of(data.setting) if c.name == name)


def fitted(data, name):
    return named(data, name).make(data.setting).fit(data.X, data.y)


def usual(name, make_case, once):
    """The rows above, opened once, and a candidate fitted to them once."""
    data = once("rows", lambda: opened(make_case, rows()))
    return data, once(name, lambda: fitted(data, name))


def right(data, name):
    """The share of the tested rows that a candidate says rightly."""
    predictions = cross_validate(named(data, name), data).predictions
    return float((predictions.label == predictions.truth).mean())


@pytest.mark.parametrize("name", LEARNERS)
def test_an_unseen_level_changes_nothing_but_its_own_column(name, make_case, once):
    """A row of an unseen town is decided by its number, as the other columns are the same."""
    data, model = usual(name, make_case, once)
    low, high = (data.X.head(1).assign(town="Jeju", x=x) for x in (-4.0, 4.0))
    assert (model.predict(low)[0], model.predict(high)[0]) == ("no", "yes")


@pytest.mark.parametrize("name", LEARNERS)
def test_new_columns_and_another_order_of_columns_change_nothing(name, make_case, once):
    data, model = usual(name, make_case, once)
    other = data.X.assign(new=1.0, y="yes")[["new", "z", "y", "town", "x"]]
    assert (model.predict_proba(other) == model.predict_proba(data.X)).all()


@pytest.mark.parametrize("name", LEARNERS)
def test_a_missing_column_is_named_with_the_nearest(name, make_case, once):
    data, model = usual(name, make_case, once)
    with pytest.raises(ModelError, match=r"needs the column 'town'.*Did you mean 'Town'"):
        model.predict(data.X.rename(columns={"town": "Town"}))


def test_a_missing_column_of_a_rule_of_the_record_is_named(make_case):
    rules = [{"if": "x > 1", "then": "yes"}]
    data = opened(make_case, rows(), baseline={"rules": rules, "default": "no"})
    with pytest.raises(CasebookError, match="'x'"):
        fitted(data, "rule").predict(data.X.drop(columns="x"))


@pytest.mark.parametrize("name", LEARNERS)
def test_text_in_place_of_a_number_is_refused(name, make_case, once):
    data, model = usual(name, make_case, once)
    with pytest.raises(ModelError, match="'x' must hold numbers"):
        model.predict(data.X.head(2).assign(x=["many", "few"]))


def test_a_class_with_one_row_is_named(make_case):
    frame = rows()
    frame.loc[5, "y"] = "perhaps"
    with pytest.raises(TableError, match=r"The class 'perhaps' .* one row only.*data\.filter"):
        opened(make_case, frame)


@pytest.mark.parametrize("name", ["dummy", "last", *LEARNERS])
def test_in_time_a_class_with_one_row_spoils_nothing(name, make_case):
    """It is learned in the first split, and the others are told apart as well as without it."""
    frame = rows()
    frame.loc[5, "y"] = "perhaps"
    data = opened(make_case, frame, data={"ordered": True})
    assert data.classes == ("no", "perhaps", "yes")
    out = cross_validate(named(data, name), data)
    assert out.predictions.probability is not None
    assert out.predictions.probability.shape == (250, 3)
    assert out.predictions.probability.sum(axis=1) == pytest.approx(1)
    assert "perhaps" not in {data.classes[code] for code in out.predictions.truth}
    if name in LEARNERS:
        assert (out.predictions.label == out.predictions.truth).mean() > 0.6


@pytest.mark.parametrize("value", ["no", 4.5])
def test_a_constant_target_is_nothing_to_learn(value, make_case):
    case = make_case(rows().assign(y=value), target="y")
    with pytest.raises(ModelError, match=r"data\.target: the target has one value only"):
        labelled(case, open_table(case))


def test_splits_before_which_there_was_one_class_are_left_out_and_counted(make_case):
    frame = rows()
    frame.loc[:149, "y"] = "no"
    data = opened(make_case, frame, data={"ordered": True})
    assert len(data.splits.folds) == 2
    assert data.folds_left_out == 3
    assert "The first 3 splits in time are left out" in data.sample_sentence()
    assert all(np.isfinite(right(data, name)) for name in LEARNERS)


def test_classes_that_follow_each_other_cannot_be_compared(make_case):
    frame = rows()
    frame["y"] = np.where(frame.index < 260, "no", "yes")
    with pytest.raises(ModelError, match=r"data\.target: the classes .* come one after the other"):
        opened(make_case, frame, data={"ordered": True})


@pytest.mark.parametrize("name", LEARNERS)
def test_infinite_values_are_missing_ones(name, make_case):
    """In the table they are read as missing; at prediction they are taken for missing as well."""
    frame = rows()
    frame["x"] = frame["x"].where(frame.index % 10 > 0, [np.inf, -np.inf] * 150)
    data = opened(make_case, frame)
    assert right(data, name) > 0.6
    model = fitted(data, name)
    some = data.X.head(4)
    wild = some.assign(x=[np.inf, -np.inf, np.inf, -np.inf])
    assert (model.predict_proba(wild) == model.predict_proba(some.assign(x=np.nan))).all()


def test_an_infinite_target_is_no_label(make_case):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=100)})
    frame["y"] = 2 * frame["x"] + rng.normal(size=100)
    frame.loc[[3, 7], "y"] = [np.inf, -np.inf]
    case = make_case(frame, target="y")
    data = labelled(case, open_table(case))
    assert (len(data.y), data.rows_unlabelled) == (98, 2)
    assert "2 rows without a label" in data.sample_sentence()
    assert np.isfinite(cross_validate(named(data, "linear"), data).predictions.label).all()


@pytest.mark.parametrize("name", LEARNERS)
def test_dates_are_features_by_their_parts(name, make_case):
    """Who comes late in the day leaves; days first, an hour, and gaps."""
    rng = np.random.default_rng(0)
    seen = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 5000, 400), unit="h")
    frame = pd.DataFrame({"seen": seen.strftime("%d/%m/%Y %H:%M"), "z": rng.normal(size=400)})
    frame["y"] = np.where(seen.hour >= 12, "yes", "no")
    frame.loc[::40, "seen"] = None
    data = opened(make_case, frame, baseline={"split": "random"})
    assert data.features.time == ("seen",)
    assert right(data, name) > 0.85
    model = fitted(data, name)
    # linear models meet the hour on a line, so ends of the day are looked at
    later = pd.DataFrame({"seen": ["2031-05-01 23:00", "2031-05-01 00:30"], "z": 0.0})
    if name != "linear":
        later["seen"] = ["2025-05-01 23:00", "2025-05-01 00:30"]
    assert list(model.predict(later)) == ["yes", "no"]
    with pytest.raises(ModelError, match="'seen' must hold times"):
        model.predict(later.assign(seen=["2025-05-01 23:00", "yesterday"]))


def test_hangul_and_odd_names_of_columns_break_nothing(make_case):
    """Names with brackets, quotes, colons and spaces give the same scores as plain ones."""
    frame = rows().assign(on=pd.date_range("2025-01-01", periods=300), said=rows(seed=1)["y"])
    odd = {"x": '가격 (원) "새"', "town": "지역: {시}", "z": "값[0]", "on": "날짜", "said": "판단"}
    plain = opened(make_case, frame, name="plain", time="on", baseline={"human": "said"})
    hangul = opened(make_case, frame.rename(columns=odd), name="odd", time="날짜",
                    baseline={"human": "판단"})  # fmt: skip
    there = [c.name for c in candidates_of(plain.setting) if not c.lacking(plain.setting)]
    assert set(there) == {*(c.name for c in CANDIDATES), "own"} - {"year"}
    for name in there:
        first, second = (cross_validate(named(d, name), d) for d in (plain, hangul))
        assert (first.predictions.label == second.predictions.label).all(), name


def test_too_few_rows_are_said(make_case):
    with pytest.raises(TableError, match="12 labelled rows are too few"):
        opened(make_case, rows(12))


def test_gaps_in_every_row_of_a_column_break_nothing(make_case):
    """A column is empty in the training rows of a split, as it came late."""
    frame = rows()
    frame.loc[:200, "z"] = np.nan
    frame.loc[:200, "town"] = None
    data = opened(make_case, frame, data={"ordered": True})
    assert all(right(data, name) > 0.6 for name in LEARNERS)


@pytest.mark.parametrize("name", ["linear", "boosting"])
def test_a_date_that_could_be_two_days_is_refused_not_guessed(name, make_case):
    """The table may have been read day first; a model cannot know how a text is meant."""
    frame = rows().assign(on=pd.date_range("2025-01-01", periods=300))
    case = make_case(frame, target="y", roles={"on": "time"})
    data = labelled(case, open_table(case))
    estimator = named(data, name).make(data.setting).fit(data.X, data.y)
    row = data.X.head(1).astype({"on": object})
    with pytest.raises(ModelError, match="'on' must hold times"):
        estimator.predict(row.assign(on="05/06/2025"))
    said = estimator.predict(row.assign(on="2025-01-01"))
    assert said[0] == estimator.predict(data.X.head(1))[0]
