"""Every candidate on the same folds: what each says of rows it has not seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from casebook.exceptions import ModelError
from casebook.language import _
from casebook.models.fitting import SharedSteps, fit
from casebook.models.labelled import Labelled
from casebook.models.registry import Candidate
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import bootstrap, draws, percentiles
from casebook.stats.metrics import Floats, Metric, Predictions, Score
from casebook.stats.splits import Rows

SAY_THE_MOST_PROBABLE = (LogisticRegression, DecisionTreeClassifier, HistGradientBoostingClassifier)
"""Of which `predict` need not be asked, once there are probabilities."""

ONE_THREAD_ROWS = 10_000
"""Up to so many rows one thread is as quick as two, and ten times quicker on busy cores: threads
of OpenMP wait for each other actively (boosted trees on 600 rows: 0.09 s against 0.94 s)."""


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """A candidate's predictions of the tested rows, fold after fold.

    rows: (n_tested,) positions in the labelled rows, ascending; predictions are aligned.
    fold: (n_tested,) number of the fold that tested the row.
    fit_seconds: one for each fold. drawn, by_fold: scores of resamples and of folds by metric, once
    asked for.
    """

    candidate: str
    rows: Rows
    predictions: Predictions
    fold: Rows
    fit_seconds: tuple[float, ...]
    drawn: dict[str, tuple[float, Floats]] = field(default_factory=dict, init=False, repr=False)
    by_fold: dict[str, Floats] = field(default_factory=dict, init=False, repr=False)

    def score(self, metric: Metric) -> Score:
        """Row weights (n_tested,) -> the mean of the metric over folds, weighted by their rows."""
        every = self.scores((metric,))
        return lambda weights: every(weights)[0]

    def scores(self, metrics: Sequence[Metric]) -> Score:
        """Row weights (n_tested,) -> (n_metrics,) means over folds, weighted by their rows.

        Folds are scored one by one: probabilities of different fits are not on one scale, and
        pooling them puts even a dummy's ROC AUC below one half. A fold on which a metric is
        not defined (one class only) is left out.
        """
        places = [np.flatnonzero(self.fold == k) for k in range(len(self.fit_seconds))]
        places = [place for place in places if len(place)]
        said = [take(self.predictions, place) for place in places]
        parts = [[metric.prepare(part) for metric in metrics] for part in said]

        def means(weights: Floats) -> Floats:
            total = np.zeros((len(metrics), *weights.shape[:-1]))
            size = np.zeros_like(total)
            for place, scores in zip(places, parts, strict=True):
                inside = np.take(weights, place, axis=-1)
                found, rows = np.stack([score(inside) for score in scores]), inside.sum(axis=-1)
                known = np.isfinite(found)
                total += np.where(known, found, 0.0) * rows
                size += known * rows
            return np.where(size > 0, total / np.where(size > 0, size, 1.0), np.nan)

        return means

    def fold_scores(self, metric: Metric) -> Floats:
        """(n_folds,) the metric on each fold; NaN where a fold has one class only, or no row."""
        if metric.name not in self.by_fold:
            folds = range(len(self.fit_seconds))
            self.by_fold[metric.name] = np.array([self._fold_score(metric, n) for n in folds])
        return self.by_fold[metric.name]

    def _fold_score(self, metric: Metric, number: int) -> float:
        part = take(self.predictions, self.fold == number)
        return float(metric.prepare(part)(np.ones(len(part.truth)))) if len(part.truth) else np.nan


def take(predictions: Predictions, rows: npt.NDArray[Any]) -> Predictions:
    """The predictions of some rows, by mask or position."""
    probability = predictions.probability
    return Predictions(
        predictions.truth[rows],
        predictions.label[rows],
        None if probability is None else probability[rows],
    )


@dataclass(frozen=True, eq=False)
class Fit:
    """One fit: the rows that could be scored, what was said of them, seconds to fit, the estimator.

    predictions: None where there is no such row. size_mb: of the estimator's file, where that is
    asked for and skops has a form for it.
    """

    rows: Rows
    predictions: Predictions | None
    seconds: float
    estimator: Any = None
    size_mb: float | None = None


def fit_once(
    candidate: Candidate, data: Labelled, train: Rows, test: Rows, shared: SharedSteps | None = None
) -> Fit:
    """Fit on some rows and predict those of others that can be scored, if there are any.

    shared: of candidates that are fitted one after the other on the same rows, in a process of
    one thread; the seconds are as if this one were alone. Errors of the estimator come through;
    the caller decides what a failed candidate means.
    """
    estimator = candidate.make(data.setting)
    few = shared is None and len(data.y) <= ONE_THREAD_ROWS
    with threadpool_limits(1) if few else nullcontext():  # to look for libraries takes 7 ms
        start = time.perf_counter()
        fit(candidate, estimator, data, train, shared)
        seconds = time.perf_counter() - start + (shared.spared if shared else 0.0)
        rows = test[scorable(candidate, data)[test]]
        said = predict(estimator, data, rows) if len(rows) else None
        return Fit(rows, said, seconds, estimator)


def cross_validate(candidate: Candidate, data: Labelled) -> OutOfFold:
    """Fit on each fold's training rows, predict those of its test rows that can be scored.

    Errors of the estimator come through; the caller decides what a failed candidate means.
    Raises ModelError where no row that is tested can be scored.
    """
    if why := nothing_to_score(candidate, data):
        raise ModelError(why)
    fits = [fit_once(candidate, data, train, test) for train, test in data.splits.folds]
    return joined(candidate.name, fits)


def joined(name: str, fits: Sequence[Fit]) -> OutOfFold:
    """The fits of all folds as one. Raises ModelError where no row could be scored."""
    parts = [fit.predictions for fit in fits if fit.predictions is not None]
    if not parts:
        raise ModelError(_("'{name}' says nothing of any row that is tested.", name=name))
    rows = np.concatenate([fit.rows for fit in fits])
    order = np.argsort(rows, kind="stable")
    folds = np.repeat(np.arange(len(fits)), [len(fit.rows) for fit in fits])
    return OutOfFold(
        name,
        rows[order],
        take(_joined(parts), order),
        folds[order].astype(np.intp),
        tuple(fit.seconds for fit in fits),
    )


def nothing_to_score(candidate: Candidate, data: Labelled) -> str:
    """Why none of the tested rows can be scored; empty where some can."""
    if scorable(candidate, data)[data.splits.tested].any():
        return ""
    column = candidate.needs(data.setting) or ""
    return _("'{name}' is empty in every row that is tested.", name=column)


def scorable(candidate: Candidate, data: Labelled) -> npt.NDArray[np.bool_]:
    """(n_rows,) whether a row can be scored: all, but where a candidate needs a column's value."""
    column = candidate.needs(data.setting)
    if column is None:
        return np.ones(len(data.y), dtype=bool)
    return data.X[column].notna().to_numpy(dtype=bool)


