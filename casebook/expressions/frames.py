"""DuckDB's frames as scikit-learn takes them: plain numbers with NaN, plain truth values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")


def plain_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with whole numbers as int64, or as float64 with NaN where some are missing.

    Truth values become bool where none is missing; with missing ones they stay `boolean`.
    """
    for name, type_ in zip(frame.columns, frame.dtypes, strict=True):
        kind = str(type_)
        missing = bool(frame[name].isna().any()) if kind in (*_WHOLE, "boolean") else False
        if kind in _WHOLE or kind.startswith(("int", "uint")):
            frame[name] = frame[name].astype("float64" if missing else "int64")
        elif kind == "Float64":
            frame[name] = frame[name].astype("float64")
        elif kind == "boolean" and not missing:
            frame[name] = frame[name].astype("bool")
    return frame
