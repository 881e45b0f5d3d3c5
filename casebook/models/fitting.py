"""One fit of a candidate; those that prepare the same rows alike may share that step.

A shallow tree and a rule of one split do. scikit-learn's pipelines ask a `memory` for what a step
made of its input before they fit it; the one here holds the rows of one fold, and writes no file.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from casebook.exceptions import CasebookError, ModelError
from casebook.language import _
from casebook.models.labelled import Labelled
from casebook.models.quick import Prepared
from casebook.models.registry import Candidate
from casebook.stats.splits import Rows

MOST_BYTES = 200_000_000
"""Of prepared rows that are kept while others are fitted; of more, each prepares its own."""


class SharedSteps:
    """What was prepared of the rows used last, in the form of joblib's Memory.

    spared: seconds that fits since `rows` was asked would have taken to prepare rows, had
    nothing been there.
    """

    location = None  # by which scikit-learn knows that steps need no copy

    def __init__(self) -> None:
        self.spared = 0.0
        self._train: Rows = np.empty(0, dtype=np.intp)
        self._X: pd.DataFrame | None = None
        self._made: dict[str, tuple[Any, float]] = {}

    def rows(self, data: Labelled, train: Rows) -> pd.DataFrame:
        """The raw columns of these rows; those of the rows before, and what they made, go."""
        self.spared = 0.0
        if self._X is None or not np.array_equal(train, self._train):
            self._train, self._X, self._made = train, data.X.iloc[train], {}
        return self._X

    def cache(self, function: Callable[..., Any], **_options: Any) -> Callable[..., Any]:
        """The function that fits a step, which asks here first."""
        return partial(self._asked, function)

    def _asked(
        self, function: Callable[..., Any], step: Any, X: Any, *others: Any, **named: Any
    ) -> Any:
        if X is not self._X or not isinstance(step, Prepared):
            return function(step, X, *others, **named)
        name = joblib.hash(step)
        if name in self._made:
            made, seconds = self._made[name]
            self.spared += seconds
            return made
        start = time.perf_counter()
        made = function(step, X, *others, **named)
        if getattr(made[0], "nbytes", MOST_BYTES) < MOST_BYTES:
            self._made[name] = made, time.perf_counter() - start
        return made


def fit(
    candidate: Candidate,
    estimator: Any,
    data: Labelled,
    rows: Rows,
    shared: SharedSteps | None = None,
) -> None:
    """Fit on some of the labelled rows.

    Raises ModelError for whatever an estimator of the record's own raises: its library's errors
    are of any kind.
    """
    X = data.X.iloc[rows] if shared is None else shared.rows(data, rows)
    y = data.y.iloc[rows]
    if candidate.name not in [one.name for one in data.setting.own]:
        _fit(estimator, X, y, shared)
        return
    try:
        estimator.fit(X, y)
    except CasebookError:
        raise
    except Exception as error:
        raise ModelError(
            _("'{name}' cannot be fitted: {error}", name=candidate.name,
              error=f"{type(error).__name__}: {error}")
        ) from error  # fmt: skip


def _fit(estimator: Any, X: pd.DataFrame, y: pd.Series, shared: SharedSteps | None) -> None:
    if shared is None or not isinstance(estimator, Pipeline):
        estimator.fit(X, y)
        return
    estimator.memory = shared
    try:
        estimator.fit(X, y)
    finally:
        estimator.memory = None
