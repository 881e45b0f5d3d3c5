"""Whether a streak is more than the noise of its own series: blocks of days drawn again.

Moving blocks (Kunsch 1989) keep what neighbouring days have in common; each block is laid where
its first day has the same weekday, so that weeks stay weeks and months keep their lengths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casebook.stats.metrics import Floats

DRAWS = 2000
WEEK = 7


@dataclass(frozen=True)
class StreakTest:
    """How often noise alone would show the same.

    streak: as many moves in a row that way; deep: so many and as great a change in all. blocks:
    days in a block; days: of the series that noise was taken from.
    """

    streak: float
    deep: float
    blocks: int
    days: int


def block_length(period_days: int, days: int) -> int:
    """Days of a block: whole weeks, about a period long where the series has five such blocks."""
    weeks = max(1, min(round(period_days / WEEK), days // (5 * WEEK)))
    return weeks * WEEK


def streak_test(
    above: Floats,
    below: Floats | None,
    lengths: Sequence[int],
    *,
    weekday: int,
    start: int,
    observed: float,
    direction: str,
    seed: int = 0,
) -> StreakTest | None:
    """The chance of a streak, had the series gone on as it was.

    above, below: (n_days,) of the series before the streak, one day after the other; below is None
    of a sum, in which a longer month is more. lengths: days of each period of the streak, the one
    it starts from first.
    weekday: of the first of these days; start: of the series' first day, both from 0.
    observed: the relative change over the streak. None where there are too few days: less than
    four weeks, or fewer than two of the periods.
    """
    days, total = len(above), int(sum(lengths))
    if days < max(4 * WEEK, 2 * max(lengths)):
        return None
    block = block_length(max(lengths), days)
    drawn = _days(days, total, block, weekday=(weekday - start) % WEEK, seed=seed)
    ends = np.cumsum(lengths)[:-1]
    tops = [part.sum(axis=1) for part in np.split(above[drawn], ends, axis=1)]
    values = np.stack(tops, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if below is not None:
            parts = np.split(below[drawn], ends, axis=1)
            values = values / np.stack([part.sum(axis=1) for part in parts], axis=1)
        change = values[:, -1] / values[:, 0] - 1
    sign = -1 if direction == "falls" else 1
    way = np.all(np.diff(values, axis=1) * sign > 0, axis=1)
    deep = way & (change * sign >= observed * sign)
    return StreakTest(_share(way), _share(deep), block, days)


def _share(hits: npt.NDArray[np.bool_]) -> float:
    return float((1 + hits.sum()) / (1 + len(hits)))


def _days(days: int, total: int, block: int, *, weekday: int, seed: int) -> npt.NDArray[np.intp]:
    """(draws, total) places of days: blocks whose first day has the weekday of where it is laid."""
    rng = np.random.default_rng(seed)
    blocks = -(-total // block)
    weeks = (days - block - weekday) // WEEK + 1
    starts = weekday + WEEK * rng.integers(0, max(1, weeks), (DRAWS, blocks))
    places = starts[:, :, None] + np.arange(block)
    return np.asarray(np.minimum(places.reshape(DRAWS, -1)[:, :total], days - 1))
