"""Rows mixed of a row and of others, column by column, and what a model says of them.

A model of ours prepares each raw column by itself. So rows are prepared once, and what is mixed
are prepared columns: a frame of pandas for each mixed row would take longer than the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types
from scipy import sparse
from sklearn.pipeline import Pipeline
from threadpoolctl import ThreadpoolController

from casebook.models.features import TIME_PARTS
from casebook.models.quick import Hashed, Levels, Prepared, quick_of

Floats = npt.NDArray[np.float64]
Which = npt.NDArray[np.intp]
Says = Callable[[Any, Any], Floats]
"""An estimator and rows, as it takes them, to (n_rows, n_outputs)."""

MOST_CELLS = 4_000_000
"""Prepared cells that are made at once; more are made one part after the other."""


@dataclass(frozen=True, eq=False)
class Mixable:
    """A row (number 0) and others (from 1), and what a model says of rows mixed of them.

    columns: raw columns that can be mixed. rows: how many there are, the row itself included.
    width: cells of one mixed row. part: (n, n_columns) row numbers -> (n, n_outputs).
    """

    columns: tuple[str, ...]
    rows: int
    width: int
    part: Callable[[Which], Floats]

    def says(self, which: Which) -> Floats:
        """(n, n_outputs) for mixed rows. which: (n, n_columns) of which row each value is."""
        step = max(1, MOST_CELLS // max(1, self.width))
        with one_thread():
            if len(which) <= step:
                return self.part(which)
            return np.vstack([self.part(which[i : i + step]) for i in range(0, len(which), step)])


def one_thread() -> Any:
    """A context in which models use one thread: on busy cores threads wait for each other."""
    return _threads().limit(limits=1)


@cache
def _threads() -> ThreadpoolController:
    """Found once: looking for thread pools takes longer than to limit them."""
    return ThreadpoolController()


def mixable(
    estimator: Any, columns: Sequence[str], row: pd.DataFrame, others: pd.DataFrame, says: Says
) -> Mixable:
    """A row and others under an estimator, with all of these raw columns.

    row: (1, n_columns), others: (n, n_columns) raw frames.
    """
    if is_prepared(estimator):
        made = prepared(estimator, row), prepared(estimator, others)
        return mixed_matrices(estimator, columns, *made, says)
    return mixed_frames(estimator, columns, row, others, says)


def is_prepared(estimator: Any) -> bool:
    """Whether it is a pipeline that starts with prepared columns of ours."""
    return (
        isinstance(estimator, Pipeline)
        and len(estimator.steps) > 1
        and isinstance(estimator[0], Prepared)
    )


def prepared(estimator: Pipeline, X: pd.DataFrame) -> Floats:
    """(n_rows, n_made) prepared columns, dense."""
    made = estimator[0].transform(X)
    return np.asarray(made.toarray() if sparse.issparse(made) else made, dtype=float)


def owners(estimator: Pipeline, columns: Sequence[str]) -> Which:
    """(n_made,) place among the raw columns of which each prepared column is made."""
    raw = estimator[0][0]
    times = {f"{name} {part}": name for name in raw.time for part in TIME_PARTS}
    numbers = [*raw.number, *(times[name] for name in times)]
    places = {name: place for place, name in enumerate(columns)}
    found: list[int] = []
    for part in quick_of(estimator[0][1]).parts:
        if isinstance(part, Levels):
            found += [places[part.name]] * part.rows.shape[1]
        elif isinstance(part, Hashed):
            found += [places[part.name]] * int(part.vectorizer.n_features)
        else:
            flagged = [] if part.flagged is None else [numbers[i] for i in part.flagged]
            found += [places[name] for name in [*numbers, *flagged]]
    return np.asarray(found, dtype=np.intp)


def mixed_matrices(
    estimator: Pipeline, columns: Sequence[str], row: Floats, others: Floats, says: Says
) -> Mixable:
    """As `mixable`, of rows that are prepared."""
    owner = owners(estimator, columns)
    pool = np.vstack([row, others])
    places, model = np.arange(pool.shape[1]), estimator[1:]
    model = model[0] if len(model.steps) == 1 else model

    def part(which: Which) -> Floats:
        return says(model, pool[which[:, owner], places])

    return Mixable(tuple(columns), len(pool), pool.shape[1], part)


def mixed_frames(
    estimator: Any, columns: Sequence[str], row: pd.DataFrame, others: pd.DataFrame, says: Says
) -> Mixable:
    """As `mixable`, of raw rows: for estimators that prepare nothing, or in their own way."""
    typed = {name: others[name].dtype for name in columns}
    known = {name: row[name] for name in columns}
    for name, dtype in typed.items():
        if types.is_bool_dtype(dtype) and known[name].isna().any():
            typed[name] = np.dtype(object)
    pool = {
        name: pd.concat([known[name].astype(_wider(known[name], typed[name])), others[name]],
                        ignore_index=True)
        for name in columns
    }  # fmt: skip

    def part(which: Which) -> Floats:
        mixed = {
            name: pool[name].take(which[:, place]).reset_index(drop=True)
            for place, name in enumerate(columns)
        }
        return says(estimator, pd.DataFrame(mixed, index=range(len(which))))

    return Mixable(tuple(columns), len(others) + 1, len(columns), part)


def _wider(values: pd.Series, dtype: Any) -> Any:
    """The other rows' type where the value can have it, else its own."""
    whole = isinstance(dtype, np.dtype) and dtype.kind in "iu"
    fraction = values.dtype.kind == "f" and not (values == values.round()).all()
    return values.dtype if whole and (fraction or values.isna().any()) else dtype
