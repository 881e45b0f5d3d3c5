"""Saying again what was: the last value, the same period before, the same a year before."""

from __future__ import annotations

from casebook.language import _
from casebook.models.said import SaidClassifier, SaidRegressor
from casebook.models.setting import Setting


def make(name: str, setting: Setting) -> SaidClassifier | SaidRegressor:
    """Says the column of past values that is made for the candidate `name`.

    A row that comes without that column, alone, gets the last known value of the training rows.
    """
    kind = SaidClassifier if setting.classes else SaidRegressor
    return kind(setting.past.columns[name], latest=True, time=setting.time)


def lacking(name: str, setting: Setting) -> str:
    """Why there is no such value; empty where there is one."""
    if name in setting.past.columns:
        return ""
    default = _("The rows have no order in time (data.time, or data.ordered).")
    return setting.past.lacking.get(name, default)
