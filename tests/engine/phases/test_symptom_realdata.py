"""The symptom of real data, with records of a few lines: what is said is true by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from casebook import language
from casebook.case import load_case
from casebook.phases.symptom import Findings, examine
from casebook.tables import open_table

RECORDS = Path(__file__).with_name("symptom_records")


@pytest.fixture
def told(realdata: Path, tmp_path: Path) -> Callable[..., Findings]:
    """Examines a real file by the record of that name; `{data}` in it is the folder of files."""

    def made(name: str, **changes: str) -> Findings:
        text = (RECORDS / f"{name}.yaml").read_text("utf-8").replace("{data}", str(realdata))
        for old, new in changes.values():
            assert old in text
            text = text.replace(old, new, 1)
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "case.yaml").write_text(text, "utf-8")
        case = load_case(folder)
        with language.using("en"):
            return examine(case, open_table(case), {})

    return made


@pytest.fixture(scope="module")
def retail(realdata: Path) -> pd.DataFrame:
    rows = pd.read_csv(
        realdata / "online_retail.csv.gz",
        dtype={"InvoiceNo": str, "StockCode": str},
        parse_dates=["InvoiceDate"],
    )
    kept = rows["CustomerID"].notna() & ~rows["InvoiceNo"].str.startswith("C")
    rows = rows[kept & (rows["Quantity"] > 0) & (rows["UnitPrice"] > 0)]
    return rows.assign(
        month=rows["InvoiceDate"].dt.to_period("M"), revenue=rows["Quantity"] * rows["UnitPrice"]
    )


def total(found: Findings) -> float:
    return found.change.after - found.change.before


def test_first_time_customers_carry_the_fall_of_customers(told):
    found = told("online_retail")
    coming = {one.start: (one.new, one.known) for one in found.newcomers}
    months = [date(2011, month, 1) for month in range(4, 8)]
    assert [coming[month][0] for month in months] == [300, 284, 242, 188]
    assert all(749 <= coming[month][1] <= 772 for month in months[1:])
    assert (found.trend.first, found.trend.last) == (date(2011, 5, 1), date(2011, 7, 1))
    assert (found.change.before, found.change.after) == (1056, 949)
    assert found.change.clear
    first = found.search.carriers[0]
    assert (first.names, first.labels) == (("newness",), ("first-time",))
    assert first.share.value == pytest.approx((284 - 188) / (1056 - 949))
    assert first.base == pytest.approx(284 / 1056)
    assert "'first-time' (first-time or returning)" in " ".join(found.headline)


def test_first_time_customers_fall_on_in_august(told):
    found = told("online_retail", until=("2011-07-31", "2011-08-31"))
    coming = {one.start: (one.new, one.known) for one in found.newcomers}
    assert coming[date(2011, 8, 1)] == (169, 766)


def test_customers_by_factors_are_the_fall_of_revenue(told, retail):
    """Revenue = customers x orders a customer x spend an order, exactly."""
    found = told(
        "online_retail", metric=("COUNT(DISTINCT CustomerID)\n", "SUM(Quantity * UnitPrice)\n")
    )
    by_hand = retail.groupby("month")["revenue"].sum()
    assert found.change.before == pytest.approx(by_hand["2011-05"])
    assert found.change.after == pytest.approx(by_hand["2011-07"])
    assert not found.change.clear  # a few wholesalers decide, as the interval says
    assert "could be chance" in " ".join(found.headline)
    assert found.factors.whole
    assert sum(p.change.value for p in found.factors.parts) == pytest.approx(total(found))
    customers = found.factors.parts[0]
    assert (customers.before, customers.after) == (1056, 949)
    top = min(found.factors.parts, key=lambda part: part.change.value)
    assert top.name == "customers"


def test_the_fall_of_2020_is_dated_and_no_season(told):
    found = told("cta_ridership")
    level = found.reality.level
    assert date(2020, 3, 9) <= level.earliest <= level.on <= level.latest <= date(2020, 3, 23)
    assert level.p_value < 0.05
    assert found.reality.noise.clear
    ago = found.reality.year_ago
    assert ago.start == date(2019, 4, 1)
    assert ago.last.relative.high < -0.7
    assert ago.beyond.high < -0.7


def test_rides_by_hand(told, realdata):
    found = told("cta_ridership")
    rows = pd.read_csv(realdata / "cta_ridership.csv", parse_dates=["service_date"])
    by_hand = rows.groupby(rows["service_date"].dt.to_period("M"))["total_rides"].sum()
    assert found.change.before == by_hand["2020-01"]
    assert found.change.after == by_hand["2020-04"]
    assert found.contributions
    assert sum(part.change.value for part in found.contributions) == pytest.approx(total(found))


def test_cancelled_bookings_by_mix_and_rate(told, realdata):
    found = told("hotel_bookings")
    rows = pd.read_csv(realdata / "hotel_bookings.csv.gz")
    month = pd.to_datetime(rows["reservation_status_date"]).dt.to_period("M")
    by_hand = rows["is_canceled"].groupby(month).mean()
    assert found.change.before == pytest.approx(by_hand["2017-01"])
    assert found.change.after == pytest.approx(by_hand["2017-08"])
    assert found.trend.streak == 7
    for parts in found.search.parts.values():
        assert sum(p.mix + p.rate for p in parts) == pytest.approx(total(found))
    ignored = {"reservation_status", "arrival_date_week_number", "arrival_date_month"}
    assert not ignored & set(found.search.parts)


def test_bikes_fall_in_autumn_which_could_be_noise(told, realdata):
    found = told("seoul_bike")
    rows = pd.read_csv(realdata / "seoul_bike.csv")
    month = pd.to_datetime(rows["Date"], format="%d/%m/%Y").dt.to_period("M")
    by_hand = rows.groupby(month)["Rented Bike Count"].sum()
    assert found.change.before == by_hand["2018-09"]
    assert found.change.after == by_hand["2018-11"]
    assert found.reality.year_ago is None
    spring = found.reality.level
    assert date(2018, 3, 1) <= spring.on <= date(2018, 5, 1)
    assert spring.before < spring.after
    warm = max(found.search.parts["Temperature"], key=lambda part: part.excess)
    assert warm.clear
    assert warm.labels[0].startswith("22.3")


def test_prices_rise_and_closed_days_are_no_gaps(told, realdata):
    found = told("garak_market_price")
    rows = pd.read_csv(realdata / "garak_market_price.csv", encoding="utf-8-sig")
    month = pd.to_datetime(rows["Date"].astype(str)).dt.to_period("M")
    by_hand = rows["Price"].groupby(month).mean()
    assert found.change.before == pytest.approx(by_hand["2019-07"])
    assert found.change.after == pytest.approx(by_hand["2019-12"])
    assert found.trend.direction == "rises"
    assert found.reality.closed == (6,)
    assert max(found.reality.gaps, key=lambda gap: gap.days).first.month in (2, 9)
    radish = next(p for p in found.search.parts["ProductName"] if p.labels == ("무",))
    price = rows[rows["ProductName"] == "무"].groupby(month)["Price"].mean()
    assert radish.before == pytest.approx(price["2019-07"])
    assert radish.after == pytest.approx(price["2019-12"])


def test_without_a_time_nothing_is_said_of_since_when(told):
    found: Any = told("elec2")
    assert found.trend is None
    assert found.change is None
    assert "0.425" in found.headline[0]
    assert any("no time column" in text for text in found.headline)
    assert {view.name for view in found.profile} >= {"nswprice", "vicprice", "class"}
