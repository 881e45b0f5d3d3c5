"""The rule: something that somebody can say aloud, from the record or proposed from the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.validation import check_is_fitted

from casebook.expressions import Expression, check
from casebook.expressions.holds import first_that_holds, kinds_of
from casebook.models.prepare import for_one_split
from casebook.models.setting import Setting


class _Rule(BaseEstimator):
    """An ordered table of conditions and values; the first condition that holds decides."""

    def __init__(self, conditions: Sequence[str], values: Sequence[Any], default: Any) -> None:
        self.conditions = conditions
        self.values = values
        self.default = default

    def which(self, X: pd.DataFrame) -> npt.NDArray[np.intp]:
        """(n_rows,) number of the rule that takes a row; len(conditions) where none does.

        One query for all conditions. Raises ExpressionError for a condition that is none over
        the columns of `X`.
        """
        kinds: dict[str, str] = getattr(self, "kinds_", {})
        return first_that_holds(X, self._checked(X), kinds)

    def _checked(self, X: pd.DataFrame) -> list[Expression]:
        names = tuple(map(str, X.columns))
        return [check(text, names, aggregate=False) for text in self.conditions]

    def _learn_kinds(self, X: pd.DataFrame) -> None:
        """Remember what columns are: one row whose value is missing does not tell."""
        self.kinds_ = kinds_of(X, self._checked(X))


class RuleClassifier(ClassifierMixin, _Rule):
    """Says the value of the first rule that holds; probabilities are the shares seen in training.

    default: None says the most frequent class of the training rows that no rule takes.
    """

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Count the classes among the rows that each rule takes (add-one smoothed)."""
        self._learn_kinds(X)
        labels = np.asarray(y)
        self.classes_ = np.unique(labels)
        counts = np.ones((len(self.conditions) + 1, len(self.classes_)))
        np.add.at(counts, (self.which(X), np.searchsorted(self.classes_, labels)), 1)
        self.shares_ = counts / counts.sum(axis=1, keepdims=True)
        self.default_ = self.default
        if self.default is None:
            self.default_ = self.classes_[self.shares_[-1].argmax()]
        return self

    def predict(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """(n_rows,) what the rule says."""
        check_is_fitted(self, "shares_")
        return np.asarray([*self.values, self.default_], dtype=object)[self.which(X)]

    def predict_proba(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """(n_rows, n_classes) shares of the classes where the same rule held in training."""
        check_is_fitted(self, "shares_")
        return np.asarray(self.shares_[self.which(X)])


class RuleRegressor(RegressorMixin, _Rule):
    """Says the number of the first rule that holds.

    default: None says the median of the training rows that no rule takes.
    """

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Learn the default, where the record gives none."""
        self._learn_kinds(X)
        numbers = np.asarray(y, dtype=float)
        rest = numbers[self.which(X) == len(self.conditions)]
        learned = np.median(rest if len(rest) else numbers)
        self.default_ = float(learned if self.default is None else self.default)
        return self

    def predict(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """(n_rows,) what the rule says."""
        check_is_fitted(self, "default_")
        return np.asarray([*map(float, self.values), self.default_])[self.which(X)]


def make(setting: Setting) -> BaseEstimator:
    """The record's rules, or one split proposed from the training rows where it has none."""
    if not setting.rules:
        return one_split(setting)
    conditions = [condition for condition, _value in setting.rules]
    values = [value for _condition, value in setting.rules]
    kind = RuleClassifier if setting.classes else RuleRegressor
    return kind(conditions, values, setting.default)


def one_split(setting: Setting) -> Pipeline:
    """One column, one threshold: the best rule of that form for the training rows (Holte 1993)."""
    kind = DecisionTreeClassifier if setting.classes else DecisionTreeRegressor
    tree = kind(max_depth=1, random_state=setting.seed)
    return Pipeline([("prepare", for_one_split(setting.features)), ("model", tree)])
