"""Columns as keys: a code for each value or range, from which a table of means can be looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.language import _
from casebook.models.features import Features
from casebook.models.prepare import raw_columns

Codes = npt.NDArray[np.intp]

RANGES = 32
"""Ranges of a number, with as many rows each; neighbours are put together for pairs."""
TOGETHER = 4
MOST_KINDS = 40
"""Values of a category that are told apart in pairs; rarer ones share a code."""
LONGEST_START = 5


@dataclass(frozen=True, eq=False)
class Key:
    """A code for each row: (n_rows,) from 0 to size - 1; `label` says of what."""

    label: str
    column: str
    codes: Codes
    size: int


def plain_columns(X: pd.DataFrame, features: Features) -> pd.DataFrame:
    """Raw columns as floats, objects, texts and parts of times."""
    return raw_columns(features).fit(X).transform(X)


def ranges(
    columns: pd.DataFrame, count: int = RANGES, title: Callable[[str], str] = str
) -> tuple[Key, ...]:
    """Each column with its numbers in ranges and its 40 most frequent values; missing is one.

    title: what a reader sees for a column's name.
    """
    return tuple(
        Key(title(str(name)), str(name), codes, int(codes.max()) + 1)
        for name, values in columns.items()
        for codes in [_coarse(values, count)]
    )


def pairs(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """Two columns crossed, for each two of them; eight ranges of a number each."""
    return tuple(
        Key(
            _("{first} and {second}", first=one.label, second=other.label),
            f"{one.column} × {other.column}",
            one.codes * other.size + other.codes,
            one.size * other.size,
        )
        for one, other in combinations(keys, 2)
    )


def exact(columns: pd.DataFrame, features: Features) -> tuple[Key, ...]:
    """Each value a code; of texts that are codes of one length also by how they start."""
    found = []
    for name in (*features.number, *features.category, *features.text):
        values = columns[name]
        codes = _factorized(values)
        found.append(Key(name, name, codes, int(codes.max()) + 1))
        if name not in features.number:
            found += starts(name, values)
    return tuple(found)


def starts(name: str, values: pd.Series) -> list[Key]:
    """A text column of codes of one length by its first 1, 2, ... characters; else nothing."""
    known = values.dropna().astype(str)
    known = known[known != ""]
    lengths = known.str.len()
    if known.empty or lengths.min() != lengths.max() or known.str.contains(r"\s").any():
        return []
    length = int(lengths.iloc[0])
    if length < 3 or known.nunique() <= MOST_KINDS:
        return []
    found = []
    for n in range(1, min(length - 1, LONGEST_START) + 1):
        codes = _factorized(values.astype(object).map(lambda text, n=n: str(text)[:n]))
        label = _("the first {n} characters of {column}", n=n, column=name)
        found.append(Key(label, name, codes, int(codes.max()) + 1))
    return found


def _factorized(values: pd.Series) -> Codes:
    codes = pd.factorize(values, use_na_sentinel=True)[0]
    return np.where(codes < 0, codes.max() + 1, codes).astype(np.intp)


def _coarse(values: pd.Series, count: int) -> Codes:
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=float)
        if np.isnan(numbers).all():
            return np.zeros(len(values), dtype=np.intp)
        edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, count + 1)[1:-1]))
        codes = np.searchsorted(edges, numbers, side="right")
        return np.where(np.isnan(numbers), len(edges) + 1, codes).astype(np.intp)
    frequent = values.value_counts().index[:MOST_KINDS]
    codes = frequent.get_indexer(pd.Index(values))
    rest = np.where(values.isna(), len(frequent) + 1, len(frequent))
    return np.where(codes < 0, rest, codes).astype(np.intp)
