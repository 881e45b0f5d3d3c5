"""Rows of plain values as the frame that a model reads, and what the model says of it, quickly.

`usual.frame_of` and `usual.checked` take 4 and 2 ms for one row of 20 columns (telco), which a
slider that is moved would feel; columns as plain arrays take 0.3 ms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import ThreadpoolController

from casebook.exceptions import ModelError, nearest
from casebook.language import _
from casebook.models.about import Cell, Column, ModelFile
from casebook.models.file import SavedModel
from casebook.models.usual import KINDS

MANY_ROWS = 10_000
"""Up to so many rows one thread is as quick as two, and ten times quicker on busy cores."""
ARGMAX = ("linear", "tree", "boosting")
"""Candidates that say their most probable class: asking for the class as well is not needed."""

_WORDS = {"true": True, "false": False, "1": True, "0": False}


def frame(file: ModelFile, rows: Sequence[Mapping[str, Cell]]) -> pd.DataFrame:
    """(n_rows, n_columns) the model's columns in its order, of the kinds that it learned.

    Raises ModelError for a column that a row does not have, or a value of another kind.
    """
    made = {column.name: _values(column, [_cell(row, column) for row in rows])
            for column in file.columns}  # fmt: skip
    return pd.DataFrame(made, index=pd.RangeIndex(len(rows)), copy=False)


def _cell(row: Mapping[str, Cell], column: Column) -> Cell:
    try:
        return row[column.name]
    except KeyError as error:
        raise ModelError(
            _("the model needs the column '{name}', which is not there.", name=column.name),
            hint=nearest(column.name, row),
        ) from error


def _values(column: Column, cells: list[Cell]) -> Any:
    try:
        return _MAKE.get(column.kind, _objects)(column, cells)
    except (TypeError, ValueError, KeyError) as error:
        raise ModelError(
            _("the column '{name}' must hold {kind}: {error}", name=column.name,
              kind=_(KINDS.get(column.kind, KINDS["text"])), error=error)
        ) from error  # fmt: skip


def _numbers(column: Column, cells: list[Cell]) -> npt.NDArray[Any]:
    found = np.array([np.nan if cell is None else float(cell) for cell in cells])
    if column.dtype.startswith(("int", "uint")) and np.equal(found, np.trunc(found)).all():
        return found.astype(np.int64)
    return found


def _booleans(_column: Column, cells: list[Cell]) -> npt.NDArray[Any]:
    known = [_WORDS[cell.lower()] if isinstance(cell, str) else cell for cell in cells]
    if any(cell is None for cell in known):
        return _objects(_column, known)
    return np.array([bool(cell) for cell in known])


def _times(_column: Column, cells: list[Cell]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(np.array(cells, dtype=object), format="ISO8601"))


def _objects(_column: Column, cells: Sequence[Cell]) -> npt.NDArray[np.object_]:
    made = np.empty(len(cells), dtype=object)
    made[:] = cells
    return made


_MAKE = {"number": _numbers, "boolean": _booleans, "time": _times}


def plain_rows(table: pd.DataFrame) -> list[dict[str, Cell]]:
    """The rows of a frame as plain values: missing as None, times as ISO 8601."""
    columns = {str(name): _plain_column(table[name]) for name in table.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain_column(values: pd.Series) -> list[Cell]:
    if values.dtype.kind == "M":
        return [None if pd.isna(value) else value.isoformat() for value in values]
    known = values.astype(object)
    return [None if missing else _plain(value)
            for value, missing in zip(known, known.isna(), strict=True)]  # fmt: skip


def _plain(value: Any) -> Cell:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | float | str):
        return value
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def predicted(
    model: SavedModel, X: pd.DataFrame
) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64] | None]:
    """What a model says of rows of its own columns: classes or numbers, and stated probabilities.

    (n_rows,) and (n_rows, n_classes) in the order of `file.classes`, or None where there are none.
    The same as `SavedModel.predict` and `predict_proba`, without their look at every column.
    """
    if len(X) > MANY_ROWS:
        return _predicted(model, X)
    with _threads().limit(limits=1):
        return _predicted(model, X)


def _predicted(
    model: SavedModel, X: pd.DataFrame
) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64] | None]:
    file, estimator = model.file, model.estimator
    if not file.classes or not hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict(X)), None
    names = [str(name) for name in estimator.classes_]
    stated = np.asarray(estimator.predict_proba(X))
    shares = stated[:, [names.index(name) for name in file.classes]]
    if file.threshold is not None and file.positive is not None:
        yes = shares[:, 1] >= file.threshold
        return np.array(file.classes, dtype=object)[yes.astype(int)], shares
    if file.about.candidate in ARGMAX:  # of equal ones the estimator's first, as it says itself
        return np.array(names, dtype=object)[stated.argmax(axis=1)], shares
    return np.array([str(name) for name in estimator.predict(X)], dtype=object), shares


@cache
def _threads() -> ThreadpoolController:
    """Found once: looking for thread pools takes longer than to limit them."""
    return ThreadpoolController()
