"""Each metric equals scikit-learn's, with weights and with ties."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from casebook.stats.costs import Costs, cost_metric
from casebook.stats.metrics import METRICS, Predictions, metrics_for


def classified(classes: int) -> Predictions:
    rng = np.random.default_rng(classes)
    truth = rng.integers(0, classes, 300)
    probability = rng.dirichlet(np.ones(classes), 300).round(1) + 1e-3
    probability /= probability.sum(axis=1, keepdims=True)
    return Predictions(truth, probability.argmax(axis=1), probability)


def regressed() -> Predictions:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=300)
    return Predictions(truth, truth + rng.normal(size=300))


REFERENCE = {
    "roc_auc": lambda p, w: sk.roc_auc_score(p.truth, p.probability[:, 1], sample_weight=w),
    "average_precision": lambda p, w: sk.average_precision_score(
        p.truth, p.probability[:, 1], sample_weight=w
    ),
    "balanced_accuracy": lambda p, w: sk.balanced_accuracy_score(p.truth, p.label, sample_weight=w),
    "accuracy": lambda p, w: sk.accuracy_score(p.truth, p.label, sample_weight=w),
    "log_loss": lambda p, w: sk.log_loss(p.truth, p.probability, sample_weight=w),
    "precision": lambda p, w: sk.precision_score(p.truth, p.label, sample_weight=w),
    "recall": lambda p, w: sk.recall_score(p.truth, p.label, sample_weight=w),
    "f1": lambda p, w: sk.f1_score(p.truth, p.label, sample_weight=w),
    "mae": lambda p, w: sk.mean_absolute_error(p.truth, p.label, sample_weight=w),
    "rmse": lambda p, w: sk.root_mean_squared_error(p.truth, p.label, sample_weight=w),
    "r2": lambda p, w: sk.r2_score(p.truth, p.label, sample_weight=w),
}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_equals_scikit_learn(metric):
    counts = np.random.default_rng(1).integers(0, 4, 300).astype(float)
    for task in metric.tasks:
        predictions = regressed() if task == "regression" else classified(
            2 if task == "two classes" else 4
        )  # fmt: skip
        score = metric.prepare(predictions)
        for weights in (np.ones(300), counts):
            expected = REFERENCE[metric.name](predictions, weights)
            assert score(weights) == pytest.approx(expected, abs=1e-10)


def test_a_metric_that_is_not_defined_is_nan_not_zero():
    one_class = Predictions(np.ones(5, dtype=int), np.ones(5, dtype=int), np.full((5, 2), 0.5))
    auc = next(metric for metric in METRICS if metric.name == "roc_auc")
    assert np.isnan(auc.prepare(one_class)(np.ones(5)))


def test_every_task_has_a_deciding_metric():
    assert [metrics_for(t)[0].name for t in ("two classes", "classes", "regression")] == [
        "roc_auc",
        "balanced_accuracy",
        "mae",
    ]


def test_cost_counts_each_outcome_at_the_cheapest_threshold():
    costs = Costs(true_positive=0, false_positive=1, false_negative=9, true_negative=0)
    assert costs.threshold == pytest.approx(0.1)
    truth = np.array([1, 1, 0, 0])
    yes = np.array([0.95, 0.05, 0.2, 0.01])
    predictions = Predictions(truth, (yes > 0.5).astype(int), np.c_[1 - yes, yes])
    # One miss (9) and one false alarm (1) in four decisions.
    assert cost_metric(costs).prepare(predictions)(np.ones(4)) == pytest.approx(2500)
