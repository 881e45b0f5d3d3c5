"""Every part of the rows in the change, with a test of all together: the numbers of the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casebook.phases.symptom_facets import label, title
from casebook.stats import segments as st
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import Floats
from casebook.stats.segments import Amounts, Split
from casebook.tables.cube import Sums
from casebook.tables.facets import Facet

LEAST_ROWS = 30
LEAST_SHARE = 0.01  # of the rows, before or after
LEVEL = 0.05


@dataclass(frozen=True)
class Part:
    """A part of the rows in the change: a value of a column, or of two.

    names: of its columns; columns, labels: as people read them. share: of the change, with an
    interval of its own; None where the whole may not have changed. base: the share it would carry
    had all parts moved alike. volume + mix + rate = change: by the rows in all, by its share of
    them, by its value a row. size: of its departure, in standard errors; p_value: of that, with
    all parts that were looked at. of_rows: whether base is its share of the rows (of a metric
    that is a fraction), not of the metric. also: other names of nearly the same rows.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    before: float
    after: float
    rows_before: float
    rows_after: float
    change: Estimate
    share: Estimate | None
    base: float
    volume: float
    mix: float
    rate: float
    size: float
    p_value: float
    of_rows: bool
    also: tuple[str, ...] = ()

    @property
    def excess(self) -> float:
        """The share of the change beyond the one to be expected."""
        return self.share.value - self.base if self.share else 0.0

    @property
    def clear(self) -> bool:
        """Whether it departs from the whole for sure, all parts looked at together."""
        return self.p_value < LEVEL


@dataclass(frozen=True)
class Place:
    """A part among all: the facets and the values it is made of."""

    facets: tuple[Facet, ...]
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Pool:
    """Parts and their sums by each kind of unit; above: the parents of a pair, as indices."""

    places: tuple[Place, ...]
    sums: tuple[Sums, ...]
    parents: tuple[tuple[int, int], ...] = ()


def beside(sums: Sequence[Sums]) -> Sums:
    """Sums by the same units, their parts one after the other."""
    sides = [
        tuple(np.concatenate([getattr(one, name)[side] for one in sums], axis=1) for side in (0, 1))
        for name in ("above", "below")
    ]
    return Sums((sides[0][0], sides[0][1]), (sides[1][0], sides[1][1]), sums[0].paired)


def looked_at(
    singles: Pool, pairs: Pool, whole: Sequence[Sums], *, additive: bool, shared: bool, seed: int
) -> list[Part]:
    """Every part with its test: singles first, then pairs.

    whole: the sums of all rows, by kind of unit. shared: whether the whole changed for sure, so
    that there are shares of its change.
    """
    everything = beside([singles.sums[0], pairs.sums[0]])
    once, total = st.amounts(everything), st.amounts(whole[0])
    tried = _enough(once, total)
    runs = tuple(
        _run(one, two, all_, additive, parents=pairs.parents, tried=tried, seed=seed)
        for one, two, all_ in zip(singles.sums, pairs.sums, whole, strict=True)
    )
    exact = st.split(once, total, additive=additive)
    looked = _Looked(exact, once, runs, tried, additive, shared, *_ends(exact, runs, shared))
    return [looked.part(n, place) for n, place in enumerate(singles.places + pairs.places)]


def _enough(once: Amounts, whole: Amounts) -> np.ndarray:
    """Parts that are large enough to be looked at."""
    shares = [
        part / (all_ + (all_ == 0)) for part, all_ in zip(once.below, whole.below, strict=True)
    ]
    rows = once.below[0] + once.below[1]
    return np.asarray((np.maximum(*shares)[0] >= LEAST_SHARE) & (rows[0] >= LEAST_ROWS))


@dataclass(frozen=True)
class _Run:
    """The draws of one kind of unit: changes and shares of the change, (draws, n_parts); tests."""

    changes: Floats
    shares: Floats
    sizes: Floats
    p_values: Floats
    degrees: int
    units: int


@dataclass(frozen=True)
class _Looked:
    """All that was found of all parts; shared: whether the whole changed, so that it has shares.

    changes, shares: ends of the wider interval of all kinds of units, (2, n_parts).
    """

    exact: Split
    once: Amounts
    runs: tuple[_Run, ...]
    tried: np.ndarray
    additive: bool
    shared: bool
    changes: Floats
    shares: Floats

    def part(self, n: int, place: Place) -> Part:
        """One of the parts, with the wider interval and the weaker test of all kinds of units."""
        exact = self.exact
        before, after = (float(side[0, n]) for side in self.once.above)
        rows = tuple(float(side[0, n]) for side in self.once.below)
        if not self.additive:
            before, after = (
                v / r if r else 0.0 for v, r in zip((before, after), rows, strict=True)
            )
        change, total = float(exact.change[0, n]), float(exact.total[0, 0])
        share = change / total if self.shared and total else None
        return Part(
            names=tuple(facet.name for facet in place.facets),
            columns=tuple(title(facet) for facet in place.facets),
            labels=tuple(label(f, code) for f, code in zip(place.facets, place.codes, strict=True)),
            before=before,
            after=after,
            rows_before=rows[0],
            rows_after=rows[1],
            change=self._estimate(change, self.changes[:, n]),
            share=None if share is None else self._estimate(share, self.shares[:, n]),
            base=float(exact.base[0, n]),
            volume=float(exact.volume[0, n]),
            mix=float(exact.mix[0, n]),
            rate=float(exact.rate[0, n]),
            size=float(min((run.sizes[n] for run in self.runs), key=abs)),
            p_value=float(max(run.p_values[n] for run in self.runs)) if self.tried[n] else 1.0,
            of_rows=not self.additive,
        )

    def _estimate(self, value: float, ends: Floats) -> Estimate:
        low, high = map(float, ends)
        known = np.isfinite(low) and np.isfinite(high)
        n = self.runs[0].units
        return Estimate(value, low, high, n) if known else Estimate(value, None, None, n)