def common(first: OutOfFold, second: OutOfFold) -> tuple[OutOfFold, OutOfFold]:
    """Both on the rows that both have, so that they can be compared; the folds keep their numbers.

    Raises ModelError where there is no such row.
    """
    if np.array_equal(first.rows, second.rows):
        return first, second
    shared, in_first, in_second = np.intersect1d(
        first.rows, second.rows, assume_unique=True, return_indices=True
    )
    if not len(shared):
        raise ModelError(
            _("'{first}' and '{second}' have no tested row in common.",
              first=first.candidate, second=second.candidate)
        )  # fmt: skip
    return _only(first, in_first), _only(second, in_second)


def _only(out: OutOfFold, places: Rows) -> OutOfFold:
    return replace(
        out,
        rows=out.rows[places],
        predictions=take(out.predictions, places),
        fold=out.fold[places],
    )


def estimated(score: Score, out: OutOfFold, data: Labelled) -> Estimate:
    """A score of the tested rows with its interval; rows of one block are drawn together."""
    return bootstrap(score, len(out.rows), units=_blocks(out, data))


def estimated_all(
    out: OutOfFold, metrics: Sequence[Metric], data: Labelled
) -> tuple[Estimate, ...]:
    """Each metric of the tested rows with its interval; resamples are drawn once for all."""
    _draw(out, metrics, data)
    n = _independent(out, data)
    return tuple(percentiles(*out.drawn[metric.name], n) for metric in metrics)


def drawn_of(
    out: OutOfFold, metrics: Sequence[Metric], data: Labelled
) -> dict[str, tuple[float, Floats]]:
    """What `estimated_all` draws, in a form that a fork can send: see `OutOfFold.drawn`."""
    _draw(out, metrics, data)
    return out.drawn


def difference(
    first: OutOfFold, second: OutOfFold, metric: Metric, data: Labelled, sign: int = 1
) -> Estimate:
    """The first less the second, times `sign`, on the same rows, which are drawn together."""
    sides = []
    for out in (first, second):
        _draw(out, (metric,), data)
        sides.append(out.drawn[metric.name])
    (one, drawn), (other, others) = sides
    return percentiles(sign * (one - other), sign * (drawn - others), _independent(first, data))


def _draw(out: OutOfFold, metrics: Sequence[Metric], data: Labelled) -> None:
    """Score resamples, by the metrics by which they were not yet; they are the same ones."""
    new = [metric for metric in metrics if metric.name not in out.drawn]
    if not new:
        return
    scores, n = out.scores(new), len(out.rows)
    found = draws(scores, n, units=_blocks(out, data))
    for metric, value, each in zip(new, scores(np.ones(n)), found, strict=True):
        out.drawn[metric.name] = float(value), each


def _independent(out: OutOfFold, data: Labelled) -> int:
    blocks = _blocks(out, data)
    return len(out.rows) if blocks is None else int(blocks.max()) + 1


def _blocks(out: OutOfFold, data: Labelled) -> Rows | None:
    units = data.splits.units
    return None if units is None else np.unique(units[out.rows], return_inverse=True)[1]


def predict(estimator: Any, data: Labelled, rows: Rows) -> Predictions:
    """What a fitted estimator says of some of the labelled rows, in the codes of `classes`."""
    X, y = data.X.iloc[rows], data.y.iloc[rows]
    if not data.classes:
        return Predictions(y.to_numpy(dtype=float), np.asarray(estimator.predict(X), dtype=float))
    codes = {name: code for code, name in enumerate(data.classes)}
    probability = np.zeros((len(rows), len(codes)))
    known = np.array([codes[str(name)] for name in estimator.classes_])
    shares = probability[:, known] = np.asarray(estimator.predict_proba(X))
    if isinstance(estimator, Pipeline) and isinstance(estimator[-1], SAY_THE_MOST_PROBABLE):
        label = known[shares.argmax(axis=1)]
    else:
        label = np.array([codes.get(str(name), -1) for name in estimator.predict(X)])
    return Predictions(y.map(codes).to_numpy(), label, probability)


def _joined(parts: list[Predictions]) -> Predictions:
    has_probability = parts[0].probability is not None
    return Predictions(
        np.concatenate([part.truth for part in parts]),
        np.concatenate([part.label for part in parts]),
        np.concatenate([p.probability for p in parts if p.probability is not None])
        if has_probability
        else None,
    )
