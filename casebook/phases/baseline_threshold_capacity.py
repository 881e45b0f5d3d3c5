"""How many answers people can act on, against how many there would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from casebook.case import Case
from casebook.phases.baseline_threshold_data import Capacity, Volume
from casebook.phases.baseline_threshold_rows import Tested
from casebook.stats.calibration import wilson
from casebook.stats.capacity import filling, limited, wider, within
from casebook.stats.estimate import Estimate
from casebook.stats.stakes import Stakes, Sweep

FEWEST_PERIODS = 4
"""Whole tested periods without which nothing is said of single ones."""


def capacity_of(case: Case, rows: Tested, volume: Volume | None) -> Capacity | None:
    """How many answers can be acted on, and the threshold that fills that; None where unsaid."""
    said = case.record.objectives.capacity
    if said.amount is None or volume is None:
        return None
    on_yes = said.acts_on == "yes"
    share = min(1.0, said.amount / volume.rows)
    limit = filling(rows.probability, share, acts_on_yes=on_yes)
    acted = (rows.probability >= limit) == on_yes
    wanted = rows.truth == on_yes
    periods, over, spread = _by_period(rows, volume, said.amount, limit, on_yes)
    return Capacity(
        amount=said.amount,
        acts_on=said.acts_on,
        share=share,
        limit=limit,
        binding=False,
        used=None,
        wanted=None,
        precision=share_of(wanted, acted, rows),
        recall=share_of(acted, wanted, rows),
        periods=periods,
        over=over,
        spread=spread,
    )


def share_of(hits: np.ndarray, among: np.ndarray, rows: Tested) -> Estimate:
    """A share of some rows with Wilson's interval; no rows, no interval."""
    if not among.any():
        return Estimate(0.0, None, None, 0)
    units = None if rows.units is None else rows.units[among]
    return wilson(hits[among].astype(float), units)


def _by_period(
    rows: Tested, volume: Volume, amount: int, limit: float, on_yes: bool
) -> tuple[int, int, tuple[float, float] | None]:
    """Whole tested periods, those that the limit overfills, and their own filling thresholds.

    Tested rows may be a sample: the room of a period shrinks as its rows do, on average.
    """
    spans = rows.spans(volume.period)
    codes = np.unique(spans[spans >= 0]) if spans is not None else np.array([])
    if spans is None or len(codes) < FEWEST_PERIODS:
        return 0, 0, None
    parts = [rows.probability[spans == code] for code in codes]
    room = amount * float(np.mean([len(part) for part in parts])) / volume.rows
    over = sum(int(np.count_nonzero((part >= limit) == on_yes)) > room for part in parts)
    own = [filling(part, min(1.0, room / len(part)), acts_on_yes=on_yes) for part in parts]
    low, high = np.quantile(np.minimum(own, 1.0), [0.1, 0.9])
    return len(codes), int(over), (float(low), float(high))


def limits_of(stakes: Stakes, capacity: Capacity | None) -> list[float]:
    """The threshold that fills a capacity, and the one that fills a somewhat larger one."""
    if capacity is None:
        return []
    on_yes = capacity.acts_on == "yes"
    return [capacity.limit, wider(stakes, capacity.share, acts_on_yes=on_yes)]


def costly(
    capacity: Capacity,
    sweep: Sweep,
    stakes: Stakes,
    *,
    chosen: float,
    limits: Sequence[float],
    scale: float,
) -> Capacity:
    """The capacity with what it costs, where the chosen threshold goes past it.

    limits: as `limits_of` gives, both on the sweep's grid; scale: rows of one period.
    """
    on_yes = capacity.acts_on == "yes"
    used = within(chosen, capacity.limit, acts_on_yes=on_yes)
    acted = float(((stakes.probability >= chosen) == on_yes).mean())
    made = replace(capacity, binding=used != chosen, used=used, wanted=acted * scale)
    if not made.binding:
        return made
    found = limited(sweep, stakes, wanted=chosen, full=limits[0], wide=limits[1], scale=scale)
    return replace(made, cost=found.cost, one_more=found.one_more)
