"""The values that each column of a row may be changed to, and how far they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.models.about import Cell
from casebook.models.features import as_level
from casebook.prototype.near import Ranks
from casebook.prototype.opened import Prototype
from casebook.prototype.rows import frame, plain_rows
from casebook.prototype.values import Field, Row

Floats = npt.NDArray[np.float64]

MOST_VALUES = 400
"""Of a number; from more, those that are even over the ranks, and all that are nearest."""
OTHER_LEVEL = 0.5
FROM_MISSING = 0.5


@dataclass(frozen=True, eq=False)
class Moves:
    """columns: that may change. choices: values of each. costs, signed: how far each value is."""

    columns: tuple[str, ...]
    choices: tuple[tuple[Cell, ...], ...]
    costs: tuple[Floats, ...]
    signed: tuple[Floats, ...]

    def pool(self, prototype: Prototype, row: Row) -> pd.DataFrame:
        """Rows of which row i has the i-th value of each column; the row's own past the last."""
        longest = max(len(values) for values in self.choices)
        rows = [dict(row) for _place in range(longest)]
        for name, values in zip(self.columns, self.choices, strict=True):
            for place, value in enumerate(values):
                rows[place][name] = value
        return frame(prototype.model.file, rows)


def moves_of(prototype: Prototype, row: Row, fixed: Collection[str]) -> Moves:
    """What may change, and to what. Columns without another allowed value are left out."""
    found = []
    for column in prototype.model.file.columns:
        field = prototype.field(column.name)
        if not may_change(field, fixed):
            continue
        known = prototype.known.X[column.name]
        is_number = field.kind == "number"
        made = (
            _numbers(field, known, row[column.name])
            if is_number
            else _levels(field, known, row[column.name])
        )
        if len(made[0]):
            found.append((column.name, *made))
    names, choices, signed = zip(*found, strict=True) if found else ((), (), ())
    return Moves(names, choices, tuple(np.abs(one) for one in signed), signed)


def may_change(field: Field, fixed: Collection[str]) -> bool:
    """Not a time, not a text, nothing sensitive, nothing fixed."""
    kind = field.kind in ("number", "category", "boolean")
    return kind and not (field.sensitive or field.is_fixed or field.column in fixed)


def _numbers(field: Field, known: pd.Series, own: Cell) -> tuple[tuple[Cell, ...], Floats]:
    """Known values that are allowed and usual, and how many known rows lie between, signed."""
    values = np.unique(known.dropna().to_numpy(dtype=float))
    low, high = limits(field)
    values = values[(values >= low) & (values <= high) & np.isfinite(values)]
    if own is not None:
        values = values[values != float(own)]
    ranks = Ranks.of(known, beyond=True)
    shares = ranks.place(pd.Series(values, dtype=float))[:, 0]
    if own is None:
        signed = np.full(len(values), FROM_MISSING)
    else:
        here = ranks.place(pd.Series([float(own)]))[0, 0]
        # a value is never at no distance, so that of equal ranks the nearer number comes first
        signed = (shares - here) + 1e-9 * np.sign(values - float(own)) * (
            1 + np.abs(values - float(own)) / (np.abs(values - float(own)).max(initial=0) or 1)
        )
    kept = _kept(signed)
    plain = plain_rows(pd.DataFrame({"value": known.dropna().iloc[:1]}))
    whole = bool(plain) and isinstance(plain[0]["value"], int)
    made: tuple[Cell, ...] = tuple(int(v) if whole else float(v) for v in values[kept])
    return made, signed[kept]


def _kept(signed: Floats) -> npt.NDArray[np.intp]:
    """All values where they are few, else the nearest ones and some all over the range."""
    if len(signed) <= MOST_VALUES:
        return np.arange(len(signed))
    nearest = np.argsort(np.abs(signed), kind="stable")[: MOST_VALUES // 4]
    spread = np.linspace(0, len(signed) - 1, 3 * MOST_VALUES // 4).round().astype(np.intp)
    return np.unique(np.concatenate([nearest, spread]))


def limits(field: Field) -> tuple[float, float]:
    """Between which a number may be: what the record allows, and what is usual."""
    lows = [float(x) for x in (field.least, field.low) if isinstance(x, int | float)]
    highs = [float(x) for x in (field.most, field.high) if isinstance(x, int | float)]
    return max(lows, default=-np.inf), min(highs, default=np.inf)


def _levels(field: Field, known: pd.Series, own: Cell) -> tuple[tuple[Cell, ...], Floats]:
    """The levels of known rows that the form offers, as the data have them."""
    mine = None if own is None else as_level(own)
    offered = set(field.levels)
    seen = plain_rows(pd.DataFrame({"value": known.dropna().drop_duplicates()}))
    levels = {as_level(one["value"]): one["value"] for one in seen}
    made = tuple(value for level, value in levels.items()
                 if level != mine and (not offered or level in offered))  # fmt: skip
    return made, np.full(len(made), OTHER_LEVEL)
