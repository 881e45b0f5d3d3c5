"""The requests: who asks for a ride, what wait and price they are told, and who cancels."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from rides_simulator.truth import Truth

WAIT_SHAPE = 5.0
MOST_MINUTES = 30.0


def make_riders(truth: Truth, rng: Generator) -> pd.DataFrame:
    """One row a rider: new or regular, the arm of the price test, and the phone."""
    n = truth.riders
    return pd.DataFrame(
        {
            "rider_id": [f"R{number:04d}" for number in range(1, n + 1)],
            "rider": np.where(rng.random(n) < truth.new_riders, "new", "regular"),
            "price_test": np.where(rng.random(n) < 0.5, "plus 10%", "usual"),
            "phone": rng.choice(["android", "ios"], n, p=[0.7, 0.3]),
        }
    )


def make_requests(
    truth: Truth, hours: pd.DataFrame, riders: pd.DataFrame, rng: Generator
) -> pd.DataFrame:
    """One row a request, by time, with what follows from the supply of its zone and hour."""
    rows = hours.loc[hours.index.repeat(rng.poisson(hours["expected"]))].reset_index(drop=True)
    n = len(rows)
    rows["requested_at"] = rows["hour"] + pd.to_timedelta(rng.integers(0, 60, n), unit="min")
    rows = rows.join(riders.iloc[rng.integers(0, len(riders), n)].reset_index(drop=True))
    rows["to_zone"] = rng.choice(list(truth.zones), n)
    rows["distance_km"] = np.clip(rng.gamma(2.2, 2.4, n) + 0.8, 0.8, 30).round(1)
    rows["drivers_per_request"] = (rows["drivers_online"] / rows["expected"]).round(2)
    rows["price_factor"] = _price(truth, rows)
    rows["quoted_minutes"] = _quoted(truth, rows, rng)
    rows["cancelled"] = (rng.random(n) < _chance(truth, rows)).astype(int)
    rows["ride_minutes"] = _ride(truth, rows, rng)
    rows = rows.sort_values(["requested_at", "rider_id"], ignore_index=True)
    return rows.assign(request_id=[f"Q{number:05d}" for number in range(1, n + 1)])


def _price(truth: Truth, rows: pd.DataFrame) -> pd.Series:
    """A factor on the fare: by schedule and weather, and a test by rider; never by supply."""
    factor = 1.0 + truth.price_of_evening * rows["evening"]
    factor = factor + truth.price_of_rain * (rows["rain"] != "dry")
    return (factor + truth.price_of_test * (rows["price_test"] == "plus 10%")).round(2)


def _quoted(truth: Truth, rows: pd.DataFrame, rng: Generator) -> np.ndarray:
    """The wait that the rider is told: it grows as drivers for a request become fewer."""
    mean = truth.wait_least + truth.wait_of_scarcity / rows["drivers_per_request"]
    minutes = rng.gamma(WAIT_SHAPE, mean / WAIT_SHAPE)
    return np.clip(minutes, 1.0, MOST_MINUTES).round(1)


def _chance(truth: Truth, rows: pd.DataFrame) -> pd.Series:
    """A sum of parts; price and rain are among them with nothing."""
    return (
        truth.cancel_base
        + truth.cancel_of_long_wait * (rows["quoted_minutes"] > truth.long_wait)
        + truth.cancel_of_new_rider * (rows["rider"] == "new")
        + truth.cancel_of_price * (rows["price_factor"] - 1)
        + truth.cancel_of_rain * (rows["rain"] != "dry")
    )


def _ride(truth: Truth, rows: pd.DataFrame, rng: Generator) -> pd.Series:
    """Minutes from getting in to arriving; not known of a request that was cancelled."""
    hour = rows["requested_at"].dt.hour
    rush = hour.isin([7, 8, 17, 18, 19]) & (rows["requested_at"].dt.day_of_week < 5)
    speed = truth.speed * np.where(rush, truth.speed_of_rush, 1.0)
    speed = speed * np.where((hour >= 22) | (hour < 6), truth.speed_of_night, 1.0)
    speed = speed * np.where(rows["rain"] != "dry", truth.speed_of_rain, 1.0)
    minutes = truth.ride_start + 60 * rows["distance_km"] / speed
    minutes = minutes * rng.lognormal(0.0, truth.ride_noise, len(rows))
    return minutes.round(1).where(rows["cancelled"] == 0)
