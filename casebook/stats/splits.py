"""Folds that respect time and groups: the same for every candidate of a comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
)

from casebook.exceptions import TableError
from casebook.language import _

Rows = npt.NDArray[np.intp]
Fold = tuple[Rows, Rows]

LEAST_ROWS = 20


@dataclass(frozen=True)
class Splits:
    """Folds of row positions, how they were made, and the blocks that depend on each other.

    kind: `time` (train on the past, test on what follows), `group` or `shuffled`.
    folds: (train, test) positions; tests never overlap.
    units: (n_rows,) code of a row's block for the bootstrap, or None when rows are alone.
    """

    kind: str
    folds: tuple[Fold, ...]
    units: Rows | None

    @property
    def tested(self) -> Rows:
        """Positions of all rows that some fold tests, ascending."""
        return np.sort(np.concatenate([test for _train, test in self.folds]))

    @property
    def test_share(self) -> float:
        """Rows tested over rows trained on, on average."""
        return float(np.mean([len(test) / len(train) for train, test in self.folds]))

    def sentence(self) -> str:
        """How the rows were split, in words."""
        k = len(self.folds)
        if self.kind == "time":
            return _("{k} splits in time: trained on the past, tested on what came after.", k=k)
        if self.kind == "group":
            return _("{k} folds that keep the rows of a group together.", k=k)
        return _("{k} shuffled folds.", k=k)


def make_splits(
    target: pd.Series,
    *,
    classes: bool,
    time: pd.Series | None = None,
    groups: pd.Series | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Splits:
    """Folds for these rows: in time where there is a time, else by group, else shuffled.

    target: (n_rows,) without missing values; classes keep their shares in shuffled folds.
    Raises TableError with fewer than 20 rows, or fewer rows of a class than needed.
    """
    if len(target) < LEAST_ROWS:
        raise TableError(
            _("{n} labelled rows are too few to compare candidates; it takes {least}.",
              n=len(target), least=LEAST_ROWS)
        )  # fmt: skip
    if time is not None and time.notna().all():
        return _in_time(time, folds)
    k = _possible_folds(target, folds) if classes else folds
    if groups is not None:
        return _by_group(target, groups, classes, k, seed)
    splitter = (StratifiedKFold if classes else KFold)(k, shuffle=True, random_state=seed)
    return Splits("shuffled", _as_folds(splitter.split(target, target)), None)


def _possible_folds(target: pd.Series, folds: int) -> int:
    smallest = int(target.value_counts().min())
    if smallest < 2:
        rare = target.value_counts().idxmin()
        raise TableError(
            _("The class '{name}' of the target has one row only: it cannot be both learned and "
              "tested.", name=rare),
            hint=_("Merge it with another class or leave it out by data.filter."),
        )  # fmt: skip
    return min(folds, smallest)


def _in_time(time: pd.Series, folds: int) -> Splits:
    order = np.argsort(time.to_numpy(), kind="stable").astype(np.intp)
    made = TimeSeriesSplit(folds).split(order)
    units = pd.factorize(time.dt.to_period("W"))[0].astype(np.intp)
    return Splits("time", tuple((order[train], order[test]) for train, test in made), units)


def _by_group(target: pd.Series, groups: pd.Series, classes: bool, folds: int, seed: int) -> Splits:
    units = pd.factorize(groups.astype(object).where(groups.notna(), "missing"))[0].astype(np.intp)
    k = min(folds, int(units.max()) + 1)
    if k < 2:
        raise TableError(_("The group column has one value only; rows cannot be split by it."))
    splitter = (StratifiedGroupKFold if classes else GroupKFold)(k, shuffle=True, random_state=seed)
    return Splits("group", _as_folds(splitter.split(target, target, units)), units)


def _as_folds(pairs: object) -> tuple[Fold, ...]:
    return tuple((train.astype(np.intp), test.astype(np.intp)) for train, test in pairs)  # type: ignore[attr-defined]
