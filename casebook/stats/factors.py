"""A change taken apart by the factors of which a metric is made, exactly.

Factors that multiply or divide: the log-mean Divisia index (Ang 2005), which leaves no rest and
treats before and after alike; Shapley's mean over all orders where a factor is zero or negative.
Terms that are added: the change of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Literal

import numpy as np

from casebook.stats.metrics import Floats

Role = Literal["multiplies", "divides", "adds"]
MOST_ORDERED = 6  # factors: orders grow with their factorial


def value(factors: Floats, roles: Sequence[Role]) -> Floats:
    """What the factors make: their product, and the terms added to it. factors: (..., n)."""
    product = np.ones(factors.shape[:-1])
    for n, role in enumerate(roles):
        if role == "multiplies":
            product = product * factors[..., n]
        elif role == "divides":
            product = _over(product, factors[..., n])
    if all(role == "adds" for role in roles):
        product = np.zeros(factors.shape[:-1])
    added = [factors[..., n] for n, role in enumerate(roles) if role == "adds"]
    return np.asarray(sum(added, product))


def effects(before: Floats, after: Floats, roles: Sequence[Role]) -> Floats:
    """What each factor adds to the change of `value`, (..., n): together all of it.

    before, after: (..., n) each factor's value.
    """
    found = np.zeros(np.broadcast(before, after).shape)
    joined = [n for n, role in enumerate(roles) if role != "adds"]
    for n, role in enumerate(roles):
        if role == "adds":
            found[..., n] = after[..., n] - before[..., n]
    if joined:
        signs = np.array([1.0 if roles[n] == "multiplies" else -1.0 for n in joined])
        found[..., joined] = _of_product(before[..., joined], after[..., joined], signs)
    return found


def _of_product(before: Floats, after: Floats, signs: Floats) -> Floats:
    positive = np.all((before > 0) & (after > 0), axis=-1)
    safe = np.where(positive[..., None], before, 1.0), np.where(positive[..., None], after, 1.0)
    moved = signs * (np.log(safe[1]) - np.log(safe[0]))
    first = np.exp((signs * np.log(safe[0])).sum(axis=-1))
    last = np.exp((signs * np.log(safe[1])).sum(axis=-1))
    exact = _log_mean(first, last)[..., None] * moved
    if positive.all() or before.shape[-1] > MOST_ORDERED:
        return np.asarray(np.where(positive[..., None], exact, np.nan))
    return np.asarray(np.where(positive[..., None], exact, _shapley(before, after, signs)))


def _log_mean(first: Floats, last: Floats) -> Floats:
    """The logarithmic mean of two positive numbers; of two alike, the number."""
    gap = np.log(last) - np.log(first)
    alike = np.abs(gap) < 1e-12
    return np.asarray(np.where(alike, first, (last - first) / np.where(alike, 1.0, gap)))


def _shapley(before: Floats, after: Floats, signs: Floats) -> Floats:
    """The mean over all orders in which the factors may move one after the other."""
    count = before.shape[-1]
    found = np.zeros(np.broadcast(before, after).shape)
    orders = list(permutations(range(count)))
    for order in orders:
        state = np.array(np.broadcast_to(before, found.shape))
        level = _product(state, signs)
        for n in order:
            state[..., n] = after[..., n]
            reached = _product(state, signs)
            found[..., n] += (reached - level) / len(orders)
            level = reached
    return found


def _product(factors: Floats, signs: Floats) -> Floats:
    above = np.where(signs > 0, factors, 1.0).prod(axis=-1)
    return _over(above, np.where(signs < 0, factors, 1.0).prod(axis=-1))


def _over(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below != 0)
