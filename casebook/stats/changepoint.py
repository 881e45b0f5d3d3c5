"""The day from which on a series has another level, with an interval and a test.

One step fitted by least squares (Hinkley 1970); its chance and the interval of its day by moving
blocks of what the fit leaves, so that days which resemble their neighbours are not taken for more
evidence than they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casebook.stats.metrics import Floats

DRAWS = 400
LEAST = 28
WEEK = 7


@dataclass(frozen=True)
class Step:
    """The place from which on the level is another, its interval, and both levels.

    p_value: of a step as great as this in a series with one level.
    """

    at: int
    low: int
    high: int
    before: float
    after: float
    p_value: float


def step(values: Floats, *, seed: int = 0) -> Step | None:
    """The clearest step of a series; None with fewer than 28 values, or where all are alike.

    values: (n,), one after the other, none missing. A step is looked for two weeks
    away from both ends, one in a short series.
    """
    n = len(values)
    if n < LEAST or np.ptp(values) == 0:
        return None
    edge = 2 * WEEK if n >= 8 * WEEK else WEEK
    places, scores = _best(values[None], edge)
    at = int(places[0])
    before, after = float(values[:at].mean()), float(values[at:].mean())
    fitted = np.where(np.arange(n) < at, before, after)
    rest = values - fitted
    # Were there no step, what lies around the mean is noise as it is: so it is drawn for the test.
    chance = _best(_blocks(values - values.mean(), seed), edge)[1]
    again = _best(fitted + _blocks(rest, seed), edge)[0]
    low, high = np.quantile(again, [0.025, 0.975], method="nearest")
    p_value = float((1 + (chance >= scores[0]).sum()) / (1 + DRAWS))
    return Step(at, min(int(low), at), max(int(high), at), before, after, p_value)


def _best(series: Floats, edge: int) -> tuple[npt.NDArray[np.intp], Floats]:
    """Of each row the place that parts it best, and how much of its squares that explains."""
    n = series.shape[1]
    size = np.arange(edge, n - edge + 1)
    sums = np.cumsum(series, axis=1)
    left = sums[:, size - 1] - size / n * sums[:, -1:]
    scores = left**2 / (size * (n - size) / n)
    best = scores.argmax(axis=1)
    top = np.take_along_axis(scores, best[:, None], axis=1)[:, 0]
    squares = ((series - series.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    rest = np.maximum(squares - top, 1e-300)
    return size[best], np.asarray(top / rest)


def _blocks(rest: Floats, seed: int) -> Floats:
    """(draws, n) what the fit leaves, drawn again in blocks that run on from end to start."""
    n = len(rest)
    block = max(WEEK, round(3 * n ** (1 / 3)))
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, n, (DRAWS, -(-n // block)))
    places = (starts[:, :, None] + np.arange(block)).reshape(DRAWS, -1)[:, :n] % n
    return np.asarray(rest[places])
