"""What people said as a CSV or Parquet file for others.

In CSV, text that a spreadsheet would run is guarded (`casebook.tables.formula`); `unguarded` undoes
it. Numbers stay numbers, -5 among them. Parquet is data with types, which nothing runs, and is
written as stored. In the store itself everything is as it was given.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from casebook.atomic import write_bytes
from casebook.exceptions import RunError, nearest
from casebook.language import _
from casebook.tables.formula import guarded, unguarded

__all__ = ["FORMATS", "export", "flattened", "guarded", "unguarded"]

FORMATS = (".csv", ".parquet")


def export(frame: pd.DataFrame, path: Path) -> Path:
    """Write a frame as `read_feedback` gives it: `.csv` (UTF-8 with its mark) or `.parquet`.

    Inputs become columns, `inputs.age`; other JSON values stay numbers where all of a column are,
    and are text otherwise: words as they are, everything else as JSON. Times are in UTC.
    Raises RunError for another suffix or where the file cannot be written; then nothing is changed.
    """
    if path.suffix.lower() not in FORMATS:
        raise RunError(
            _("'{suffix}' is no format for this; there are {allowed}",
              suffix=path.suffix, allowed=", ".join(FORMATS)),
            place=str(path),
            hint=nearest(path.suffix, FORMATS),
        )  # fmt: skip
    flat = flattened(frame)
    data = _csv(flat) if path.suffix.lower() == ".csv" else _parquet(flat)
    try:
        write_bytes(path, data)
    except OSError as error:
        raise RunError(
            _("the file cannot be written: {error}", error=error.strerror or error),
            place=str(path),
        ) from error
    return path


def flattened(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows with a column for each input and one type for each column."""
    columns: dict[str, pd.Series] = {}
    for name in frame.columns:
        if name == "inputs":
            columns |= {key: _typed(values) for key, values in _inputs(frame[name]).items()}
        else:
            columns[name] = _typed(frame[name])
    return pd.DataFrame(columns, index=frame.index)


def _inputs(inputs: pd.Series) -> dict[str, pd.Series]:
    """Column -> its values, None where a row does not have it."""
    rows = [row if isinstance(row, Mapping) else {} for row in inputs]
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        f"inputs.{name}": pd.Series([row.get(name) for row in rows], inputs.index, dtype=object)
        for name in names
    }


def _typed(values: pd.Series) -> pd.Series:
    """Times, numbers and truth values as they are; text where a column holds anything else."""
    if not pd.api.types.is_object_dtype(values):
        return values
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return values.astype("boolean")
    if kinds == {int}:
        return values.astype("Int64")
    if kinds in ({float}, {int, float}):
        return values.astype("float64")
    return pd.Series([_text(value) for value in values], values.index, dtype="str")


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _csv(frame: pd.DataFrame) -> bytes:
    safe = frame.rename(columns=guarded)
    for name, kind in zip(safe.columns, safe.dtypes, strict=True):
        if kind == "str":
            safe[name] = safe[name].map(guarded, na_action="ignore")
    # All text is quoted, as a lone carriage return within it would end the row for some readers;
    # the mark at the start lets spreadsheets know that it is UTF-8.
    indexed = frame.index.name is not None
    return safe.to_csv(index=indexed, quoting=csv.QUOTE_NONNUMERIC).encode("utf-8-sig")


def _parquet(frame: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.to_parquet(file, index=frame.index.name is not None)
    return file.getvalue()
