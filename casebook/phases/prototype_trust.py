"""What each answer may be trusted with, measured on rows that the fit had not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from casebook.case import Case
from casebook.models.about import Column
from casebook.models.file import columns_read
from casebook.models.labelled import Labelled
from casebook.models.usual import described
from casebook.phases.prototype_rows import Unseen
from casebook.phases.prototype_values import Dot, Mending, Sized, Told
from casebook.prototype.conformal import LEVEL, half_width, halves, held, widths_of
from casebook.prototype.known import MOST_KNOWN
from casebook.prototype.near import Space, space_of, weights_of
from casebook.prototype.together import Pair, every_pair, holding, spaces_of, surprises
from casebook.prototype.together import strange as strange_rows
from casebook.prototype.values import Conformal, Distances, Width
from casebook.stats.calibration import reliability, wilson
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import TWO, Floats, Rows
from casebook.stats.recalibration import Recalibration, recalibration

FAR = 0.99
DOTS = 300


# Numbers


def conformal(found: Unseen) -> Conformal:
    """Widths by all unseen rows; what they hold is measured with those of one half on the other."""
    every, checked = found.predictions, ~found.first
    first, other = found.part(found.first), found.part(checked)
    trial = widths_of(first.truth, first.label)
    covered = _share(held(trial, other.truth, other.label), found.units_of(checked))
    known = np.isfinite(halves(trial, other.label)).all()
    return Conformal(LEVEL, widths_of(every.truth, every.label), covered if known else None)


def sized(found: Unseen) -> tuple[Sized, ...]:
    """What the widths of one half hold on the other, for each size of prediction."""
    first, other = found.part(found.first), found.part(~found.first)
    trial = widths_of(first.truth, first.label)
    limits = np.array([width.up_to for width in trial[:-1]], dtype=float)
    codes = np.searchsorted(limits, other.label)
    inside, units = held(trial, other.truth, other.label), found.units_of(~found.first)
    return tuple(_one_size(width, inside, codes == code, units) for code, width in enumerate(trial))


def _one_size(
    width: Width, inside: npt.NDArray[np.bool_], here: npt.NDArray[np.bool_], units: Rows | None
) -> Sized:
    known = here.any() and width.half is not None
    blocks = None if units is None else units[here]
    return Sized(width.up_to, width.half, _share(inside[here], blocks) if known else None)


def dots(found: Unseen, *, seed: int = 0) -> tuple[Dot, ...]:
    """Some rows of the half that checks, with whether the other half's intervals held them."""
    first, other = found.part(found.first), found.part(~found.first)
    inside = held(widths_of(first.truth, first.label), other.truth, other.label)
    some = np.random.default_rng(seed).permutation(len(inside))[:DOTS]
    return tuple(
        Dot(float(other.label[i]), float(other.truth[i]), bool(inside[i])) for i in np.sort(some)
    )


# Two classes


def mended(found: Unseen) -> Recalibration:
    """What makes the probabilities of a yes come true."""
    yes, truth = _yes(found)
    return recalibration(truth, yes, found.units)


def mending(found: Unseen, *, seed: int = 0) -> Mending | None:
    """How far off probabilities are; mended, each by what the other half measured."""
    yes, truth = _yes(found)
    if not len(yes):
        return None
    after = np.empty(len(yes))
    for inside in (found.first, ~found.first):
        own = recalibration(truth[inside], yes[inside], found.units_of(inside))
        after[~inside] = [own.true(value) for value in yes[~inside]]
    return Mending(
        reliability(truth, yes, found.units, seed=seed),
        reliability(truth, after, found.units, seed=seed),
        mended(found) != Recalibration(),
    )


def _yes(found: Unseen) -> tuple[Floats, npt.NDArray[np.bool_]]:
    assert found.predictions.probability is not None
    return np.clip(found.predictions.probability[:, 1], 0.0, 1.0), found.predictions.truth == 1


