"""Folds that respect time and groups, and rows kept for the last test; the same for all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

from casebook.exceptions import TableError
from casebook.language import _, plural
from casebook.stats.in_time import Order, forward, in_time, known_before, last_part

Rows = npt.NDArray[np.intp]
Fold = tuple[Rows, Rows]

LEAST_ROWS = 20
LEAST_HELD = 30
"""A last test on fewer rows says nothing; then all rows are for the folds."""


def _none() -> Rows:
    return np.empty(0, dtype=np.intp)


@dataclass(frozen=True)
class Splits:
    """Folds of row positions, how they were made, and the blocks that depend on each other.

    kind: `time` (train on the past, test on what follows), `group` or `shuffled`.
    folds: (train, test) positions; tests never overlap.
    units: (n_rows,) code of a row's block for the bootstrap, or None when rows are alone.
    held: positions of the rows kept for the last test; no fold has them.
    last: positions of the rows that are trained on for the last test.
    gap_days: days before a test that training leaves out, as their labels were not known yet.
    """

    kind: str
    folds: tuple[Fold, ...]
    units: Rows | None
    held: Rows = field(default_factory=_none)
    last: Rows = field(default_factory=_none)
    gap_days: float = 0.0

    @property
    def tested(self) -> Rows:
        """Positions of all rows that some fold tests, ascending."""
        return np.sort(np.concatenate([test for _train, test in self.folds]))

    @property
    def test_share(self) -> float:
        """Rows tested over rows trained on, on average."""
        return float(np.mean([len(test) / len(train) for train, test in self.folds]))

    def others(self, n: int) -> Rows:
        """Positions of the rows, of n in all, that are not kept for the last test."""
        return np.setdiff1d(np.arange(n), self.held)

    def sentence(self) -> str:
        """How the rows were split, in words."""
        k = len(self.folds)
        if self.kind == "time":
            said = _("{k} splits in time: trained on the past, tested on what came after.", k=k)
        elif self.kind == "group":
            said = _("{k} folds that keep the rows of a group together.", k=k)
        else:
            said = _("{k} shuffled folds.", k=k)
        return " ".join(filter(None, [said, self._gap(), self._kept()]))

    def _gap(self) -> str:
        if not self.gap_days:
            return ""
        days = round(self.gap_days)
        return plural(
            "The {n} day before each test is left out of training: its labels were not known then.",
            "The {n} days before each test are left out of training: their labels were not known "
            "then.",
            days,
        )

    def _kept(self) -> str:
        n = len(self.held)
        if not n:
            return ""
        shown = f"{n:,}"
        if self.kind == "time":
            return _("The newest rows, {n}, are kept for the last test.", n=shown)
        return _("{n} rows are kept for the last test.", n=shown)


@dataclass(frozen=True)
class Wanted:
    """How rows are to be split: into how many folds, which share is kept, how late labels come."""

    folds: int = 5
    holdout: float = 0.0
    delay_days: float = 0.0
    seed: int = 0


def make_splits(
    target: pd.Series,
    *,
    classes: bool,
    time: pd.Series | None = None,
    groups: pd.Series | None = None,
    ordered: bool = False,
    wanted: Wanted = Wanted(),
) -> Splits:
    """Folds for these rows: in time where there is a time, else by group, else shuffled.

    target: (n_rows,) without missing values; classes keep their shares in shuffled folds.
    ordered: rows stand in order of time, although no column says when.
    Raises TableError with fewer than 20 rows, or fewer rows of a class than needed.
    """
    if len(target) < LEAST_ROWS:
        raise TableError(
            _("{n} labelled rows are too few to compare candidates; it takes {least}.",
              n=len(target), least=LEAST_ROWS)
        )  # fmt: skip
    order = in_time(time, len(target), ordered=ordered)
    if order is not None:
        return _in_time(order, target, classes, wanted)
    if classes:
        _check_classes(target)
    units = None if groups is None else _units(groups)
    held = _held(target, classes, units, wanted)
    rest = np.setdiff1d(np.arange(len(target)), held)
    part = None if units is None else units[rest]
    folds = _folds(target.iloc[rest], classes, part, wanted)
    found = tuple((rest[train], rest[test]) for train, test in folds)
    return Splits("shuffled" if units is None else "group", found, units, held, rest)


def again(
    splits: Splits, target: pd.Series, *, classes: bool, wanted: Wanted
) -> tuple[Splits, ...]:
    """The same rows in other folds, once for each further repeat; in time there is only one way.

    wanted.seed: of the first repeat that is made here.
    """
    if splits.kind == "time":
        return ()
    rest = np.setdiff1d(np.arange(len(target)), splits.held)
    units = splits.units if splits.kind == "group" else None
    part = None if units is None else units[rest]
    folds = _folds(target.iloc[rest], classes, part, wanted)
    return (replace(splits, folds=tuple((rest[train], rest[test]) for train, test in folds)),)


def _check_classes(target: pd.Series) -> None:
    if int(target.value_counts().min()) < 2:
        rare = target.value_counts().idxmin()
        raise TableError(
            _("The class '{name}' of the target has one row only: it cannot be both learned and "
              "tested.", name=rare),
            hint=_("Merge it with another class or leave it out by data.filter."),
        )  # fmt: skip


def _in_time(order: Order, target: pd.Series, classes: bool, wanted: Wanted) -> Splits:
    held = last_part(order, wanted.holdout) if _large(target, wanted) else _none()
    rest = np.setdiff1d(np.arange(len(target)), held)
    folds, gap = forward(order, rest, wanted.folds, wanted.delay_days)
    if classes and wanted.holdout and not _all_learned(target, folds):
        folds, gap = forward(order, rest, wanted.folds, 0.0)
    last = known_before(order, rest, held, gap)
    return Splits("time", folds, order.units, held, last, gap)


def _all_learned(target: pd.Series, folds: tuple[Fold, ...]) -> bool:
    return all(len(target.iloc[train].unique()) > 1 for train, _test in folds)


def _units(groups: pd.Series) -> Rows:
    return pd.factorize(groups.astype(object).where(groups.notna(), "missing"))[0].astype(np.intp)


def _large(target: pd.Series, wanted: Wanted) -> bool:
    return wanted.holdout > 0 and len(target) * wanted.holdout >= LEAST_HELD


def _held(target: pd.Series, classes: bool, units: Rows | None, wanted: Wanted) -> Rows:
    """The share of rows that the last test takes: whole groups, and classes in their shares."""
    parts = max(2, round(1 / wanted.holdout)) if _large(target, wanted) else 0
    if not parts or (classes and int(target.value_counts().min()) < parts):
        return _none()
    if units is not None and int(units.max()) + 1 < 2 * parts:
        return _none()
    folds = _folds(target, classes, units, replace(wanted, folds=parts, seed=wanted.seed + 1))
    return np.sort(folds[0][1])


def _folds(
    target: pd.Series, classes: bool, units: Rows | None, wanted: Wanted
) -> tuple[Fold, ...]:
    k, seed = wanted.folds, wanted.seed
    if classes:
        k = min(k, max(2, int(target.value_counts().min())))
    # Names would be sorted again for each fold; the folds are the same.
    y = pd.factorize(target, sort=True)[0] if classes else target
    if units is None:
        splitter = (StratifiedKFold if classes else KFold)(k, shuffle=True, random_state=seed)
        return _as_folds(splitter.split(y, y))
    k = min(k, len(np.unique(units)))
    if k < 2:
        raise TableError(_("The group column has one value only; rows cannot be split by it."))
    splitter = (StratifiedGroupKFold if classes else GroupKFold)(k, shuffle=True, random_state=seed)
    return _as_folds(splitter.split(y, y, units))


def _as_folds(pairs: object) -> tuple[Fold, ...]:
    return tuple((train.astype(np.intp), test.astype(np.intp)) for train, test in pairs)  # type: ignore[attr-defined]
