"""Metrics that can be weighted quickly, so that an interval costs hundreds of re-weightings.

Each metric sorts or codes its rows once and then scores any weights of these rows: a bootstrap
resample is a vector of counts. Results equal scikit-learn's with `sample_weight` (tests).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from casebook.language import N_

Floats = npt.NDArray[np.float64]
Score = Callable[[Floats], float]


class Predictions(NamedTuple):
    """What a candidate said of the rows it had not seen.

    truth: (n,) class codes 0..k-1, or numbers for regression.
    label: (n,) predicted class codes, or predicted numbers.
    probability: (n, k) class probabilities; None for regression.
    """

    truth: npt.NDArray[Any]
    label: npt.NDArray[Any]
    probability: Floats | None = None


class Metric(NamedTuple):
    """A metric: its name in the record, its title, where it applies, and how it is scored.

    tasks: of `two classes`, `classes`, `regression`.
    prepare: Predictions -> a function of row weights (n,) that returns the score.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    greater_is_better: bool
    prepare: Callable[[Predictions], Score]


def _roc_auc(predictions: Predictions) -> Score:
    """Area under the ROC curve for class 1, ties counted half (Mann and Whitney 1947)."""
    assert predictions.probability is not None
    score = predictions.probability[:, 1]
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    positive = (predictions.truth[order] == 1).astype(float)

    def auc(weights: Floats) -> float:
        w = weights[order]
        pos = np.add.reduceat(w * positive, starts)
        neg = np.add.reduceat(w * (1 - positive), starts)
        below = np.cumsum(neg) - neg
        area = pos.sum() * neg.sum()
        return float((pos * (below + neg / 2)).sum() / area) if area else np.nan

    return auc


def _average_precision(predictions: Predictions) -> Score:
    """Average precision for class 1: precision summed over steps of recall, no interpolation."""
    assert predictions.probability is not None
    score = predictions.probability[:, 1]
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    positive = (predictions.truth[order] == 1).astype(float)

    def average_precision(weights: Floats) -> float:
        w = weights[order]
        hits = np.add.reduceat(w * positive, starts)
        seen = np.cumsum(np.add.reduceat(w, starts))
        if not hits.sum():
            return np.nan
        precision = np.divide(np.cumsum(hits), seen, out=np.zeros_like(seen), where=seen > 0)
        return float((precision * hits).sum() / hits.sum())

    return average_precision


def _mean_of(values: Floats) -> Score:
    return lambda weights: float(np.average(values, weights=weights))


def _accuracy(predictions: Predictions) -> Score:
    return _mean_of((predictions.label == predictions.truth).astype(float))


def _shares_of_yes(predictions: Predictions) -> tuple[Floats, Floats, Floats]:
    """(n,) each: rightly called yes, called yes, being yes."""
    said = (predictions.label == 1).astype(float)
    truth = (predictions.truth == 1).astype(float)
    return said * truth, said, truth


def _ratio(above: Floats, below: Floats) -> Score:
    """A weighted sum over another; 0 where nothing is below, as scikit-learn has it."""

    def ratio(weights: Floats) -> float:
        total = float(below @ weights)
        return float(above @ weights) / total if total else 0.0

    return ratio


def _precision(predictions: Predictions) -> Score:
    right, said, _truth = _shares_of_yes(predictions)
    return _ratio(right, said)


def _recall(predictions: Predictions) -> Score:
    right, _said, truth = _shares_of_yes(predictions)
    return _ratio(right, truth)


def _f1(predictions: Predictions) -> Score:
    right, said, truth = _shares_of_yes(predictions)
    return _ratio(2 * right, said + truth)


def _balanced_accuracy(predictions: Predictions) -> Score:
    """Mean of the classes' recalls, over classes that have weight."""
    right = (predictions.label == predictions.truth).astype(float)
    codes = predictions.truth.astype(np.intp)

    def balanced(weights: Floats) -> float:
        total = np.bincount(codes, weights=weights)
        hits = np.bincount(codes, weights=weights * right)
        return float((hits[total > 0] / total[total > 0]).mean())

    return balanced


def _log_loss(predictions: Predictions) -> Score:
    assert predictions.probability is not None
    codes = predictions.truth.astype(np.intp)
    chosen = predictions.probability[np.arange(len(codes)), codes]
    return _mean_of(-np.log(np.clip(chosen, np.finfo(float).eps, 1.0)))


def _mae(predictions: Predictions) -> Score:
    return _mean_of(np.abs(predictions.truth - predictions.label))


def _rmse(predictions: Predictions) -> Score:
    squares = (predictions.truth - predictions.label) ** 2
    return lambda weights: float(np.sqrt(np.average(squares, weights=weights)))


def _r2(predictions: Predictions) -> Score:
    truth = predictions.truth.astype(float)
    squares = (truth - predictions.label) ** 2

    def r2(weights: Floats) -> float:
        centre = np.average(truth, weights=weights)
        total = np.average((truth - centre) ** 2, weights=weights)
        return float(1 - np.average(squares, weights=weights) / total) if total else np.nan

    return r2


TWO, MANY, NUMBER = "two classes", "classes", "regression"

METRICS = (
    Metric("roc_auc", N_("ROC AUC"), (TWO,), True, _roc_auc),
    Metric("average_precision", N_("average precision"), (TWO,), True, _average_precision),
    Metric("balanced_accuracy", N_("balanced accuracy"), (TWO, MANY), True, _balanced_accuracy),
    Metric("log_loss", N_("log loss"), (TWO, MANY), False, _log_loss),
    Metric("accuracy", N_("accuracy"), (TWO, MANY), True, _accuracy),
    Metric("precision", N_("precision"), (TWO,), True, _precision),
    Metric("recall", N_("recall"), (TWO,), True, _recall),
    Metric("f1", N_("F1"), (TWO,), True, _f1),
    Metric("mae", N_("mean absolute error"), (NUMBER,), False, _mae),
    Metric("rmse", N_("root mean squared error"), (NUMBER,), False, _rmse),
    Metric("r2", N_("R²"), (NUMBER,), True, _r2),
)


def metrics_for(task: str) -> tuple[Metric, ...]:
    """The metrics of a task, the one that decides by default first."""
    return tuple(metric for metric in METRICS if task in metric.tasks)
