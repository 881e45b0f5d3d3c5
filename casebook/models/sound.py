"""Whether the trees in a loaded model hold together: scikit-learn walks them without looking.

A child outside of the tree is read from foreign memory, and a child that leads back is walked for
ever; a crafted file can have either in a branch that no probe row reaches.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

BITSET_WORDS = 8  # scikit-learn's sets of 256 categories, as words of 32 bits


def check(estimator: Any) -> None:
    """Raises ValueError for a tree whose nodes point outside of it, back, or at no feature."""
    for owner in _parts(estimator):
        features = getattr(owner, "n_features_in_", 0)
        if hasattr(owner, "tree_"):
            _check_tree(owner.tree_, features)
        for part in np.ravel(getattr(owner, "estimators_", ())):
            within = getattr(part, "n_features_in_", 0) <= features
            _hold(within, "more features than the model around it")
        if hasattr(owner, "_predictors"):
            by_level = owner.is_categorical_
            by_level = np.zeros(features, bool) if by_level is None else np.asarray(by_level, bool)
            _hold(by_level.shape == (features,), "a mask of another number of features")
            for predictor in chain.from_iterable(owner._predictors):
                _check_predictor(predictor, by_level)


def _check_tree(tree: Any, features: int) -> None:
    _hold(0 < tree.node_count <= tree.capacity, "more nodes than there are")
    leaf = tree.children_left == -1
    _hold(bool((leaf == (tree.children_right == -1)).all()), "a node with one child")
    _check_nodes(leaf, tree.children_left, tree.children_right, tree.feature, features)


def _check_predictor(predictor: Any, by_level: npt.NDArray[np.bool_]) -> None:
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    _hold(len(nodes) > 0, "a tree without a node")
    _check_nodes(leaf, nodes["left"], nodes["right"], nodes["feature_idx"], len(by_level))
    sets = predictor.raw_left_cat_bitsets
    _hold(sets.ndim == 2 and sets.shape[1] == BITSET_WORDS, "sets of categories of another size")
    split = nodes[nodes["is_categorical"].astype(bool) & ~leaf]
    _hold(bool((split["bitset_idx"] < len(sets)).all()), "a set of categories that is not there")
    _hold(bool(by_level[split["feature_idx"]].all()), "a set of categories for a number")


def _check_nodes(
    leaf: npt.NDArray[np.bool_],
    left: npt.NDArray[Any],
    right: npt.NDArray[Any],
    feature: npt.NDArray[Any],
    features: int,
) -> None:
    """Children come after their parent in every tree that scikit-learn grows."""
    place = np.arange(len(leaf))[~leaf]
    for child in (left[~leaf].astype(np.int64), right[~leaf].astype(np.int64)):
        _hold(bool(((child > place) & (child < len(leaf))).all()), "a child outside of its tree")
    asked = feature[~leaf].astype(np.int64)
    _hold(bool(((asked >= 0) & (asked < features)).all()), "a split by no feature")


def _hold(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"its tree has {what}")


def _parts(estimator: Any) -> Iterator[Any]:
    """The estimator and everything in it that has attributes."""
    waiting, seen = [estimator], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, str | bytes | int | float | type(None)):
            continue
        seen.add(id(part))
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list | tuple | set):
            waiting += part
        elif isinstance(part, np.ndarray):
            waiting += part.ravel().tolist() if part.dtype == object else []
        elif hasattr(part, "__dict__") and not isinstance(part, type):
            yield part
            waiting += vars(part).values()
