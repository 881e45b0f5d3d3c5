"""Prepared columns without scikit-learn's overhead: what its pieces learned, applied by NumPy.

Each piece of a ColumnTransformer checks and wraps what it is given, column by column: 10 ms for
one row of 20 columns, of which the arithmetic is a few microseconds. Fitting stays with
scikit-learn. What the fitted pieces do is read off their public attributes, and what an encoder
makes of a level by asking it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn import get_config
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

Floats = npt.NDArray[np.float64]
Columns = dict[str, npt.NDArray[Any]]


class Prepared(Pipeline):
    """RawColumns and a ColumnTransformer: fitted by scikit-learn, applied without its overhead.

    transform: the same numbers as the steps one after the other, and of the same kind (dense or
    CSR). Only what `casebook.models.prepare` puts together is known; other steps are a KeyError.
    """

    _quick: Quick | None = None

    def fit(self, X: pd.DataFrame, y: Any = None, **params: Any) -> Self:
        """Fit the steps, as scikit-learn does."""
        self._quick = None
        super().fit(X, y, **params)
        return self

    def fit_transform(self, X: pd.DataFrame, y: Any = None, **params: Any) -> Any:
        """Fit the steps and prepare the rows, as scikit-learn does."""
        self._quick = None
        return super().fit_transform(X, y, **params)

    def transform(self, X: pd.DataFrame, **params: Any) -> Any:
        """(n_rows, n_prepared) prepared columns.

        Raises ModelError as RawColumns does, NotFittedError before `fit`.
        """
        if params or len(self.steps) < 2 or get_config()["transform_output"] != "default":
            return super().transform(X, **params)
        arrays = self[0].arrays(X)
        if self._quick is None:
            self._quick = quick_of(self[1])
        return self._quick.apply(arrays)

    def __getstate__(self) -> dict[str, Any]:
        """What is saved or sent to other processes; the rest is made again in a moment."""
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_quick"}


@dataclass(frozen=True, eq=False)
class Levels:
    """What an encoder makes of one column.

    codes: level -> row of `rows`; missing and unknown levels are its last two rows.
    rows: (n_levels + 2, n_made).
    """

    name: str
    codes: dict[str, int]
    rows: Floats

    def apply(self, columns: Columns) -> Floats:
        """(n_rows, n_made)."""
        known, unknown = self.codes.get, len(self.codes) + 1
        missing = len(self.codes)
        codes = [
            missing if isinstance(value, float) else known(value, unknown)
            for value in columns[self.name]
        ]
        return self.rows[codes]


@dataclass(frozen=True, eq=False)
class Numbers:
    """What becomes of the numbers: filled, flagged where they were missing, scaled.

    fill: (n,) or None. flagged: positions that get a column of their own. mean, scale: (n_made,)
    or None.
    """

    names: tuple[str, ...]
    fill: Floats | None = None
    flagged: npt.NDArray[np.intp] | None = None
    mean: Floats | None = None
    scale: Floats | None = None

    def apply(self, columns: Columns) -> Floats:
        """(n_rows, n_made)."""
        values = np.column_stack([columns[name] for name in self.names])
        if self.fill is not None:
            missing = np.isnan(values)
            np.copyto(values, self.fill, where=missing)
            if self.flagged is not None and len(self.flagged):
                values = np.hstack([values, missing[:, self.flagged]])
        if self.mean is not None and self.scale is not None:
            values -= self.mean
            values /= self.scale
        return values


@dataclass(frozen=True, eq=False)
class Hashed:
    """A column of texts and the fitted vectorizer, which is quick by itself."""

    name: str
    vectorizer: Any

    def apply(self, columns: Columns) -> sparse.csr_matrix:
        """(n_rows, n_hashes), sparse."""
        return self.vectorizer.transform(columns[self.name])


@dataclass(frozen=True, eq=False)
class Quick:
    """Parts in the order of the prepared columns, and whether they make a sparse matrix."""

    parts: tuple[Levels | Numbers | Hashed, ...]
    sparse: bool

    def apply(self, columns: Columns) -> Any:
        """(n_rows, n_prepared) dense or CSR."""
        made: list[Any] = [part.apply(columns) for part in self.parts]
        if self.sparse:
            return sparse.hstack(made).tocsr()
        return np.hstack([part.toarray() if sparse.issparse(part) else part for part in made])


def quick_of(fitted: ColumnTransformer) -> Quick:
    """What a fitted ColumnTransformer of ours does."""
    parts: list[Levels | Numbers | Hashed] = []
    for name, piece, columns in fitted.transformers_:
        if name == "category":
            parts += levels_of(piece, list(columns))
        elif name == "number":
            parts.append(numbers_of(piece, tuple(columns)))
        elif name != "remainder":
            parts.append(Hashed(columns, piece))
    return Quick(tuple(parts), bool(fitted.sparse_output_))


def levels_of(encoder: Any, names: list[str]) -> list[Levels]:
    """What a fitted encoder makes of each level, of a missing one and of an unknown one.

    The encoder is asked once, with a table in which every level of every column appears.
    """
    levels = [[v for v in seen if isinstance(v, str)] for seen in encoder.categories_]
    unknown = "?" * (1 + max((len(v) for column in levels for v in column), default=0))
    longest = 2 + max(map(len, levels))
    asked = [[*column, np.nan, *[unknown] * (longest - len(column) - 1)] for column in levels]
    frame = pd.DataFrame({n: pd.Series(c, dtype=object) for n, c in zip(names, asked, strict=True)})
    answers = encoder.transform(frame)
    ends = np.cumsum(_widths(encoder))
    return [
        Levels(
            name,
            {level: code for code, level in enumerate(column)},
            answers[: len(column) + 2, end - width : end],
        )
        for name, column, end, width in zip(names, levels, ends, _widths(encoder), strict=True)
    ]


def _widths(encoder: Any) -> list[int]:
    """How many columns the encoder makes of each: one, or one a level with rare ones together."""
    if not hasattr(encoder, "drop_idx_"):
        return [1] * len(encoder.categories_)
    return [
        len(levels) - (0 if rare is None else len(rare) - 1)
        for levels, rare in zip(encoder.categories_, encoder.infrequent_categories_, strict=True)
    ]


def numbers_of(piece: Any, names: tuple[str, ...]) -> Numbers:
    """What a fitted imputer, an imputer and a scaler, or nothing at all does."""
    steps = list(piece) if isinstance(piece, Pipeline) else [piece]
    imputer = next((step for step in steps if hasattr(step, "statistics_")), None)
    scaler = next((step for step in steps if hasattr(step, "scale_")), None)
    indicator = getattr(imputer, "indicator_", None)
    return Numbers(
        names,
        None if imputer is None else np.asarray(imputer.statistics_, dtype=float),
        None if indicator is None else np.asarray(indicator.features_, dtype=np.intp),
        None if scaler is None else np.asarray(scaler.mean_),
        None if scaler is None else np.asarray(scaler.scale_),
    )
