"""How near rows are to each other, over mixed columns, and which known rows are nearest.

A distance as Gower's (1971): the weighted mean of one distance a column, each about between 0 and
1. Numbers by how many known rows lie between them, as a share (ranks: Podani 1999), which heavy
tails and scales do not sway; beyond all known values the ranks go on in a straight line. Times
likewise, but never beyond: that time moves on makes no row strange. Categories are the same or
not; texts by the cosine of their words' hashes. Missing is near missing only.

Columns on which the model depends count more. How much it does is what it says otherwise once a
column's values are shuffled (Breiman 2001, without truths); half of all weight goes by that, half
to all columns alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.spatial.distance import cdist
from sklearn.feature_extraction.text import HashingVectorizer

from casebook.models.about import Column
from casebook.prototype.alike import Alike, alike_of, level_of
from casebook.prototype.rows import frame, plain_rows
from casebook.prototype.values import Neighbour, Row

if TYPE_CHECKING:
    from casebook.prototype.opened import Prototype

__all__ = ["Ranks", "Space", "as_floats", "level_of", "neighbours", "space_of", "weights_of"]

Floats = npt.NDArray[np.float64]

KNOTS = 256
"""Ranks are read off a line through so many quantiles; other values lie between them."""
MOST_SHUFFLED = 300
MOST_ASKED = 20_000
CELLS = 2_000_000
"""Distances held at once; more rows are taken in portions."""

Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Ranks:
    """A column of numbers or times as the shares of known values below them."""

    name: str
    values: Floats
    shares: Floats
    slope: float

    @classmethod
    def of(cls, values: pd.Series, *, beyond: bool) -> Ranks:
        """beyond: values past all known ones go on; else they count as the last known one."""
        known = as_floats(values)
        known = np.sort(known[np.isfinite(known)])
        if not len(known):
            return cls(str(values.name), np.zeros(1), np.full(1, 0.5), 0.0)
        found, first, count = np.unique(known, return_index=True, return_counts=True)
        middle = (first + count / 2) / len(known)  # ties share the middle of their ranks
        if len(found) > KNOTS:
            kept = np.unique(np.linspace(0, len(found) - 1, KNOTS).round().astype(int))
            found, middle = found[kept], middle[kept]
        spread = _spread(known)
        return cls(str(values.name), found, middle, 1 / spread if beyond and spread else 0.0)

    def place(self, values: pd.Series) -> Floats:
        """(n_rows, 2) share below, and a half where it is missing, which then lies in the middle.

        So a missing value is on average 3/4 from a known one, and none from a missing one.
        """
        floats = as_floats(values)
        missing = ~np.isfinite(floats)
        inside = np.where(missing, self.values[0], floats)
        shares = np.interp(inside, self.values, self.shares)
        shares += self.slope * (inside - np.clip(inside, self.values[0], self.values[-1]))
        return np.column_stack([np.where(missing, 0.5, shares), missing / 2])


def _spread(ordered: Floats) -> float:
    """The width that holds the inner 98 %; all of it where that is none."""
    low, high = ordered[round(0.01 * (len(ordered) - 1))], ordered[round(0.99 * (len(ordered) - 1))]
    return float(high - low) or float(ordered[-1] - ordered[0])


def as_floats(values: pd.Series) -> Floats:
    """(n_rows,) numbers, or times as days since 1970; NaN where there is none."""
    if values.dtype.kind == "M":
        moments = values.to_numpy(dtype="datetime64[us]")
        days: Floats = np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / 86_400e6)
        return days
    return values.to_numpy(dtype=float, na_value=np.nan)


@dataclass(frozen=True, eq=False)
class Space:
    """The known rows as points. Made by `space_of`; weights add up to 1 over all columns."""

    ranks: tuple[tuple[Ranks, float], ...]
    alike: Alike
    texts: tuple[tuple[str, float], ...]
    points: Floats = field(repr=False)
    words: tuple[Any, ...] = field(repr=False)

    def distances(self, X: pd.DataFrame) -> Floats:
        """(n_rows, n_known) how far rows are from each known one."""
        far = np.zeros((len(X), self.size))
        if self.ranks:
            far += cdist(_points(self.ranks, X), self.points, "cityblock")
        far += self.alike.apart(X)
        for (name, weight), known in zip(self.texts, self.words, strict=True):
            far += weight * _apart(_hashed(X[name]), known)
        return far

    def nearest(self, X: pd.DataFrame, *, place: int = 0) -> Floats:
        """(n_rows,) the distance of each row to the nearest known one.

        place: 1 for rows that are known themselves; then it is the nearest other one.
        """
        step = max(1, CELLS // max(1, self.size))
        found = (self.distances(X.iloc[at : at + step]) for at in range(0, len(X), step))
        parts = [np.partition(far, place, axis=1)[:, place] if place else far.min(axis=1)
                 for far in found]  # fmt: skip
        return np.concatenate(parts) if parts else np.empty(0)

    @property
    def size(self) -> int:
        """How many rows are known."""
        return len(self.points)


def space_of(columns: Sequence[Column], known: pd.DataFrame, weights: Weights = ()) -> Space:
    """A space of known rows. weights: by column; none counts all columns alike."""
    share = _shares(columns, weights)
    numbers = [c for c in columns if c.kind == "time" or _is_number(c)]
    texts = [c for c in columns if c.role == "text"]
    others = [c for c in columns if c not in numbers and c not in texts]
    ranks = tuple(
        (Ranks.of(known[c.name], beyond=c.kind != "time"), share[c.name]) for c in numbers
    )
    return Space(
        ranks,
        alike_of(known, [(c.name, share[c.name]) for c in others]),
        tuple((c.name, share[c.name]) for c in texts),
        _points(ranks, known) if ranks else np.empty((len(known), 0)),
        tuple(_hashed(known[c.name]) for c in texts),
    )


def _is_number(column: Column) -> bool:
    return column.kind == "number" and column.role not in ("category", "text")


def _shares(columns: Sequence[Column], weights: Weights) -> dict[str, float]:
    given = dict(weights)
    found = {c.name: given.get(c.name, 1.0 if not given else 0.0) for c in columns}
    total = sum(found.values()) or 1.0
    return {name: value / total for name, value in found.items()}


def _points(ranks: Sequence[tuple[Ranks, float]], X: pd.DataFrame) -> Floats:
    return np.hstack([weight * one.place(X[one.name]) for one, weight in ranks])


def _hashed(values: pd.Series) -> sparse.csr_matrix:
    said = [level_of(value) or "" for value in values]
    return HashingVectorizer(n_features=2**12, alternate_sign=False).transform(said)


def _apart(mine: sparse.csr_matrix, known: sparse.csr_matrix) -> Floats:
    """One minus the cosine; two texts without a word are the same."""
    both_empty = np.outer(mine.getnnz(axis=1) == 0, known.getnnz(axis=1) == 0)
    apart: Floats = np.where(both_empty, 0.0, 1.0 - (mine @ known.T).toarray())
    return np.clip(apart, 0.0, 1.0)


def weights_of(
    estimator: Any, columns: Sequence[Column], known: pd.DataFrame, *, seed: int = 0
) -> Weights:
    """How much each column counts, by what the model says once its values are shuffled."""
    rng = np.random.default_rng(seed)
    rows = min(len(known), max(20, min(MOST_SHUFFLED, MOST_ASKED // max(1, len(columns)))))
    some = known.iloc[np.sort(rng.choice(len(known), rows, replace=False))].reset_index(drop=True)
    shuffled = [some.assign(**{c.name: _shuffled(some[c.name], rng)}) for c in columns]
    asked = pd.concat([some, *shuffled], ignore_index=True)
    said = _said(estimator, asked).reshape(len(columns) + 1, rows, -1)
    effect = np.abs(said[1:] - said[0]).mean(axis=(1, 2))
    total = float(effect.sum())
    part = effect / total if total > 0 else np.full(len(columns), 1 / len(columns))
    return tuple(
        (c.name, float((1 / len(columns) + one) / 2)) for c, one in zip(columns, part, strict=True)
    )


def _shuffled(values: pd.Series, rng: np.random.Generator) -> pd.Series:
    return values.iloc[rng.permutation(len(values))].reset_index(drop=True)


def _said(estimator: Any, X: pd.DataFrame) -> Floats:
    """(n_rows, n_classes) shares, or (n_rows, 1) numbers; classes without shares as 0 and 1."""
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X), dtype=float)
    said = np.asarray(estimator.predict(X))
    if said.dtype.kind in "OUS":
        return np.asarray(said[:, None] == np.unique(said)[None, :], dtype=float)
    return said.astype(float)[:, None]


def neighbours(prototype: Prototype, row: Row, k: int = 5) -> tuple[Neighbour, ...]:
    """The k nearest known rows, the nearest first; without their sensitive columns.

    Rows with the very same values come first. Raises ModelError for a row that cannot be read.
    """
    known = prototype.known
    far = prototype.space.distances(frame(prototype.model.file, [row]))[0]
    places = np.argsort(far, kind="stable")[:k]
    hidden = {one.column for one in prototype.fields if one.sensitive}
    shown = known.X.iloc[places][[name for name in known.X.columns if name not in hidden]]
    ids = _ids(prototype, places)
    return tuple(
        Neighbour(name, values, _truth(known.y.iloc[place]), float(far[place]))
        for place, values, name in zip(places, plain_rows(shown), ids, strict=True)
    )


def _ids(prototype: Prototype, places: npt.NDArray[np.intp]) -> list[str]:
    """The ids of known rows; empty where they say who somebody is."""
    known = prototype.known
    if not known.id_column or prototype.table.column(known.id_column).sensitive:
        return [""] * len(places)
    return [str(name) for name in known.ids.iloc[places]]


def _truth(value: Any) -> float | str:
    return value if isinstance(value, str) else float(value)
