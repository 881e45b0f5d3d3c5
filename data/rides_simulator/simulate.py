"""The whole service: one seed and one truth make five tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from rides_simulator.hours import make_hours
from rides_simulator.requests import make_requests, make_riders
from rides_simulator.truth import PLANTED, Truth

REQUEST_COLUMNS = [
    "request_id",
    "requested_at",
    "rider_id",
    "rider",
    "phone",
    "zone",
    "to_zone",
    "distance_km",
    "part_of_day",
    "rain",
    "drivers_per_request",
    "price_test",
    "price_factor",
    "quoted_minutes",
    "cancelled",
    "ride_minutes",
]
FARE_START, FARE_A_KM = 3000, 1100
KINDS = {"Riverside": "homes", "Station": "offices", "Old Town": "bars and markets",
         "University": "campus", "Airport Road": "highway"}  # fmt: skip


def simulate(seed: int, truth: Truth = PLANTED) -> dict[str, pd.DataFrame]:
    """The tables `requests`, `trips`, `hours`, `drivers` and `zones` of the service in `truth`.

    The same seed and truth give the same tables. Each part has a generator of its own, so a
    change in one part leaves the draws of the parts before it as they were.
    """
    weather, people, asking, driving = np.random.default_rng(seed).spawn(4)
    hours = make_hours(truth, weather)
    requests = make_requests(truth, hours, make_riders(truth, people), asking)
    requests["part_of_day"] = _part(truth, requests)
    drivers = _drivers(truth, driving)
    return {
        "requests": requests[REQUEST_COLUMNS],
        "trips": _trips(requests, drivers, driving),
        "hours": _hours(hours),
        "drivers": drivers,
        "zones": pd.DataFrame({"zone": list(KINDS), "kind": list(KINDS.values())}),
    }


def _part(truth: Truth, requests: pd.DataFrame) -> np.ndarray:
    hour = requests["requested_at"].dt.hour
    evening = hour.between(truth.evening[0], truth.evening[1] - 1)
    night = (hour >= truth.evening[1]) | (hour < 6)
    return np.select([evening, night, hour < 11], ["evening", "night", "morning"], "day")


def _hours(hours: pd.DataFrame) -> pd.DataFrame:
    """`hours.csv`: what the dispatch knows of each zone and hour."""
    kept = hours[hours["hour"].dt.hour >= 6]  # the dispatch desk opens at six
    return kept[["hour", "zone", "rain", "drivers_online"]].reset_index(drop=True)


def _drivers(truth: Truth, rng: Generator) -> pd.DataFrame:
    n = truth.drivers
    joined = pd.Timestamp(truth.start) - pd.to_timedelta(rng.integers(20, 1500, n), unit="D")
    return pd.DataFrame(
        {
            "driver_id": [f"D{number:03d}" for number in range(1, n + 1)],
            "joined_on": joined.date,
            "home_zone": rng.choice(list(truth.zones), n),
            "own_car": np.where(rng.random(n) < 0.6, "yes", "no"),
        }
    )


def _trips(requests: pd.DataFrame, drivers: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    """One row a ride that took place; its driver is any, its fare by distance and factor."""
    rides = requests[requests["cancelled"] == 0].reset_index(drop=True)
    wait = rides["quoted_minutes"] * rng.lognormal(0.0, 0.1, len(rides))
    fare = (FARE_START + FARE_A_KM * rides["distance_km"]) * rides["price_factor"]
    return pd.DataFrame(
        {
            "request_id": rides["request_id"],
            "driver_id": rng.choice(drivers["driver_id"].to_numpy(), len(rides)),
            "got_in_at": (rides["requested_at"] + pd.to_timedelta(wait, unit="min")).dt.floor(
                "min"
            ),
            "ride_minutes": rides["ride_minutes"],
            "fare": (fare / 100).round().astype(int) * 100,
        }
    )
