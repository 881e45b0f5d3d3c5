"""The days of the restaurant: when it is open, how many new guests to expect, the weather."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.random import Generator

from restaurant_simulator.truth import Truth

SERVICES = ("lunch", "dinner")


@dataclass(frozen=True)
class Days:
    """Every day from the start of the warm-up to the end, by its number.

    dates: (n_days,); open: (n_days,) bool; expected: (n_days,) first-time guests expected;
    weather: (n_days, 2) text, a column for lunch and one for dinner; first: the number of the
    first day that is in the tables.
    """

    dates: pd.DatetimeIndex
    open: np.ndarray
    expected: np.ndarray
    weather: np.ndarray
    first: int

    @property
    def weekday(self) -> np.ndarray:
        """Monday is 0; (n_days,)."""
        return self.dates.day_of_week.to_numpy()


def make_days(truth: Truth, rng: Generator) -> Days:
    """The calendar that `truth` describes, with its weather drawn from `rng`."""
    begin = truth.start - timedelta(days=truth.warm_up_days)
    dates = pd.date_range(begin, truth.end, freq="D")
    is_open = ~dates.isin(closed_days(truth))
    return Days(
        dates=dates,
        open=is_open,
        expected=_expected(truth, dates) * is_open,
        weather=_weather(truth, dates, rng),
        first=truth.warm_up_days,
    )


def closed_days(truth: Truth) -> list[pd.Timestamp]:
    """The days of Lunar New Year and Chuseok on which the restaurant is closed."""
    return [
        pd.Timestamp(first) + pd.Timedelta(days=step)
        for first, length in truth.closed
        for step in range(length)
    ]


def _expected(truth: Truth, dates: pd.DatetimeIndex) -> np.ndarray:
    season = np.array(truth.month)[dates.month - 1] * np.array(truth.weekday)[dates.day_of_week]
    expected: np.ndarray = truth.first_time_a_day * season * _left_after_falls(truth, dates)
    return expected


def _left_after_falls(truth: Truth, dates: pd.DatetimeIndex) -> np.ndarray:
    """The share of first-time guests that is left on each day: 1 before the first fall."""
    left = np.cumprod([1.0, *(1 - fall for fall in truth.first_time_falls)])
    months = (dates.year - truth.falls_from.year) * 12 + dates.month - truth.falls_from.month
    share: np.ndarray = left[np.clip(months + 1, 0, len(left) - 1)]
    return share


def _weather(truth: Truth, dates: pd.DatetimeIndex, rng: Generator) -> np.ndarray:
    """Rain and cloud in the same share of every month, on weekdays and weekends alike.

    The monsoon is left out on purpose: weather is a decoy, and must not move with the months.
    """
    cells = pd.DataFrame(
        {
            "month": np.tile(dates.year * 12 + dates.month, 2),
            "weekend": np.tile(dates.day_of_week >= 4, 2),
            "service": np.repeat(SERVICES, len(dates)),
            "draw": rng.random(2 * len(dates)),
        }
    )
    rank = cells.groupby(["month", "weekend", "service"])["draw"].rank(pct=True)
    cloudy = truth.rain_share + truth.cloud_share
    kinds = np.select([rank <= truth.rain_share, rank <= cloudy], ["rain", "cloudy"], "clear")
    return kinds.reshape(2, len(dates)).T
