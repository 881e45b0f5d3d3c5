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
    """The restaurant as it really works.

    Chances are shares of 1, times are minutes, changes of a chance are differences of shares.
    A chance of coming again is a sum of parts, so each part is a difference of shares that a
    plain comparison of two groups estimates without bias.
    """

    start: date = date(2025, 1, 1)
    end: date = date(2026, 7, 12)
    warm_up_days: int = 540

    # Who comes: first-time guests arrive by themselves; returning guests are made by them.
    first_time_a_day: float = 11.5
    weekday: tuple[float, ...] = (0.70, 0.80, 0.85, 0.95, 1.25, 1.40, 1.05)
    month: tuple[float, ...] = (0.95, 0.97, 1, 1, 1, 1, 0.97, 0.92, 1, 1.04, 1, 1.12)
    closed: tuple[tuple[date, int], ...] = (
        (date(2025, 1, 28), 3),
        (date(2025, 10, 5), 3),
        (date(2026, 2, 16), 3),
    )

    # The fall: first-time guests a day, each month against the month before; then it stays.
    falls_from: date = date(2026, 4, 1)
    first_time_falls: tuple[float, ...] = (0.35, 0.30, 0.25)

    # The cause: the menu grew on one day, with dishes that say little about themselves.
    menu_day: date = date(2025, 12, 15)
    choosing_before: float = 5.5
    choosing_after: float = 7.8
    long_minutes: float = 8.0
    satisfaction_of_long: float = -0.80
    return_of_long: float = -0.18

    # What else decides whether a guest comes again within `return_days`.
    return_days: int = 60
    return_base: float = 0.30
    return_of_returning: float = 0.36
    return_by_origin: Mapping[str, float] = _frozen(
        neighbourhood=0.10, office=0.04, city=-0.08, travel=-0.12
    )
    return_of_large_party: float = -0.08
    return_of_satisfaction: float = 0.04
    return_late: float = 0.20

    # Waiting for a table costs satisfaction, but did not change: no cause of the fall.
    satisfaction_base: float = 4.10
    satisfaction_of_wait: float = -0.015
    wait_mean: float = 10.0

    # What does nothing: the decoys, each spread evenly over guests and time.
    origin: Mapping[str, float] = _frozen(neighbourhood=0.32, office=0.28, city=0.28, travel=0.12)
    age_band: Mapping[str, float] = _frozen(
        **{"under 25": 0.17, "25-34": 0.31, "35-49": 0.29, "50-64": 0.17, "65 and over": 0.06}
    )
    source: Mapping[str, float] = _frozen(
        friend=0.34, map=0.27, passing=0.21, review=0.12, advert=0.06
    )
    channel: Mapping[str, float] = _frozen(app=0.41, phone=0.17, website=0.10, **{"walk-in": 0.32})
    server: Mapping[str, float] = _frozen(Jiho=0.26, Minji=0.24, Seoyeon=0.21, Tae=0.17, Yuna=0.12)
    rain_share: float = 0.25
    cloud_share: float = 0.30

    # What guests order: a taste, and favourites of their own.
    taste_pull: float = 7.0
    habit: float = 0.40

    # Dirt, as real exports have it.
    survey_missing: float = 0.30
    wait_missing: float = 0.01
    party_missing: float = 0.003
    age_missing: float = 0.10
    odd_waits: int = 1


PLANTED = Truth()

NOTHING = replace(
    PLANTED,
    first_time_falls=(),
    choosing_after=PLANTED.choosing_before,
    satisfaction_of_long=0.0,
    return_of_long=0.0,
)
"""The same restaurant with no fall and no cause: what is found here is a false alarm."""
