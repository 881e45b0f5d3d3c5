"""How long a prediction takes, and how large a model is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import skops.io as sio


@dataclass(frozen=True)
class Timing:
    """Milliseconds of calls: the middle one and the one that 95 % do not exceed."""

    p50: float
    p95: float
    calls: int


@dataclass(frozen=True)
class Speed:
    """What one row and 1,000 rows take, and megabytes on disk."""

    one: Timing
    thousand: Timing
    megabytes: float | None


def measured(estimator: Any, X: pd.DataFrame, *, seed: int = 0) -> Speed:
    """Predictions of raw rows, timed."""
    rng = np.random.default_rng(seed)

    def timing(rows: int, calls: int) -> Timing:
        taken = []
        for _call in range(calls):
            frame = X.iloc[rng.integers(0, len(X), rows)]
            start = time.perf_counter()
            estimator.predict(frame)
            taken.append(1000 * (time.perf_counter() - start))
        return Timing(float(np.median(taken)), float(np.quantile(taken, 0.95)), calls)

    return Speed(timing(1, 10), timing(1000, 3), len(sio.dumps(estimator)) / 1e6)
