"""The rows that the chosen candidate has not seen, and which of them are used for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from casebook.language import _
from casebook.models.crossval import cross_validate, fit_once, scorable, take
from casebook.models.labelled import Labelled
from casebook.models.registry import Candidate
from casebook.stats.metrics import Predictions, Rows


@dataclass(frozen=True, eq=False)
class Unseen:
    """Rows that a fit had not seen, with what it said of them, in two parts.

    rows: (n,) positions among the labelled rows; predictions are aligned. first: (n,) the part
    that measures; the other part checks what was measured. units: (n,) codes of blocks, or None.
    trained: positions of the rows of the fit. held: whether they are those of the last test.
    """

    rows: Rows
    predictions: Predictions
    first: npt.NDArray[np.bool_]
    units: Rows | None
    trained: Rows
    estimator: Any
    held: bool

    def part(self, inside: npt.NDArray[np.bool_]) -> Predictions:
        """The predictions of a part."""
        return take(self.predictions, inside)

    def units_of(self, inside: npt.NDArray[np.bool_]) -> Rows | None:
        """The blocks of a part."""
        return None if self.units is None else self.units[inside]


def unseen(candidate: Candidate, data: Labelled) -> Unseen:
    """The rows of the last test after a fit on the others; where none are kept, those of folds.

    They judged the candidates, and are used again here: what is measured of them is not used to
    choose. Errors of the estimator come through, as in `fit_once`.
    """
    splits = data.splits
    if len(splits.held):
        fit = fit_once(candidate, data, splits.last, splits.held)
        if fit.predictions is not None:
            first = _first(data, fit.rows)
            return Unseen(fit.rows, fit.predictions, first, _units(data, fit.rows), splits.last,
                          fit.estimator, held=True)  # fmt: skip
    out = cross_validate(candidate, data)
    every = np.flatnonzero(scorable(candidate, data))
    fitted = fit_once(candidate, data, np.arange(len(data.y)), every[:1]).estimator
    first = _first(data, out.rows)
    return Unseen(out.rows, out.predictions, first, _units(data, out.rows), every, fitted,
                  held=False)  # fmt: skip


def _units(data: Labelled, rows: Rows) -> Rows | None:
    units = data.splits.units
    return None if units is None else np.unique(units[rows], return_inverse=True)[1]


def _first(data: Labelled, rows: Rows) -> npt.NDArray[np.bool_]:
    """(n,) about half of the rows: the earlier ones in time, whole groups, else by chance."""
    rng = np.random.default_rng(data.setting.seed)
    if data.splits.kind == "time":
        place = np.argsort(np.argsort(_when(data, rows), kind="stable"), kind="stable")
        return np.asarray(place < len(rows) / 2)
    units = _units(data, rows)
    if units is None:
        return np.asarray(rng.permutation(len(rows)) < len(rows) / 2)
    order = rng.permutation(int(units.max()) + 1)
    before = np.cumsum(np.bincount(units)[order])
    return np.isin(units, order[: max(1, int(np.searchsorted(before, len(rows) / 2)))])


def _when(data: Labelled, rows: Rows) -> npt.NDArray[Any]:
    time = data.setting.time
    return rows if time is None else data.X[time].iloc[rows].to_numpy()


def how(data: Labelled, found: Unseen) -> str:
    """Which rows are used for what, in words."""
    if not found.held:
        return _("Rows are too few to keep some for a last test: what is said here was measured "
                 "on the tested rows of the folds.")  # fmt: skip
    if data.splits.kind == "time":
        return _("What is said here was measured on the newest rows, which were kept for the last "
                 "test: the earlier half of them measured, the later half checked.")  # fmt: skip
    return _("What is said here was measured on the rows kept for the last test: one half of them "
             "measured, the other half checked.")  # fmt: skip


def refitted(data: Labelled) -> str:
    """What holds of the saved model, which has learned from all rows since."""
    if data.splits.kind == "time":
        return _("The model that answers was then fitted on all labelled rows, the newest "
                 "included. What was measured holds for it as far as the days to come are like "
                 "the last ones.")  # fmt: skip
    return _("The model that answers was then fitted on all labelled rows. With more rows it errs "
             "a little less, as a rule, and not more; a proof there is for the measured fit only, "
             "and for rows like these.")  # fmt: skip
