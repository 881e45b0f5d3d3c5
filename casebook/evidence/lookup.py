"""A lookup where there are too many classes for any model: key to value, on rows held out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.evidence.base import Found, Picture, Point
from casebook.evidence.keys import Key, exact, plain_columns
from casebook.exceptions import CasebookError
from casebook.expressions import identifier
from casebook.formats import interval, number
from casebook.language import _
from casebook.models.features import features_of
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import proportion
from casebook.stats.splits import Rows
from casebook.tables import Table

MOST_ROWS = 50_000
LEAST_ROWS = 50
ENOUGH = 0.95
HALVES = 2


def lookup_alone(table: Table, seed: int = 0) -> Found | None:
    """The best lookup of a target of many values; None where there is nothing to look up.

    Half of the rows make the table, the other half is looked up in it; the key is chosen on the
    first half. A key that was not seen counts as wrong.
    """
    keys, y = _keys(table, seed)
    if not keys:
        return None
    half = np.random.default_rng(seed).random(len(y)) < 1 / HALVES
    best = max(keys, key=lambda key: _right(key, y, *_halves(np.flatnonzero(half), seed)).mean())
    right = _right(best, y, np.flatnonzero(half), np.flatnonzero(~half))
    share = proportion(int(right.sum()), len(right))
    dummy = float(np.mean(y[~half] == np.bincount(y[half]).argmax()))
    return _found(best, share, dummy, len(np.unique(y)))


def _found(best: Key, share: Estimate, dummy: float, values: int) -> Found:
    enough = share.low is not None and share.low >= ENOUGH
    said = {"key": best.label, "share": interval(share, 100, "%")}
    point = Point(best.label, share.value, share.low, share.high)
    alt = _("Rows that the lookup has right; the line is always the most frequent value.")
    facts = (
        (_("Rows looked up"), number(share.n)),
        (_("Different values of the target"), number(values)),
        (_("Always the most frequent value"), number(dummy)),
    )
    picture = Picture("intervals", (point,), dummy, _("share right"), alt)
    if enough:
        return Found("yes", _("A lookup by {key} is right in {share} of the rows that it was not "
                              "made of.", **said), facts, picture)  # fmt: skip
    return Found("unclear", _("The best lookup, by {key}, is right in {share} of the rows that it "
                              "was not made of.", **said), facts, picture)  # fmt: skip


def _keys(table: Table, seed: int) -> tuple[tuple[Key, ...], Rows]:
    if table.target is None:
        return (), np.zeros(0, dtype=np.intp)
    known = f"{identifier(table.target)} IS NOT NULL"
    frame = table.frame(where=known, limit=MOST_ROWS, seed=seed)
    y = pd.factorize(frame[table.target].astype(object))[0].astype(np.intp)
    try:
        features = features_of(table)
    except CasebookError:
        return (), y
    if table.task != "classification" or len(y) < LEAST_ROWS or len(np.unique(y)) < HALVES:
        return (), y
    return exact(plain_columns(frame, features), features), y


def _halves(rows: Rows, seed: int) -> tuple[Rows, Rows]:
    chosen = np.random.default_rng(seed + 1).random(len(rows)) < 1 / HALVES
    return rows[chosen], rows[~chosen]


def _right(
    key: Key, y: Rows, train: Rows, test: Rows
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(n_test,) whether the most frequent value of the key in training is the row's own."""
    made = pd.DataFrame({"key": key.codes[train], "y": y[train]})
    counted = made.value_counts().reset_index()
    value = counted.drop_duplicates("key").set_index("key")["y"]
    said = value.reindex(key.codes[test]).to_numpy(dtype=float, na_value=-1)
    return np.asarray(said == y[test])
