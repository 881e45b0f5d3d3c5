"""What raw columns usually hold, rows made up of it, and rows that are not like it at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from casebook.exceptions import ModelError, nearest
from casebook.language import N_, _
from casebook.models.about import Cell, Column
from casebook.models.features import Features, as_level

MOST_LEVELS = 100
PROBES = 5
TEXTS = ("", "ok", "late, and not what was ordered", "좋은 음식과 친절한 서비스", "4711")
"""Texts of probe rows: never those of the data, which may say who wrote them."""

KINDS = {
    "number": N_("numbers"),
    "text": N_("texts"),
    "time": N_("times"),
    "boolean": N_("yes and no"),
}
_INFERRED = {
    "boolean": "boolean",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "datetime": "time",
    "datetime64": "time",
    "date": "time",
}


def kind_of(values: pd.Series) -> str:
    """What a column's values are: number, text, time or boolean; empty where all are missing."""
    if not values.notna().any():
        return ""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return kind_of(values.cat.categories.to_series())
    if types.is_bool_dtype(values.dtype):
        return "boolean"
    if types.is_numeric_dtype(values.dtype):
        return "number"
    if types.is_datetime64_any_dtype(values.dtype):
        return "time"
    if values.dtype == object:
        return _INFERRED.get(types.infer_dtype(values, skipna=True), "text")
    return "text"


def described(X: pd.DataFrame, names: Iterable[str], features: Features) -> tuple[Column, ...]:
    """The columns of these names as they are in the training rows."""
    roles = {
        name: role
        for role in ("number", "category", "text", "time")
        for name in getattr(features, role)
    }
    return tuple(_described(X[name], roles.get(name, "other")) for name in names)


def _described(values: pd.Series, role: str) -> Column:
    kind = kind_of(values)
    known = values.dropna()
    usual: dict[str, Any] = {}
    if role == "category" or (kind in {"text", "boolean"} and role != "text"):
        usual = _levels(known)
    elif kind in {"number", "time"}:
        ends = _at(known, (0.01, 0.5, 0.99))
        usual = dict(zip(("low", "typical", "high"), ends, strict=True))
    name, dtype = str(values.name), str(values.dtype)
    return Column(name, role, kind, dtype, float(values.isna().mean()), **usual)


def _levels(known: pd.Series) -> dict[str, Any]:
    counts = known.value_counts()
    levels = tuple(as_level(level) for level in counts.index[:MOST_LEVELS])
    typical = _plain(counts.index[0]) if len(counts) else None
    return {
        "levels": levels,
        "levels_left_out": max(0, len(counts) - MOST_LEVELS),
        "typical": typical,
    }


def _at(known: pd.Series, shares: Sequence[float]) -> list[Cell]:
    """Values at these shares of the ordered ones, as JSON has them."""
    if types.is_float_dtype(known.dtype):
        known = known[np.isfinite(known.to_numpy(dtype=float))]
    ordered = known.sort_values(ignore_index=True)
    return [_plain(ordered.iloc[round(share * (len(ordered) - 1))]) for share in shares]


def _plain(value: Any) -> Cell:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, str):
        return value
    if types.is_integer(value):
        return int(value)
    if hasattr(value, "__float__"):
        return float(value)
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def made_up(X: pd.DataFrame, columns: Sequence[Column], seed: int = 0) -> list[tuple[Cell, ...]]:
    """Five rows, each column's values drawn on their own: usual ones, and nobody's own row.

    The last row is missing what was missing in training too.
    """
    rng = np.random.default_rng(seed)
    drawn = [_drawn(X[column.name], column, rng) for column in columns]
    return list(zip(*drawn, strict=True)) if drawn else [() for _row in range(PROBES)]


def _drawn(values: pd.Series, column: Column, rng: np.random.Generator) -> list[Cell]:
    known = values.dropna()
    cells: list[Cell]
    if column.role == "text" or not len(known):
        cells = list(TEXTS) if column.kind == "text" else [None] * PROBES
    elif column.kind in {"number", "time"} and column.role != "category":
        cells = _at(known, (0.05, 0.25, 0.5, 0.75, 0.95))
    else:
        levels = [_plain(level) for level in known.value_counts().index[:PROBES]]
        cells = [levels[place % len(levels)] for place in range(PROBES)]
    shuffled = [cells[place] for place in rng.permutation(PROBES)]
    return [*shuffled[:-1], None] if column.missing else shuffled


def frame_of(rows: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> pd.DataFrame:
    """Rows as a frame of the types that the columns had in training."""
    made = {
        column.name: _series([row[place] for row in rows], column)
        for place, column in enumerate(columns)
    }
    return pd.DataFrame(made, index=range(len(rows)))


def _series(cells: list[Cell], column: Column) -> pd.Series:
    if column.kind == "time":
        return pd.Series(pd.to_datetime(pd.Series(cells, dtype=object), format="ISO8601"))
    holes = any(cell is None for cell in cells)
    if holes and column.dtype.startswith(("int", "uint", "bool")):
        return pd.Series(cells, dtype=float if column.kind == "number" else object)
    dtype: Any = column.dtype
    made: pd.Series = pd.Series(cells, dtype=object).astype(dtype)
    return made


def checked(X: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """The model's columns among those of a frame, in its order; others are not looked at.

    Raises ModelError for a column that is missing, there twice, or of another kind.
    """
    names = [str(name) for name in X.columns]
    for column in columns:
        if column.name not in names:
            raise ModelError(
                _("the model needs the column '{name}', which is not there.", name=column.name),
                hint=nearest(column.name, names),
            )
        if names.count(column.name) > 1:
            raise ModelError(_("the column '{name}' is there more than once.", name=column.name))
        _check_kind(X[column.name], column)
    return X[[column.name for column in columns]]


def _check_kind(values: pd.Series, column: Column) -> None:
    found = kind_of(values)
    if found and column.kind and found != column.kind:
        raise ModelError(
            _("the column '{name}' holds {found}; the model learned it from {kind}.",
              name=column.name, found=_(KINDS[found]), kind=_(KINDS[column.kind])),
            hint=_("Read the column as it was read then."),
        )  # fmt: skip
