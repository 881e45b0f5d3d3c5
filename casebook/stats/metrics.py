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
Rows = npt.NDArray[np.intp]
Score = Callable[[Floats], Floats]
"""Weights of rows, (n,) or (resamples, n), to the score under each: a number or (resamples,)."""


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
    prepare: Predictions -> a function of row weights that returns the score.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    greater_is_better: bool
    prepare: Callable[[Predictions], Score]


def _divided(above: Floats, below: Floats, otherwise: float = np.nan) -> Floats:
    """Above / below, and `otherwise` where nothing is below."""
    filled = np.full(np.broadcast(above, below).shape, otherwise)
    divided: Floats = np.divide(above, below, out=filled, where=np.asarray(below) > 0)
    return divided


def _by_score(predictions: Predictions, sign: int) -> tuple[Rows, npt.NDArray[np.bool_], Rows]:
    """Order of the rows by the probability of class 1, who is class 1, and the end of each tie."""
    assert predictions.probability is not None
    score = sign * predictions.probability[:, 1]
    order = np.argsort(score, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(score[order]) != 0), len(order) - 1]
    ends = last[np.searchsorted(last, np.arange(len(order)))]
    return order, predictions.truth[order] == 1, ends


def _summed(weights: Floats) -> Floats:
    """(..., n + 1) sums of the first 0, 1, ..., n weights."""
    found = np.zeros((*weights.shape[:-1], weights.shape[-1] + 1))
    np.cumsum(weights, axis=-1, out=found[..., 1:])
    return found


def _roc_auc(predictions: Predictions) -> Score:
    """Area under the ROC curve for class 1, ties counted half (Mann and Whitney 1947)."""
    order, positive, ends = _by_score(predictions, 1)
    upto = np.r_[0, np.cumsum(~positive)]  # rows of class 0 before each place in the order
    starts = np.searchsorted(ends, np.arange(len(order)))  # of the ties, as their first place
    yes, no = order[positive], order[~positive]
    below, tied = upto[starts[positive]], upto[ends[positive] + 1]
    alone = np.array_equal(below, tied)

    def auc(weights: Floats) -> Floats:
        pos, neg = np.take(weights, yes, axis=-1), _summed(np.take(weights, no, axis=-1))
        under = np.take(neg, below, axis=-1)
        if not alone:
            under = (under + np.take(neg, tied, axis=-1)) / 2
        return _divided((pos * under).sum(axis=-1), pos.sum(axis=-1) * neg[..., -1])

    return auc


def _average_precision(predictions: Predictions) -> Score:
    """Average precision for class 1: precision summed over steps of recall, no interpolation."""
    order, positive, ends = _by_score(predictions, -1)
    yes, seen = order[positive], ends[positive] + 1
    found = np.cumsum(positive)[ends[positive]]  # rows of class 1 up to the end of the tie

    def average_precision(weights: Floats) -> Floats:
        pos = np.take(weights, yes, axis=-1)
        hits = np.take(_summed(pos), found, axis=-1)
        everything = np.take(_summed(np.take(weights, order, axis=-1)), seen, axis=-1)
        precision = _divided(hits, everything, 0.0)
        return _divided((precision * pos).sum(axis=-1), pos.sum(axis=-1))

    return average_precision


def _ratio(above: Floats, below: Floats, otherwise: float = np.nan) -> Score:
    """A weighted sum over another one."""
    return lambda weights: _divided(weights @ above, weights @ below, otherwise)


def mean_of(values: Floats) -> Score:
    """The weighted mean of a value a row; not defined where no row has weight."""
    return _ratio(values, np.ones(len(values)))


def _accuracy(predictions: Predictions) -> Score:
    return mean_of((predictions.label == predictions.truth).astype(float))


def _shares_of_yes(predictions: Predictions) -> tuple[Floats, Floats, Floats]:
    """(n,) each: rightly called yes, called yes, being yes."""
    said = (predictions.label == 1).astype(float)
    truth = (predictions.truth == 1).astype(float)
    return said * truth, said, truth


def _precision(predictions: Predictions) -> Score:
    """0 where nothing was called yes, as scikit-learn has it."""
    right, said, _truth = _shares_of_yes(predictions)
    return _ratio(right, said, 0.0)


def _recall(predictions: Predictions) -> Score:
    right, _said, truth = _shares_of_yes(predictions)
    return _ratio(right, truth, 0.0)


def _f1(predictions: Predictions) -> Score:
    right, said, truth = _shares_of_yes(predictions)
    return _ratio(2 * right, said + truth, 0.0)


def _balanced_accuracy(predictions: Predictions) -> Score:
    """Mean of the classes' recalls, over classes that have weight."""
    codes = predictions.truth.astype(np.intp)
    belongs = np.eye(int(codes.max()) + 1)[codes]
    right = belongs * (predictions.label == predictions.truth)[:, None]

    def balanced(weights: Floats) -> Floats:
        recalls = _divided(weights @ right, weights @ belongs, 0.0)
        return _divided(recalls.sum(axis=-1), (weights @ belongs > 0).sum(axis=-1))

    return balanced


def _log_loss(predictions: Predictions) -> Score:
    assert predictions.probability is not None
    codes = predictions.truth.astype(np.intp)
    chosen = predictions.probability[np.arange(len(codes)), codes]
    return mean_of(-np.log(np.clip(chosen, np.finfo(float).eps, 1.0)))


def _mae(predictions: Predictions) -> Score:
    return mean_of(np.abs(predictions.truth - predictions.label))


def _rmse(predictions: Predictions) -> Score:
    mean_square = mean_of((predictions.truth - predictions.label) ** 2)
    return lambda weights: np.sqrt(mean_square(weights))


def _r2(predictions: Predictions) -> Score:
    """1 - residual over total sum of squares; the total is centred before it is squared."""
    centred = predictions.truth - np.mean(predictions.truth)
    squares = (predictions.truth - predictions.label) ** 2

    def r2(weights: Floats) -> Floats:
        size = weights.sum(axis=-1)
        total = weights @ centred**2 - _divided((weights @ centred) ** 2, size)
        return 1 - _divided(weights @ squares, total)

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
