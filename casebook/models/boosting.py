"""Histogram gradient boosting with native categories and missing values."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from casebook.models.prepare import for_trees
from casebook.models.setting import Setting


def make(setting: Setting) -> Pipeline:
    """Prepared columns into boosted trees with scikit-learn's defaults."""
    categories = list(range(len(setting.features.category)))
    kind = HistGradientBoostingClassifier if setting.classes else HistGradientBoostingRegressor
    model = kind(categorical_features=categories or None, random_state=setting.seed)
    steps = [("prepare", for_trees(setting.features)), ("empty", EmptyToZero()), ("model", model)]
    return Pipeline(steps)


class EmptyToZero(TransformerMixin, BaseEstimator):
    """Columns without a value in any training row become zeros, in which nothing can be split.

    A column that came late is empty in the first splits in time, and scikit-learn's trees fail on
    it (1.9: "window shape cannot be larger than input array shape").
    """

    def fit(self, X: npt.NDArray[Any], y: Any = None) -> Self:  # noqa: ARG002 scikit-learn's form
        """Find the empty columns."""
        self.empty_ = np.flatnonzero(np.isnan(X).all(axis=0))
        return self

    def transform(self, X: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """(n_rows, n_columns) the same, zeros in the empty columns."""
        check_is_fitted(self, "empty_")
        if not len(self.empty_):
            return X
        filled = X.copy()
        filled[:, self.empty_] = 0.0
        return filled
