"""Which two values of a row no known row has together, although each of them is usual.

For two columns: how far a row is from the nearest known one in both at once, beyond what it is in
each by itself, in shares of known rows that lie between. Over many columns such a pair is lost
among all the others; by itself it is seen, and can be named.

Pairs are looked at that hold together: where no unseen row was strange (`holding`). With n unseen
rows a next one is, for one pair, with a chance of 1 / (n + 1) at most; that all pairs together
call few rows strange is checked on rows that did not choose them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.formats import day, number
from casebook.models.about import Column
from casebook.prototype.near import Space, Weights, space_of

if TYPE_CHECKING:
    from casebook.prototype.opened import Prototype

Floats = npt.NDArray[np.float64]
Pair = tuple[str, str]

MOST_COLUMNS = 12
MOST_KNOWN = 2000
PORTION = 64
FEWEST = 500
"""Unseen rows without which no pair is looked at."""
LEVELS = (0.1, 0.15, 0.2, 0.3, 0.5)
"""A tenth of all known rows lie between the row and the nearest one, or more."""
ALLOWED = 0.005
"""The share of ordinary rows that pairs may call strange."""


def spaces_of(columns: Sequence[Column], known: pd.DataFrame, weights: Weights) -> dict[str, Space]:
    """A space for each of the columns that count most; a text has no level to be together with."""
    counts = dict(weights)
    named = sorted(
        (c for c in columns if c.role != "text"), key=lambda column: -counts.get(column.name, 1.0)
    )
    places = np.unique(np.linspace(0, len(known) - 1, min(len(known), MOST_KNOWN)).astype(int))
    some = known.iloc[places]
    return {c.name: space_of([c], some) for c in named[:MOST_COLUMNS]}


def every_pair(spaces: dict[str, Space]) -> tuple[Pair, ...]:
    """All pairs of columns."""
    return tuple(combinations(spaces, 2))


def surprises(spaces: dict[str, Space], X: pd.DataFrame, pairs: Sequence[Pair]) -> Floats:
    """(n_rows, n_pairs) how strange values are together; 0 where one is strange by itself."""
    parts = [_surprises(spaces, X.iloc[at : at + PORTION], pairs)
             for at in range(0, len(X), PORTION)]  # fmt: skip
    return np.concatenate(parts) if parts else np.empty((0, len(pairs)))


def _surprises(spaces: dict[str, Space], X: pd.DataFrame, pairs: Sequence[Pair]) -> Floats:
    names = {name for pair in pairs for name in pair}
    apart = {name: spaces[name].distances(X) for name in names}
    alone = {name: far.min(axis=1) for name, far in apart.items()}
    made = np.zeros((len(X), len(pairs)))
    for place, (one, other) in enumerate(pairs):
        both = (apart[one] + apart[other]).min(axis=1) - alone[one] - alone[other]
        usual = np.maximum(alone[one], alone[other]) < LEVELS[0]
        made[:, place] = np.where(usual, both, 0.0)
    return made


def holding(found: Floats, first: npt.NDArray[np.bool_]) -> float | None:
    """The least level at which pairs that one part chooses call few rows of the other strange.

    found: (n_rows, n_pairs) of unseen rows; first: (n_rows,) those that choose. None where no
    level does, or rows are too few.
    """
    if len(found) < FEWEST:
        return None
    fitting = (level for level in LEVELS if strange(found, first, level).mean() <= ALLOWED)
    return next(fitting, None)


def strange(found: Floats, first: npt.NDArray[np.bool_], level: float) -> npt.NDArray[np.bool_]:
    """(n_others,) whether a row of the other part is strange by a pair that the first chose."""
    kept = (found[first] <= level).all(axis=0)
    return np.asarray((found[~first][:, kept] > level).any(axis=1))


def strangest_pair(prototype: Prototype, X: pd.DataFrame) -> Pair | None:
    """The two columns of one row, X of one line; None where no two are strange together."""
    pairs = every_pair(prototype.by_column)
    if not pairs:
        return None
    found = surprises(prototype.by_column, X, pairs)[0]
    return pairs[int(found.argmax())] if found.max() > LEVELS[0] else None


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
