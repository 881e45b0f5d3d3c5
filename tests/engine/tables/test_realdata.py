"""Every file of the real data loads with the rows, columns and types that its manifest says."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest

from casebook.case import TableSource, load_case
from casebook.tables import Table, open_table, read_source

ADULT = (
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation",
    "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week",
    "native-country", "income",
)  # fmt: skip


class File(NamedTuple):
    """A row of the manifest: what the file holds, and the options that it makes necessary."""

    name: str
    rows: int
    columns: int
    types: dict[str, str]
    options: Mapping[str, object] = MappingProxyType({})
    rejected: int = 0  # rows of the manifest that are kept as rejects


FILES = (
    File("online_retail.csv.gz", 541_909, 8, {
        "InvoiceNo": "text", "StockCode": "text", "InvoiceDate": "time", "UnitPrice": "number"}),
    File("hotel_bookings.csv.gz", 119_390, 32, {
        "reservation_status_date": "time", "agent": "number", "children": "number",
        "country": "text", "adr": "number", "arrival_date_month": "text"}),
    File("telco_churn.csv", 7_043, 21, {"TotalCharges": "number", "Churn": "text"}),
    File("bank_marketing.csv.gz", 41_188, 21, {"emp.var.rate": "number", "y": "text"}),
    File("seoul_bike.csv", 8_760, 14, {"Date": "time", "Rented Bike Count": "number"}),
    File("garak_market_price.csv", 11_026, 6, {"Date": "time", "Price": "number"}),
    File("garak_market_arrivals.csv", 1_523, 4, {"Date": "time", "ProductName": "text"}),
    File("seoul_housing_stock_euckr.csv", 100, 11, {
        "기간": "time", "합계": "number", "비거주용 건물내 주택": "number"}),
    File("korea_crime_euckr.csv", 80, 5, {"범죄발생건수": "number", "행정구역별": "text"}),
    File("korea_covid_2020_euckr.csv", 232, 2, {"date": "text", "confirmer": "text"}),
    File("nyc_taxis.csv", 6_433, 14, {"pickup": "time", "dropoff": "time", "fare": "number"}),
    File("uber_bases_2015.csv", 354, 4, {"date": "time", "trips": "number"}),
    File("fhv_daily_2015.csv.gz", 26_182, 5, {
        "Base Number": "text", "Pick Up Date": "time", "Number of Trips": "number",
        "Number of Vehicles": "number"}, rejected=1),
    File("california_housing.csv", 20_640, 10, {"total_bedrooms": "number"}),
    File("creditcard_20k.csv.gz", 20_000, 20, {"fraud": "number"}),
    File("hacker_news_2016.csv", 14_635, 6, {"created_at": "time", "url": "text"}),
    File("kr_postal.csv.gz", 35_583, 11, {"zipcode": "text", "latitude": "number"}),
    File("powerball.csv", 1_830, 3, {"Draw Date": "time", "Winning Numbers": "text"}),
    File("cookie_cats.csv.gz", 90_189, 5, {"retention_7": "boolean"}),
    File("adult_train.csv.gz", 32_561, 15, {"age": "number", "workclass": "text"}),
    File("adult_test_raw.csv.gz", 16_281, 15, {"age": "number", "income": "text"},
         {"header": 0, "columns": ADULT}),
    File("elec2.csv.gz", 45_312, 7, {"class": "number", "vicprice": "number"}),
    File("cta_ridership.csv", 7_701, 5, {"service_date": "time", "bus": "number"}),
    File("product_match_answers.csv", 24_945, 3, {"question": "text", "answer": "number"}),
    File("product_match_truth.csv", 8_315, 2, {"truth": "number"}),
    File("montreal_bikes_latin1.csv", 310, 10, {"Date": "time", "Côte-Sainte-Catherine": "number"}),
    File("uk_moj_spend_2011.csv", 871, 7, {"DATE": "time", "AMOUNT": "number"}),
    File("chipotle_orders.tsv", 4_622, 5, {"item_price": "number", "choice_description": "text"}),
)  # fmt: skip


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """One cache for all tests of this module."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def table(realdata, tmp_path, cache):
    """Open a file as the only table of a case."""

    def opened(name: str, **options) -> Table:
        (tmp_path / ".cache").symlink_to(cache, target_is_directory=True)
        text = "".join(f"      {key}: {value}\n" for key, value in options.items())
        (tmp_path / "case.yaml").write_text(
            "casebook: 1\nname: tried\ndata:\n  tables:\n    main:\n"
            f"      source: {realdata / name}\n{text}",
            encoding="utf-8",
        )
        return open_table(load_case(tmp_path))

    return opened


