"""The baseline: candidates compared on tables with a planted truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ModelError, TableError
from casebook.models import registry
from casebook.phases import baseline
from casebook.phases.findings import dump, load, phase_named


def test_a_planted_linear_signal_is_found_and_the_simple_model_chosen(make_case, signal, examined):
    found = examined(baseline, make_case(signal(), target="y"))
    scores = {c.name: c.main.value for c in found.candidates}
    assert scores["dummy"] == pytest.approx(0.5)
    assert scores["linear"] > scores["rule"] > scores["dummy"]
    assert found.chosen == "linear"
    assert found.metrics[0].name == "roc_auc"
    assert load(phase_named("baseline"), dump(found)) == found


def test_with_no_signal_the_dummy_is_not_clearly_beaten(make_case, signal, examined):
    kept = 0
    compared = {"candidates": ["dummy", "rule", "linear", "boosting"]}
    for seed in range(6):
        case = make_case(
            signal(300, seed, strength=0), name=f"s{seed}", target="y", baseline=compared
        )
        kept += examined(baseline, case).chosen == "dummy"
    assert kept >= 5


def test_a_step_that_no_line_can_follow_needs_the_trees(make_case, examined):
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, 1500)
    frame = pd.DataFrame({"x": x, "z": rng.normal(size=1500), "y": np.sin(4 * x) * 10})
    found = examined(baseline, make_case(frame, target="y"))
    assert (found.task, found.chosen) == ("regression", "boosting")


def test_several_classes_are_compared(make_case, signal, examined):
    frame = signal()
    frame["y"] = pd.cut(frame["x"], [-9, -0.5, 0.5, 9], labels=["l", "m", "h"]).astype(str)
    found = examined(baseline, make_case(frame, target="y"))
    assert (found.task, found.metrics[0].name) == ("classes", "balanced_accuracy")


def test_a_candidate_that_fails_is_told_and_the_others_stand(
    make_case, monkeypatch, signal, examined
):
    def broken(setting):
        raise ValueError("out of order")

    parts = list(registry.CANDIDATES)
    linear = next(place for place, one in enumerate(parts) if one.name == "linear")
    parts[linear] = parts[linear]._replace(make=broken)
    monkeypatch.setattr(registry, "CANDIDATES", tuple(parts))
    found = examined(baseline, make_case(signal(), target="y"))
    [failed] = [c for c in found.candidates if c.failed]
    assert failed.name == "linear"
    assert failed.failed.endswith("ValueError: out of order")
    assert found.chosen in {"tree", "boosting"}


def test_costs_of_the_record_become_a_metric_that_can_decide(make_case, signal, examined):
    costs = {"true_positive": 0, "false_positive": 1, "false_negative": 20, "true_negative": 0}
    objectives = {"costs": costs, "metric": "cost"}
    found = examined(baseline, make_case(signal(), target="y", objectives=objectives))
    assert found.metrics[0].name == "cost"
    assert not found.metrics[0].greater_is_better
    scores = {c.name: c.main.value for c in found.candidates}
    assert scores["linear"] < scores["dummy"]


def test_a_metric_that_does_not_fit_is_refused_with_its_place(make_case, signal, examined):
    case = make_case(signal(), target="y", objectives={"metric": "rmse"})
    with pytest.raises(ModelError, match=r"objectives\.metric: 'rmse' is not a metric .* roc_auc"):
        examined(baseline, case)


def test_an_unknown_candidate_is_refused_with_its_place(make_case, signal, examined):
    case = make_case(signal(), target="y", baseline={"candidates": ["dummy", "linaer"]})
    with pytest.raises(ModelError, match=r"baseline\.candidates.*Did you mean 'linear'"):
        examined(baseline, case)


def test_time_splits_are_used_where_there_is_a_time(make_case, signal, examined):
    frame = signal()
    frame["on"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(len(frame)), unit="h")
    found = examined(baseline, make_case(frame, target="y", time="on"))
    assert "trained on the past" in found.split
    assert found.rows_tested < found.rows


def test_too_few_rows_are_said(make_case, signal, examined):
    with pytest.raises(TableError, match="too few to compare"):
        examined(baseline, make_case(signal(15), target="y"))


def test_a_split_chosen_by_a_person_is_used_and_told(make_case, signal, examined):
    frame = signal()
    frame["on"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(len(frame)), unit="h")
    case = make_case(frame, target="y", time="on", baseline={"split": "random"})
    found = examined(baseline, case)
    assert found.rows_tested + found.rows_held == found.rows
    assert "too good" in found.notes[0]


def test_a_split_by_a_column_that_is_not_there_is_refused(make_case, signal, examined):
    case = make_case(signal(), target="y", baseline={"split": "group"})
    with pytest.raises(ModelError, match=r"baseline\.split.*Set data\.group"):
        examined(baseline, case)


def test_no_last_test_is_told(make_case, signal, examined):
    case = make_case(signal(), target="y", baseline={"holdout": 0.0, "candidates": ["dummy"]})
    found = examined(baseline, case)
    assert (found.rows_held, found.rows_tested) == (0, found.rows)
    assert "No rows are kept for a last test" in found.notes[0]


def test_rows_without_a_time_are_told_since_folds_are_then_not_in_time(make_case, signal, examined):
    frame = signal()
    frame["on"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(len(frame)), unit="h")
    frame.loc[5, "on"] = pd.NaT
    case = make_case(frame, target="y", time="on", baseline={"candidates": ["dummy"]})
    found = examined(baseline, case)
    assert found.rows_tested + found.rows_held == found.rows
    assert "have no time" in found.notes[0]
