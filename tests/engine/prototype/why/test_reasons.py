"""Reasons of each kind of candidate: they add up, and are those of the definition."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.prototype.answer import answer
from casebook.prototype.rows import frame, plain_rows
from casebook.prototype.values import Trust
from casebook.prototype.why import points_of, why
from casebook.stats.recalibration import Recalibration

RULES = {
    "rules": [{"if": "x < -0.5 AND plan = 'a'", "then": "no"}, {"if": "x > 0.5", "then": "yes"}]
}
KINDS = ("dummy", "rule", "linear", "tree", "boosting", "own")
MENDED = Trust(mended=Recalibration(0.3, 0.7))


def made(prototype_of, kind, target="y", **more):
    baseline = dict(more.pop("baseline", {}))
    if kind == "rule" and target == "y":
        baseline |= RULES
    if kind == "own":
        path = "sklearn.ensemble.ExtraTreesClassifier" if target != "number" else "sklearn.svm.SVR"
        baseline["estimators"] = [{"name": "own", "path": path}]
    return prototype_of(kind, target, baseline=baseline, **more)


def first(prototype, place=0):
    return plain_rows(prototype.known.X.iloc[[place]])[0]


def check_adds_up(found, said):
    total = sum(one.amount for one in found.contributions)
    assert found.start + total == pytest.approx(found.end, abs=1e-9)
    if found.unit == "number":
        assert found.end == pytest.approx(said.said, rel=1e-9)
        return
    points = sum(one.points for one in found.contributions)
    assert found.start_share + points == pytest.approx(found.end_share, abs=1e-9)
    assert found.end_share == pytest.approx(said.probability, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", ["y", "three", "number"])
def test_reasons_add_up_to_what_the_answer_says(kind, target, prototype_of):
    prototype = made(prototype_of, kind, target)
    row = first(prototype)
    strange = {**row, "plan": "never seen", "수": None} if "수" in row else row
    for one in (row, strange):
        said = answer(prototype, one)
        found = why(prototype, said, seconds=0)
        check_adds_up(found, said)
        assert {c.column for c in found.contributions} == set(row)
        assert found.sentences
        assert found.exact == (found.error == 0)


@pytest.mark.parametrize("kind", ["linear", "tree", "boosting", "rule"])
def test_mended_probabilities_are_explained(kind, prototype_of):
    prototype = made(prototype_of, kind, trust=MENDED)
    said = answer(prototype, first(prototype, 1))
    check_adds_up(why(prototype, said, seconds=0), said)


def log_odds(prototype):
    def said(X):
        yes = prototype.model.predict_proba(X)[:, 1]
        return np.log(yes / (1 - yes))

    return said


@pytest.mark.parametrize(
    ("kind", "target", "unit"),
    [("linear", "y", "log odds"), ("linear", "number", "number"), ("tree", "y", "probability"),
     ("tree", "number", "number"), ("rule", "y", "probability"),
     ("boosting", "y", "log odds"), ("boosting", "number", "number")],
)  # fmt: skip
def test_exact_reasons_are_those_of_the_definition(kind, target, unit, prototype_of, by_definition):
    prototype = made(prototype_of, kind, target, known=25)
    row = first(prototype, 3)
    found = why(prototype, answer(prototype, row), k=0)
    assert (found.exact, found.unit) == (True, unit)
    said = {
        "log odds": log_odds(prototype),
        "number": prototype.model.predict,
        "probability": lambda X: prototype.model.predict_proba(X)[:, 1],
    }[unit]
    X = frame(prototype.model.file, [row])
    expected = by_definition(said, X, prototype.known.X)
    given = {one.column: one.amount for one in found.contributions}
    names = [column.name for column in prototype.model.file.columns]
    assert [given[name] for name in names] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("kind", "target"),
    [("boosting", "three"), ("linear", "three"), ("own", "y"), ("own", "number")],
)
def test_sampled_reasons_are_near_those_of_the_definition(
    kind, target, prototype_of, by_definition, monkeypatch
):
    monkeypatch.setattr("casebook.prototype.reasons.MOST_EXACT", 0)
    prototype = made(prototype_of, kind, target, known=25)
    row = first(prototype, 2)
    said = answer(prototype, row)
    found = why(prototype, said, k=0, seconds=1)
    assert not found.exact
    classes = prototype.model.file.classes
    place = 1 if len(classes) == 2 else classes.index(said.said) if classes else None
    expected = by_definition(
        lambda X: prototype.model.predict(X) if place is None
        else prototype.model.predict_proba(X)[:, place],
        frame(prototype.model.file, [row]), prototype.known.X,
    )  # fmt: skip
    given = {one.column: one for one in found.contributions}
    for column, truth in zip(prototype.model.file.columns, expected, strict=True):
        one = given[column.name]
        assert abs(one.amount - truth) <= 4 * max(one.error, found.error / 4) + 1e-9


def test_a_column_that_nothing_reads_gets_nothing(prototype_of):
    prototype = made(prototype_of, "tree")
    found = why(prototype, answer(prototype, first(prototype)), k=0)
    assert {one.column: one.amount for one in found.contributions}["글"] == 0


def test_few_columns_are_enumerated_whatever_the_model(prototype_of):
    prototype = made(prototype_of, "own", known=25)
    found = why(prototype, answer(prototype, first(prototype)), k=0)
    assert found.exact
    assert found.error == 0


def test_points_keep_signs_and_proportions_even_where_start_and_end_are_the_same():
    found = points_of(np.array([3.0, -3.0]), 1.0, 1.0)
    assert found == pytest.approx([0.5898, -0.5898], abs=1e-3)
    assert np.abs(points_of(np.array([8.0, -8.0 + 1e-4]), 0.0, 1e-4)).max() <= 2.0 + 1e-9


def test_sentences_tell_what_speaks_for_and_against(prototype_of):
    texts = {"texts": {"positive": "Comes again.", "negative": "Stays away."}}
    form = {"form": {"fields": [{"column": "x", "label": "나이", "unit": "years"}]}}
    prototype = made(prototype_of, "linear", prototype=texts | form)
    row = {**first(prototype), "x": 2.0, "size": 1, "plan": "b"}
    found = why(prototype, answer(prototype, row), k=2)
    assert "a yes (“Comes again”)" in found.sentences[0]
    assert found.sentences[1].startswith("나이 = 2 years (+")
    assert found.sentences[1].endswith("speaks for it.")
    assert "size = 1 (−" in found.sentences[2]
    assert "against" in found.sentences[2]
    assert 2 <= len(found.sentences) <= 3
    assert len(found.neighbours) == 2


def test_boosted_trees_whose_leaves_do_not_add_up_to_the_answer_are_sampled(
    prototype_of, mixed_rows, monkeypatch
):
    """A Poisson loss says the exponential of the sum."""
    monkeypatch.setattr("casebook.prototype.reasons.MOST_EXACT", 0)
    table = mixed_rows()
    table["number"] = table["number"].clip(lower=0)
    path = "sklearn.ensemble.HistGradientBoostingRegressor"
    own = {"name": "own", "path": path, "parameters": {"loss": "poisson"}}
    prototype = prototype_of("own", "number", frame=table, baseline={"estimators": [own]})
    said = answer(prototype, first(prototype))
    found = why(prototype, said, seconds=0)
    check_adds_up(found, said)
    assert not found.exact


def test_boosted_trees_take_unknown_levels_and_gaps_as_the_model_does(prototype_of, by_definition):
    prototype = made(prototype_of, "boosting", known=25)
    for changed in ({"plan": "never seen"}, {"plan": None, "수": None}, {"x": 99.0}):
        row = {**first(prototype, 4), **changed}
        found = why(prototype, answer(prototype, row), k=0)
        X = frame(prototype.model.file, [row])
        expected = by_definition(log_odds(prototype), X, prototype.known.X)
        given = {one.column: one.amount for one in found.contributions}
        names = [column.name for column in prototype.model.file.columns]
        assert [given[name] for name in names] == pytest.approx(expected, abs=1e-9)
