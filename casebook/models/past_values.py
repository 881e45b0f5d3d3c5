"""Past values of a target in order of time, only those whose label was known by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.models.past_keys import Codes

DAY = 86_400_000_000
"""Microseconds: moments are whole numbers, so that a week before is met exactly."""

Values = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class History:
    """All labelled rows of a table that have a moment.

    index: (n_rows,) numbers of the rows; value: the target, class names or floats; when: moments in
    microseconds, or places in the file; group: codes; key: codes of what is the same thing at
    another moment, None where the rows of a moment cannot be told apart; by: its columns.
    delay: microseconds by which labels come late. dated: whether `when` is a moment.
    """

    index: npt.NDArray[np.int64]
    value: Values
    when: Codes
    group: Codes
    key: Codes | None
    by: tuple[str, ...]
    dated: bool
    grouped: bool
    delay: int


def last(history: History) -> Values:
    """(n_rows,) the newest value of the same key that was known before the row's moment."""
    key = history.group if history.key is None else history.key
    order = np.argsort(history.when, kind="stable")
    rows = pd.DataFrame({"when": history.when[order], "key": key[order]})
    known = rows.assign(when=rows["when"] + history.delay, value=history.value[order])
    found = pd.merge_asof(rows, known, on="when", by="key", allow_exact_matches=False)
    values = np.empty(len(order), dtype=object)
    values[order] = found["value"].to_numpy(dtype=object)
    return values


def days(period: int, history: History) -> int:
    """As many whole periods, in days, as it takes until a label is known."""
    return period * (history.delay // (period * DAY) + 1)


def period_before(history: History, period: int) -> Values:
    """(n_rows,) the value of the same key whole periods before, the newest that is known."""
    rows = pd.DataFrame({"when": history.when, "key": history.key})
    known = rows.assign(when=rows["when"] + days(period, history) * DAY, value=history.value)
    known = known.drop_duplicates(["when", "key"], keep="last")
    return rows.merge(known, how="left", on=["when", "key"])["value"].to_numpy(dtype=object)


def rows_before(history: History, n: int) -> Values:
    """(n_rows,) the value so many rows before within the group, where it was known."""
    order = np.argsort(history.when, kind="stable")
    rows = pd.DataFrame({"when": history.when, "value": history.value}).iloc[order]
    shifted = rows.groupby(history.group[order]).shift(n)
    known = shifted["when"] + history.delay < rows["when"]
    values = np.empty(len(order), dtype=object)
    values[order] = shifted["value"].where(known).to_numpy(dtype=object)
    return values
