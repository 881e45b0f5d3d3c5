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
    wanted = {}
    for place, type_ in enumerate(frame.dtypes):
        kind = str(type_)
        if kind in _WHOLE or kind.startswith(("int", "uint")):
            missing = kind in _WHOLE and bool(frame.iloc[:, place].isna().any())
            wanted[frame.columns[place]] = "float64" if missing else "int64"
        elif kind == "Float64":
            wanted[frame.columns[place]] = "float64"
        elif kind == "boolean" and not frame.iloc[:, place].isna().any():
            wanted[frame.columns[place]] = "bool"
    return frame.astype(wanted) if wanted else frame
