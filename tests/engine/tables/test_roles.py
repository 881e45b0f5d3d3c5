"""Roles from type, counts and name; sensitive columns by their names in two languages."""

from __future__ import annotations

import pytest

from casebook.case import TableSource
from casebook.tables import (
    Column,
    Counts,
    ReadColumn,
    View,
    infer_roles,
    infer_task,
    profile,
    read_source,
    sensitive_word,
)


def _roles(file, folder, cache) -> dict[str, str]:
    reading = read_source(TableSource(source=file), folder, cache)
    counted = profile(View(reading.path, reading.names, reading.rows), reading.columns)
    columns = infer_roles(reading.columns, counted.columns, counted.rows)
    return {column.name: column.role for column in columns}


EXPECTED = {
    "telco_churn.csv": {"customerID": "id", "tenure": "number", "Contract": "category",
                        "TotalCharges": "number", "SeniorCitizen": "number"},
    "nyc_taxis.csv": {"pickup": "time", "dropoff": "time", "fare": "number", "color": "category"},
    "kr_postal.csv.gz": {"country_code": "constant", "latitude": "number", "province": "category"},
    "hacker_news_2016.csv": {"id": "id", "title": "text", "num_points": "number"},
    "garak_market_price.csv": {"Date": "time", "ProductID": "category", "Price": "number"},
    "montreal_bikes_latin1.csv": {"St-Urbain (données non disponibles)": "constant"},
    "cookie_cats.csv.gz": {"userid": "id", "version": "category", "retention_1": "category"},
    "chipotle_orders.tsv": {"order_id": "id", "item_name": "category", "quantity": "number"},
    "adult_train.csv.gz": {"fnlwgt": "number", "education-num": "number", "race": "category"},
}  # fmt: skip


@pytest.mark.parametrize("file", EXPECTED)
def test_roles_of_real_columns(file, realdata, tmp_path):
    roles = _roles(file, realdata, tmp_path)
    assert {name: roles[name] for name in EXPECTED[file]} == EXPECTED[file]


def _role(name, type_, rows=1_000, **counts) -> Column:
    counted = Counts(name, **{"missing": 0, "distinct": 500, **counts})
    return infer_roles([ReadColumn(name, type_, "")], [counted], rows)[0]


@pytest.mark.parametrize(
    ("name", "type_", "counts", "role"),
    [
        ("row", "number", {"distinct": 1000, "whole": True, "low": 1, "high": 1000}, "id"),
        ("x", "number", {"distinct": 1000, "whole": True, "low": 5, "high": 90_000}, "number"),
        ("customer_id", "number", {"whole": True}, "id"),
        ("회원번호", "number", {"whole": True}, "id"),
        ("store_id", "number", {"distinct": 6, "whole": True}, "category"),
        ("paid", "number", {"distinct": 2, "whole": True}, "number"),
        ("avoid", "number", {"whole": True}, "number"),
        ("code", "text", {"distinct": 1000, "length": 8, "words": 1}, "id"),
        ("remark", "text", {"distinct": 900, "length": 60, "words": 9}, "text"),
        ("item", "text", {"distinct": 40, "length": 30, "words": 4}, "category"),
        ("when", "time", {}, "time"),
        ("flag", "boolean", {"distinct": 2}, "category"),
        ("same", "text", {"distinct": 1}, "constant"),
        ("none", "number", {"distinct": 0, "missing": 1000}, "constant"),
    ],
)
def test_roles_by_type_counts_and_name(name, type_, counts, role):
    assert _role(name, type_, **counts).role == role


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("sex", "sex"), ("Gender", "gender"), ("customerRace", "race"), ("age", "age"),
        ("age_group", "age"), ("CustomerAge", "age"), ("native-country", "native"),
        ("Religion", "religion"), ("is_disabled", "disabled"), ("marital-status", "marital"),
        ("DOB", "dob"), ("SeniorCitizen", "senior"), ("고객성별", "성별"), ("나이", "나이"),
        ("연령대", "연령"), ("국적", "국적"), ("인종", "인종"), ("종교", "종교"),
        ("장애여부", "장애"),
        ("housing_median_age", ""), ("average", ""), ("message", ""), ("stage", ""), ("trace", ""),
        ("unisex_shirts", ""), ("page", ""), ("Essex", ""), ("장애물", ""), ("terrace", ""),
        ("vehicle age", ""),
    ],
)  # fmt: skip
def test_sensitive_columns_by_name(name, word):
    assert sensitive_word(name) == word


def test_the_task_follows_the_target():
    column = Column("y", "target", "number", 0, 10)
    assert infer_task(column, Counts("y", 0, 10, whole=True))[0] == "classification"
    assert infer_task(column, Counts("y", 0, 11, whole=True))[0] == "regression"
    assert infer_task(column, Counts("y", 0, 3, whole=False))[0] == "regression"
    text = Column("y", "target", "text", 0, 900)
    task, reason = infer_task(text, Counts("y", 0, 900))
    assert task == "classification"
    assert reason.sentence == (
        "data.task is read as classification: the target 'y' holds no numbers"
    )
