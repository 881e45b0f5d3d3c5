"""The simple model: logistic regression for classes, ridge regression for numbers."""

from __future__ import annotations

from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline

from casebook.models.prepare import for_linear
from casebook.models.setting import Setting


def make(setting: Setting) -> Pipeline:
    """Prepared columns into a linear model with scikit-learn's default penalty."""
    model = LogisticRegression(max_iter=1000) if setting.classes else Ridge(alpha=1.0)
    return Pipeline([("prepare", for_linear(setting.features)), ("model", model)])
