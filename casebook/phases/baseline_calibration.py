"""How far a candidate's stated probabilities are from the shares that came true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.formats import interval, number, percent
from casebook.language import _, plural
from casebook.models.crossval import OutOfFold
from casebook.models.labelled import Labelled
from casebook.models.registry import CANDIDATES
from casebook.stats.calibration import FEWEST, Reliability, reliability
from casebook.stats.metrics import TWO


@dataclass(frozen=True)
class Calibration:
    """The reliability of the probabilities of one candidate, on rows that its fits had not seen.

    yes: the class whose probability it is.
    """

    headline: tuple[str, ...]
    candidate: str
    yes: str
    reliability: Reliability


def calibrated(data: Labelled, out: OutOfFold, *, seed: int = 0) -> Calibration | None:
    """Whether probabilities mean what they say; None unless there are two classes."""
    if data.task != TWO or out.predictions.probability is None:
        return None
    probability = np.clip(out.predictions.probability[:, 1], 0.0, 1.0)
    units = None if data.splits.units is None else data.splits.units[out.rows]
    found = reliability(out.predictions.truth == 1, probability, units, seed=seed)
    title = next((_(c.title) for c in CANDIDATES if c.name == out.candidate), out.candidate)
    yes = f"{data.y.name}: {data.classes[1]}"
    return Calibration(_headline(found, title), title, yes, found)


def _headline(found: Reliability, title: str) -> tuple[str, ...]:
    fewer = min(found.positives, found.rows - found.positives)
    if fewer < FEWEST:
        return (plural("There is {n} row of the rarer class: whether probabilities are true cannot "
                       "be told.", "There are {n} rows of the rarer class: whether probabilities "
                       "are true cannot be told.", fewer),)  # fmt: skip
    return (_spread(found, title), _level(found), _error(found))


def _spread(found: Reliability, title: str) -> str:
    if found.slope is None:
        return _("The {name} states nearly the same probability for every row, or parts the "
                 "classes without an error: whether it says too much or too little cannot be "
                 "told.", name=title)  # fmt: skip
    values = {"name": title, "slope": interval(found.slope)}
    said = {
        "too much": _("The {name} says too much: its probabilities are more extreme than what "
                      "came true (slope {slope}; 1 is right).", **values),
        "too little": _("The {name} says too little: what came true is more extreme than its "
                        "probabilities (slope {slope}; 1 is right).", **values),
        "about right": _("The probabilities of the {name} are about right (slope {slope}; 1 is "
                         "right).", **values),
        "cannot tell": _("Whether the {name} says too much or too little cannot be told from "
                         "these rows (slope {slope}; 1 is right).", **values),
    }  # fmt: skip
    return said[found.spread]


def _level(found: Reliability) -> str:
    gap = found.gap
    values = {"gap": interval(gap, 100), "share": percent(found.positives / found.rows)}
    said = {
        "too high": _("On average it is too high, by {gap} percentage points; {share} of the rows "
                      "came true.", **values),
        "too low": _("On average it is too low ({gap} percentage points); {share} of the rows came "
                     "true.", **values),
        "about right": _("Its mean is about right: {gap} percentage points off; {share} of the "
                         "rows came true.", **values),
        "cannot tell": _("Its mean is {gap} percentage points off, which may be chance; {share} of "
                         "the rows came true.", **values),
    }  # fmt: skip
    return said[found.level]


def _error(found: Reliability) -> str:
    return _("In bins of equal size stated and true shares are {error} percentage points apart; "
             "true probabilities would show {chance} on so many rows.",
             error=number(100 * found.error), chance=number(100 * found.by_chance))  # fmt: skip
