"""Dirt, as the exports of a real till and a real survey have it."""

from __future__ import annotations

import pandas as pd
from numpy.random import Generator

from restaurant_simulator.truth import Truth

ODD_WAIT = 999


def add_dirt(visits: pd.DataFrame, truth: Truth, rng: Generator) -> pd.DataFrame:
    """The visits with values missing at random and a waiting time typed wrongly.

    Whether a value is missing depends on nothing: rows without it are like those with it.
    """
    dirty = visits.copy()
    shares = {
        "satisfaction": truth.survey_missing,
        "wait_minutes": truth.wait_missing,
        "party_size": truth.party_missing,
    }
    for column, share in shares.items():
        dirty[column] = dirty[column].astype("Int64").mask(rng.random(len(dirty)) < share)
    odd = rng.choice(len(dirty), truth.odd_waits, replace=False)
    dirty.loc[odd, "wait_minutes"] = ODD_WAIT
    return dirty


def blank_ages(guests: pd.DataFrame, truth: Truth, rng: Generator) -> pd.DataFrame:
    """The guests, some without an age band; it is missing in all of a guest's visits."""
    missing = rng.random(len(guests)) < truth.age_missing
    return guests.assign(age_band=guests["age_band"].mask(missing))
