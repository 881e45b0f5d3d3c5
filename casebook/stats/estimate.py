"""A number with its interval and the number of rows behind it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A value, its interval at `level`, and n.

    low, high: None where no interval can be given (one row, one fold).
    n: independent units behind the value (rows, days, folds), as the caller says.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    level: float = 0.95
