"""What is planted, as one frozen value: tests vary it, the README of the case states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType


def _frozen(**values: float) -> Mapping[str, float]:
    return field(default_factory=lambda: MappingProxyType(values))


@dataclass(frozen=True)
class Truth:
    """The ride service as it really works.

    Chances are shares of 1, times are minutes, speeds km an hour, supply a factor on drivers.
    The chance that a request is cancelled is a sum of parts, so that each part is a difference
    of shares that a plain comparison of two groups estimates without bias.
    """

    start: date = date(2026, 1, 1)
    end: date = date(2026, 6, 30)

    # Demand: requests a day, by zone, by hour, and more of them when it rains.
    requests_a_day: float = 84.0
    zones: Mapping[str, float] = _frozen(
        Riverside=0.26, Station=0.30, **{"Old Town": 0.18, "University": 0.16, "Airport Road": 0.10}
    )
    evening: tuple[int, int] = (17, 22)
    rain_share: float = 0.32
    heavy_share: float = 0.35
    demand_of_rain: float = 1.30

    # Supply: drivers for each request expected. The cause: the rain bonus was cut at the first of
    # each month from `bonus_cut` on, so that fewer drivers are online on rainy evenings.
    drivers_a_request: float = 1.75
    bonus_cut: date = date(2026, 4, 1)
    rainy_evening_before: float = 0.95
    rainy_evening_after: tuple[float, ...] = (0.60, 0.42, 0.25)

    # The wait that a rider is told follows from drivers a request; nothing else moves it.
    wait_least: float = 2.4
    wait_of_scarcity: float = 4.4

    # Who cancels: riders who are told to wait long. Not the price, not the rain.
    long_wait: float = 8.0
    cancel_base: float = 0.06
    cancel_of_long_wait: float = 0.30
    cancel_of_new_rider: float = 0.03
    cancel_of_price: float = 0.0
    cancel_of_rain: float = 0.0
    new_riders: float = 0.30

    # The price: a schedule, a surcharge in rain, and a test on half of the riders.
    price_of_evening: float = 0.20
    price_of_rain: float = 0.20
    price_of_test: float = 0.10

    # The ride, whose length is what can be learned.
    speed: float = 25.0
    speed_of_rush: float = 0.68
    speed_of_night: float = 1.25
    speed_of_rain: float = 0.88
    ride_start: float = 1.5
    ride_noise: float = 0.16

    riders: int = 2600
    drivers: int = 140


PLANTED = Truth()

NOTHING = replace(
    PLANTED, rainy_evening_after=(PLANTED.rainy_evening_before,) * 3, cancel_of_long_wait=0.0
)
"""The same service in which no bonus was cut and no wait makes anybody cancel."""
