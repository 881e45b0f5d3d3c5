"""Which two values of a row no known row has together, although each of them is usual.

For two columns: how far the row is from the nearest known one in both at once, beyond what it is
in each by itself. The pair with the most is named, to explain a row that is far as a whole; it
calls no row far by itself.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from casebook.formats import day, number
from casebook.models.about import Column
from casebook.prototype.near import Space, space_of

if TYPE_CHECKING:
    from casebook.prototype.opened import Prototype

MOST_COLUMNS = 12
LEAST = 0.1
"""Of the ranks: a tenth of all known rows lie between the row and the nearest one."""


def column_spaces(prototype: Prototype) -> dict[str, Space]:
    """A space for each column that counts most; texts are near nothing by themselves."""
    weights = dict(prototype.trust.distances.weights if prototype.trust.distances else ())
    columns = [c for c in prototype.model.file.columns if c.role != "text"]
    columns.sort(key=lambda column: -weights.get(column.name, 1.0))
    known = prototype.known.X
    return {c.name: space_of([c], known) for c in columns[:MOST_COLUMNS]}


def strangest_pair(prototype: Prototype, X: pd.DataFrame) -> tuple[str, str] | None:
    """The two columns of one row, X of one line; None where no two are strange together."""
    apart = {name: space.distances(X)[0] for name, space in prototype.by_column.items()}
    alone = {name: float(far.min()) for name, far in apart.items()}
    found = {
        (one, other): float((apart[one] + apart[other]).min()) - alone[one] - alone[other]
        for one, other in combinations(apart, 2)
        if max(alone[one], alone[other]) < LEAST  # else one is strange by itself, and told so
    }
    best = max(found, key=lambda pair: found[pair], default=None)
    return best if best is not None and found[best] > LEAST else None


def shown(prototype: Prototype, X: pd.DataFrame, name: str) -> str:
    """A column with its value in one line X, as a reader sees them."""
    column: Column = next(c for c in prototype.model.file.columns if c.name == name)
    value = X[name].iloc[0]
    label = prototype.field(name).label
    if pd.isna(value):
        return f"{label} –"
    if column.kind == "time":
        return f"{label} {day(value)}"
    if column.kind == "number" and not column.levels:
        return f"{label} {number(float(value))}"
    return f"{label} {value.item() if isinstance(value, np.generic) else value}"
