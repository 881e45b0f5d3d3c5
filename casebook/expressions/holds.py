"""Several conditions on the rows of a frame in one query: where each holds, or which is first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from casebook.expressions.check import Expression
from casebook.expressions.evaluate import time_for
from casebook.expressions.locked import connect_locked, identifier, running

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_PLAIN = ("VARCHAR", "BOOLEAN", "DATE")


class Holds(NamedTuple):
    """(n_rows,) each: where a condition is true, and where it is unknown (a value is missing)."""

    yes: Mask
    unknown: Mask


def holds(
    frame: pd.DataFrame, conditions: Sequence[Expression], *, place: str = ""
) -> tuple[Holds, ...]:
    """Where each condition holds, all of them in one pass over the rows.

    conditions: checked against the columns of `frame`. Raises ExpressionError where one cannot
    be computed, or is not a condition.
    """
    if not conditions:
        return ()
    listed = ", ".join(f"CAST({one.sql} AS BOOLEAN) AS c{n}" for n, one in enumerate(conditions))
    found = _numbers(frame, _used(conditions), f"SELECT {listed} FROM data", place)
    return tuple(_parted(found[f"c{n}"]) for n in range(len(conditions)))


def first_that_holds(
    frame: pd.DataFrame, conditions: Sequence[Expression], kinds: Mapping[str, str]
) -> npt.NDArray[np.intp]:
    """(n_rows,) place of the first condition that holds in a row; how many there are for none.

    kinds: types that columns are taken as, by name, as `kinds_of` gives them: a row in which a
    value is missing does not tell its column's type, and one row is all that a caller may have.
    Raises ExpressionError.
    """
    columns = _used(conditions)
    query = _first(tuple(conditions), columns, tuple(kinds.get(name, "") for name in columns))
    found = np.asarray(_numbers(frame, columns, query, "")["first"])
    return found.astype(np.intp)


def kinds_of(frame: pd.DataFrame, conditions: Sequence[Expression]) -> dict[str, str]:
    """DuckDB's types of the columns that conditions use; every number is a DOUBLE."""
    columns = [name for name in _used(conditions) if frame[name].notna().any()]
    if not columns:
        return {}
    with connect_locked() as connection:
        connection.register("data", frame[columns])
        rows = connection.execute("DESCRIBE data").fetchall()
    known = {
        name: _kind(str(row[1]).split("(")[0]) for name, row in zip(columns, rows, strict=True)
    }
    return {name: kind for name, kind in known.items() if kind}


def _kind(name: str) -> str:
    """The type as a cast names it; empty for one that a column keeps by itself."""
    if name.removeprefix("U") in _NUMBERS:
        return "DOUBLE"
    if name == "ENUM":
        return "VARCHAR"
    return name if name in _PLAIN or name.startswith("TIMESTAMP") else ""


def _used(conditions: Iterable[Expression]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in conditions for name in one.columns))


@lru_cache(maxsize=64)  # the text of a query takes longer to make than one row to be looked at
def _first(conditions: tuple[Expression, ...], columns: tuple[str, ...], kinds: tuple[str, ...]
           ) -> str:  # fmt: skip
    cases = " ".join(
        f"WHEN CAST({one.sql} AS BOOLEAN) THEN {n}" for n, one in enumerate(conditions)
    )
    typed = ", ".join(
        f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}" if kind else identifier(name)
        for name, kind in zip(columns, kinds, strict=True)
    )
    source = f"(SELECT {typed} FROM data) AS data" if typed else "data"
    decided = f"CASE {cases} ELSE {len(conditions)} END" if cases else "0"
    return f"SELECT CAST({decided} AS BIGINT) AS first FROM {source}"


def _numbers(
    frame: pd.DataFrame, columns: tuple[str, ...], query: str, place: str
) -> dict[str, npt.NDArray[np.generic]]:
    """The columns of a query over the rows, as DuckDB hands them to NumPy."""
    rows = frame[list(columns)] if columns else frame.iloc[:, :1]
    with connect_locked() as connection:
        connection.register("data", rows)
        with running(connection, time_for(len(rows)), place):
            found = connection.execute(query).fetchnumpy()
    return {name: np.ma.asanyarray(values) for name, values in found.items()}


def _parted(values: npt.NDArray[np.generic]) -> Holds:
    unknown = np.ma.getmaskarray(values)
    return Holds(np.ma.getdata(values).astype(bool) & ~unknown, unknown)
