"""Shapley values of a function of columns: exact where they are few, else by permutations.

The value of a set of columns is the mean output over known rows that have the row's values in
these columns and their own in the others (the interventional form; Janzing et al. 2020). So a
column that the model does not read gets nothing, however much goes along with it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Which = npt.NDArray[np.intp]
Mixed = Callable[[Which], Floats]
"""(n, n_columns) numbers of rows, 0 the row itself and 1 upwards the known ones -> (n,)."""

PAIRS = 24
FEWEST, MOST = 2, 48
"""Rounds of so many pairs; more where errors are large and there is time."""
CLOSE = 0.02
"""A standard error of this share of the outputs' standard deviation is close enough."""
SECONDS = 0.2


@dataclass(frozen=True, eq=False)
class Values:
    """(n_columns,) Shapley values and their standard errors; zeros where they are exact."""

    amounts: Floats
    errors: Floats
    exact: bool


def exact(mixed: Mixed, columns: int, weights: Floats) -> Values:
    """Over all sets of columns. weights: (n_known,) of the known rows, in all 1.

    It takes 2 ** columns times the known rows.
    """
    sets = np.arange(2**columns)
    inside = (sets[:, None] >> np.arange(columns)) & 1 == 1
    others = np.arange(1, len(weights) + 1)
    which = np.where(inside[:, None, :], 0, others[None, :, None])
    said = mixed(which.reshape(-1, columns)).reshape(len(sets), len(weights))
    value = said @ weights
    sizes = inside.sum(axis=1)
    amounts = np.zeros(columns)
    for column in range(columns):
        without = sets[~inside[:, column]]
        share = np.array([_weight(int(size), columns) for size in sizes[without]])
        amounts[column] = share @ (value[without | (1 << column)] - value[without])
    return Values(amounts, np.zeros(columns), exact=True)


def _weight(size: int, columns: int) -> float:
    """The share of permutations in which exactly this set stands before a column."""
    return 1 / (columns * math.comb(columns - 1, size))


def sampled(
    mixed: Mixed, columns: int, known: Floats, end: float, *, seed: int = 0,
    seconds: float = SECONDS,
) -> Values:  # fmt: skip
    """By permutations of the columns (Štrumbelj and Kononenko 2014), each with its reverse.

    Each pair of permutations goes from a known row to the row, one column after the other; a
    permutation and its reverse err to opposite sides (Mitchell et al. 2022). Known rows are taken
    evenly over what the model says of them. How much a draw's known row differs from the mean of
    all is known, and taken out by regression (a control variate), after which the values add up.

    known: (n_known,) what is said of the known rows; end: of the row. seconds: after which no
    further round begins; it ends earlier where errors are small. Same seed, same values, unless
    time is up.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(known, kind="stable")
    close, until = CLOSE * float(known.std()), time.perf_counter() + seconds
    drawn = np.empty((0, columns))
    starts = np.empty(0)
    for rounds in range(1, MOST + 1):
        rows = order[((np.arange(PAIRS) + rng.random()) * len(order) / PAIRS).astype(np.intp)]
        there = rng.permuted(np.tile(np.arange(columns), (PAIRS, 1)), axis=1)
        orders = np.vstack([there, there[:, ::-1]])
        added = _added(mixed, orders, np.tile(rows, 2), known, end)
        drawn = np.vstack([drawn, (added[:PAIRS] + added[PAIRS:]) / 2])
        starts = np.append(starts, known[rows])
        amounts, errors = _regressed(drawn, starts, float(known.mean()))
        enough = errors.max(initial=0.0) <= close or time.perf_counter() > until
        if enough and rounds >= FEWEST:
            break
    return Values(adding_up(amounts, errors, end - float(known.mean())), errors, exact=False)


def _added(mixed: Mixed, orders: Which, start: Which, known: Floats, end: float) -> Floats:
    """(n_orders, n_columns) what each column adds on the way from a known row to the row."""
    columns = orders.shape[1]
    places = np.argsort(orders, axis=1)
    steps = np.arange(1, columns)
    done = places[:, None, :] < steps[None, :, None]
    which = np.where(done, 0, (start + 1)[:, None, None])
    said = mixed(which.reshape(-1, columns)).reshape(len(orders), columns - 1)
    path = np.column_stack([known[start], said, np.full(len(orders), end)])
    added = np.empty((len(orders), columns))
    np.put_along_axis(added, orders, np.diff(path, axis=1), axis=1)
    return added


def _regressed(drawn: Floats, starts: Floats, mean: float) -> tuple[Floats, Floats]:
    """Means of the draws where their known rows are as the mean of all, and standard errors."""
    off = starts - starts.mean()
    spread = float(off @ off)
    slope = off @ drawn / spread if spread > 0 else np.zeros(drawn.shape[1])
    means = drawn.mean(axis=0)
    left = drawn - means - off[:, None] * slope
    free = max(1, len(drawn) - 2)
    errors = np.sqrt((left**2).sum(axis=0) / free / len(drawn))
    return means + slope * (mean - starts.mean()), errors


def adding_up(amounts: Floats, errors: Floats, total: float) -> Floats:
    """Amounts whose sum is `total`: what is left goes where it is least certain."""
    left = total - float(amounts.sum())
    share = errors**2
    if share.sum() <= 0:
        share = (amounts != 0).astype(float)
    if share.sum() <= 0:
        return amounts
    found: Floats = amounts + left * share / share.sum()
    return found
