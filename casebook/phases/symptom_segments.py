"""Which segment carries the change: every column, derived ones and pairs, tested together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from casebook.phases.symptom_facets import Prepared
from casebook.phases.symptom_trials import (
    LEAST_SHARE,
    Part,
    Place,
    Pool,
    beside,
    looked_at,
    name_of,
)
from casebook.stats.change import Change, change_of_units
from casebook.tables.cube import Sums
from casebook.tables.facets import Facet

LEAST_EXCESS = 0.05  # of the change: less is no lead, however clear
PAIRED = 6  # facets whose pairs are looked at
ALIKE = 0.75  # of the rows of two parts in both, from which on they are two names of one
SHOWN = 6


@dataclass(frozen=True)
class Search:
    """What the search did. tried: parts looked at, of `columns` columns.

    units: what was drawn again (`day`, `id`, `row`). carriers: parts that carry more than their
    part for sure, the one that explains most first. parts: every single column's values, by name.
    """

    tried: int
    columns: int
    units: tuple[str, ...]
    carriers: tuple[Part, ...]
    parts: dict[str, tuple[Part, ...]]


def whole_change(found: Prepared, *, seed: int) -> Change | None:
    """The change of the metric over all rows, None where it is no sum of anything."""
    if not found.units:
        return None
    return change_of_units(found.whole, additive=found.additive, seed=seed)


def search(found: Prepared, moved: Change, *, seed: int) -> Search:
    """Look at all parts. moved: where it is not clear, no part is said to carry it."""
    if not found.facets:
        return Search(0, 0, found.units, (), {})
    singles = _singles(found)

    def trial(pairs: Pool) -> list[Part]:
        return looked_at(
            singles,
            pairs,
            found.whole,
            additive=found.additive,
            shared=bool(moved.clear),
            seed=seed,
        )

    first = trial(_no_pairs(singles))
    pairs = _pairs(found, singles, _leading(singles, first))
    both = trial(pairs)
    by_column: dict[str, list[Part]] = {}
    for part in both[: len(singles.places)]:
        by_column.setdefault(part.names[0], []).append(part)
    carriers = _ranked(found, singles.places + pairs.places, both) if moved.clear else ()
    return Search(
        tried=len(both),
        columns=len(found.facets),
        units=found.units,
        carriers=carriers,
        parts={name: tuple(parts) for name, parts in by_column.items()},
    )


def _singles(found: Prepared) -> Pool:
    places: list[Place] = []
    kept: list[list[Sums]] = [[] for _unit in found.units]
    for facet in found.facets:
        by_kind = found.sums[facet.name]
        codes = np.flatnonzero(_present(by_kind[0]))
        places += [Place((facet,), (int(code),)) for code in codes]
        for kind, sums in zip(kept, by_kind, strict=True):
            kind.append(sums.of(codes.tolist()))
    return Pool(tuple(places), tuple(beside(kind) for kind in kept))


def _present(sums: Sums) -> np.ndarray:
    """Values that are there at all."""
    return np.asarray(sum(side.sum(axis=0) for side in sums.below) != 0)


def _no_pairs(singles: Pool) -> Pool:
    return Pool((), tuple(sums.of([]) for sums in singles.sums))


def _leading(singles: Pool, parts: Sequence[Part]) -> tuple[Facet, ...]:
    """The facets with the clearest departures, whose pairs are worth a look."""
    sizes: dict[str, float] = {}
    for part in parts:
        sizes[part.names[0]] = max(sizes.get(part.names[0], 0.0), abs(part.size))
    facets = {place.facets[0].name: place.facets[0] for place in singles.places}
    order = sorted(sizes, key=lambda name: -sizes[name])[:PAIRED]
    return tuple(facets[name] for name in order)


def _pairs(found: Prepared, singles: Pool, leading: Sequence[Facet]) -> Pool:
    where = {(p.facets[0].name, p.codes[0]): n for n, p in enumerate(singles.places)}
    places: list[Place] = []
    parents: list[tuple[int, int]] = []
    kept: list[list[Sums]] = [[] for _unit in found.units]
    for one, two in combinations(leading, 2):
        if len(one.sources) > 1 and one.sources == two.sources:
            continue  # both tell of the same events: one says what the other does
        by_kind = [found.cube.sums(unit, one, two) for unit in found.units]
        codes = np.flatnonzero(_large(by_kind[0], found.whole[0]))
        for code in codes:
            pair = (int(code) // two.size, int(code) % two.size)
            places.append(Place((one, two), pair))
            parents.append((where[one.name, pair[0]], where[two.name, pair[1]]))
        for kind, sums in zip(kept, by_kind, strict=True):
            kind.append(sums.of(codes.tolist()))
    if not places:
        return _no_pairs(singles)
    return Pool(tuple(places), tuple(beside(kind) for kind in kept), tuple(parents))


def _large(sums: Sums, whole: Sums) -> np.ndarray:
    """Values with enough of what is below the line to be looked at as parts of a pair."""
    shares = [
        side.sum(axis=0) / (all_.sum() or 1.0)
        for side, all_ in zip(sums.below, whole.below, strict=True)
    ]
    return np.asarray(np.maximum(*shares) >= 2 * LEAST_SHARE)


def _follows(place: Place) -> bool:
    """Whether it changes with the number of events alone, and says nothing of who stays away.

    Fewer events are further apart, whosever they are.
    """
    return any(
        facet.kind == "derived" and facet.name == "gap" and code != 0
        for facet, code in zip(place.facets, place.codes, strict=True)
    )


def _ranked(found: Prepared, places: Sequence[Place], parts: Sequence[Part]) -> tuple[Part, ...]:
    """Parts that carry more than their part, greatest first; other names of one are put to it."""
    clear = [
        n
        for n, part in enumerate(parts)
        if part.clear and part.excess >= LEAST_EXCESS and not _follows(places[n])
    ]
    clear = sorted(clear, key=lambda n: -parts[n].excess)[: 4 * SHOWN]
    groups: list[list[int]] = []
    for n in clear:
        group = next((g for g in groups if _alike(found, places[g[0]], places[n])), None)
        if group is None:
            groups.append([n])
        else:
            group.append(n)
    return tuple(_named(parts, places, group) for group in groups[:SHOWN])


def _alike(found: Prepared, one: Place, two: Place) -> bool:
    """Whether two parts are nearly the same rows."""
    mine, theirs = (tuple(zip(p.facets, p.codes, strict=True)) for p in (one, two))
    both = found.cube.rows(*mine, *theirs)
    either = found.cube.rows(*mine) + found.cube.rows(*theirs) - both
    return either > 0 and both / either >= ALIKE


def _named(parts: Sequence[Part], places: Sequence[Place], group: Sequence[int]) -> Part:
    """A group under the plainest of its names: one column before two, read before derived."""
    plainest = min(group, key=lambda n: (len(places[n].facets), _made(places[n].facets)))
    others = tuple(name_of(parts[n]) for n in group if n != plainest)
    return replace(parts[plainest], also=others)


def _made(facets: Iterable[Facet]) -> bool:
    return any(facet.kind == "derived" for facet in facets)