def told(case: Case, data: Labelled, found: Unseen) -> tuple[Told, ...]:
    """What would be said of the unseen rows, and how often it is right; classes only."""
    if data.task != TWO:
        labels = found.predictions.label
        parts = [("class", name, labels == code, code) for code, name in enumerate(data.classes)]
        return tuple(_told(*part, found) for part in parts if part[2].any())
    no, yes, person = _decided(case, found)
    to, texts = case.record.prototype.hand_over, case.record.prototype.texts
    named = [("yes", data.classes[1], yes, 1), ("no", data.classes[0], no, 0)]
    made = tuple(
        replace(_told(*part, found), words=own or "")
        for part, own in zip(named, (texts.positive, texts.negative), strict=True)
    )
    if to is None:
        return made
    share = _share(person, found.units)
    return (*made, Told("person", to.to or "", share))


def _decided(case: Case, found: Unseen) -> tuple[npt.NDArray[np.bool_], ...]:
    """No, yes, and a person, by the record's threshold and band; as `prototype.answer` does."""
    stated, record = _yes(found)[0], case.record.prototype
    threshold, band = record.threshold, record.hand_over
    said = found.predictions.label == 1 if threshold is None else stated >= threshold
    person = np.zeros(len(stated), dtype=bool)
    if band is not None:
        person = (stated >= band.low) & (stated < band.high)
    return ~said & ~person, said & ~person, person


def _told(
    decision: str, name: str, here: npt.NDArray[np.bool_], code: int, found: Unseen
) -> Told:  # fmt: skip
    right = found.predictions.truth[here] == code
    units = found.units_of(here)
    return Told(decision, name, _share(here, found.units),
                _share(right, units) if here.any() else None)  # fmt: skip


# How far unseen rows are from those of the fit


@dataclass(frozen=True, eq=False)
class Reach:
    """The distances of unseen rows, and how many of the half that checks are beyond the others."""

    distances: Distances | None
    strange: Estimate | None


def reach(data: Labelled, found: Unseen, *, seed: int = 0) -> Reach:
    """How far is far: the distance beyond which 1 % of unseen rows lie; None with fewer than 99."""
    names = columns_read(found.estimator, data)
    known = data.X.iloc[_some(found.trained, seed)]
    columns = described(data.X.iloc[found.trained], names, data.features)
    weights = weights_of(found.estimator, columns, known[list(names)], seed=seed)
    nearest = _nearest(space_of(columns, known, weights), columns, data, found)
    far = half_width(nearest, FAR)
    if far is None:
        return Reach(None, None)
    pairs, level, odd = _pairs(spaces_of(columns, known, weights), data, found)
    limit = half_width(nearest[found.first], FAR)
    checked = ~found.first
    strange = None
    if limit is not None:
        strange = _share((nearest[checked] > limit) | odd, found.units_of(checked))
    return Reach(Distances(far, len(nearest), weights, pairs, level), strange)


def _pairs(
    spaces: dict[str, Space], data: Labelled, found: Unseen
) -> tuple[tuple[Pair, ...], float, npt.NDArray[np.bool_]]:
    """The pairs that hold together, within which level, and who of the half that checks is not."""
    nobody = np.zeros(int((~found.first).sum()), dtype=bool)
    pairs = every_pair(spaces)
    if not found.held or not pairs:  # rows that are known themselves are never strange
        return (), 0.0, nobody
    apart = surprises(spaces, data.X.iloc[found.rows][list(spaces)], pairs)
    level = holding(apart, found.first)
    if level is None:
        return (), 0.0, nobody
    kept = np.asarray((apart <= level).all(axis=0))
    chosen = tuple(pair for pair, keep in zip(pairs, kept, strict=True) if keep)
    return chosen, level, strange_rows(apart, found.first, level)


def _some(rows: Rows, seed: int) -> Rows:
    """At most as many rows as a prototype keeps in memory: with more, all would be nearer."""
    if len(rows) <= MOST_KNOWN:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, MOST_KNOWN, replace=False))


def _nearest(space: Space, columns: tuple[Column, ...], data: Labelled, found: Unseen) -> Floats:
    """(n,) of each unseen row; where the fit of folds had all rows, the nearest other one."""
    X = data.X.iloc[found.rows][[column.name for column in columns]]
    return space.nearest(X, place=0 if found.held else 1)


def _share(hits: npt.NDArray[np.bool_], units: Rows | None) -> Estimate:
    return wilson(hits.astype(float), units)
