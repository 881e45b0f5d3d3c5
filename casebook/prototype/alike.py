"""Which known rows have the same levels: for many columns of categories at once.

Levels as columns of zeros and ones make it a product of matrices, ten times quicker than to
compare code by code (15 columns of telco, 5,000 known rows: 0.05 ms a row against 0.7). Columns
for whose levels there is no room are compared code by code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import cdist

from casebook.models.features import as_level

Floats = npt.NDArray[np.float64]

ROOM = 500
"""Levels of all columns that are put into one matrix: 20 MB with 5,000 rows."""
UNKNOWN = -1
Codes = dict[str | None, int]


def level_of(value: Any) -> str | None:
    """A value of a category as text; None where it is missing."""
    missing = value is None or value is pd.NA or value is pd.NaT
    return None if missing or (isinstance(value, float) and isnan(value)) else as_level(value)


@dataclass(frozen=True, eq=False)
class Alike:
    """Columns of categories of the known rows. Made by `alike_of`.

    columns: name, codes of its levels (missing is one) and weight; the first `inside` of them are
    in `ones`, (n_known, levels) zeros and ones, the others in `codes`, (n_known, others).
    """

    columns: tuple[tuple[str, Codes, float], ...]
    inside: int
    ones: Floats = field(repr=False)
    codes: Floats = field(repr=False)

    def apart(self, X: pd.DataFrame) -> Floats | float:
        """(n_rows, n_known) the summed weights of the columns in which they differ."""
        first, others = self.columns[: self.inside], self.columns[self.inside :]
        far: Floats | float = 0.0
        if first:
            total = sum(weight for _name, _codes, weight in first)
            far = np.maximum(0.0, total - _ones(first, X, weighted=True) @ self.ones.T)
        weights = np.array([weight for _name, _codes, weight in others])
        if weights.sum() > 0:  # scipy's is a mean, of nothing where nothing counts
            far = far + cdist(_codes(others, X), self.codes, "hamming", w=weights) * weights.sum()
        return far


def alike_of(known: pd.DataFrame, weights: Sequence[tuple[str, float]]) -> Alike:
    """weights: by the columns that are categories."""
    columns = sorted(
        ((name, _levels(known[name]), weight) for name, weight in weights),
        key=lambda one: len(one[1]),
    )
    sizes = np.cumsum([len(codes) for _name, codes, _weight in columns])
    inside = int(np.searchsorted(sizes, ROOM, side="right"))
    ones = _ones(columns[:inside], known, weighted=False)
    return Alike(tuple(columns), inside, ones, _codes(columns[inside:], known))


def _levels(values: pd.Series) -> Codes:
    every = values if values.dtype == object else values.unique().tolist()
    return {level: code for code, level in enumerate(dict.fromkeys(map(level_of, every)))}


def _codes(columns: Sequence[tuple[str, Codes, float]], X: pd.DataFrame) -> Floats:
    made = [_coded(X[name], codes) for name, codes, _weight in columns]
    return np.array(made, dtype=float).T if made else np.empty((len(X), 0))


def _coded(values: pd.Series, codes: Codes) -> Sequence[int] | npt.NDArray[np.intp]:
    """The code of each value. Levels are looked up once each, 5,000 rows of telco in 0.3 ms.

    Not of objects, of which pandas takes 1 and True for the same.
    """
    if values.dtype == object:
        return [codes.get(level_of(value), UNKNOWN) for value in values]
    places, found = pd.factorize(values)  # missing: the last place
    known = [codes.get(level_of(value), UNKNOWN) for value in [*found.tolist(), None]]
    return np.array(known, dtype=np.intp)[places]


def _ones(
    columns: Sequence[tuple[str, Codes, float]], X: pd.DataFrame, *, weighted: bool
) -> Floats:
    made = np.zeros((len(X), sum(len(codes) for _name, codes, _weight in columns)))
    start = 0
    for place, (_name, codes, weight) in enumerate(columns):
        mine = _codes(columns[place : place + 1], X)[:, 0].astype(np.intp)
        rows = np.flatnonzero(mine != UNKNOWN)
        made[rows, start + mine[rows]] = weight if weighted else 1.0
        start += len(codes)
    return made
