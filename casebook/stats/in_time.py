"""Splits in time: train on the past, test on what followed, keep the newest for the last test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import TimeSeriesSplit

Rows = npt.NDArray[np.intp]

BLOCKS = 100
"""Blocks of neighbouring rows for the bootstrap, where rows are in order and no day is known."""
LEAST_DAYS = 20
"""Days from which on the newest share of days is kept, not the newest share of rows."""
LEAST_TRAINED = 20


@dataclass(frozen=True, eq=False)
class Order:
    """When each row is, and which rows depend on each other.

    when: (n_rows,) days since the first, or the place in the file; units: (n_rows,) codes of weeks
    or blocks. dated: whether `when` is in days.
    """

    when: npt.NDArray[np.float64]
    units: Rows
    dated: bool

    @property
    def rows(self) -> Rows:
        """Positions of the rows in time; rows of one moment stay as they stand."""
        return np.argsort(self.when, kind="stable").astype(np.intp)


def in_time(time: pd.Series | None, n: int, *, ordered: bool) -> Order | None:
    """The order of the rows; None where there is none, or a row has no time."""
    if time is not None and time.notna().all():
        days = (time - time.min()).dt.total_seconds().to_numpy(dtype=float) / 86_400
        weeks = pd.factorize(time.dt.to_period("W"))[0].astype(np.intp)
        return Order(days, weeks, dated=True)
    if time is None and ordered:
        place = np.arange(n)
        return Order(place.astype(float), place * min(BLOCKS, n) // n, dated=False)
    return None


def last_part(order: Order, share: float) -> Rows:
    """Positions of the newest share of days, else of rows; ascending."""
    days = np.unique(np.floor(order.when))
    if not order.dated or len(days) < LEAST_DAYS:
        return np.sort(order.rows[round(len(order.when) * (1 - share)) :])
    first = days[round(len(days) * (1 - share))]
    held = np.flatnonzero(np.floor(order.when) >= first)
    if share / 2 <= len(held) / len(order.when) <= 2 * share:
        return held
    # Rows are much denser or rarer of late: a share of rows, from the start of a day on.
    first = np.floor(order.when[order.rows[round(len(order.when) * (1 - share))]])
    return np.flatnonzero(np.floor(order.when) >= first)


def forward(
    order: Order, rows: Rows, folds: int, delay_days: float
) -> tuple[tuple[tuple[Rows, Rows], ...], float]:
    """Folds of some rows, each trained on all that came before its test, and the gap between.

    delay_days: labels of younger rows were not known when the test began; such rows are left out
    of training, and a fold that is then left with too few is not made. Fewer than two such folds:
    no gap.
    """
    inside = order.rows[np.isin(order.rows, rows)]
    made = [(inside[train], inside[test]) for train, test in TimeSeriesSplit(folds).split(inside)]
    if not (delay_days and order.dated):
        return tuple(made), 0.0
    gapped = [(_known(order, train, test, delay_days), test) for train, test in made]
    kept = tuple(fold for fold in gapped if len(fold[0]) >= LEAST_TRAINED)
    return (kept, delay_days) if len(kept) >= 2 else (tuple(made), 0.0)


def known_before(order: Order, rows: Rows, held: Rows, delay_days: float) -> Rows:
    """The rows whose labels were known when the held ones began; all where that leaves too few."""
    if not (delay_days and order.dated and len(held)):
        return rows
    kept = _known(order, rows, held, delay_days)
    return kept if len(kept) >= LEAST_TRAINED else rows


def _known(order: Order, train: Rows, test: Rows, delay_days: float) -> Rows:
    start = order.when[test].min()
    known: Rows = train[order.when[train] + delay_days < start]
    return known
