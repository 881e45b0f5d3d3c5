"""The hours: rain over the town, and in each zone the demand expected and the drivers online."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from rides_simulator.truth import Truth

# Requests by hour of the day, as shares of the day before they are scaled.
PROFILE = np.array(
    [2, 1, 1, 1, 1, 2, 4, 8, 10, 7, 5, 5, 6, 6, 5, 6, 8, 13, 16, 15, 12, 10, 7, 4], dtype=float
)
WEEKEND = 1.15


def make_hours(truth: Truth, rng: Generator) -> pd.DataFrame:
    """One row a zone and hour, by time: rain, requests expected, drivers online.

    Rain falls by parts of a day and evenly over months: of the evenings of each month the same
    share is rainy, so that the weather explains no change between months.
    """
    hours = pd.DataFrame({"hour": pd.date_range(truth.start, _end(truth), freq="h")})
    hours["rain"] = _rain(truth, hours["hour"], rng)
    zones = pd.DataFrame({"zone": list(truth.zones), "share": list(truth.zones.values())})
    table = hours.merge(zones, how="cross")
    table["evening"] = table["hour"].dt.hour.between(truth.evening[0], truth.evening[1] - 1)
    table["expected"] = _expected(truth, table)
    table["drivers_online"] = _drivers(truth, table, rng)
    return table


def _end(truth: Truth) -> pd.Timestamp:
    return pd.Timestamp(truth.end) + pd.Timedelta(hours=23)


def _rain(truth: Truth, hour: pd.Series, rng: Generator) -> np.ndarray:
    """dry, light or heavy, the same for all hours of a part of a day."""
    day, part = hour.dt.normalize(), pd.cut(hour.dt.hour, [-1, 5, 16, 21, 23], labels=False)
    cells = pd.DataFrame({"month": hour.dt.month, "day": day, "part": part})
    parts = cells.drop_duplicates().copy()
    parts["draw"] = rng.random(len(parts))
    rank = parts.groupby(["month", "part"])["draw"].rank(pct=True)
    heavy = truth.rain_share * truth.heavy_share
    kinds = np.select([rank <= heavy, rank <= truth.rain_share], ["heavy", "light"], "dry")
    parts["rain"] = kinds
    return cells.merge(parts, on=["month", "day", "part"], how="left")["rain"].to_numpy()


def _expected(truth: Truth, table: pd.DataFrame) -> pd.Series:
    """Requests expected in a zone and hour."""
    profile = (PROFILE / PROFILE.sum())[table["hour"].dt.hour]
    weekend = np.where(table["hour"].dt.day_of_week >= 5, WEEKEND, 1.0)
    wet = np.where(table["rain"] != "dry", truth.demand_of_rain, 1.0)
    return truth.requests_a_day * profile * table["share"] * weekend * wet


def _drivers(truth: Truth, table: pd.DataFrame, rng: Generator) -> np.ndarray:
    """Drivers online: enough for a dry hour's demand, fewer on rainy evenings.

    Drivers plan for a usual day: rain brings requests, and no drivers.
    """
    wet = table["rain"] != "dry"
    usual = table["expected"] / np.where(wet, truth.demand_of_rain, 1.0)
    months = table["hour"].dt.year * 12 + table["hour"].dt.month
    cut = months - (truth.bonus_cut.year * 12 + truth.bonus_cut.month)
    steps = np.array([truth.rainy_evening_before, *truth.rainy_evening_after])
    factor = steps[np.clip(cut + 1, 0, len(steps) - 1)]
    factor = np.where(wet & table["evening"], factor, 1.0)
    mean = truth.drivers_a_request * usual * factor
    return np.maximum(rng.poisson(8 * mean) / 8, 0.25).round(2)
