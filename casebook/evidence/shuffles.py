"""Shuffles of the target that keep what rows owe to their time or their group."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casebook.language import _
from casebook.stats.splits import Rows, Splits

BLOCKS = 20
"""Stretches of time within which the target is moved: slow changes stay where they are."""


def shuffles(splits: Splits, rows: Rows, y: npt.NDArray[np.float64], times: int, seed: int) -> Rows:
    """(n_rows, times) from which row each row takes its target.

    splits: how the table's rows were split; rows: the n of them that are looked at, ascending.
    `time`: the rows of each of 20 stretches are turned round by a
    random step, so that neighbours stay neighbours and slow trends stay in place. `group`: rows
    change within their group, those alone in theirs among each other; where all rows of a group
    have one target, whole groups change. Else all rows change freely.
    y: (n, k) their targets.
    """
    rng = np.random.default_rng(seed)
    if splits.kind == "time":
        return _turned(_in_time(splits, rows), times, rng)
    if splits.kind == "group" and splits.units is not None:
        units = np.unique(splits.units[rows], return_inverse=True)[1].astype(np.intp)
        if _one_target_each(units, y):
            return _groups(units, times, rng)
        return _within(_pooled_singles(units), times, rng)
    return _anywhere(len(y), times, rng)


def sentence(kind: str, times: int) -> str:
    """What the shuffles keep, in words."""
    if kind == "time":
        return _("{n} shuffles, each within {blocks} stretches of time", n=times, blocks=BLOCKS)
    if kind == "group":
        return _("{n} shuffles that keep groups together", n=times)
    return _("{n} shuffles", n=times)


def _anywhere(n: int, times: int, rng: np.random.Generator) -> Rows:
    found: Rows = rng.permuted(np.tile(np.arange(n, dtype=np.intp), (times, 1)), axis=1).T
    return found


def _in_time(splits: Splits, rows: Rows) -> Rows:
    """Places among `rows` in the order of time, which the last fold of time has."""
    train, test = splits.folds[-1]
    place = np.full(int(max(rows.max(), train.max(), test.max())) + 1, -1, dtype=np.intp)
    place[rows] = np.arange(len(rows))
    found = place[np.concatenate([train, test])]
    return np.asarray(found[found >= 0])


def _turned(order: Rows, times: int, rng: np.random.Generator) -> Rows:
    source = np.empty((len(order), times), dtype=np.intp)
    for stretch in np.array_split(order, BLOCKS):
        if len(stretch):
            steps = rng.integers(0, len(stretch), times)
            places = (np.arange(len(stretch))[:, None] + steps) % len(stretch)
            source[stretch] = stretch[places]
    return source


def _one_target_each(units: Rows, y: npt.NDArray[np.float64]) -> bool:
    """Whether nearly all groups of several rows have the same target in all of them."""
    size = int(units.max()) + 1
    counts = np.bincount(units, minlength=size)
    several = counts > 1
    if not several.any():
        return True
    spread = np.zeros(size)
    for part in y.T:
        mean = np.bincount(units, weights=part, minlength=size) / np.maximum(counts, 1)
        spread += np.bincount(units, weights=(part - mean[units]) ** 2, minlength=size)
    return bool(np.mean(spread[several] < 1e-9) >= 0.95)


def _groups(units: Rows, times: int, rng: np.random.Generator) -> Rows:
    """Each group takes the target of another group's first row."""
    first = np.unique(units, return_index=True)[1].astype(np.intp)
    return np.asarray(first[_anywhere(len(first), times, rng)][units])


def _pooled_singles(units: Rows) -> Rows:
    """Groups of one row put together into one group."""
    alone = np.bincount(units)[units] == 1
    return np.where(alone, units.max() + 1, units)


def _within(units: Rows, times: int, rng: np.random.Generator) -> Rows:
    order = np.argsort(units, kind="stable")
    source = np.empty((len(units), times), dtype=np.intp)
    for draw in range(times):
        source[order, draw] = np.lexsort((rng.random(len(units)), units))
    return source
