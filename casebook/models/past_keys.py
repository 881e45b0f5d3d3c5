"""Which row is the same thing at another time: columns that tell the rows of one moment apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.tables import Table

UNIQUE = 0.98
"""The share of rows that a moment and its key must tell apart; rows entered twice are the rest."""
DENSE = 0.5
"""The share of moments at which a key must be there on average: a shop is there day after day,
while a floor area tells the houses of a day apart by chance."""
MOST_DISTINCT = 1_000
MOST_COLUMNS = 20
MOST_SIZE = 2
MOMENTS_LOOKED_AT = 200

Codes = npt.NDArray[np.int64]


def codes_of(columns: Sequence[pd.Series], n: int) -> Codes:
    """(n_rows,) one code for each combination of values; a missing value is one of its own."""
    found = np.zeros(n, dtype=np.int64)
    for column in columns:
        values = column.astype(object).where(column.notna(), "missing")
        codes, levels = pd.factorize(values)
        found = found * (len(levels) + 1) + codes
        found = pd.factorize(found)[0].astype(np.int64)
    return found


def told_apart(when: Codes, *parts: Codes) -> bool:
    """Whether nearly every row is the only one of its moment and of the parts of its key."""
    found = pd.DataFrame(dict(enumerate((when, *parts))))
    return int((~found.duplicated()).sum()) >= UNIQUE * len(found)


def density(when: Codes, key: Codes) -> float:
    """Rows over all pairs of a moment and a key."""
    return len(when) / max(1, len(np.unique(when)) * len(np.unique(key)))


def possible(table: Table, leave_out: Sequence[str | None]) -> list[str]:
    """Columns that can be part of a key: categories and numbers of few values, the table's order.

    Whether numbers are whole is for `whole` to say, which looks at the rows.
    """
    names = [
        column.name
        for column in table.columns
        if column.role in ("category", "number")
        and 2 <= column.distinct <= MOST_DISTINCT
        and column.name not in leave_out
    ]
    return names[:MOST_COLUMNS]


def whole(values: pd.Series) -> bool:
    """Whether a column holds no number with a fraction."""
    if not pd.api.types.is_float_dtype(values):
        return True
    known = values.dropna()
    return bool((known == known.round()).all())


def keys(
    when: Codes, rows: pd.DataFrame, group: str | None
) -> Iterator[list[tuple[tuple[str, ...], Codes]]]:
    """By size, every set of at most two columns that tells the rows of a moment apart.

    Each comes with its codes, and is there at least half of the moments.
    rows: (n_rows, n_columns) the columns that may be in a key. group: is in every key.
    Each set is tried on some moments before all.
    """
    always = (group,) if group else ()
    others = [name for name in rows.columns if name != group and whole(rows[name])]
    some = _some_moments(when)
    tried = {name: codes_of([rows[name][some]], int(some.sum())) for name in (*always, *others)}
    for size in range(len(always), MOST_SIZE + 1):
        found = []
        for added in combinations(others, size - len(always)):
            names = (*always, *added)
            if not told_apart(when[some], *(tried[name] for name in names)):
                continue
            key = codes_of([rows[name] for name in names], len(rows))
            if told_apart(when, key) and density(when, key) >= DENSE:
                found.append((names, key))
        yield found


def _some_moments(when: Codes) -> npt.NDArray[np.bool_]:
    moments = np.unique(when)
    step = max(1, len(moments) // MOMENTS_LOOKED_AT)
    return np.isin(when, moments[::step])
