"""The visits: each one decides whether its guest comes again, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from restaurant_simulator.days import SERVICES, Days
from restaurant_simulator.guests import draw
from restaurant_simulator.truth import Truth

PARTY_SIZES = {1: 0.16, 2: 0.46, 3: 0.17, 4: 0.14, 5: 0.04, 6: 0.03}
LARGE_PARTY = 5
LUNCH_SHARE = 0.4
CHOOSING_SHAPE = 6.0
CHANCE_LIMITS = (0.02, 0.95)


def make_visits(truth: Truth, days: Days, guests: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    """Every visit of every guest, in order of time; the warm-up is left out.

    Visits are made by generations: all first visits, then the second ones that they lead to,
    and so on until nobody comes again before the end.
    """
    coming = guests.drop(columns="source").rename(columns={"first_day": "day"})
    generations, number = [], 0
    while len(coming):
        visits = _one_generation(truth, days, coming, number > 0, rng)
        generations.append(visits)
        coming = _next_coming(truth, days, coming, visits["chance"].to_numpy(), rng)
        number += 1
    return _in_order(pd.concat(generations), days, rng)


def _one_generation(
    truth: Truth, days: Days, coming: pd.DataFrame, returning: bool, rng: Generator
) -> pd.DataFrame:
    size = len(coming)
    visits = coming.assign(
        guest="returning" if returning else "first-time",
        service=(rng.random(size) > LUNCH_SHARE).astype(int),
        channel=draw(truth.channel, size, rng),
        server=draw(truth.server, size, rng),
        party_size=rng.choice(list(PARTY_SIZES), size, p=list(PARTY_SIZES.values())),
        wait_minutes=rng.gamma(2.0, truth.wait_mean / 2, size).round(),
        choosing_minutes=_choosing(truth, days, coming["day"].to_numpy(), rng),
    )
    expected = _expected_satisfaction(truth, visits)
    visits["satisfaction"] = 1 + rng.binomial(4, (expected - 1) / 4)
    visits["chance"] = _chance_of_return(truth, visits, visits["satisfaction"] - expected)
    return visits


def _choosing(truth: Truth, days: Days, day: np.ndarray, rng: Generator) -> np.ndarray:
    """Minutes from menu to order: gamma, its mean stepping up on the day the menu grew."""
    grown = days.dates[day] >= pd.Timestamp(truth.menu_day)
    mean = np.where(grown, truth.choosing_after, truth.choosing_before)
    return np.maximum(rng.gamma(CHOOSING_SHAPE, mean / CHOOSING_SHAPE).round(1), 0.5)


def _is_long(truth: Truth, visits: pd.DataFrame) -> pd.Series:
    return visits["choosing_minutes"] > truth.long_minutes


def _expected_satisfaction(truth: Truth, visits: pd.DataFrame) -> pd.Series:
    """The mean of a binomial on 1 to 5, so that planted differences are those of means."""
    waited = visits["wait_minutes"] - truth.wait_mean
    mean = truth.satisfaction_base + truth.satisfaction_of_wait * waited
    return (mean + truth.satisfaction_of_long * _is_long(truth, visits)).clip(1.2, 4.95)


def _chance_of_return(truth: Truth, visits: pd.DataFrame, surprise: pd.Series) -> pd.Series:
    """A sum of parts; `surprise` is satisfaction beyond what was expected of the visit.

    Satisfaction enters by its surprise alone, so that `return_of_long` is the whole effect of
    choosing long, not what remains of it beside satisfaction.
    """
    chance = (
        truth.return_base
        + truth.return_of_returning * (visits["guest"] == "returning")
        + truth.return_of_long * _is_long(truth, visits)
        + visits["comes_from"].map(dict(truth.return_by_origin))
        + truth.return_of_large_party * (visits["party_size"] >= LARGE_PARTY)
        + truth.return_of_satisfaction * surprise
    )
    return chance.clip(*CHANCE_LIMITS)


def _next_coming(
    truth: Truth, days: Days, coming: pd.DataFrame, chance: np.ndarray, rng: Generator
) -> pd.DataFrame:
    """The guests who come again, with the day of it; late ones come after `return_days`."""
    size = len(coming)
    soon = rng.random(size) < chance
    late = ~soon & (rng.random(size) < truth.return_late)
    room = truth.return_days - 10
    soon_gap = 4 + np.minimum(rng.gamma(2.0, 9.0, size), room - 4).astype(int)
    late_gap = truth.return_days + 10 + rng.exponential(50.0, size).astype(int)
    day = coming["day"].to_numpy() + np.where(soon, soon_gap, late_gap)
    day = _on_a_likely_day(truth, days, day, rng)
    return coming.assign(day=day)[(soon | late) & (day < len(days.dates))]


def _on_a_likely_day(truth: Truth, days: Days, day: np.ndarray, rng: Generator) -> np.ndarray:
    """Move each day by at most 3, to a weekday drawn in its share, then past closed days."""
    weights = np.array(truth.weekday)
    wanted = rng.choice(7, len(day), p=weights / weights.sum())
    weekday = (days.weekday[0] + day) % 7
    moved: np.ndarray = day + (wanted - weekday + 3) % 7 - 3
    for _ in range(max((length for _, length in truth.closed), default=0)):
        known = np.minimum(moved, len(days.dates) - 1)
        moved = moved + ~days.open[known]
    return moved


def _in_order(visits: pd.DataFrame, days: Days, rng: Generator) -> pd.DataFrame:
    """The visits since the first day of the tables, by time, with their numbers and weather."""
    visits = visits[visits["day"] >= days.first].reset_index(drop=True)
    visits["visited_at"] = _minute(visits, days, rng)
    visits["weather"] = days.weather[visits["day"], visits["service"]]
    visits = visits.sort_values(["visited_at", "guest_id"], ignore_index=True)
    return visits.assign(visit_id=[f"V{number:05d}" for number in range(1, len(visits) + 1)])


def _minute(visits: pd.DataFrame, days: Days, rng: Generator) -> pd.Series:
    """The minute of each visit: lunch from 11:30 to 14:00, dinner from 17:30 to 21:00."""
    lunch = visits["service"] == SERVICES.index("lunch")
    first = np.where(lunch, 11 * 60 + 30, 17 * 60 + 30)
    length = np.where(lunch, 150, 210)
    minutes = (first + rng.beta(2.0, 2.5, len(visits)) * length).astype(int)
    day = pd.Series(days.dates[visits["day"]], index=visits.index)
    return day + pd.to_timedelta(minutes, unit="min")


def returned_within(visits: pd.DataFrame, end: pd.Timestamp, limit: int) -> pd.Series:
    """1 or 0, and missing where `limit` days are not over: such a label is censored.

    A guest who has come again within an unfinished window is left out as well: keeping only
    the early returns of those days would make them look too good.
    """
    later = visits.sort_values(["guest_id", "visited_at"]).groupby("guest_id")["visited_at"]
    gap = later.shift(-1).reindex(visits.index) - visits["visited_at"]
    label = (gap <= pd.Timedelta(days=limit)).astype("Int64")
    over = visits["visited_at"].dt.normalize() + pd.Timedelta(days=limit) <= end
    return label.where(over)
