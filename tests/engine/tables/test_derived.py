"""Columns that come from the time and the id, against the same by pandas."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from casebook.tables import open_table
from casebook.tables.cube import opened
from casebook.tables.derived import derived_frame, key_of, long_away, newcomers, prepare


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """About 120 guests over 200 days, some twice a day, some rows without a guest or a time."""
    rng = np.random.default_rng(4)
    n = 1500
    when = pd.Timestamp("2025-11-03") + pd.to_timedelta(
        rng.uniform(0, 200 * 1440, n).astype(int), "min"
    )
    guests = [f"G{x}" for x in rng.zipf(1.4, n) % 120]
    spend = rng.gamma(4, 5, n).round(2)
    frame = pd.DataFrame({"guest_id": guests, "at": when, "order_id": range(n), "spend": spend})
    frame.loc[::97, "guest_id"] = None
    frame.loc[::113, "at"] = pd.NaT
    return frame


@pytest.fixture
def table(make_case, rows):
    roles = {"guest_id": "id", "order_id": "id"}
    return open_table(make_case(rows, time="at", roles=roles))


def test_the_id_that_comes_again_is_found(table):
    with opened(table) as connection:
        assert key_of(connection, table, None) == "guest_id"
        assert key_of(connection, table, "order_id") is None


def test_weekday_month_and_hours(table, rows):
    found = derived_frame(table)
    there = rows["at"].notna()
    pd.testing.assert_series_equal(
        found.loc[there, "weekday"].astype(object), rows.loc[there, "at"].dt.day_name(),
        check_names=False, check_dtype=False,
    )  # fmt: skip
    months = rows.loc[there, "at"].dt.month_name()
    assert (found.loc[there, "month"].to_numpy() == months.to_numpy()).all()
    hours = rows.loc[there, "at"].dt.hour // 3 * 3
    assert (found.loc[there, "hours"].str[:2].astype(int).to_numpy() == hours.to_numpy()).all()
    assert found.loc[~there].isna().all(axis=None)


def test_first_days_tenure_and_gaps(table, rows):
    found = derived_frame(table)
    known = rows.dropna()
    day = known["at"].dt.normalize()
    first = day.groupby(known["guest_id"]).transform("min")
    is_first = day == first
    assert (is_first == (found.loc[known.index, "tenure"] == "first day")).all()
    assert (is_first == (found.loc[known.index, "gap"] == "none before")).all()
    new = first.dt.to_period("M") == day.dt.to_period("M")
    assert (new == (found.loc[known.index, "newness"] == "first-time")).all()
    days = (
        pd.DataFrame({"k": known["guest_id"], "d": day}).drop_duplicates().sort_values(["k", "d"])
    )
    gaps = days.groupby("k")["d"].diff().dt.days
    week = gaps.le(7).set_axis(pd.MultiIndex.from_frame(days))
    expected = week.loc[pd.MultiIndex.from_arrays([known["guest_id"], day])].to_numpy()
    assert (expected == (found.loc[known.index, "gap"] == "up to 7 days")).all()
    assert found.loc[rows["guest_id"].isna(), "newness"].isna().all()


def test_newcomers_are_counted_once_a_period(table, rows):
    with opened(table) as connection:
        prepare(connection, "at", "guest_id", "month")
        found = newcomers(connection, "month")
    known = rows.dropna()
    month = known["at"].dt.to_period("M")
    active = known.groupby(month)["guest_id"].nunique()
    new = month.groupby(known["guest_id"]).min().value_counts()
    for start, fresh, others in found:
        period = pd.Period(start, "M")
        assert fresh == new.get(period, 0)
        assert fresh + others == active[period]


def test_all_are_looked_back_alike(make_case):
    """Who comes every 100 days is first-time in any period, when looked back for 40."""
    days = pd.date_range("2025-01-01", periods=400)
    frame = pd.DataFrame({"guest_id": [f"G{n % 100}" for n in range(400)], "at": days})
    table = open_table(make_case(frame, time="at", roles={"guest_id": "id"}))
    with opened(table) as connection:
        prepare(connection, "at", "guest_id", "month", 40)
        last, recent, before = connection.execute(
            "SELECT count(last), count(recent), count(before) FROM __events"
        ).fetchone()
        away = long_away(connection, date(2025, 12, 1), date(2025, 12, 31))
    assert (last, recent, before) == (300, 0, 0)
    assert away == 1.0
