"""The guests: when each comes for the first time, and who they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.random import Generator

from restaurant_simulator.days import Days
from restaurant_simulator.menu import TASTES
from restaurant_simulator.truth import Truth


def draw(shares: Mapping[str, float], size: int, rng: Generator) -> np.ndarray:
    """`size` names drawn in the given shares, which are scaled to add up to 1."""
    weights = np.array(list(shares.values()))
    return rng.choice(np.array(list(shares)), size, p=weights / weights.sum())


def make_guests(truth: Truth, days: Days, rng: Generator) -> pd.DataFrame:
    """One row a guest, in the order of arrival; `taste` is hidden from the tables.

    The number of first-time guests of a day is Poisson around what the truth expects.
    """
    first_day = np.repeat(np.arange(len(days.dates)), rng.poisson(days.expected))
    size = len(first_day)
    return pd.DataFrame(
        {
            "guest_id": [f"G{number:05d}" for number in range(1, size + 1)],
            "first_day": first_day,
            "source": draw(truth.source, size, rng),
            "comes_from": draw(truth.origin, size, rng),
            "age_band": draw(truth.age_band, size, rng),
            "taste": rng.choice(np.array(TASTES), size),
        }
    )


def guests_table(guests: pd.DataFrame, days: Days, seen: pd.Series) -> pd.DataFrame:
    """`guests.csv`: the guests that the visits name, without what is hidden."""
    kept = guests[guests["guest_id"].isin(seen)]
    return pd.DataFrame(
        {
            "guest_id": kept["guest_id"],
            "first_visit": days.dates[kept["first_day"]].date,
            "source": kept["source"],
            "comes_from": kept["comes_from"],
            "age_band": kept["age_band"],
        }
    ).reset_index(drop=True)
