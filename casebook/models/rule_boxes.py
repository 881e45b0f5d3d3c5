"""Leaves of a tree as boxes of states, so that rules can be shortened without changing any answer.

Each column that the tree uses has a few states: the ranges between its thresholds, its levels and
all others, and "missing" where training rows lack the value. A row is one state of each column: a
cell. There are few cells, so that whether two tables of rules say the same is looked up in all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

import numpy as np

from casebook.expressions.terms import Term, Value
from casebook.models.rule_tree import Grown, Leaf, Signal, middle

Key = tuple[str, str]  # a column, and the part of a time
Box = dict[Key, frozenset[int]]
Cell = dict[Key, int]
MISSING, OTHER = -1, -2
SLACK = 0.002  # share of the training rows that may change sides by rounding one threshold
FEW = 10  # values of a column of which one is named by itself


@dataclass
class Axis:
    """The states of one column.

    cuts: thresholds in ranks, ascending; state k lies above k of them. levels: of a category, by
    their states from 0; all others are `OTHER`.
    values, counts: what ranks stand for, and how many training rows have each.
    """

    key: Key
    values: Any = None
    counts: Any = None
    cuts: list[float] = field(default_factory=list)
    levels: list[Any] = field(default_factory=list)
    missing: bool = False

    @property
    def is_number(self) -> bool:
        """Whether its states are ranges."""
        return self.values is not None

    @property
    def states(self) -> frozenset[int]:
        """All states that a row can have."""
        last = len(self.cuts) + 1 if self.values is not None else len(self.levels)
        others = {OTHER} if self.values is None else set()
        return frozenset(range(last)) | others | ({MISSING} if self.missing else set())

    def of(self, signal: Signal, cut: float, *, left: bool, missing: bool) -> frozenset[int]:
        """The states on one side of a split."""
        if self.values is None:
            mine = MISSING if signal.level is None else self.levels.index(signal.level)
            return self.states - {mine} if left else frozenset({mine})
        at = self.cuts.index(cut)
        side = range(at + 1) if left else range(at + 1, len(self.cuts) + 1)
        return frozenset(side) | ({MISSING} if missing and self.missing else frozenset())

    @property
    def step(self) -> float | None:
        """The step of a column of whole numbers, or with one or two decimals; None for others."""
        finite = self.values[np.isfinite(self.values)]
        steps = (1.0, 0.1, 0.01)
        return next((one for one in steps if np.allclose(finite, _on(finite, one), 0, 1e-9)), None)

    def limits(self, *, rounded: bool) -> list[float]:
        """The values of its cuts: half way between the two neighbours, or the roundest near."""
        if not rounded:
            return [middle(self.values[int(cut)], self.values[int(cut) + 1]) for cut in self.cuts]
        return [self._round(n) for n in range(len(self.cuts))]

    def _round(self, n: int) -> float:
        """A round number by which next to no training row changes sides.

        Not past half of the way to another cut, and never a value that rows have, unless there
        are steps: then a range is said by its first and its last value.
        """
        at = int(self.cuts[n])
        first = (int(self.cuts[n - 1]) + at + 1) // 2 + 1 if n else 0
        last = (int(self.cuts[n + 1]) + at + 1) // 2 if n + 1 < len(self.cuts) else None
        slack = SLACK * self.counts.sum()
        low, high = at, at + 1
        below = np.cumsum(self.counts[first : at + 1][::-1])
        low -= int(np.count_nonzero(below[:-1] <= slack)) if len(below) > 1 else 0
        above = np.cumsum(self.counts[at + 1 : last])
        high += int(np.count_nonzero(above[:-1] <= slack)) if len(above) > 1 else 0
        start = float(self.values[low])
        if self.step is None:
            start = float(np.nextafter(start, np.inf))
        return roundest(start, float(self.values[high]))


def axes_of(grown: Grown) -> dict[Key, Axis]:
    """The columns that the tree uses, with all of their states."""
    axes: dict[Key, Axis] = {}
    for leaf in grown.leaves:
        for signal, cut, _left, _missing in leaf.path:
            key = (signal.column, signal.part)
            axis = axes.setdefault(key, Axis(key, signal.values, signal.counts))
            axis.missing |= signal.missing
            if signal.values is not None:
                axis.cuts = sorted({*axis.cuts, cut})
            elif signal.level is not None and signal.level not in axis.levels:
                axis.levels.append(signal.level)
    return axes


def box_of(leaf: Leaf, axes: Mapping[Key, Axis]) -> Box:
    """The states of each column that lead to a leaf; a column that does not matter is left out."""
    box: Box = {}
    for signal, cut, left, missing in leaf.path:
        axis = axes[signal.column, signal.part]
        states = axis.of(signal, cut, left=left, missing=missing)
        box[axis.key] = box.get(axis.key, axis.states) & states
    return box


def cells(axes: Mapping[Key, Axis]) -> list[Cell]:
    """Every combination of states."""
    states = [sorted(axis.states) for axis in axes.values()]
    return [dict(zip(axes, one, strict=True)) for one in product(*states)]


def inside(cell: Cell, box: Box) -> bool:
    """Whether a cell is in a box."""
    return all(cell[key] in states for key, states in box.items())


def first_inside(cell: Cell, boxes: Sequence[Box]) -> int:
    """The place of the first box that holds a cell; how many there are for none."""
    return next((n for n, box in enumerate(boxes) if inside(cell, box)), len(boxes))


def shortened(boxes: Sequence[Box], answers: Sequence[Any], axes: Mapping[Key, Axis]) -> list[Box]:
    """The boxes in their order, each as wide as it can be while every cell's answer stays.

    answers: one for each box, and one for what no box takes.
    """
    grid = cells(axes)
    wanted = [answers[first_inside(cell, boxes)] for cell in grid]
    found = list(boxes)
    for place in range(len(found)):
        narrowed = True
        while narrowed:
            narrowed = False
            for wider in _wider(found[place], axes):
                tried = [*found[:place], wider, *found[place + 1 :]]
                if [answers[first_inside(cell, tried)] for cell in grid] == wanted:
                    found, narrowed = tried, True
                    break
    return found


def _wider(box: Box, axes: Mapping[Key, Axis]) -> Iterator[Box]:
    """The box without one of its columns, or without one end of a range."""
    for key in box:
        yield {name: states for name, states in box.items() if name != key}
    for key, states in box.items():
        axis = axes[key]
        ranks = sorted(state for state in states if state >= 0)
        if axis.values is None or not ranks or (ranks[0] == 0 or ranks[-1] == len(axis.cuts)):
            continue
        yield {**box, key: states | frozenset(range(ranks[0]))}
        yield {**box, key: states | frozenset(range(ranks[-1], len(axis.cuts) + 1))}


def terms_in(box: Box, axes: Mapping[Key, Axis], *, rounded: bool) -> list[Term]:
    """A box as terms that the panel has as well."""
    return [term for key, states in box.items() for term in _terms(axes[key], states, rounded)]


def _terms(axis: Axis, states: frozenset[int], rounded: bool) -> list[Term]:
    column, part = axis.key
    if states == frozenset({MISSING}):
        return [Term(column, "is missing")]
    if axis.missing and states == axis.states - {MISSING}:
        return [Term(column, "is known")]
    also = MISSING in states
    if axis.values is None:
        return [_of_levels(axis, states, also=also)]
    if part:
        return [_of_part(axis, states, also=also)]
    return _of_range(axis, states, also=also, rounded=rounded)


def _of_levels(axis: Axis, states: frozenset[int], *, also: bool) -> Term:
    named = [level for n, level in enumerate(axis.levels) if (n in states) != (OTHER in states)]
    few = len(named) == 1
    names = ("is not", "is none of") if OTHER in states else ("is", "is one of")
    return Term(axis.key[0], names[0 if few else 1], tuple(map(_plain, named)), or_missing=also)


def _plain(level: Any) -> Value:
    """A level as SQL can write it."""
    if isinstance(level, bool | np.bool_):
        return bool(level)
    if isinstance(level, int | float | np.number):
        return float(level)
    return str(level)


def _of_part(axis: Axis, states: frozenset[int], *, also: bool) -> Term:
    """Weekdays one by one, hours as a range."""
    column, part = axis.key
    ends = (1, 7) if part == "weekday" else (0, 23)
    cuts = [int(np.floor(limit)) for limit in axis.limits(rounded=False)]
    edges = [ends[0] - 1, *cuts, ends[1]]
    wanted = [
        value
        for state, (low, high) in enumerate(pairwise(edges))
        if state in states
        for value in range(low + 1, high + 1)
    ]
    values = tuple(wanted) if part == "weekday" else (wanted[0], wanted[-1])
    return Term(column, part, values, or_missing=also)


def _of_range(axis: Axis, states: frozenset[int], *, also: bool, rounded: bool) -> list[Term]:
    column, limits = axis.key[0], axis.limits(rounded=rounded)
    ranks = sorted(state for state in states if state >= 0)
    low = limits[ranks[0] - 1] if ranks[0] > 0 else None
    high = limits[ranks[-1]] if ranks[-1] < len(limits) else None
    step = axis.step
    if rounded and step is not None:
        return [_of_steps(axis, step, low, high, also=also)]
    if rounded and low is not None and high is not None:
        return [Term(column, "between", (low, high), or_missing=also)]
    found = []
    if low is not None:
        found.append(Term(column, "more than", (low,), or_missing=also))
    if high is not None:
        found.append(Term(column, "at most", (high,), or_missing=also))
    return found


def _of_steps(axis: Axis, step: float, low: float | None, high: float | None, *, also: bool
              ) -> Term:  # fmt: skip
    """A range by its first and its last value; one value by itself."""
    column = axis.key[0]
    first = -np.inf if low is None else _on(_below(low, step) + step, step)
    last = np.inf if high is None else _on(_below(high, step), step)
    within = axis.values[(axis.values > first - step / 2) & (axis.values < last + step / 2)]
    if len(within) == 1 and (first == last or len(axis.values) <= FEW):
        return Term(column, "is", (float(within[0]),), or_missing=also)
    if low is None:
        return Term(column, "at most", (float(last),), or_missing=also)
    if high is None:
        by = ("at least", float(first)) if step == 1 else ("more than", low)
        return Term(column, by[0], (by[1],), or_missing=also)
    return Term(column, "between", (float(first), float(last)), or_missing=also)


def _below(value: float, step: float) -> float:
    """The greatest multiple of a step that is not above a value."""
    return float(np.floor(value / step + 1e-6) * step)


def _on(value: Any, step: float) -> Any:
    """The nearest multiple of a step of 1, 0.1 or 0.01."""
    return np.round(value, int(np.round(-np.log10(step))))


def roundest(low: float, high: float) -> float:
    """The number with the fewest digits that is at least `low` and less than `high`.

    >>> roundest(29.85, 31.2), roundest(93.65, 93.7), roundest(-3.0, -1.0), roundest(5, 6)
    (30.0, 93.65, -2.0, 5.0)
    """
    if not (np.isfinite(low) and np.isfinite(high)):
        return middle(low, high)
    if low <= 0 < high:
        return 0.0
    top = int(np.floor(np.log10(max(abs(low), abs(high))))) + 1
    for power in range(top, top - 17, -1):
        for step in (1.0, 0.5, 0.2):
            size = step * 10.0**power
            found = float(np.round(np.ceil(low / size - 1e-9) * size, 12))
            found += size if found < low else 0
            if low <= found < high:
                return found
    return float(low)
