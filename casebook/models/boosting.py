"""Histogram gradient boosting with native categories and missing values."""

from __future__ import annotations

from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

from casebook.models.prepare import for_trees
from casebook.models.setting import Setting


def make(setting: Setting) -> Pipeline:
    """Prepared columns into boosted trees with scikit-learn's defaults."""
    categories = list(range(len(setting.features.category)))
    kind = HistGradientBoostingClassifier if setting.classes else HistGradientBoostingRegressor
    model = kind(categorical_features=categories or None, random_state=setting.seed)
    return Pipeline([("prepare", for_trees(setting.features)), ("model", model)])
