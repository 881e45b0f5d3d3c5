"""Rules proposed from the data: a shallow tree, turned into a short ordered table of conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.expressions.terms import written
from casebook.models.features import Features
from casebook.models.rule import RuleClassifier, RuleRegressor
from casebook.models.rule_boxes import Axis, Box, Key, axes_of, box_of, shortened, terms_in
from casebook.models.rule_tree import Grown, grow
from casebook.stats.intervals import proportion
from casebook.stats.splits import Rows

Value = str | float

MOST_ROWS = 10_000  # a tree of six leaves is the same from more, and a person waits for it
TWICE = 2.0


@dataclass(frozen=True, eq=False)
class Proposal:
    """Rules that somebody can say aloud, learned from rows.

    rules: (SQL condition, value) in order, thresholds rounded within what splits the rows alike.
    exact: the same with thresholds half way between neighbours, as the tree has them.
    default: what is said of all other rows.
    lifted: whether classes are named where they are twice as frequent as overall, since one class
    is the most frequent in every part.
    says: (n_leaves,) what each leaf of the tree says. learned: rows learned from.
    """

    rules: tuple[tuple[str, Value], ...]
    exact: tuple[tuple[str, Value], ...]
    default: Value
    lifted: bool
    grown: Grown
    says: tuple[Value, ...]
    learned: int

    def as_tree(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """(n_rows,) what the tree itself says of rows."""
        return np.asarray(self.says, dtype=object)[self.grown.where(X)]

    def changed(self, X: pd.DataFrame) -> int:
        """How many rows get another value by the rounded rules than by the tree."""
        return int((self.says_of(X) != self.as_tree(X)).sum())

    def says_of(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """(n_rows,) what the rounded rules say of rows."""
        return said(self.rules, self.default, X)


def said(rules: Sequence[tuple[str, Value]], default: Value, X: pd.DataFrame) -> npt.NDArray[Any]:
    """(n_rows,) what an ordered table of rules says."""
    kind = RuleClassifier if isinstance(default, str) else RuleRegressor
    values = [value for _text, value in rules]
    table = kind([text for text, _value in rules], values, default)
    return np.asarray([*values, default], dtype=object)[table.which(X)]


def propose(
    X: pd.DataFrame,
    y: pd.Series,
    features: Features,
    *,
    classes: Sequence[str],
    seed: int = 0,
    units: Rows | None = None,
) -> Proposal:
    """At most five rules and a default, learned from these rows; no rule where none helps.

    X: raw columns; y: class names, or numbers where `classes` is empty. More than 10,000 rows
    are sampled. units: (n_rows,) code of the block that a row belongs to, such as its guest.
    """
    if len(X) > MOST_ROWS:
        drawn = np.sort(np.random.default_rng(seed).choice(len(X), MOST_ROWS, replace=False))
        X, y = X.iloc[drawn], y.iloc[drawn]
        units = None if units is None else units[drawn]
    grown = grow(X, y, features, classes=bool(classes), seed=seed, units=units)
    says, lifted = _says(grown, y, named=bool(classes))
    default = _default(grown, says)
    axes = axes_of(grown)
    short, values = _shortest(_orders(_boxes(grown, y, says, default, axes)), default, axes)
    rules, exact = (_rules(short, values, axes, rounded=rounded) for rounded in (True, False))
    return Proposal(rules, exact, default, lifted, grown, tuple(says), len(y))


def _says(grown: Grown, y: pd.Series, *, named: bool) -> tuple[list[Value], bool]:
    """What each leaf says: its most frequent class, or its median with three digits."""
    parts = [y.iloc[leaf.rows] for leaf in grown.leaves]
    if not named:
        return [_three_digits(float(np.median(part))) for part in parts], False
    often = [str(part.value_counts().idxmax()) for part in parts]
    if len(set(often)) > 1 or len(often) == 1:
        return list(often), False
    base = y.value_counts(normalize=True)
    return [_lifted(part, base, str(often[0])) for part in parts], True


def _lifted(part: pd.Series, base: pd.Series, often: str) -> str:
    """The class that is at least twice as frequent here as overall, or the most frequent one."""
    lift = (part.value_counts(normalize=True) / base).dropna()
    return str(lift.idxmax()) if lift.max() >= TWICE else often


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}") if np.isfinite(value) else value


def _default(grown: Grown, says: Sequence[Value]) -> Value:
    """What most rows are told."""
    rows: dict[Value, int] = {}
    for leaf, value in zip(grown.leaves, says, strict=True):
        rows[value] = rows.get(value, 0) + len(leaf.rows)
    return max(rows, key=lambda value: rows[value])


class _Ranked(NamedTuple):
    box: Box
    value: Value
    sure: float


def _boxes(
    grown: Grown, y: pd.Series, says: Sequence[Value], default: Value, axes: dict[Key, Axis]
) -> list[_Ranked]:
    """The boxes of leaves that say something else than the default."""
    found = [
        _Ranked(box_of(leaf, axes), value, _sure(y.iloc[leaf.rows], value))
        for leaf, value in zip(grown.leaves, says, strict=True)
        if value != default
    ]
    return _joined(found, axes)


def _orders(found: list[_Ranked]) -> list[list[_Ranked]]:
    """The surest first; numbers also from either end, of which one may need fewer words."""
    orders = [sorted(found, key=lambda one: -one.sure)]
    if found and not isinstance(found[0].value, str):
        rising = sorted(found, key=lambda one: one.value)
        orders += [rising, rising[::-1]]
    return orders


def _shortest(
    orders: list[list[_Ranked]], default: Value, axes: dict[Key, Axis]
) -> tuple[list[Box], list[Value]]:
    """The order that takes the fewest terms, with its boxes as wide as they can be."""
    tried = []
    for order in orders:
        values = [one.value for one in order]
        tried.append((shortened([one.box for one in order], [*values, default], axes), values))
    return min(tried, key=lambda one: _ends(one[0], axes))


def _ends(boxes: list[Box], axes: dict[Key, Axis]) -> int:
    """How many numbers and levels it takes to say the boxes."""
    terms = [term for box in boxes for term in terms_in(box, axes, rounded=True)]
    return sum(max(1, len(term.values)) for term in terms)


def _sure(part: pd.Series, value: Value) -> float:
    """The lower end of the share that is right; for numbers how many rows there are."""
    if not isinstance(value, str):
        return float(len(part))
    return proportion(int((part == value).sum()), len(part)).low or 0.0


def _joined(found: list[_Ranked], axes: dict[Key, Axis]) -> list[_Ranked]:
    """Two boxes that say the same and differ in one column only become one, as siblings do."""
    for n, one in enumerate(found):
        for other in found[n + 1 :]:
            union = _union(one.box, other.box, axes) if one.value == other.value else None
            if union is not None:
                left = [rest for rest in found if rest is not one and rest is not other]
                both = _Ranked(union, one.value, min(one.sure, other.sure))
                return _joined([*left, both], axes)
    return found


def _union(first: Box, second: Box, axes: dict[Key, Axis]) -> Box | None:
    keys = {*first, *second}
    apart = [k for k in keys if first.get(k, axes[k].states) != second.get(k, axes[k].states)]
    if len(apart) != 1:
        return None
    key = apart[0]
    states = first.get(key, axes[key].states) | second.get(key, axes[key].states)
    ranks = sorted(state for state in states if state >= 0)
    if axes[key].is_number and ranks != list(range(ranks[0], ranks[-1] + 1)):
        return None  # a hole in a range cannot be said in one term
    rest = {name: found for name, found in first.items() if name != key}
    return rest if states == axes[key].states else {**rest, key: states}


def _rules(
    boxes: Sequence[Box], values: Sequence[Value], axes: dict[Key, Axis], *, rounded: bool
) -> tuple[tuple[str, Value], ...]:
    return tuple(
        (written(terms_in(box, axes, rounded=rounded)), value)
        for box, value in zip(boxes, values, strict=True)
    )
