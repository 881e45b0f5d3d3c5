"""The four tables fit together, are dirty as documented, and are what the script makes."""

from __future__ import annotations

import dataclasses
from datetime import date

import make_restaurant
import pandas as pd
import pytest
from restaurant_simulator import PLANTED, simulate
from restaurant_simulator.days import closed_days
from restaurant_simulator.dirt import ODD_WAIT

TABLES = ("visits", "orders", "menu", "guests")


def test_committed_tables_are_what_the_script_makes(tmp_path, data_folder, capsys):
    make_restaurant.main(tmp_path)
    assert "visits.csv" in capsys.readouterr().out
    for name in TABLES:
        committed = (data_folder / "restaurant" / f"{name}.csv").read_bytes()
        assert (tmp_path / f"{name}.csv").read_bytes() == committed, name


def test_committed_tables_are_small(data_folder):
    sizes = [(data_folder / "restaurant" / f"{name}.csv").stat().st_size for name in TABLES]
    assert sum(sizes) < 3_000_000


def test_another_seed_makes_another_restaurant(planted):
    assert simulate(0)["visits"].equals(planted[0]["visits"])
    assert not planted[0]["visits"].equals(planted[1]["visits"])


def test_keys_are_unique_and_tables_fit_together(planted):
    visits, orders, menu, guests = (planted[0][name] for name in TABLES)
    for table, key in ((visits, "visit_id"), (menu, "item_id"), (guests, "guest_id")):
        assert table[key].is_unique
    assert not orders.duplicated(["visit_id", "item_id"]).any()
    assert set(orders["visit_id"]) == set(visits["visit_id"])
    assert set(orders["item_id"]) == set(menu["item_id"])
    assert set(visits["guest_id"]) == set(guests["guest_id"])


def test_spend_is_what_was_ordered(planted):
    visits, orders = planted[0]["visits"], planted[0]["orders"]
    paid = (orders["quantity"] * orders["price"]).groupby(orders["visit_id"]).sum()
    assert visits.set_index("visit_id")["spend"].equals(paid.rename("spend"))


def test_an_added_dish_is_not_ordered_before_it_was_added(planted):
    orders = planted[0]["orders"].merge(planted[0]["menu"][["item_id", "added_on"]])
    orders = orders.merge(planted[0]["visits"][["visit_id", "visited_at"]])
    assert (orders["visited_at"] >= pd.to_datetime(orders["added_on"])).all()


def test_visits_are_in_order_within_the_period_and_never_on_closed_days(planted):
    for tables in planted:
        times = tables["visits"]["visited_at"]
        assert times.is_monotonic_increasing
        assert times.min().date() >= PLANTED.start
        assert times.max().date() == PLANTED.end
        assert not times.dt.normalize().isin(closed_days(PLANTED)).any()


def test_the_last_month_is_incomplete():
    assert date(2026, 7, 1) <= PLANTED.end < date(2026, 7, 31)


def test_first_visit_is_where_guests_says_it_is(planted):
    visits = planted[0]["visits"].merge(planted[0]["guests"][["guest_id", "first_visit"]])
    first = visits["visited_at"].dt.date == visits["first_visit"]
    assert first.equals((visits["guest"] == "first-time").rename(None))


def test_labels_whose_days_are_not_over_are_missing(planted):
    visits = planted[0]["visits"]
    over = visits["visited_at"].dt.normalize() + pd.Timedelta(days=60) <= pd.Timestamp(PLANTED.end)
    assert visits["returned_60d"].notna().equals(over)
    gap = visits.groupby("guest_id")["visited_at"].diff(-1).abs()
    came = (gap <= pd.Timedelta(days=60))[over]
    assert (visits.loc[over, "returned_60d"].astype(bool) == came).all()


def test_dirt_is_as_documented(planted):
    visits = planted[0]["visits"]
    assert (visits["wait_minutes"] == ODD_WAIT).sum() == PLANTED.odd_waits
    missing = visits.isna().mean()
    assert missing["satisfaction"] == pytest.approx(PLANTED.survey_missing, abs=0.02)
    assert missing["wait_minutes"] == pytest.approx(PLANTED.wait_missing, abs=0.005)
    assert missing["party_size"] == pytest.approx(PLANTED.party_missing, abs=0.003)
    assert missing["age_band"] == pytest.approx(PLANTED.age_missing, abs=0.04)
    clean = visits.columns.difference(
        ["satisfaction", "wait_minutes", "party_size", "age_band", "returned_60d"]
    )
    assert missing[clean].eq(0).all()


def test_a_truth_cannot_be_changed_by_accident():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLANTED.menu_day = date(2025, 1, 1)
    with pytest.raises(TypeError):
        PLANTED.origin["travel"] = 1.0
