"""The dummy: what is reached without looking at a row."""

from __future__ import annotations

from sklearn.dummy import DummyClassifier, DummyRegressor

from casebook.models.setting import Setting


def make(setting: Setting) -> DummyClassifier | DummyRegressor:
    """Always the shares of the classes, or always the median."""
    if setting.classes:
        return DummyClassifier(strategy="prior")
    return DummyRegressor(strategy="median")
