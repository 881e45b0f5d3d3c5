"""What people chose before, as matrices of users and items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from casebook.stats.metrics import Floats

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Past:
    """The past of some users, each (n_users, n_items), sparse.

    counts: how often, or the sum of weights. recent: the same, halved with every half-life.
    last: 1 for what a user chose at the latest time; without times all is the latest.
    """

    counts: sparse.csr_matrix
    recent: sparse.csr_matrix
    last: sparse.csr_matrix

    def of(self, rows: Codes) -> Past:
        """The past of some of the users."""
        return Past(self.counts[rows], self.recent[rows], self.last[rows])


def names_of(choices: pd.DataFrame, column: str, more: Sequence[str] = ()) -> npt.NDArray[np.str_]:
    """The names in a column and those besides, each once, in order."""
    return np.unique(np.asarray([*choices[column].astype(str).unique(), *more], dtype=np.str_))


def places_of(wanted: npt.NDArray[np.str_], names: npt.NDArray[np.str_]) -> Codes:
    """(n_wanted,) where each name stands among `names`, which are in order; -1 where it does not.

    A search, not an index: one user is found among a million without a look at all of them.
    """
    found = np.minimum(np.searchsorted(names, wanted), len(names) - 1)
    return np.where(names[found] == wanted, found, -1).astype(np.intp)


def past_of(
    choices: pd.DataFrame,
    users: npt.NDArray[np.str_],
    items: npt.NDArray[np.str_],
    *,
    now: pd.Timestamp | None,
    half_life: float,
) -> Past:
    """The past of `users` in `choices`; what names other users or items does not count.

    choices: columns user and item (text), and where they are there time and weight.
    now: the time from which age counts; None, or a choice without a time, has no age.
    """
    rows = pd.Index(users).get_indexer(pd.Index(choices["user"].astype(str)))
    columns = pd.Index(items).get_indexer(pd.Index(choices["item"].astype(str)))
    known = (rows >= 0) & (columns >= 0)
    weight = _weights(choices)
    fresh = weight * 0.5 ** (_age(choices, now) / half_life)
    last = _is_last(choices, rows) & known
    shape = (len(users), len(items))

    def matrix(values: Floats, kept: npt.NDArray[np.bool_]) -> sparse.csr_matrix:
        places = (rows[kept], columns[kept])
        return sparse.csr_matrix((values[kept], places), shape=shape, dtype=float)

    return Past(matrix(weight, known), matrix(fresh, known), matrix(weight, last).sign())


def _weights(choices: pd.DataFrame) -> Floats:
    if "weight" not in choices:
        return np.ones(len(choices))
    return np.asarray(choices["weight"].fillna(1.0), dtype=float)


def _age(choices: pd.DataFrame, now: pd.Timestamp | None) -> Floats:
    """Days before `now`, never below 0."""
    if "time" not in choices or now is None:
        return np.zeros(len(choices))
    seconds = (now - choices["time"]).dt.total_seconds().fillna(0.0)
    return np.maximum(np.asarray(seconds, dtype=float) / 86_400, 0.0)


def _is_last(choices: pd.DataFrame, rows: Codes) -> npt.NDArray[np.bool_]:
    """Whether a choice was made at the latest time of its user."""
    if "time" not in choices or not len(choices):
        return np.ones(len(choices), dtype=bool)
    latest = choices["time"].groupby(rows).transform("max")
    return np.asarray((choices["time"] == latest) | latest.isna(), dtype=bool)


def row_scaled(values: Floats) -> Floats:
    """Each row divided by its greatest value, so that it is at most 1; rows of zeros stay."""
    top = values.max(axis=1, keepdims=True, initial=0.0)
    return values / np.where(top > 0, top, 1.0)