def _ends(exact: Split, runs: Sequence[_Run], shared: bool) -> tuple[Floats, Floats]:
    """Ends of the intervals of changes and of shares, (2, n_parts) each."""
    change, total = exact.change[0], float(exact.total[0, 0])
    changes = _widest(change, [run.changes for run in runs], runs)
    if not (shared and total):
        return changes, np.full_like(changes, np.nan)
    return changes, _widest(change / total, [run.shares for run in runs], runs)


def _widest(values: Floats, drawn: Sequence[Floats], runs: Sequence[_Run]) -> Floats:
    """Of the intervals by each kind of unit the widest; the first of equally wide ones."""
    ends = np.stack([
        st.intervals(values, one, run.degrees) for one, run in zip(drawn, runs, strict=True)
    ])  # fmt: skip
    with np.errstate(invalid="ignore"):
        widest = np.argmax(ends[:, 1] - ends[:, 0], axis=0)
    found: Floats = np.take_along_axis(ends, widest[None, None], axis=0)[0]
    return found


def _run(
    singles: Sums,
    pairs: Sums,
    whole: Sums,
    additive: bool,
    *,
    parents: Sequence[tuple[int, int]],
    tried: np.ndarray,
    seed: int,
) -> _Run:
    """Draw the units again; test singles against the whole, pairs against both of their parts.

    tried: (n_parts,) whether a part is large enough; the others are no part of the test.
    """
    times = st.weights(whole, seed)
    everything = beside([singles, pairs])
    drawn, drawn_whole = st.amounts(everything, times), st.amounts(whole, times)
    once = st.amounts(everything)
    splits = st.split(drawn, drawn_whole, additive=additive)
    exact = st.split(once, st.amounts(whole), additive=additive)
    n = singles.above[0].shape[1]
    values, spread = [exact.excess[0, :n]], [splits.excess[:, :n]]
    for side in (0, 1):
        of = [pair[side] for pair in parents]
        values.append(_within(once, of, n, additive).excess[0])
        spread.append(_within(drawn, of, n, additive).excess)
    looked = np.concatenate([tried, tried[n:]])
    sizes = np.where(looked, np.concatenate(values), 0.0)
    degrees = st.freedom(whole)
    test = st.departures(sizes, np.where(looked, np.concatenate(spread, axis=1), 0.0), degrees)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = splits.change / splits.total
    units = sum(len(side) for side in whole.above)
    return _Run(splits.change, shares, *_both_parents(test, n, len(parents)), degrees, units)


def _within(all_: Amounts, parents: Sequence[int], n: int, additive: bool) -> Split:
    """Pairs as parts of one of their two values, not of the whole."""
    above, below = ((side[0][:, n:], side[1][:, n:]) for side in (all_.above, all_.below))
    of_above, of_below = (
        (side[0][:, parents], side[1][:, parents]) for side in (all_.above, all_.below)
    )
    return st.split(Amounts(above, below), Amounts(of_above, of_below), additive=additive)


def _both_parents(test: st.Departures, n: int, pairs: int) -> tuple[Floats, Floats]:
    """A pair is as clear as the less clear of its two tests, and only where both point one way."""
    one, two = (slice(n, n + pairs), slice(n + pairs, n + 2 * pairs))
    same = np.sign(test.sizes[one]) == np.sign(test.sizes[two])
    least = np.where(
        np.abs(test.sizes[one]) < np.abs(test.sizes[two]), test.sizes[one], test.sizes[two]
    )
    p_values = np.where(same, np.maximum(test.p_values[one], test.p_values[two]), 1.0)
    return (
        np.concatenate([test.sizes[:n], np.where(same, least, 0.0)]),
        np.concatenate([test.p_values[:n], p_values]),
    )


def name_of(part: Part) -> str:
    """A part in few words: `channel 'app'`, `channel 'app' and guest 'first-time'`."""
    return ", ".join(f"{c}: {v}" for c, v in zip(part.columns, part.labels, strict=True))
