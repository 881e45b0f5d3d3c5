"""A limit on how many answers can be acted on: the threshold that fills it, and what it costs.

Acting on a yes keeps the threshold above a floor, acting on a no keeps it below a ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.stats.costs import NEVER
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats
from casebook.stats.stakes import Stakes, Sweep

MORE = 0.1
"""The part of a capacity by which it is widened to say what one more is worth."""
LEAST_MORE = 20
"""The fewest tested rows to be widened by."""


def filling(probability: Floats, share: float, *, acts_on_yes: bool = True) -> float:
    """The threshold at which as many rows as possible are acted on, and at most `share` of them.

    Rows with the same probability go together: where not all of them fit, none is in.

    >>> filling(np.array([0.1, 0.2, 0.2, 0.9]), 0.5)
    0.9
    >>> filling(np.array([0.1, 0.2, 0.2, 0.9]), 0.75)
    0.2
    """
    ordered = np.sort(probability)
    n = len(ordered)
    room = int(np.floor(share * n + 1e-9))
    if not acts_on_yes:
        return NEVER if room >= n else float(ordered[room])
    if room >= n:
        return 0.0
    above = ordered[ordered > ordered[n - room - 1]]
    return float(above[0]) if len(above) else NEVER


def within(threshold: float, limit: float, *, acts_on_yes: bool = True) -> float:
    """The threshold nearest to the wanted one that a capacity allows."""
    return max(threshold, limit) if acts_on_yes else min(threshold, limit)


@dataclass(frozen=True)
class Limited:
    """What a capacity costs. All for `scale` rows.

    cost: of the threshold that fills it, less that of the wanted one; one_more: what room for one
    more answer would save, None where there is room left.
    """

    cost: Estimate
    one_more: Estimate | None


def wider(stakes: Stakes, share: float, *, acts_on_yes: bool = True) -> float:
    """The threshold that fills a capacity that is somewhat larger, for the worth of one more."""
    more = max(MORE * share, LEAST_MORE / len(stakes.truth))
    return filling(stakes.probability, min(1.0, share + more), acts_on_yes=acts_on_yes)


def limited(
    sweep: Sweep, stakes: Stakes, *, wanted: float, full: float, wide: float, scale: float
) -> Limited:
    """What it costs to have no more than a capacity, and what one more would be worth.

    wanted: the threshold without it; full: the one that fills it; wide: as `wider` gives. All
    three are on the sweep's grid. Paired differences with percentile intervals.
    """
    free, places = sweep.place(wanted), (sweep.place(full), sweep.place(wide))
    if full == wanted:
        return Limited(Estimate(0.0, None, None, sweep.independent), None)
    none_more = _difference(sweep, places[0], free, scale)
    acted = [float((stakes.probability >= one).mean()) for one in (full, wide)]
    extra = abs(acted[1] - acted[0])
    if not extra:
        return Limited(none_more, None)
    return Limited(none_more, _difference(sweep, places[0], places[1], 1 / extra))


def _difference(sweep: Sweep, one: int, other: int, scale: float) -> Estimate:
    value, drawn = sweep.at(one)
    against, others = sweep.at(other)
    return sweep.estimate(value - against, drawn - others, scale)
