"""What each raw column adds for a row, by the way that suits the model; exact where that can be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.special import softmax
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from casebook.expressions import check
from casebook.models.rule import RuleClassifier, RuleRegressor
from casebook.models.said import SaidClassifier, SaidRegressor
from casebook.prototype.additive import Reasons, Unit, boosted, linear
from casebook.prototype.mixed import (
    Mixable,
    is_prepared,
    mixed_frames,
    mixed_matrices,
    one_thread,
    owners,
    prepared,
)
from casebook.prototype.opened import Prototype
from casebook.prototype.outputs import Output, output_of
from casebook.prototype.shapley import Values, exact, sampled

Floats = npt.NDArray[np.float64]

LINEAR = (Ridge, LinearRegression, Lasso, ElasticNet)
BOOSTED = (HistGradientBoostingClassifier, HistGradientBoostingRegressor)
TREES = (DecisionTreeClassifier, DecisionTreeRegressor)
MOST_QUESTIONS = 31
"""Of a tree: one with more is no shallow one."""
MOST_EXACT = 200_000
"""Mixed rows for which a rule is asked at most; a model, a tenth of it."""


def reasons(
    prototype: Prototype, row: pd.DataFrame, said: float | str, *, seed: int = 0,
    seconds: float | None = None,
) -> Reasons:  # fmt: skip
    """What each raw column of a row adds. row: (1, n_columns); said: what the answer says.

    Linear models and boosted trees of two classes or of numbers: exact, on log odds or on the
    number. Shallow trees and rules: exact, on the probability or the number. Others: by sampling,
    for at most about `seconds`, on the probability or the number.
    """
    with one_thread():
        return _reasons(prototype, row, output_of(prototype, said), seed, seconds)


def _reasons(
    prototype: Prototype, row: pd.DataFrame, output: Output, seed: int, seconds: float | None
) -> Reasons:
    estimator = prototype.model.estimator
    if is_prepared(estimator) and isinstance(estimator[-1], BOOSTED):
        found = boosted(prototype, row, output)
        if found is not None:
            return found
    if is_prepared(estimator) and len(estimator.steps) == 2:
        model = estimator[-1]
        if isinstance(model, LINEAR) and not output.classes:
            return linear(prototype, row, output)
        if isinstance(model, LogisticRegression):
            closed = len(output.classes) == 2
            return (linear if closed else _softmax)(prototype, row, output)
        if isinstance(model, TREES) and _questions(model) <= MOST_QUESTIONS:
            return _tree(prototype, row, output)
    return _enumerated_or_sampled(prototype, row, output, seed=seed, seconds=seconds)


def used(estimator: Any, names: Sequence[str]) -> tuple[str, ...]:
    """The raw columns that an estimator can depend on."""
    if isinstance(estimator, RuleClassifier | RuleRegressor):
        found = [check(text, tuple(names), aggregate=False).columns
                 for text in estimator.conditions]  # fmt: skip
        return tuple(dict.fromkeys(name for columns in found for name in columns))
    if isinstance(estimator, SaidClassifier | SaidRegressor):
        return tuple(name for name in names if name == estimator.column)
    if isinstance(estimator, DummyClassifier | DummyRegressor):
        return ()
    return tuple(names)


# Several classes of a linear model -------------------------------------------------------------


def _softmax(prototype: Prototype, row: pd.DataFrame, output: Output) -> Reasons:
    """Several classes: scores are sums over columns, so that only they are mixed."""
    estimator = prototype.model.estimator
    names = [column.name for column in prototype.model.file.columns]
    order = [[str(c) for c in estimator[-1].classes_].index(name) for name in output.classes]
    pool = np.concatenate([_scores(estimator, row, names), _known_scores(prototype)])
    pool, intercept = pool[:, :, order], estimator[-1].intercept_[order]
    places = np.arange(len(names))

    def part(which: npt.NDArray[np.intp]) -> Floats:
        return np.asarray(softmax(pool[which, places].sum(axis=1) + intercept, axis=1))

    width = len(names) * len(order)
    return _of_mixable(
        Mixable(tuple(names), len(pool), width, part), output, names, most=MOST_EXACT
    )


@lru_cache(maxsize=8)
def _known_scores(prototype: Prototype) -> Floats:
    names = [column.name for column in prototype.model.file.columns]
    return _scores(prototype.model.estimator, prototype.known.X, names)


def _scores(estimator: Pipeline, X: pd.DataFrame, names: Sequence[str]) -> Floats:
    """(n_rows, n_columns, n_classes) what each raw column adds to the classes' scores."""
    made, owner = estimator[0].transform(X), owners(estimator, names)
    made = made.tocsc() if sparse.issparse(made) else made
    weights = estimator[-1].coef_
    return np.stack(
        [made[:, owner == place] @ weights[:, owner == place].T for place in range(len(names))],
        axis=1,
    )


