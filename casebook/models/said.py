"""Estimators that say a column as it is: a decision of people, a forecast, a value of the past."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from casebook.exceptions import ModelError, nearest
from casebook.language import _
from casebook.models.target import as_class


class _Said(BaseEstimator):
    """Says what stands in a column.

    latest: whether the column is made of past values. Then it may be missing, as a row alone has
    no past, and the latest target of the training rows (by `time`, else the last of them) is said
    instead. Else the column must be there, and a row without a value gets what is most typical.
    """

    def __init__(self, column: str, *, latest: bool = False, time: str | None = None) -> None:
        self.column = column
        self.latest = latest
        self.time = time

    def _values(self, X: pd.DataFrame) -> pd.Series:
        if self.column in X.columns:
            return X[self.column]
        if self.latest:
            return pd.Series(np.nan, index=X.index, dtype=object)
        raise ModelError(
            _("the model needs the column '{name}', which is not there.", name=self.column),
            hint=nearest(self.column, map(str, X.columns)),
        )

    def _latest(self, X: pd.DataFrame, target: npt.NDArray[Any]) -> Any:
        if self.time is None or self.time not in X.columns or not X[self.time].notna().any():
            return target[-1]
        when = X[self.time].reset_index(drop=True).dropna()
        return target[when.sort_values(kind="stable").index[-1]]


class SaidClassifier(ClassifierMixin, _Said):
    """Says the class of the column; probabilities are what came true in training where it said so.

    A share is drawn towards that of all rows by the weight of one row, so that none is 0 or 1.
    """

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Count the classes that came true for each class said."""
        target = np.asarray(y)
        self.classes_, codes = np.unique(target, return_inverse=True)
        prior = np.bincount(codes) / len(codes)
        said = self._said(X)
        there = said.notna().to_numpy()
        self.said_ = np.unique(said[there].to_numpy(dtype=object)) if there.any() else said[:0]
        self.said_ = np.asarray(self.said_, dtype=object)
        counts = np.tile(prior, (len(self.said_) + 1, 1))
        np.add.at(counts, (self._which(said)[there], codes[there]), 1)
        self.shares_ = counts / counts.sum(axis=1, keepdims=True)
        typical = self.classes_[prior.argmax()]
        self.fallback_ = str(self._latest(X, target) if self.latest else typical)
        return self

    def predict(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """(n_rows,) what the column says."""
        check_is_fitted(self, "shares_")
        return self._said(X).fillna(self.fallback_).to_numpy(dtype=object)

    def predict_proba(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """(n_rows, n_classes) shares of the classes where the same was said in training."""
        check_is_fitted(self, "shares_")
        return np.asarray(self.shares_[self._which(self._said(X).fillna(self.fallback_))])

    def _said(self, X: pd.DataFrame) -> pd.Series:
        return self._values(X).astype(object).map(as_class, na_action="ignore").astype(object)

    def _which(self, said: pd.Series) -> npt.NDArray[np.intp]:
        """(n_rows,) place among what was said in training; one past the end for anything else."""
        places = {name: place for place, name in enumerate(self.said_)}
        return said.map(lambda name: places.get(name, len(places))).to_numpy(dtype=np.intp)


class SaidRegressor(RegressorMixin, _Said):
    """Says the number of the column."""

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Learn what is said where the column has no number."""
        self._said(X)
        target = np.asarray(y, dtype=float)
        self.fallback_ = float(self._latest(X, target) if self.latest else np.median(target))
        return self

    def predict(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """(n_rows,) what the column says."""
        check_is_fitted(self, "fallback_")
        said = self._said(X)
        return np.where(np.isfinite(said), said, self.fallback_)

    def _said(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        return numbers(self._values(X), self.column)


def numbers(values: pd.Series, name: str) -> npt.NDArray[np.float64]:
    """(n_rows,) floats, infinite ones as missing. Raises ModelError for what is no number."""
    try:
        found = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ModelError(
            _("the column '{name}' must hold numbers: {error}", name=name, error=error)
        ) from error
    return np.where(np.isfinite(found), found, np.nan)
