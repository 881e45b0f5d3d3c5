"""Baseline, feasibility and error analysis on tables with a planted truth."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ModelError, TableError
from casebook.models import registry
from casebook.phases import baseline, error_analysis, feasibility
from casebook.phases.findings import dump, load, phase_named
from casebook.tables import open_table


def signal(n: int = 600, seed: int = 0, strength: float = 1.5) -> pd.DataFrame:
    """Two numbers and a category; both classes; `strength` 0 plants nothing."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    city = rng.choice(["서울", "부산", "대구"], n)
    chance = 1 / (1 + np.exp(-strength * (x + (city == "부산"))))
    return pd.DataFrame(
        {"x": x, "z": z, "도시": city, "y": np.where(rng.random(n) < chance, "yes", "no")}
    )


def examined(module, case, upstream=None):
    return module.examine(case, open_table(case), upstream or {})


def plain(findings):
    return json.loads(dump(findings))


def test_a_planted_linear_signal_is_found_and_the_simple_model_chosen(make_case):
    found = examined(baseline, make_case(signal(), target="y"))
    scores = {c.name: c.main.value for c in found.candidates}
    assert scores["dummy"] == pytest.approx(0.5)
    assert scores["linear"] > scores["rule"] > scores["dummy"]
    assert found.chosen == "linear"
    assert found.metrics[0].name == "roc_auc"
    assert load(phase_named("baseline"), dump(found)) == found


def test_with_no_signal_the_dummy_is_not_clearly_beaten(make_case):
    kept = 0
    for seed in range(10):
        case = make_case(signal(300, seed, strength=0.0), name=f"s{seed}", target="y")
        kept += examined(baseline, case).chosen == "dummy"
    assert kept >= 8


def test_a_step_that_no_line_can_follow_needs_the_trees(make_case):
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, 1500)
    frame = pd.DataFrame({"x": x, "z": rng.normal(size=1500), "y": np.sin(4 * x) * 10})
    found = examined(baseline, make_case(frame, target="y"))
    assert (found.task, found.chosen) == ("regression", "boosting")


def test_several_classes_are_compared(make_case):
    frame = signal()
    frame["y"] = pd.cut(frame["x"], [-9, -0.5, 0.5, 9], labels=["l", "m", "h"]).astype(str)
    found = examined(baseline, make_case(frame, target="y"))
    assert (found.task, found.metrics[0].name) == ("classes", "balanced_accuracy")


def test_a_candidate_that_fails_is_told_and_the_others_stand(make_case, monkeypatch):
    def broken(setting):
        raise ValueError("out of order")

    parts = list(registry.CANDIDATES)
    parts[2] = parts[2]._replace(make=broken)
    monkeypatch.setattr(baseline, "CANDIDATES", tuple(parts))
    found = examined(baseline, make_case(signal(), target="y"))
    failed = {c.name: c.failed for c in found.candidates if c.failed}
    assert failed == {"linear": "ValueError: out of order"}
    assert found.chosen == "boosting"


def test_costs_of_the_record_become_a_metric_that_can_decide(make_case):
    costs = {"true_positive": 0, "false_positive": 1, "false_negative": 20, "true_negative": 0}
    objectives = {"costs": costs, "metric": "cost"}
    found = examined(baseline, make_case(signal(), target="y", objectives=objectives))
    assert found.metrics[0].name == "cost"
    assert not found.metrics[0].greater_is_better
    scores = {c.name: c.main.value for c in found.candidates}
    assert scores["linear"] < scores["dummy"]


def test_a_metric_that_does_not_fit_is_refused_with_its_place(make_case):
    case = make_case(signal(), target="y", objectives={"metric": "rmse"})
    with pytest.raises(ModelError, match=r"objectives\.metric: 'rmse' is not a metric .* roc_auc"):
        examined(baseline, case)


def test_an_unknown_candidate_is_refused_with_its_place(make_case):
    case = make_case(signal(), target="y", baseline={"candidates": ["dummy", "linaer"]})
    with pytest.raises(ModelError, match=r"baseline\.candidates.*Did you mean 'linear'"):
        examined(baseline, case)


def test_time_splits_are_used_where_there_is_a_time(make_case):
    frame = signal()
    frame["on"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(len(frame)), unit="h")
    found = examined(baseline, make_case(frame, target="y", time="on"))
    assert "trained on the past" in found.split
    assert found.rows_tested < found.rows


def test_feasibility_puts_answers_beside_the_evidence(make_case):
    answers = {"pattern": {"answer": "no", "by": "Kim"}, "value": {"answer": "yes"}}
    found = examined(feasibility, make_case(signal(), target="y", feasibility=answers))
    pattern = next(item for item in found.evidence if item.sign == "pattern")
    assert (pattern.outcome, pattern.answer, pattern.by) == ("yes", "no", "Kim")
    assert any("the data contradict: There is a pattern" in text for text in found.headline)
    assert found.unanswered == 10
    assert load(phase_named("feasibility"), dump(found)) == found


def test_feasibility_without_a_target_still_says_what_the_data_say(make_case):
    found = examined(feasibility, make_case(signal().drop(columns="y")))
    assert found.trials == ()
    assert "no column to be predicted" in found.cannot_fit
    assert len(found.evidence) == 12


def test_feasibility_rarely_sees_a_pattern_where_there_is_none(make_case):
    seen = 0
    for seed in range(20):
        case = make_case(signal(200, seed, strength=0.0), name=f"s{seed}", target="y")
        found = examined(feasibility, case)
        seen += next(item for item in found.evidence if item.sign == "pattern").outcome == "yes"
    assert seen <= 3


def test_errors_are_found_on_the_planted_slice(make_case):
    frame = signal(3000, strength=3.0)
    rng = np.random.default_rng(1)
    flipped = (frame["도시"] == "대구") & (rng.random(len(frame)) < 0.4)
    frame.loc[flipped, "y"] = np.where(frame.loc[flipped, "y"] == "yes", "no", "yes")
    case = make_case(frame, target="y")
    compared = plain(examined(baseline, case))
    found = examined(error_analysis, case, {"baseline": compared})
    assert (found.slices[0].column, found.slices[0].label) == ("도시", "대구")
    assert found.slices[0].confirmed
    assert sum(map(sum, found.confusion.counts)) == found.rows
    assert load(phase_named("error_analysis"), dump(found)) == found


def test_residuals_of_a_regression_are_told_in_the_targets_unit(make_case):
    frame = signal()
    frame["y"] = 10 * frame["x"] + np.random.default_rng(0).normal(size=len(frame))
    case = make_case(frame, target="y")
    found = examined(error_analysis, case, {"baseline": plain(examined(baseline, case))})
    assert found.confusion is None
    assert sum(found.residuals.counts) == found.rows
    assert found.loss.value == pytest.approx(0.8, abs=0.15)


def test_too_few_rows_are_said(make_case):
    with pytest.raises(TableError, match="too few to compare"):
        examined(baseline, make_case(signal(15), target="y"))
