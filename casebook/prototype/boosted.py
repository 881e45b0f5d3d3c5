"""Boosted trees leaf by leaf: Shapley values over all known rows, exact and in milliseconds.

A leaf says its value where all columns on its path lead there. Between a row and a known row some
of these columns lead there with the row's value only (a of them), some with the known row's only
(b). Then each of the first adds value (a-1)! b! / (a+b)!, and each of the second takes value
a! (b-1)! / (a+b)!; a column that leads there with neither makes it nothing (the interventional
form of Lundberg et al. 2020, by raw column). Known rows that lead alike count as one, with their
share; so a row is compared with all of them at once.

What scikit-learn's histogram gradient boosting has learned is not part of its public face. So the
sum of the leaves is held against what the model says, row by row; where they differ, there are no
values, and the caller samples instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

MOST_BITS = 16
"""Columns on the path of a leaf; where one has more, values are sampled."""
CLOSE = 1e-6


@dataclass(frozen=True, eq=False)
class Questions:
    """The inner nodes of all trees, one after the other, each (n_nodes,).

    column: of the trees' own rows. missing: whether a missing value goes left. sets: (n_nodes, 8)
    words of bits, of the categories that go left.
    """

    column: npt.NDArray[np.intp]
    threshold: Floats
    missing: Mask
    categorical: Mask
    sets: Whole

    def left(self, X: Floats, part: slice = slice(None)) -> Mask:
        """(n_rows, n_nodes) whether rows go left at some of the nodes."""
        values, categorical = X[:, self.column[part]], self.categorical[part]
        missing = np.isnan(values) | (categorical & (values < 0))
        left = values <= self.threshold[part]
        if categorical.any():
            codes = np.where(missing, 0, values)[:, categorical].astype(np.int64)
            sets = self.sets[part][categorical]
            words = sets[np.arange(len(sets)), np.minimum(codes // 32, 7)]
            left[:, categorical] = (words >> (codes % 32)) & 1 == 1
        return np.where(missing, self.missing[part], left)


@dataclass(frozen=True, eq=False)
class Paths:
    """What it takes to come to each leaf, each (n_conditions,): that a row goes left at a node.

    leaf, node: which. left: or right. bit: of the raw column that the node asks of.
    """

    leaf: npt.NDArray[np.intp]
    node: npt.NDArray[np.intp]
    left: Mask
    bit: Whole

    def bits(self, goes_left: Mask, full: Whole) -> Whole:
        """(n_leaves,) the columns that lead there. goes_left: (n_nodes,) of a row."""
        found = full.copy()
        wrong = goes_left[self.node] != self.left
        np.bitwise_and.at(found, self.leaf[wrong], ~self.bit[wrong])
        return found


@dataclass(frozen=True, eq=False)
class Leaves:
    """All leaves of a model, and how known rows lead to them.

    base: what is said before any tree. value: (n_leaves,). full: (n_leaves,) a bit for each column
    on the path. columns: (n_leaves, most) places of raw columns, 0 where there is none.
    leaf, pattern, share: (n_patterns,) which leaf, the columns that lead there, of which share of
    the known rows.
    """

    base: float
    value: Floats
    full: Whole
    columns: npt.NDArray[np.intp]
    leaf: npt.NDArray[np.intp]
    pattern: Whole
    share: Floats
    model: Any
    questions: Questions
    paths: Paths

    @property
    def start(self) -> float:
        """The mean of what is said of the known rows."""
        there = self.pattern == self.full[self.leaf]
        return self.base + float(self.share[there] @ self.value[self.leaf[there]])

    def end(self, bits: Whole) -> float:
        """What is said of a row. bits: of `row_bits`."""
        return self.base + float(self.value[bits == self.full].sum())

    def row_bits(self, row: Floats) -> Whole:
        """(n_leaves,) the columns on each path that lead there with a row's values.

        row: (1, n_made) prepared.
        """
        return self.paths.bits(self.questions.left(_inner(self.model, row))[0], self.full)


def leaves_of(model: Any, known: Floats, owner: npt.NDArray[np.intp]) -> Leaves | None:
    """The leaves of a fitted model with one tree a round; None where they cannot be told.

    known: (n_known, n_made) prepared rows; owner: (n_made,) place of each column's raw one.
    """
    if getattr(model, "n_trees_per_iteration_", 0) != 1 or not hasattr(model, "_predictors"):
        return None
    trees = [tree for [tree] in model._predictors]
    places, ways = _order(model, owner), []
    for tree, first in zip(trees, _firsts(trees), strict=True):
        ways += list(_ways(tree.nodes, first, places))
    most = max((len(way.columns) for way in ways), default=0)
    if most > MOST_BITS:
        return None
    columns = np.zeros((len(ways), most), dtype=np.intp)
    for place, way in enumerate(ways):
        columns[place, : len(way.columns)] = way.columns
    questions, paths = _questions(trees), _paths(ways)
    leaf, pattern, share = _patterns(ways, questions, _inner(model, known))
    return Leaves(
        float(np.ravel(model._baseline_prediction)[0]),
        np.array([way.value for way in ways]),
        np.array([(1 << len(way.columns)) - 1 for way in ways], dtype=np.int64),
        columns, leaf, pattern, share, model, questions, paths,
    )  # fmt: skip


def amounts(leaves: Leaves, bits: Whole, columns: int) -> Floats:
    """(n_columns,) Shapley values of the raw columns for a row with these bits."""
    mine = bits[leaves.leaf]
    alive = ((mine | leaves.pattern) == leaves.full[leaves.leaf]) & (mine != leaves.pattern)
    leaf, mine, theirs = leaves.leaf[alive], mine[alive], leaves.pattern[alive]
    worth = leaves.value[leaf] * leaves.share[alive]
    gives, takes = mine & ~theirs, theirs & ~mine
    a, b = np.bitwise_count(gives), np.bitwise_count(takes)
    give, take = worth * _GIVES[a, b], worth * _TAKES[a, b]
    found = np.zeros(columns)
    for place in range(leaves.columns.shape[1]):
        added = give * (gives >> place & 1) - take * (takes >> place & 1)
        found += np.bincount(leaves.columns[leaf, place], added, minlength=columns)
    return found


def agrees(said: float, expected: float) -> bool:
    """Whether the sum of the leaves is what the model says, but for rounding."""
    return abs(said - expected) <= CLOSE * (1 + abs(expected))


class _Way(NamedTuple):
    """A leaf: its value, the raw columns on its path, and (node, whether left, place of column)."""

    value: float
    columns: tuple[int, ...]
    steps: tuple[tuple[int, bool, int], ...]


def _firsts(trees: Sequence[Any]) -> list[int]:
    """Where each tree's inner nodes begin among those of all."""
    inner = [int((~tree.nodes["is_leaf"].astype(bool)).sum()) for tree in trees]
    return [0, *np.cumsum(inner)[:-1].tolist()]


