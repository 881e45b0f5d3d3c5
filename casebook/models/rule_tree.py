"""A shallow tree over raw columns, whose every split can be said aloud.

Numbers are seen by their rank, categories level by level, times by weekday and hour; a value that
is missing is a state of its own. How deep the tree may be is chosen by cross-validation: the
shallowest within one standard error of the best (Breiman et al. 1984), none where nothing helps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from casebook.models.features import Features
from casebook.models.prepare import MOST_LEVELS
from casebook.stats.blocks import variance_of_mean
from casebook.stats.metrics import Floats
from casebook.stats.splits import Rows

MOST_LEAVES = 6  # five rules and a default
DEEPEST = 3
FOLDS = 5
LEAST_LEAF = 20  # rows, and never less than one in a hundred

Part = str  # "", "weekday" or "hour"


@dataclass(frozen=True, eq=False)
class Signal:
    """One column of the tree's: a number's rank (`level` is None), or whether a level is there.

    values: what ranks stand for, ascending; counts: how many training rows have each.
    missing: whether training rows lack the value.
    """

    column: str
    part: Part = ""
    level: Any = None
    values: Floats | None = None
    counts: Rows | None = None
    missing: bool = False

    def seen(self, X: pd.DataFrame) -> Floats:
        """(n_rows,) what the tree is given; NaN where a number is missing."""
        if self.values is None:
            held = X[self.column]
            is_level = held.isna() if self.level is None else held.eq(self.level).fillna(False)
            return np.asarray(is_level.to_numpy(dtype=bool), dtype=float)
        numbers = numbers_of(X[self.column], self.part)
        ranks = np.searchsorted(_middles(self.values), numbers, side="left").astype(float)
        return np.where(np.isnan(numbers), np.nan, ranks)


def numbers_of(held: pd.Series, part: Part) -> Floats:
    """A number column, or a part of a time, as floats with NaN."""
    if part == "weekday":
        days = pd.to_datetime(held).dt.day_of_week + 1
        return np.asarray(days.to_numpy(dtype=float, na_value=np.nan), dtype=float)
    if part == "hour":
        hours = pd.to_datetime(held).dt.hour
        return np.asarray(hours.to_numpy(dtype=float, na_value=np.nan), dtype=float)
    return np.asarray(pd.to_numeric(held).to_numpy(dtype=float, na_value=np.nan), dtype=float)


def _middles(values: Floats) -> Floats:
    """Between each two neighbours; beside an infinite one, just the finite one's own side."""
    low, high = values[:-1], values[1:]
    with np.errstate(invalid="ignore"):
        found = low + (high - low) / 2
    for place in np.flatnonzero(~np.isfinite(found)):
        found[place] = middle(float(low[place]), float(high[place]))
    return np.asarray(found)


def middle(low: float, high: float) -> float:
    """A number at least `low` and less than `high`, half way where both are finite.

    >>> middle(1, 2), middle(3, float("inf"))
    (1.5, 6.0)
    """
    if np.isinf(low):
        return float(high - max(1.0, abs(high))) if np.isfinite(high) else 0.0
    return float(low + (max(1.0, abs(low)) if np.isinf(high) else (high - low) / 2))


@dataclass(frozen=True, eq=False)
class Leaf:
    """Where a path of the tree ends.

    path: (signal, threshold in ranks, whether at most it, whether a missing value goes along).
    rows: positions of the training rows in it.
    """

    path: tuple[tuple[Signal, float, bool, bool], ...]
    rows: Rows


@dataclass(frozen=True, eq=False)
class Grown:
    """The tree: its signals, and its leaves."""

    signals: tuple[Signal, ...]
    leaves: tuple[Leaf, ...]
    tree: Any

    def where(self, X: pd.DataFrame) -> Rows:
        """(n_rows,) place among `leaves` of each row."""
        at = self.tree.apply(_seen(self.signals, X))
        order = _leaf_nodes(self.tree)
        return np.asarray(np.searchsorted(order, at), dtype=np.intp)


def grow(
    X: pd.DataFrame,
    y: pd.Series,
    features: Features,
    *,
    classes: bool,
    seed: int,
    units: Rows | None = None,
) -> Grown:
    """A tree of at most six leaves; one leaf alone where no split helps on rows it has not seen.

    units: (n_rows,) code of the block that a row belongs to: blocks are left out whole.
    """
    signals = tuple(_signals(X, features))
    truth = y.to_numpy(dtype=object).astype(str) if classes else y.to_numpy(dtype=float)
    seen = _seen(signals, X)
    depth = _depth(seen, truth, units, classes=classes, seed=seed) if signals else 0
    tree = _tree(depth, len(y), classes=classes, seed=seed).fit(seen, truth)
    at = tree.apply(seen)
    paths = _paths(tree, signals)
    leaves = [Leaf(paths[node], np.flatnonzero(at == node)) for node in _leaf_nodes(tree)]
    return Grown(signals, tuple(leaves), tree)


