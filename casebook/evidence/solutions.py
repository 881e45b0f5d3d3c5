"""Solutions without a model: tables of means, looked up by one column or by two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casebook.evidence.keys import Key, exact, pairs, plain_columns, ranges
from casebook.language import _
from casebook.models.crossval import OutOfFold, take
from casebook.models.labelled import Labelled
from casebook.stats.metrics import NUMBER, TWO, Floats, Predictions
from casebook.stats.splits import Rows

WEIGHT = 2.0
"""Rows of the mean of all that are added to each cell: a cell of one row says little."""
PAIRED = 6
"""Columns that are crossed: those that say the most alone."""


@dataclass(frozen=True, eq=False)
class Solution:
    """A table of means on the folds; `label` says by what, as most folds chose it."""

    title: str
    label: str
    out: OutOfFold


def targets(data: Labelled) -> Floats:
    """(n_rows, k) what is averaged: the number, who is a yes, or who is of each class."""
    if data.task == NUMBER:
        return data.y.to_numpy(dtype=float)[:, None]
    if data.task == TWO:
        return np.asarray(data.y == data.classes[1], dtype=float)[:, None]
    codes = data.y.map({name: code for code, name in enumerate(data.classes)}).to_numpy()
    return np.asarray(np.eye(len(data.classes))[codes])


def solutions(data: Labelled) -> tuple[Solution, ...]:
    """The best lookup by one column's values, and the best table of two columns."""
    columns = plain_columns(data.X, data.features)
    y = targets(data)
    lookups = exact(columns, data.features)
    coarse = ranges(columns, 8, data.features.title)
    best = sorted(coarse, key=lambda key: loss_alone(key.codes, key.size, y))[:PAIRED]
    found = []
    if lookups:
        found.append(_on_folds(_("lookup"), lookups, data, y))
    if len(best) > 1:
        found.append(_on_folds(_("table of two columns"), pairs(tuple(best)), data, y))
    return tuple(found)


def loss_alone(codes: Rows, size: int, y: Floats) -> float:
    """The mean square error of a cell's mean for a row, the row itself left out."""
    sums, counts = _sums(codes, size, y)
    mean = y.mean(axis=0)
    others = (sums[codes] - y + WEIGHT * mean) / (counts[codes] - 1 + WEIGHT)[:, None]
    return float(np.mean(np.sum((y - others) ** 2, axis=1)))


def cell_means(key: Key, train: Rows, test: Rows, y: Floats) -> Floats:
    """(n_test, k) the smoothed mean of the training rows in the cell of each tested row."""
    sums, counts = _sums(key.codes[train], key.size, y[train])
    means = (sums + WEIGHT * y[train].mean(axis=0)) / (counts + WEIGHT)[:, None]
    return np.asarray(means[key.codes[test]])


def one_column(key: Key, data: Labelled, y: Floats) -> OutOfFold:
    """What one column's table of means says of rows that it was not made of."""
    return _on_folds(key.label, (key,), data, y).out


def _sums(
    codes: Rows, size: int, y: Floats
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    columns = [np.bincount(codes, weights=part, minlength=size) for part in y.T]
    return np.column_stack(columns), np.bincount(codes, minlength=size).astype(float)


def _on_folds(title: str, keys: Sequence[Key], data: Labelled, y: Floats) -> Solution:
    """On each fold the key that says the most of the training rows, used on the tested ones."""
    parts, rows, folds, chosen = [], [], [], Counter[str]()
    for number, (train, test) in enumerate(data.splits.folds):
        losses = [loss_alone(k.codes[train], k.size, y[train]) for k in keys]
        key = keys[int(np.argmin(losses))]
        chosen[key.label] += 1
        parts.append(cell_means(key, train, test, y))
        rows.append(test)
        folds.append(np.full(len(test), number, dtype=np.intp))
    every = np.concatenate(rows)
    order = np.argsort(every, kind="stable")
    said = predictions(np.concatenate(parts), every, data, y)
    seconds = (0.0,) * len(data.splits.folds)
    out = OutOfFold(title, every[order], take(said, order), np.concatenate(folds)[order], seconds)
    return Solution(title, chosen.most_common(1)[0][0], out)


def predictions(means: Floats, rows: Rows, data: Labelled, y: Floats) -> Predictions:
    """Means of cells as what a candidate says of rows: a number, or chances and a class."""
    if data.task == NUMBER:
        return Predictions(y[rows, 0], means[:, 0])
    if data.task == TWO:
        chance = np.column_stack([1 - means[:, 0], means[:, 0]])
        return Predictions(y[rows, 0].astype(int), chance.argmax(axis=1), chance)
    chance = np.clip(means, 1e-9, None)
    chance /= chance.sum(axis=1, keepdims=True)
    return Predictions(y[rows].argmax(axis=1), chance.argmax(axis=1), chance)
