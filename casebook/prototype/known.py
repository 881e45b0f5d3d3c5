"""Rows whose truth is known: for examples, for what is near, and for what is usual."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from casebook.case import Case
from casebook.expressions import identifier
from casebook.models.about import ModelFile
from casebook.models.target import target_of
from casebook.tables import Table

MOST_KNOWN = 5_000
"""Rows that are kept in memory; drawn at random where there are more."""


@dataclass(frozen=True, eq=False)
class Known:
    """A sample of the labelled rows.

    X: (n_rows, n_columns) the raw columns that the model reads, in its order.
    y: (n_rows,) class names as text, or floats. ids: (n_rows,) texts, empty without an id column.
    id_column: which column the ids are of; empty where there is none.
    """

    X: pd.DataFrame
    y: pd.Series
    ids: pd.Series
    id_column: str = ""


def known_of(case: Case, table: Table, file: ModelFile, *, seed: int = 0) -> Known:
    """The labelled rows that answers are compared with. Raises as `Table.frame` does."""
    names = [column.name for column in file.columns]
    id_column = next(iter(table.with_role("id")), "")
    wanted = list(dict.fromkeys([*names, file.target, *([id_column] if id_column else [])]))
    where = f"{identifier(file.target)} IS NOT NULL"
    frame = table.frame(wanted, where=where, limit=MOST_KNOWN, seed=seed)
    y, _classes = target_of(case, frame[file.target], table.task)
    ids = frame[id_column].astype(str) if id_column else pd.Series("", index=frame.index)
    return Known(frame[names], y, ids, id_column)