def _seen(signals: tuple[Signal, ...], X: pd.DataFrame) -> npt.NDArray[np.float32]:
    if not signals:
        return np.zeros((len(X), 1), dtype=np.float32)
    return np.column_stack([one.seen(X) for one in signals]).astype(np.float32)


def _signals(X: pd.DataFrame, features: Features) -> list[Signal]:
    found: list[Signal] = []
    for name in features.number:
        found += _number(X[name], name, "")
    for name in features.time:
        found += [one for part in ("weekday", "hour") for one in _number(X[name], name, part)]
    for name in features.category:
        found += _levels(X[name], name)
    return found


def _number(held: pd.Series, name: str, part: Part) -> list[Signal]:
    numbers = numbers_of(held, part)
    missing = bool(np.isnan(numbers).any())
    values, counts = np.unique(numbers[~np.isnan(numbers)], return_counts=True)
    enough = len(values) > 1 or (missing and len(values) == 1)
    return [Signal(name, part, None, values, counts, missing)] if enough else []


def _levels(held: pd.Series, name: str) -> list[Signal]:
    missing = bool(held.isna().any())
    counts = held.value_counts()
    levels = list(counts.index[:MOST_LEVELS])
    found = [Signal(name, "", level, missing=missing) for level in levels if len(counts) > 1]
    return [*found, Signal(name, missing=missing)] if missing and len(counts) else found


def _tree(depth: int, n: int, *, classes: bool, seed: int) -> Any:
    kind = DecisionTreeClassifier if classes else DecisionTreeRegressor
    least = max(LEAST_LEAF, n // 100) if n >= 4 * LEAST_LEAF else max(1, n // 10)
    if depth == 0:
        return kind(max_depth=1, min_samples_leaf=n, random_state=seed)
    return kind(max_depth=depth, max_leaf_nodes=MOST_LEAVES, min_samples_leaf=least,
                random_state=seed)  # fmt: skip


def _depth(
    seen: npt.NDArray[np.float32], truth: Any, units: Rows | None, *, classes: bool, seed: int
) -> int:
    """The shallowest depth whose loss on unseen rows is within one standard error of the best."""
    smallest = int(np.unique(truth, return_counts=True)[1].min()) if classes else len(truth)
    blocks = np.arange(len(truth)) if units is None else units
    folds = min(FOLDS, smallest, len(np.unique(blocks)))
    if folds < 2:
        return 0
    if classes:
        truth = np.unique(truth, return_inverse=True)[1]  # each tree would sort the names again
    losses = np.zeros((DEEPEST + 1, len(truth)))
    for train, test in _splitter(folds, seed, classes, units).split(seen, truth, units):
        for depth in range(DEEPEST + 1):
            tree = _tree(depth, len(train), classes=classes, seed=seed)
            losses[depth, test] = _loss(
                tree.fit(seen[train], truth[train]), seen[test], truth[test]
            )
    best = int(losses.mean(axis=1).argmin())
    behind = losses - losses[best]
    error = np.sqrt([variance_of_mean(one, blocks) for one in behind])
    return int(np.flatnonzero(behind.mean(axis=1) <= error)[0])


def _splitter(folds: int, seed: int, classes: bool, units: Rows | None) -> Any:
    if units is not None:
        return GroupKFold(folds, shuffle=True, random_state=seed)
    return (StratifiedKFold if classes else KFold)(folds, shuffle=True, random_state=seed)


def _loss(tree: Any, seen: npt.NDArray[np.float32], truth: Any) -> Floats:
    """Log loss, with shares kept away from 0, or the squared error.

    A class that the training rows lack has the least share.
    """
    if not hasattr(tree, "classes_"):
        return np.asarray((tree.predict(seen) - truth) ** 2)
    shares = np.clip(tree.predict_proba(seen), 1e-3, 1)
    place = np.minimum(np.searchsorted(tree.classes_, truth), len(tree.classes_) - 1)
    said = np.where(tree.classes_[place] == truth, shares[np.arange(len(truth)), place], 1e-3)
    return np.asarray(-np.log(said))


def _leaf_nodes(tree: Any) -> npt.NDArray[np.intp]:
    return np.flatnonzero(tree.tree_.children_left < 0)


def _paths(tree: Any, signals: tuple[Signal, ...]) -> dict[int, Any]:
    """For each leaf the steps that lead to it."""
    inner = tree.tree_
    found: dict[int, Any] = {}
    waiting: list[tuple[int, tuple[Any, ...]]] = [(0, ())]
    while waiting:
        node, path = waiting.pop()
        left, right = int(inner.children_left[node]), int(inner.children_right[node])
        if left < 0:
            found[node] = path
            continue
        step = (signals[inner.feature[node]], float(inner.threshold[node]))
        missing_left = bool(inner.missing_go_to_left[node])
        waiting.append((left, (*path, (*step, True, missing_left))))
        waiting.append((right, (*path, (*step, False, not missing_left))))
    return found