# Shallow trees -------------------------------------------------------------------------------


def _tree(prototype: Prototype, row: pd.DataFrame, output: Output) -> Reasons:
    """Known rows that answer a tree's questions alike are one: then all sets can be tried."""
    estimator = prototype.model.estimator
    names = [column.name for column in prototype.model.file.columns]
    alike, weights = _alike(prototype)
    mixed = mixed_matrices(estimator, names, prepared(estimator, row), alike, output.said)
    asked = np.unique(estimator[-1].tree_.feature[estimator[-1].tree_.feature >= 0])
    columns = [names[place] for place in np.unique(owners(estimator, names)[asked])]
    found = _of_mixable(mixed, output, columns, weights=weights, most=4 * MOST_EXACT)
    return Reasons(found.unit, found.start, found.end, found.values, len(prototype.known.X))


def _questions(model: Any) -> int:
    return int((model.tree_.children_left >= 0).sum())


@lru_cache(maxsize=8)
def _alike(prototype: Prototype) -> tuple[Floats, Floats]:
    """Known rows of which no two answer alike, prepared, and the share of rows like each."""
    estimator = prototype.model.estimator
    tree, made = estimator[-1].tree_, prepared(estimator, prototype.known.X)
    inner = tree.children_left >= 0
    answers = made[:, tree.feature[inner]].astype(np.float32) <= tree.threshold[inner]
    _patterns, first, counts = np.unique(answers, axis=0, return_index=True, return_counts=True)
    return made[first], counts / counts.sum()


# Any other ------------------------------------------------------------------------------------


def _enumerated_or_sampled(
    prototype: Prototype, row: pd.DataFrame, output: Output, *, seed: int, seconds: float | None
) -> Reasons:
    estimator = prototype.model.estimator
    names = [column.name for column in prototype.model.file.columns]
    if is_prepared(estimator):
        made = prepared(estimator, row), _known_prepared(prototype)
        mixed = mixed_matrices(estimator, names, *made, output.said)
        known = _known_said(prototype, output)
        return _of_mixable(mixed, output, names, known=known, most=MOST_EXACT // 10, seed=seed,
                           seconds=seconds)  # fmt: skip
    columns = used(estimator, names)
    mixed = mixed_frames(estimator, names, row, prototype.known.X, output.said)
    most = MOST_EXACT if len(columns) < len(names) else MOST_EXACT // 10
    return _of_mixable(mixed, output, columns, known=_known_said(prototype, output), most=most,
                       seed=seed, seconds=seconds)  # fmt: skip


@lru_cache(maxsize=8)
def _known_prepared(prototype: Prototype) -> Floats:
    return prepared(prototype.model.estimator, prototype.known.X)


@lru_cache(maxsize=32)
def _known_said(prototype: Prototype, output: Output) -> Floats:
    estimator = prototype.model.estimator
    return output.of(output.said(estimator, prototype.known.X))


def _of_mixable(
    mixed: Mixable, output: Output, columns: Sequence[str], *, known: Floats | None = None,
    weights: Floats | None = None, most: int, seed: int = 0,
    seconds: float | None = None,
) -> Reasons:  # fmt: skip
    """Over the sets of these columns where that is few rows to ask, else by sampling.

    known: what is said of the known rows; asked for where None. The other columns add nothing.
    """
    places = [mixed.columns.index(name) for name in columns]
    n, width = mixed.rows - 1, len(mixed.columns)
    weights = np.full(n, 1 / n) if weights is None else weights

    def said(which: npt.NDArray[np.intp]) -> Floats:
        spread = np.zeros((len(which), width), dtype=np.intp)
        spread[:, places] = which
        return output.of(mixed.says(spread))

    whole = np.tile(np.arange(mixed.rows)[:, None], (1, len(places)))
    end = float(said(whole[:1])[0])
    known = said(whole[1:]) if known is None else known
    start = float(known @ weights)
    if not places:
        found = Values(np.zeros(0), np.zeros(0), exact=True)
    elif 2 ** len(places) * n <= most or len(places) == 1:
        found = exact(said, len(places), weights)
    else:
        limit = {} if seconds is None else {"seconds": seconds}
        found = sampled(said, len(places), known, end, seed=seed, **limit)
    amounts, errors = np.zeros(width), np.zeros(width)
    amounts[places], errors[places] = found.amounts, found.errors
    unit: Unit = "probability" if output.classes else "number"
    return Reasons(unit, start, end, Values(amounts, errors, found.exact), n)
