"""The whole restaurant: one seed and one truth make four tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from restaurant_simulator.days import make_days
from restaurant_simulator.dirt import add_dirt, blank_ages
from restaurant_simulator.guests import guests_table, make_guests
from restaurant_simulator.menu import make_menu, menu_table
from restaurant_simulator.orders import Kitchen, make_orders
from restaurant_simulator.truth import PLANTED, Truth
from restaurant_simulator.visits import make_visits, returned_within

VISIT_COLUMNS = [
    "visit_id",
    "guest_id",
    "visited_at",
    "guest",
    "comes_from",
    "age_band",
    "party_size",
    "channel",
    "server",
    "weather",
    "wait_minutes",
    "choosing_minutes",
    "spend",
    "satisfaction",
    "returned_60d",
]


def simulate(seed: int, truth: Truth = PLANTED) -> dict[str, pd.DataFrame]:
    """The tables `visits`, `orders`, `menu` and `guests` of the restaurant in `truth`.

    The same seed and truth give the same tables. Each part has a generator of its own, so a
    change in one part leaves the draws of the parts before it as they were.
    """
    calendar, people, coming, kitchen, dirt = np.random.default_rng(seed).spawn(5)
    days = make_days(truth, calendar)
    guests = blank_ages(make_guests(truth, days, people), truth, dirt)
    visits = make_visits(truth, days, guests, coming)
    menu = make_menu(truth)
    grown_day = int(days.dates.searchsorted(pd.Timestamp(truth.menu_day)))
    visits["grown"] = visits["day"] >= grown_day
    guests["grown"] = guests["first_day"] >= grown_day
    orders = make_orders(visits, guests, Kitchen(truth, menu, kitchen))
    return {
        "visits": add_dirt(_visits_table(visits, orders, truth), truth, dirt),
        "orders": orders,
        "menu": menu_table(menu),
        "guests": guests_table(guests, days, visits["guest_id"]),
    }


def _visits_table(visits: pd.DataFrame, orders: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """`visits.csv` before the dirt: spend added up from the orders, and the censored label."""
    paid = (orders["quantity"] * orders["price"]).groupby(orders["visit_id"]).sum()
    end = pd.Timestamp(truth.end)
    visits = visits.assign(
        spend=visits["visit_id"].map(paid).to_numpy(),
        returned_60d=returned_within(visits, end, truth.return_days),
    )
    return visits[VISIT_COLUMNS]
