"""What people decide today is scored where they decided, and others beside it on these rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ModelError
from casebook.models.crossval import common, cross_validate
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.stats.metrics import metrics_for
from casebook.tables import open_table

BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}


def decided(n: int = 600, seed: int = 0) -> pd.DataFrame:
    """People are right in 80 % of the rows; every third row nobody decided."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(["no", "yes"], n)
    other = np.where(truth == "no", "yes", "no")
    people = pd.Series(np.where(rng.random(n) < 0.8, truth, other), dtype=object)
    people[np.arange(n) % 3 == 0] = None
    return pd.DataFrame({"x": rng.normal(size=n), "y": truth, "People": people})


def opened(make_case, frame, human="People", **sections):
    case = make_case(frame, target="y", baseline={"human": human}, **sections)
    return labelled(case, open_table(case))


def test_decisions_are_said_as_they_are_and_scored_where_they_are(make_case):
    frame = decided()
    data = opened(make_case, frame)
    out = cross_validate(BY_NAME["human"], data)
    there = np.flatnonzero(frame["People"].notna())
    assert (out.rows == there).all()
    right = (frame["People"] == frame["y"])[there]
    assert ((out.predictions.label == out.predictions.truth) == right.to_numpy()).all()
    shares = out.predictions.probability
    assert shares is not None
    said_yes = (frame["People"] == "yes").to_numpy()[there]
    assert shares[said_yes, 1].mean() == pytest.approx(0.8, abs=0.05)


def test_others_are_compared_on_the_rows_that_people_decided(make_case):
    data = opened(make_case, decided())
    human, dummy = (cross_validate(BY_NAME[name], data) for name in ("human", "dummy"))
    first, second = common(human, dummy)
    assert (first.rows == second.rows).all()
    assert (second.fold == first.fold).all()
    assert len(second.rows) == 400
    assert second.fit_seconds == dummy.fit_seconds
    back, again = common(dummy, human)
    assert (back.rows == again.rows).all()
    assert back.candidate == "dummy"
    metric = metrics_for(data.task)[0]
    assert np.isfinite(second.fold_scores(metric)).all()
    same, _other = common(dummy, dummy)
    assert same is dummy


def test_a_fold_in_which_nobody_decided_has_no_score(make_case):
    """Decisions began late: the first tests in time have none, and the numbers of folds stay."""
    frame = decided()
    frame.loc[:299, "People"] = None
    data = opened(make_case, frame, data={"ordered": True})
    out = cross_validate(BY_NAME["human"], data)
    assert set(out.fold) == {2, 3, 4}
    metric = metrics_for(data.task)[0]
    assert list(np.isnan(out.fold_scores(metric))) == [True, True, False, False, False]
    assert np.isfinite(out.score(metric)(np.ones(len(out.rows))))


def test_nobody_decided_in_any_tested_row(make_case):
    frame = decided()
    frame.loc[60:, "People"] = None
    data = opened(make_case, frame, data={"ordered": True})
    with pytest.raises(ModelError, match="'People' is empty in every row that is tested"):
        cross_validate(BY_NAME["human"], data)


def test_a_forecast_that_is_there_is_scored_as_a_number(make_case):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=200), "y": rng.normal(size=200) * 10})
    frame["plan"] = (frame["y"] + 2).where(frame.index > 20)
    frame.loc[30, "plan"] = np.inf
    data = opened(make_case, frame, human="PLAN")
    out = cross_validate(BY_NAME["human"], data)
    assert len(out.rows) == 178
    assert np.abs(out.predictions.label - out.predictions.truth) == pytest.approx(2)
    assert "plan" not in data.features.names


def test_whole_numbers_with_gaps_are_the_classes_they_mean(make_case):
    """A gap makes floats of 0 and 1: 1.0 is still the class 1."""
    frame = decided().replace({"yes": 1, "no": 0})
    data = opened(make_case, frame, data={"task": "classification"})
    out = cross_validate(BY_NAME["human"], data)
    assert (out.predictions.label == out.predictions.truth).mean() == pytest.approx(0.8, abs=0.05)


def test_decisions_that_are_no_class_are_named_with_their_place(make_case):
    frame = decided().replace({"People": {"yes": "Yes!"}})
    with pytest.raises(ModelError, match=r"baseline\.human: the column 'People' says 'Yes!'.*no"):
        opened(make_case, frame)


def test_a_column_that_is_not_there_is_named(make_case):
    with pytest.raises(ModelError, match=r"baseline\.human: 'Peopel' .* Did you mean 'People'"):
        opened(make_case, decided(), human="Peopel")
    with pytest.raises(ModelError, match=r"baseline\.human: 'y' is not a column of decisions"):
        opened(make_case, decided(), human="y")


def test_words_are_no_forecast(make_case):
    frame = pd.DataFrame({"x": np.arange(50) % 7, "y": np.arange(50) * 1.5, "plan": ["much"] * 50})
    frame.loc[3, "plan"] = "little"
    with pytest.raises(ModelError, match=r"baseline\.human: the column 'plan' must hold numbers"):
        opened(make_case, frame, human="plan", roles={"y": "number", "plan": "category"})
