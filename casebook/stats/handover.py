"""The band of probabilities in which a person decides instead: the option to reject (Chow 1970).

Each end of the band is a threshold of its own: below it a no is cheaper than a person, above it a
yes is. So both ends are found, with their ranges, as the threshold of a yes is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.stats.calibration import binned, equal_bins
from casebook.stats.costs import NEVER
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats
from casebook.stats.stakes import Stakes, Sweep, analytic, grid, swept
from casebook.stats.threshold import Best, aims, best, crossfitted, recalibrations

MOST_BINS = 20

Aims = tuple[float | None, ...]
"""The aim of all rows, then those without each fold."""


def person_costs(costs: Floats, effort: float, right: float = 1.0) -> tuple[Floats, Floats]:
    """Costs (n, 4) of the choices at the two ends of the band: a person or no, yes or a person.

    effort: what a person's decision costs; right: the share of it that is right, of yes rows and
    of no rows.
    """
    right_yes, wrong_yes, wrong_no, right_no = costs.T
    of_yes = effort + right * right_yes + (1 - right) * wrong_no
    of_no = effort + right * right_no + (1 - right) * wrong_yes
    return (
        np.column_stack([of_yes, of_no, wrong_no, right_no]),
        np.column_stack([right_yes, wrong_yes, of_yes, of_no]),
    )


@dataclass(frozen=True)
class Band:
    """A person decides from `low` up to below `high`.

    low_range, high_range: ends that are not clearly worse; None where there is no cost.
    saving: for `scale` rows, against the best threshold alone, on rows that did not choose.
    """

    low: float
    high: float
    low_range: tuple[float, float] | None = None
    high_range: tuple[float, float] | None = None
    saving: Estimate | None = None


def band_by_cost(
    stakes: Stakes,
    costs: Floats,
    by_person: tuple[Floats, Floats],
    alone: Sweep,
    *,
    scale: float,
    seed: int = 0,
) -> Band | None:
    """The band with the least cost; None where no row is worth a person's decision.

    costs, by_person: (n, 4) in the order of `stakes`, sorted by probability. alone: the sweep
    without a person, whose resamples (of the same `seed`) are the same rows.
    """
    mended = recalibrations(stakes)
    wanted = [aims(analytic(one), mended) for one in by_person]
    sweeps = [_sweep(stakes, one, end[0], seed) for one, end in zip(by_person, wanted, strict=True)]
    low, high = (best(one, end[0]) for one, end in zip(sweeps, wanted, strict=True))
    inside = (stakes.probability >= low.chosen) & (stakes.probability < high.chosen)
    if not inside.any():
        return None
    saving = _saving(sweeps, wanted, alone, aims(analytic(costs), mended), scale)
    return Band(low.chosen, high.chosen, _range(low), _range(high), saving)


def _sweep(stakes: Stakes, costs: Floats, wanted: float | None, seed: int) -> Sweep:
    made = Stakes.of(stakes.truth, stakes.probability, costs, fold=stakes.fold, units=stakes.units)
    return swept(made, grid(made, [0.0 if wanted is None else wanted]), seed=seed)


def _range(end: Best) -> tuple[float, float]:
    return end.low, min(end.high, 1.0)


def _saving(
    sweeps: list[Sweep], wanted: list[Aims], alone: Sweep, middle: Aims, scale: float
) -> Estimate:  # fmt: skip
    """The parts below the low end, above the high end, and the rest, put together fold by fold.

    The cost of both choices, less that of a person for all: no below, yes above, a person between.
    """
    low, high = sweeps
    ends = [crossfitted(one, end) for one, end in zip(sweeps, wanted, strict=True)]
    lows = low.thresholds[ends[0]]
    highs = np.maximum(high.thresholds[ends[1]], lows)  # a band of no width where they cross
    places = np.array([high.place(float(one)) for one in highs])
    parts = [low.at(ends[0]), high.at(places), low.at(0)]
    value = parts[0][0] + parts[1][0] - parts[2][0]
    drawn = parts[0][1] + parts[1][1] - parts[2][1]
    before, others = alone.at(crossfitted(alone, middle))
    return alone.estimate(before - value, others - drawn, scale)


def band_by_doubt(stakes: Stakes, even: float) -> Band | None:
    """Where the data cannot tell on which side of break-even a row is; None where they can.

    Neighbouring bins around `even` whose Wilson interval of the share of yes includes it. Used
    where nobody says what a person's decision costs.
    """
    edges = equal_bins(stakes.probability, MOST_BINS)
    bins = binned(stakes.truth.astype(float), stakes.probability, edges, stakes.units)
    unsure = [
        place
        for place, one in enumerate(bins)
        if one.came.low is not None and one.came.high is not None
        and one.came.low <= even <= one.came.high
    ]  # fmt: skip
    if not unsure:
        return None
    first, last = unsure[0], unsure[-1]
    after = bins[last + 1].low if last + 1 < len(bins) else NEVER
    return Band(bins[first].low, min(after, 1.0))
