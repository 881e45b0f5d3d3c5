"""Slices on which the loss is high: found on one half of the rows, confirmed on the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.stats.estimate import Estimate
from casebook.stats.intervals import mean_difference
from casebook.stats.metrics import Floats
from casebook.stats.paired import benjamini_hochberg

LEAST_ROWS = 30
MOST_FOUND = 20
BINS = 5


@dataclass(frozen=True)
class Slice:
    """Rows with one value, or one range, of one column.

    loss, rest: mean loss inside and outside, on the rows that did not find the slice.
    excess: loss - rest with its interval; p_value: adjusted over all slices tried on that half.
    """

    column: str
    label: str
    rows: int
    loss: float
    rest: float
    excess: Estimate
    p_value: float

    @property
    def confirmed(self) -> bool:
        """Whether the excess holds at a false discovery rate of 5 %."""
        return self.p_value < 0.05 and self.excess.value > 0


Mask = npt.NDArray[np.bool_]


def masks(columns: pd.DataFrame) -> Iterator[tuple[str, str, Mask]]:
    """Column, label and rows of every slice: each frequent value, each fifth of the numbers."""
    for name, values in columns.items():
        number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if number and values.nunique() > BINS:
            yield from _ranges(str(name), values)
        else:
            yield from _values(str(name), values.astype(object))
        if (missing := values.isna().to_numpy()).sum() >= LEAST_ROWS:
            yield str(name), "", missing


def _values(name: str, values: pd.Series) -> Iterator[tuple[str, str, Mask]]:
    counts = values.value_counts()
    for value in counts.index[(counts >= LEAST_ROWS)][:MOST_FOUND]:
        label = f"{value:g}" if isinstance(value, float) else str(value)
        yield name, label, (values == value).to_numpy(dtype=bool)


def _ranges(name: str, values: pd.Series) -> Iterator[tuple[str, str, Mask]]:
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, BINS + 1)))
    for low, high in pairwise(edges):
        last = high == edges[-1]
        inside = (numbers >= low) & ((numbers <= high) if last else (numbers < high))
        yield name, f"{_few(low)} – {_few(high)}", inside


def worst_slices(columns: pd.DataFrame, loss: Floats, *, seed: int = 0) -> tuple[Slice, ...]:
    """The slices with the greatest excess loss, each tested on rows that did not find it.

    columns: (n_rows, n_columns); loss: (n_rows,) aligned. Half of the rows propose the 20 slices
    with the greatest excess, the other half tests them (Welch), adjusted by Benjamini and
    Hochberg 1995. Slices with fewer than 30 rows in either half are not looked at.
    """
    finding = np.random.default_rng(seed).random(len(loss)) < 0.5
    found = [
        (_excess(loss, mask, finding), name, label, mask)
        for name, label, mask in masks(columns)
        if _enough(mask, finding)
    ]
    found = sorted(found, key=lambda item: -item[0])[:MOST_FOUND]
    tested = [_tested(name, label, mask, loss, ~finding) for _x, name, label, mask in found]
    adjusted = benjamini_hochberg([p for _s, p in tested])
    slices = [
        Slice(s.column, s.label, s.rows, s.loss, s.rest, s.excess, float(p))
        for (s, _p), p in zip(tested, adjusted, strict=True)
    ]
    return tuple(sorted(slices, key=lambda s: (not s.confirmed, -s.excess.value)))


def _enough(mask: Mask, finding: Mask) -> bool:
    return all(
        LEAST_ROWS <= (mask & half).sum() <= half.sum() - LEAST_ROWS for half in (finding, ~finding)
    )


def _excess(loss: Floats, mask: Mask, half: Mask) -> float:
    """Excess in standard errors: small slices must fail by more to be proposed."""
    inside, outside = loss[mask & half], loss[~mask & half]
    spread = np.sqrt(inside.var(ddof=1) / len(inside) + outside.var(ddof=1) / len(outside))
    return float((inside.mean() - outside.mean()) / spread) if spread else 0.0


def _tested(name: str, label: str, mask: Mask, loss: Floats, half: Mask) -> tuple[Slice, float]:
    inside, outside = loss[mask & half], loss[~mask & half]
    excess, p_value = mean_difference(inside, outside)
    found = Slice(
        name, label, len(inside), float(inside.mean()), float(outside.mean()), excess, p_value
    )
    return found, p_value


def _few(value: float) -> str:
    """An edge in few characters, never as a power of ten where digits say it."""
    return f"{value:.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.4g}"
