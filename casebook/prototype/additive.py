"""Reasons of models whose output is a sum: linear ones, and boosted trees leaf by leaf. Exact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline

from casebook.prototype.boosted import Leaves, agrees, amounts, leaves_of
from casebook.prototype.mixed import owners, prepared
from casebook.prototype.opened import Prototype
from casebook.prototype.outputs import Output
from casebook.prototype.shapley import Values

Floats = npt.NDArray[np.float64]
Unit = Literal["log odds", "probability", "number"]


@dataclass(frozen=True, eq=False)
class Reasons:
    """Shapley values of all raw columns, and where they start and end.

    values: in the order of the model's columns. rows: known rows that they are measured against.
    """

    unit: Unit
    start: float
    end: float
    values: Values
    rows: int


def linear(prototype: Prototype, row: pd.DataFrame, output: Output) -> Reasons:
    """Coefficient x (value - mean over the known rows), summed over a raw column's own."""
    estimator = prototype.model.estimator
    coefficients, intercept = _scale(estimator[-1], output)
    means = _prepared_means(prototype)
    found = prepared(estimator, row)[0]
    owner = owners(estimator, [column.name for column in prototype.model.file.columns])
    columns = len(prototype.model.file.columns)
    amounts = np.bincount(owner, coefficients * (found - means), minlength=columns).astype(float)
    start = float(coefficients @ means + intercept)
    end = float(coefficients @ found + intercept)
    values = Values(amounts, np.zeros(len(amounts)), exact=True)
    unit: Unit = "log odds" if output.classes else "number"
    return Reasons(unit, start, end, values, len(prototype.known.X))


def _scale(model: Any, output: Output) -> tuple[Floats, float]:
    """Coefficients and intercept of the number, or of the mended log odds of a yes."""
    coefficients = np.asarray(model.coef_, dtype=float).ravel()
    slope, intercept = _turned(model, output)
    return slope * coefficients, slope * float(np.ravel(model.intercept_)[0]) + intercept


def _turned(model: Any, output: Output) -> tuple[float, float]:
    """What makes mended log odds of a yes of those that a model of two classes states."""
    if not output.classes:
        return 1.0, 0.0
    sign = 1.0 if str(model.classes_[1]) == output.classes[1] else -1.0
    if output.mended is None:
        return sign, 0.0
    return sign * output.mended.slope, output.mended.intercept


@lru_cache(maxsize=8)
def _prepared_means(prototype: Prototype) -> Floats:
    made = prototype.model.estimator[0].transform(prototype.known.X)
    return np.asarray(made.mean(axis=0), dtype=float).ravel()


def boosted(prototype: Prototype, row: pd.DataFrame, output: Output) -> Reasons | None:
    """Leaf by leaf; None where the leaves do not add up to what the model says."""
    estimator, columns = prototype.model.estimator, prototype.model.file.columns
    leaves = _leaves(prototype)
    if leaves is None:
        return None
    made = _inner_row(estimator, row)
    bits = leaves.row_bits(made)
    model = estimator[-1]
    asked = model.decision_function if output.classes else model.predict
    if not agrees(leaves.end(bits), float(np.ravel(asked(made))[0])):
        return None
    slope, intercept = _turned(model, output)
    values = slope * amounts(leaves, bits, len(columns))
    return Reasons(
        "log odds" if output.classes else "number",
        slope * leaves.start + intercept,
        slope * leaves.end(bits) + intercept,
        Values(values, np.zeros(len(values)), exact=True),
        len(prototype.known.X),
    )


def _inner_row(estimator: Pipeline, X: pd.DataFrame) -> Floats:
    """(n_rows, n_made) rows as the last step of a pipeline gets them."""
    made = prepared(estimator, X)
    for step in list(estimator)[1:-1]:
        made = step.transform(made)
    return made


@lru_cache(maxsize=8)
def _leaves(prototype: Prototype) -> Leaves | None:
    estimator = prototype.model.estimator
    names = [column.name for column in prototype.model.file.columns]
    known = _inner_row(estimator, prototype.known.X)
    return leaves_of(estimator[-1], known, owners(estimator, names))
