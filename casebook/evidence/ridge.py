"""A ridge regression on many targets at once: what makes a permutation test with refits cheap.

One decomposition of the columns serves every shuffle of the target (Hastie, Tibshirani and
Friedman 2009, 3.4.1), so that 199 refits on each fold cost less than one boosted tree model.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import linalg
from scipy.stats import rankdata

from casebook.evidence.keys import MOST_KINDS, starts
from casebook.models.features import Features
from casebook.models.labelled import Labelled
from casebook.models.prepare import for_pattern
from casebook.stats.metrics import Floats
from casebook.stats.splits import Fold, Rows

MOST_COLUMNS = 2000


def design(data: Labelled, rows: Rows) -> Floats:
    """(n, p) scaled numbers and their squares, categories, texts, starts of codes; no target."""
    X = data.X.iloc[rows]
    prepared = np.asarray(for_pattern(data.features).fit_transform(X), dtype=float)
    many = [np.unique(column).size > 2 for column in prepared.T]
    numbers = np.clip(prepared[:, many], -3, 3)
    squares = numbers**2
    codes = _starts(X, data.features)
    columns = np.column_stack([prepared, squares, *codes])
    spread = columns.std(axis=0)
    columns = columns[:, spread > 1e-9][:, :MOST_COLUMNS]
    return np.asarray((columns - columns.mean(axis=0)) / columns.std(axis=0))


def _starts(X: pd.DataFrame, features: Features) -> list[Floats]:
    """Indicators of how codes of one length start, for starts that few rows share."""
    found: list[Floats] = []
    for name in (*features.category, *features.text):
        keys = [key for key in starts(name, X[name]) if key.size <= 5 * MOST_KINDS]
        if keys:
            key = max(keys, key=lambda one: one.size)
            found.append(np.eye(key.size)[key.codes])
    return found


def fitted(columns: Floats, targets: Floats, fold: Fold) -> Floats:
    """(n_test, m) predictions of m targets, each fitted on the training rows.

    The penalty is the number of columns: the prior that all together explain half.
    """
    train, test = fold
    centre, level = columns[train].mean(axis=0), targets[train].mean(axis=0)
    X, aims = columns[train] - centre, targets[train] - level
    penalty = float(X.shape[1])
    if X.shape[1] <= X.shape[0]:
        gram = X.T @ X
        gram[np.diag_indices_from(gram)] += penalty
        weights = linalg.solve(gram, X.T @ aims, assume_a="pos", check_finite=False)
        return np.asarray((columns[test] - centre) @ weights + level)
    gram = X @ X.T
    gram[np.diag_indices_from(gram)] += penalty
    dual = linalg.solve(gram, aims, assume_a="pos", check_finite=False)
    return np.asarray((columns[test] - centre) @ (X.T @ dual) + level)


def areas(scores: Floats, truth: Floats) -> Floats:
    """(m,) area under the ROC curve of each column of scores; NaN where truth has one class."""
    ranks = rankdata(scores, axis=0)
    yes = truth.sum(axis=0)
    no = len(truth) - yes
    above = (ranks * truth).sum(axis=0) - yes * (yes + 1) / 2
    return np.where((yes > 0) & (no > 0), above / np.where(yes * no > 0, yes * no, 1.0), np.nan)


def correlations(scores: Floats, truth: Floats) -> Floats:
    """(m,) correlation of each column of scores with its truth; 0 where one does not vary."""
    first, second = scores - scores.mean(axis=0), truth - truth.mean(axis=0)
    below = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    above = (first * second).sum(axis=0)
    found: Floats = np.divide(above, below, out=np.zeros_like(above), where=below > 1e-12)
    return found