def _questions(trees: Sequence[Any]) -> Questions:
    nodes = [tree.nodes[~tree.nodes["is_leaf"].astype(bool)] for tree in trees]
    sets = [_sets(tree, inner) for tree, inner in zip(trees, nodes, strict=True)]
    every = np.concatenate(nodes)
    return Questions(
        every["feature_idx"].astype(np.intp),
        every["num_threshold"].astype(float),
        every["missing_go_to_left"].astype(bool),
        every["is_categorical"].astype(bool),
        np.concatenate(sets),
    )


def _sets(tree: Any, inner: Any) -> Whole:
    found = np.zeros((len(inner), 8), dtype=np.int64)
    categorical = inner["is_categorical"].astype(bool)
    if categorical.any():
        found[categorical] = tree.raw_left_cat_bitsets[inner["bitset_idx"][categorical]]
    return found


def _ways(nodes: Any, first: int, places: npt.NDArray[np.intp]) -> Iterator[_Way]:
    """The leaves of a tree whose inner nodes are numbered from `first`."""
    leaf = nodes["is_leaf"].astype(bool)
    number = first + np.cumsum(~leaf) - 1
    waiting: list[tuple[int, tuple[int, ...], tuple[tuple[int, bool, int], ...]]] = [(0, (), ())]
    while waiting:
        at, columns, steps = waiting.pop()
        node = nodes[at]
        if leaf[at]:
            yield _Way(float(node["value"]), columns, steps)
            continue
        column = int(places[node["feature_idx"]])
        wider = columns if column in columns else (*columns, column)
        for child, left in ((node["right"], False), (node["left"], True)):
            step = (int(number[at]), left, wider.index(column))
            waiting.append((int(child), wider, (*steps, step)))


def _paths(ways: Sequence[_Way]) -> Paths:
    steps = [(place, *step) for place, way in enumerate(ways) for step in way.steps]
    leaf, node, left, bit = np.array(steps, dtype=np.int64).reshape(-1, 4).T
    return Paths(leaf, node, left.astype(bool), np.left_shift(1, bit))


def _patterns(
    ways: Sequence[_Way], questions: Questions, X: Floats
) -> tuple[npt.NDArray[np.intp], Whole, Floats]:
    """Which sets of columns lead known rows to each leaf, and the share of each set."""
    leaf, pattern, share = [], [], []
    asked: dict[int, Mask] = {}
    for place, way in enumerate(ways):
        asked = {
            node: questions.left(X, slice(node, node + 1))[:, 0] if node not in asked
            else asked[node]
            for node, _left, _bit in way.steps
        }  # fmt: skip
        wrong = np.zeros(len(X), dtype=np.int64)
        for node, left, bit in way.steps:
            wrong |= (asked[node] != left).astype(np.int64) << bit
        counts = np.bincount(wrong ^ ((1 << len(way.columns)) - 1))
        there = np.flatnonzero(counts)
        leaf.append(np.full(len(there), place, dtype=np.intp))
        pattern.append(there.astype(np.int64))
        share.append(counts[there] / len(X))
    return np.concatenate(leaf), np.concatenate(pattern), np.concatenate(share)


def _inner(model: Any, X: Floats) -> Floats:
    """Prepared columns as the trees see them: categories first, as codes."""
    return np.asarray(model._preprocess_X(X, reset=False), dtype=float)


def _order(model: Any, owner: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    categories = getattr(model, "is_categorical_", None)
    if categories is None:
        return owner
    return np.concatenate([owner[categories], owner[~categories]])


def _tables() -> tuple[Floats, Floats]:
    size = MOST_BITS + 1
    gives, takes = np.zeros((size, size)), np.zeros((size, size))
    for a in range(size):
        for b in range(size - a):
            if a:
                gives[a, b] = 1 / (a * math.comb(a + b, a))
            if b:
                takes[a, b] = 1 / (b * math.comb(a + b, b))
    return gives, takes


_GIVES, _TAKES = _tables()