def test_every_file_of_the_folder_is_tried(realdata):
    found = {path.name for path in realdata.iterdir() if path.suffix != ".md"}
    assert found == {file.name for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_loads_with_the_counts_of_its_manifest(file, realdata, cache):
    reading = read_source(TableSource(source=file.name, **file.options), realdata, cache)
    assert reading.rows + reading.rejects.count == file.rows
    assert reading.rejects.count == file.rejected
    assert len(reading.columns) == file.columns
    types = {column.name: column.type for column in reading.columns}
    assert {name: types.get(name) for name in file.types} == file.types


def _one(table: Table, metric: str, where: str | None = None):
    return table.aggregate({"value": metric}, where=where)["value"].iloc[0]


def test_blank_total_charges_are_missing_and_the_rest_is_a_number(table):
    telco = table("telco_churn.csv")
    assert telco.column("TotalCharges").missing == 11
    assert any(
        "in 'TotalCharges' nothing but blanks is a missing value (rows: 11)" in note.sentence
        for note in telco.reading
    )


def test_zip_codes_keep_their_zeros(table):
    assert table("kr_postal.csv.gz").count("zipcode LIKE '0%'") == 5_628


def test_amounts_with_pounds_and_commas_add_up(table):
    assert round(_one(table("uk_moj_spend_2011.csv"), "SUM(AMOUNT)"), 2) == 428_603_933.54


def test_prices_with_dollars_add_up(table):
    assert round(_one(table("chipotle_orders.tsv"), "SUM(item_price)"), 2) == 34_500.16


def test_day_first_dates_are_told_by_days_over_twelve(table):
    bikes = table("seoul_bike.csv")
    days = bikes.aggregate({"low": "MIN(Date)", "high": "MAX(Date)"})
    assert [str(day.date()) for day in days.iloc[0]] == ["2017-12-01", "2018-11-30"]


def test_integer_dates_are_days(table):
    days = table("garak_market_price.csv").aggregate({"low": "MIN(Date)", "high": "MAX(Date)"})
    assert [str(day.date()) for day in days.iloc[0]] == ["2019-01-03", "2019-12-31"]


def test_dates_with_times_and_english_month_names(table):
    news = table("hacker_news_2016.csv").aggregate({"a": "MIN(created_at)", "b": "MAX(created_at)"})
    assert [str(moment) for moment in news.iloc[0]] == [
        "2016-09-07 07:59:00",
        "2016-09-26 03:26:00",
    ]


def test_spend_of_march_is_of_march(table):
    assert table("uk_moj_spend_2011.csv").count("month(DATE) <> 3 OR year(DATE) <> 2011") == 0


def test_fhv_numbers_lose_spaces_commas_and_dashes(table):
    fhv = table("fhv_daily_2015.csv.gz")
    assert fhv.names == (
        "Base Number", "Base Name", "Pick Up Date", "Number of Trips", "Number of Vehicles",
    )  # fmt: skip
    assert fhv.column("Number of Vehicles").missing + fhv.column("Number of Trips").missing == 1_716
    assert _one(fhv, 'COUNT(DISTINCT "Base Number")') == 334
    assert _one(fhv, 'COUNT(DISTINCT upper(trim("Base Number")))') == 329
    assert _one(fhv, 'MAX("Number of Trips")') > 1_000


def test_question_marks_of_adult_are_missing(table):
    adult = table("adult_train.csv.gz")
    assert adult.column("workclass").missing == 1_836
    assert set(adult.frame(["income"])["income"]) == {"<=50K", ">50K"}


def test_null_in_hotel_bookings_is_missing_and_said(table):
    hotel = table("hotel_bookings.csv.gz")
    assert hotel.column("company").missing == 112_593
    assert any(
        "in 'company' it stands for a missing value (rows: 112,593)" in n.sentence
        for n in hotel.reading
    )


def test_korean_names_and_values_are_read(table):
    crime = table("korea_crime_euckr.csv")
    assert crime.names[:2] == ("기간", "행정구역별")
    assert (
        _one(crime, "SUM(주민등록인구)", "행정구역별 = '서울특별시' AND 기간 = 2014") == 10_103_233
    )


def test_dates_without_a_year_stay_text_and_it_is_said(table):
    covid = table("korea_covid_2020_euckr.csv")
    assert covid.column("date").type == "text"
    assert any("no year" in note.why for note in covid.reading if note.field == "types.date")


def test_latin_names_are_read(table):
    bikes = table("montreal_bikes_latin1.csv")
    assert "Brébeuf (données non disponibles)" in bikes.names
    assert bikes.column("Brébeuf (données non disponibles)").role == "constant"


def test_a_file_without_header_gets_numbered_names(table):
    adult = table("adult_test_raw.csv.gz")
    assert adult.names[0] == "column_1"
    assert adult.rows == 16_281
    assert any(note.field == "header" and note.value == "0" for note in adult.reading)


def test_monthly_revenue_of_online_retail(realdata, tmp_path, cache):
    (tmp_path / ".cache").symlink_to(cache, target_is_directory=True)
    shutil.copy(realdata / "online_retail.csv.gz", tmp_path)
    (tmp_path / "case.yaml").write_text(
        "casebook: 1\nname: sales\ndata:\n  tables:\n    sales: {source: online_retail.csv.gz}\n"
        "  filter: InvoiceNo NOT LIKE 'C%' AND Quantity > 0 AND UnitPrice > 0\n"
        "    AND CustomerID IS NOT NULL\n"
    )
    sales = open_table(load_case(tmp_path))
    assert (sales.rows, sales.rows_read, sales.rows_filtered_out) == (397_884, 541_909, 144_025)
    by_month = sales.aggregate(
        {"revenue": "SUM(Quantity * UnitPrice)"},
        by={"month": "strftime(InvoiceDate, '%Y-%m')"},
        where="InvoiceDate >= '2011-05-01' AND InvoiceDate < '2011-08-01'",
    )
    thousands = dict(zip(by_month["month"], (by_month["revenue"] / 1000).round(1), strict=True))
    assert thousands == {"2011-05": 678.6, "2011-06": 661.2, "2011-07": 600.1}
