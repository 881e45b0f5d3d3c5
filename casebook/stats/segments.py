"""Which part of the rows carries a change: mix and rate, departures from what was to be expected.

Each part's contribution is set against its share: had all parts moved alike, each would carry as
much of the change as it is of the whole. Departures are tested together by the greatest of them
in bootstrap draws (Westfall and Young 1993), so that hundreds of parts can be looked at; blocks
(days, groups of ids) are drawn whole, and the same ones for all parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from casebook.stats.metrics import Floats
from casebook.tables.cube import Sums

LEVEL = 0.95
DRAWS = 1000


@dataclass(frozen=True)
class Split:
    """What each part of the rows adds to the change, exactly: values that part them all add up.

    Arrays of (..., n_parts), total of (..., 1). change = volume + mix + rate. volume: what it
    would have added had it kept its share of the rows and its rate; mix: by its share; rate: by
    its value a row. Of a metric that is a fraction, volume is zero and mix is against the whole's
    rate. base: the share of the change that it would carry had all moved alike.
    """

    change: Floats
    volume: Floats
    mix: Floats
    rate: Floats
    base: Floats
    total: Floats

    @property
    def excess(self) -> Floats:
        """What a part adds beyond its share of the change."""
        return np.asarray(self.change - self.base * self.total)


@dataclass(frozen=True)
class Amounts:
    """What is above and below a metric's fraction line, before and after: (..., n_parts) each."""

    above: tuple[Floats, Floats]
    below: tuple[Floats, Floats]


def amounts(sums: Sums, drawn: tuple[Floats, Floats] | None = None) -> Amounts:
    """The sums over all units, (1, n_parts), or over the units of each draw, (draws, n_parts)."""
    found = []
    for sides in (sums.above, sums.below):
        times = drawn or tuple(np.ones((1, len(side))) for side in sides)
        found.append((times[0] @ sides[0], times[1] @ sides[1]))
    return Amounts(*found)


def split(parts: Amounts, whole: Amounts, *, additive: bool) -> Split:
    """The change of a metric by parts of the rows. whole: of all rows, (..., 1).

    additive: the metric is the sum of what is above (below are rows, which only part it); else it
    is the sum above over the sum below. Effects are the means over all orders in which the
    factors may move (Shapley 1953), so they add up without a rest, zeros included.
    """
    shares = [_over(part, all_) for part, all_ in zip(parts.below, whole.below, strict=True)]
    rates = _rates(parts)
    if additive:
        volume = _effect(whole.below, shares, rates)
        mix = _effect(shares, whole.below, rates)
        rate = _effect(rates, whole.below, shares)
        base = _over(parts.above[0], whole.above[0])
        total = whole.above[1] - whole.above[0]
        return Split(parts.above[1] - parts.above[0], volume, mix, rate, base, total)
    overall = [_over(top, below) for top, below in zip(whole.above, whole.below, strict=True)]
    beyond = (rates[0] + rates[1] - overall[0] - overall[1]) / 2
    mix = (shares[1] - shares[0]) * beyond
    rate = (shares[0] + shares[1]) / 2 * (rates[1] - rates[0])
    nothing = np.zeros_like(mix)
    return Split(mix + rate, nothing, mix, rate, shares[0], overall[1] - overall[0])


def _over(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below != 0)


def _rates(parts: Amounts) -> tuple[Floats, Floats]:
    """Rates before and after; a part that is only there once keeps its rate: all of it is mix."""
    before, after = (_over(a, b) for a, b in zip(parts.above, parts.below, strict=True))
    there = parts.below[0] != 0, parts.below[1] != 0
    return np.where(there[0], before, after), np.where(there[1], after, before)


def _effect(moved: Sequence[Floats], one: Sequence[Floats], two: Sequence[Floats]) -> Floats:
    """What the move of one of three factors adds to their product."""
    straight = one[0] * two[0] + one[1] * two[1]
    crossed = one[0] * two[1] + one[1] * two[0]
    return np.asarray((moved[1] - moved[0]) * (straight / 3 + crossed / 6))


def weights(sums: Sums, seed: int, draws: int = DRAWS) -> tuple[Floats, Floats]:
    """How often each unit is drawn, before and after, (draws, n_units); the same where paired."""
    rng = np.random.default_rng(seed)
    before, after = (len(side) for side in sums.above)
    first = rng.multinomial(before, np.full(before, 1 / before), size=draws).astype(float)
    if sums.paired:
        return first, first
    second = rng.multinomial(after, np.full(after, 1 / after), size=draws)
    return first, second.astype(float)


def freedom(sums: Sums) -> int:
    """Degrees of freedom of a spread over the units."""
    before, after = (len(side) for side in sums.above)
    return max(1, before - 1 if sums.paired else before + after - 2)


@dataclass(frozen=True)
class Departures:
    """Departures of all parts looked at, each of (n_parts,).

    sizes: in standard errors. p_values: of each, all of them together.
    """

    sizes: Floats
    p_values: Floats


def departures(values: Floats, drawn: Floats, degrees: int) -> Departures:
    """Test departures against the greatest departure of draws.

    values: (n_parts,); drawn: (draws, n_parts) the same of bootstrap draws. With few units
    (degrees of freedom) a spread is uncertain itself, so sizes are read as Student's t.
    """
    errors = drawn.std(axis=0, ddof=1)
    least = 1e-12 * max(1.0, float(np.abs(values).max(initial=0.0)))
    scale = np.where(errors > least, errors, np.inf)
    greatest = np.abs((drawn - values) / scale).max(axis=1, initial=0.0)
    sizes = values / scale
    normal = -special.ndtri(special.stdtr(degrees, -np.abs(sizes)))
    p_values = (1 + (greatest[:, None] >= normal).sum(axis=0)) / (1 + len(greatest))
    return Departures(sizes, p_values)


def interval(value: float, drawn: Floats, degrees: int) -> tuple[float, float]:
    """The same as `intervals` for one part; drawn: (draws,)."""
    low, high = intervals(np.array([value]), np.asarray(drawn)[:, None], degrees)
    return float(low[0]), float(high[0])


def intervals(values: Floats, drawn: Floats, degrees: int) -> tuple[Floats, Floats]:
    """Percentile intervals at 95 %, as much wider as few units ask for: their ends, (n_parts,).

    values: (n_parts,); drawn: (draws, n_parts), of which those that are no number do not count.
    Ends are infinite where no draw counts.
    """
    low, high = _ends(drawn)
    wider = float(special.stdtrit(degrees, (1 + LEVEL) / 2) / special.ndtri((1 + LEVEL) / 2))
    return values - (values - low) * wider, values + (high - values) * wider


def _ends(drawn: Floats) -> tuple[Floats, Floats]:
    """Quantiles of each column; the few columns with draws that are no number on their own."""
    at = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    whole = np.asarray(np.isfinite(drawn).all(axis=0))
    low, high = np.full(len(whole), -np.inf), np.full(len(whole), np.inf)
    if whole.any():
        low[whole], high[whole] = np.quantile(drawn[:, whole], at, axis=0)
    for n in np.flatnonzero(~whole):
        finite = drawn[np.isfinite(drawn[:, n]), n]
        if len(finite):
            low[n], high[n] = np.quantile(finite, at)
    return low, high
