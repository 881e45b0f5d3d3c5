"""How good lists of offers are: recall, NDCG, hit rate, coverage at k; each a number a user.

A list is right where it holds what the user chose later. K. Jarvelin and J. Kekalainen 2002,
"Cumulated gain-based evaluation of IR techniques" (ACM TOIS 20), for NDCG, with a gain of 1 or 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from casebook.stats.estimate import Estimate
from casebook.stats.intervals import bootstrap
from casebook.stats.metrics import Floats
from casebook.stats.paired import Paired

Codes = npt.NDArray[np.intp]
Hits = npt.NDArray[np.bool_]
Names = Sequence[str] | npt.NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Wanted:
    """What users chose later, each thing once.

    rows, items: (n_pairs,) place of the user, and code of the thing; -1 for one that cannot be
    offered. counts: (n_users,) how many things each user chose, those included.
    """

    rows: Codes
    items: Codes
    counts: Floats


def wanted_by(choices: pd.DataFrame, users: Names, items: Names) -> Wanted:
    """What `users` chose in `choices` (columns user and item); other users are left out."""
    pairs = choices[["user", "item"]].drop_duplicates()
    rows = pd.Index(users).get_indexer(pd.Index(pairs["user"].astype(str)))
    codes = pd.Index(items).get_indexer(pd.Index(pairs["item"].astype(str)))
    counts = np.bincount(rows[rows >= 0], minlength=len(users)).astype(float)
    return Wanted(rows[rows >= 0], codes[rows >= 0], counts)


def hits_of(offers: Codes, wanted: Wanted) -> Hits:
    """(n_users, k) whether each offer was wanted.

    offers: (n_users, k) codes of things, best first, each once in its row; -1 is no offer.
    """
    width = int(max(offers.max(initial=0), wanted.items.max(initial=0))) + 1
    known = wanted.items >= 0
    pairs = wanted.rows[known] * width + wanted.items[known]
    offered = np.arange(len(offers))[:, None] * width + offers
    return np.isin(offered, pairs) & (offers >= 0)


def recall(hits: Hits, counts: Floats) -> Floats:
    """(n_users,) share of what a user wanted that was offered; of k things at most.

    A user who wanted more than k things can have all of them in no list, so k of them are all.
    NaN for a user who wanted nothing.
    """
    possible = np.minimum(counts, hits.shape[1])
    return np.asarray(np.divide(hits.sum(axis=1), possible, out=_unknown(counts),
                                where=possible > 0))  # fmt: skip


def ndcg(hits: Hits, counts: Floats) -> Floats:
    """(n_users,) gain discounted by log2 of the place, over that of the best list possible."""
    discount = 1.0 / np.log2(np.arange(2, hits.shape[1] + 2))
    best = np.concatenate([[0.0], np.cumsum(discount)])
    possible = best[np.minimum(counts, hits.shape[1]).astype(int)]
    return np.asarray(np.divide(hits @ discount, possible, out=_unknown(counts),
                                where=possible > 0))  # fmt: skip


def hit_rate(hits: Hits) -> Floats:
    """(n_users,) 1 where at least one offer was wanted."""
    return np.asarray(hits.any(axis=1), dtype=float)


def hit_count(hits: Hits) -> Floats:
    """(n_users,) how many offers were wanted."""
    return np.asarray(hits.sum(axis=1), dtype=float)


def coverage(offers: Codes, n_items: int) -> float:
    """The share of things that are offered to anybody.

    >>> coverage(np.array([[0, 1], [1, -1]]), 4)
    0.5
    """
    offered = np.unique(offers[offers >= 0])
    return len(offered) / n_items if n_items else float("nan")


def _unknown(counts: Floats) -> Floats:
    return np.full(len(counts), np.nan)


def by_unit(values: Floats, units: Codes) -> Floats:
    """(n_units,) the mean of each unit's values, of a basket's lists for example."""
    return np.asarray(np.bincount(units, values) / np.bincount(units))


def average(values: Floats, *, seed: int = 0) -> Estimate:
    """The mean over users, with its bootstrap interval over users."""

    def mean(weights: Floats) -> Floats:
        found: Floats = weights @ values / weights.sum(axis=-1)
        return found

    return bootstrap(mean, len(values), seed=seed)


def paired(first: Floats, second: Floats, *, comparisons: int = 1, seed: int = 0) -> Paired:
    """mean(first - second) over the same users, its bootstrap interval, and a t test's p value.

    comparisons: how many are made beside each other; the p value is multiplied (Bonferroni).
    One user gives no interval and p = 1.
    """
    differences = np.asarray(first - second, dtype=float)
    estimate, n = average(differences, seed=seed), len(differences)
    if n < 2:
        return Paired(estimate, 1.0)
    error = float(np.std(differences, ddof=1) / np.sqrt(n))
    if error == 0:
        return Paired(estimate, float(estimate.value == 0), 0.0)
    p_value = 2 * float(stats.t.sf(abs(estimate.value) / error, n - 1))
    return Paired(estimate, min(1.0, p_value * comparisons), error)
