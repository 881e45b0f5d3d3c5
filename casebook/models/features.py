"""The columns a model may use, by role, and the step that brings raw columns to plain types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from casebook.exceptions import ModelError, nearest
from casebook.language import N_, _
from casebook.tables import Table

TIME_PARTS = {
    "month": N_("month"),
    "weekday": N_("weekday"),
    "hour": N_("hour"),
    "days": N_("days since the first"),
}


@dataclass(frozen=True)
class Features:
    """Names of the raw columns that models see, by how they are prepared."""

    number: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    time: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All raw columns, numbers first."""
        return self.number + self.category + self.text + self.time

    @property
    def time_parts(self) -> tuple[str, ...]:
        """Names of the numbers made from the times."""
        return tuple(f"{name} {part}" for name in self.time for part in TIME_PARTS)

    def title(self, name: str) -> str:
        """A column as a reader sees it: what is made from a time in words."""
        column, _space, part = name.rpartition(" ")
        if column in self.time and part in TIME_PARTS:
            return _("{column}: {part}", column=column, part=_(TIME_PARTS[part]))
        return name


def features_of(table: Table, leave_out: Sequence[str] = ()) -> Features:
    """The columns with a role that models use; ids, constants and the target are left out.

    Raises ModelError when no column remains.
    """
    by_role = {
        role: tuple(name for name in table.with_role(role) if name not in leave_out)
        for role in ("number", "category", "text", "time")
    }
    features = Features(**by_role)
    if not features.names:
        raise ModelError(
            _("No column is left to predict from: all are ids, constant, empty or the target."),
            place=table.name,
            hint=_("Set data.roles in case.yaml for the columns that should be used."),
        )
    return features


class RawColumns(TransformerMixin, BaseEstimator):
    """Raw columns to floats, plain objects, texts and parts of dates; the first step of a model.

    transform: DataFrame with at least the columns seen in `fit` -> DataFrame of
    number (float64, infinite as missing), category (object, missing as NaN), text (str, missing
    as ""), and month, weekday, hour and days since the first fitted time for each time.
    Raises ModelError for a column that is missing or holds what cannot be read as its type.
    """

    def __init__(
        self,
        number: Sequence[str] = (),
        category: Sequence[str] = (),
        text: Sequence[str] = (),
        time: Sequence[str] = (),
    ) -> None:
        self.number = number
        self.category = category
        self.text = text
        self.time = time

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ARG002 scikit-learn's form
        """Remember the first moment of each time column; elapsed days count from it."""
        self._check(X)
        self.origins_ = {
            name: _times(X, name).min().isoformat() for name in self.time if X[name].notna().any()
        }
        self.n_features_in_ = len(self._names)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The prepared columns, in the order of number, category, text, time parts."""
        objects = {*self.category, *self.text}
        columns = {
            name: pd.Series(values, index=X.index, dtype=object) if name in objects else values
            for name, values in self.arrays(X).items()
        }
        return pd.DataFrame(columns, index=X.index)

    def arrays(self, X: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
        """The same columns as plain arrays: a frame of them takes longer than all that is in it."""
        check_is_fitted(self, "origins_")
        self._check(X)
        columns: dict[str, Any] = {name: _numbers(X, name) for name in self.number}
        columns |= {name: _categories(X[name]) for name in self.category}
        columns |= {name: _texts(X[name]) for name in self.text}
        for name in self.time:
            columns |= _time_parts(_times(X, name), name, self.origins_.get(name))
        return columns

    @property
    def _names(self) -> list[str]:
        return [*self.number, *self.category, *self.text, *self.time]

    def _check(self, X: pd.DataFrame) -> None:
        for name in self._names:
            if name not in X.columns:
                raise ModelError(
                    _("the model needs the column '{name}', which is not there.", name=name),
                    hint=nearest(name, map(str, X.columns)),
                )


def _numbers(X: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    values = X[name]
    if not (isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiub"):
        values = _as_numbers(values, name)
    floats = values.to_numpy(dtype=float, na_value=np.nan)
    finite = np.isfinite(floats)
    return floats if finite.all() else np.where(finite, floats, np.nan)


def _as_numbers(values: pd.Series, name: str) -> pd.Series:
    try:
        found = pd.to_numeric(values)
        return found.astype(float) if found.dtype == object else found
    except (TypeError, ValueError) as error:
        raise ModelError(
            _("the column '{name}' must hold numbers: {error}", name=name, error=error)
        ) from error


def _categories(values: pd.Series) -> npt.NDArray[np.object_]:
    if isinstance(values.dtype, pd.StringDtype):
        return values.to_numpy(dtype=object, na_value=np.nan)
    known = values.astype(object).where(values.notna(), np.nan)
    return known.map(as_level, na_action="ignore").to_numpy(dtype=object)


def as_level(value: Any) -> str:
    """A level as text: 1.0 as 1, because one missing value makes a column of floats.

    >>> as_level(1.0), as_level(True), as_level("a")
    ('1', 'True', 'a')
    """
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if whole else str(value)


def _texts(values: pd.Series) -> npt.NDArray[np.object_]:
    return values.astype(object).where(values.notna(), "").map(str).to_numpy(dtype=object)


def _times(X: pd.DataFrame, name: str) -> pd.Series:
    """Times as they are, or texts as 2026-03-31: 05/06/2026 would be guessed, and may be wrong."""
    values = X[name]
    if values.dtype.kind == "M":
        return values
    try:
        return pd.to_datetime(values, format="ISO8601")
    except (TypeError, ValueError) as error:
        raise ModelError(
            _("the column '{name}' must hold times: {error}", name=name, error=error)
        ) from error


def _time_parts(
    times: pd.Series, name: str, origin: str | None
) -> dict[str, npt.NDArray[np.float64]]:
    moments = pd.DatetimeIndex(times)  # its parts come without a frame's wrapping of each
    elapsed = moments - (pd.Timestamp(origin) if origin else moments)
    parts = (
        moments.month,
        moments.day_of_week,
        moments.hour,
        elapsed.total_seconds() / 86_400,
    )
    return {
        f"{name} {part}": values.to_numpy(dtype=float, na_value=np.nan)
        for part, values in zip(TIME_PARTS, parts, strict=True)
    }
