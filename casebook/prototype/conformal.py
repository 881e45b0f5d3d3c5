"""Intervals of predicted numbers that hold a stated share of unseen rows.

Split conformal prediction (Vovk, Gammerman and Shafer 2005; Lei et al. 2018): half the width is
the ceil((n + 1) level)-th smallest of n absolute errors of rows that the fit had not seen. A next
row of the same kind is then inside with at least that chance, whatever the model. Where rows
suffice there is a width for each size of prediction (Mondrian: Vovk et al. 2003), as errors often
grow with what is predicted; the chance then holds for each size by itself.

The sizes' limits are taken from the same rows' predictions, which the proof has fixed beforehand;
with 100 rows and more to a size the difference is not to be measured (tests/bench).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import numpy.typing as npt

from casebook.prototype.values import Width

Floats = npt.NDArray[np.float64]

LEVEL = 0.9
LEAST = 100
"""Rows to a size of prediction; with 100 the share that is held varies by 3 points around 90 %."""
MOST_SIZES = 5


def half_width(errors: Floats, level: float = LEVEL) -> float | None:
    """The finite-sample quantile of absolute errors; None where rows are too few for the level.

    >>> half_width(np.arange(1.0, 10.0)), half_width(np.arange(1.0, 9.0))
    (9.0, None)
    """
    rank = ceil(round((len(errors) + 1) * level, 9))
    return float(np.sort(errors)[rank - 1]) if rank <= len(errors) else None


def widths_of(truth: Floats, said: Floats, level: float = LEVEL) -> tuple[Width, ...]:
    """A width for each size of prediction. truth, said: (n,) of rows that the fit had not seen."""
    errors, limits = np.abs(truth - said), sizes(said)
    codes = np.searchsorted(limits, said)
    return tuple(
        Width(
            float(limits[code]) if code < len(limits) else None,
            half_width(errors[codes == code], level),
            int((codes == code).sum()),
        )
        for code in range(len(limits) + 1)
    )


def sizes(said: Floats, least: int = LEAST, most: int = MOST_SIZES) -> Floats:
    """Predictions up to which a size goes, ascending, without the last: each has enough rows.

    A candidate that says few different numbers, such as a tree, has equal ones together.
    """
    wanted = min(most, len(said) // least)
    if wanted < 2:
        return np.empty(0)
    ordered = np.sort(said)
    ends = np.unique(ordered[(np.arange(1, wanted) * len(ordered)) // wanted - 1])
    kept: list[float] = []
    before = 0
    for end in ends:
        upto = int(np.searchsorted(ordered, end, side="right"))
        if upto - before >= least and len(ordered) - upto >= least:
            kept.append(float(end))
            before = upto
    return np.array(kept)


def halves(widths: Sequence[Width], said: Floats) -> Floats:
    """(n,) half the width for each prediction; NaN where there is none."""
    limits = np.array([width.up_to for width in widths[:-1]], dtype=float)
    half = np.array([np.nan if width.half is None else width.half for width in widths])
    return half[np.searchsorted(limits, said)]


def held(widths: Sequence[Width], truth: Floats, said: Floats) -> npt.NDArray[np.bool_]:
    """(n,) whether the interval of a prediction has the truth in it."""
    return np.abs(truth - said) <= halves(widths, said)
