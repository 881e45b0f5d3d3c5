"""What people type, taken as raw values or said why not; nothing is guessed in silence."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.prototype.texts import typed_text
from casebook.prototype.typed import cell_of, taken
from casebook.prototype.values import Field

NUMBER = Field("spend", "Bill", "number", unit="KRW", typical=46000)
WHOLE = Field("people", "People", "number", whole=True, least=1, most=40, typical=2)
TIME = Field("on", "Day", "time", typical="2026-01-01T19:00:00")
CITY = Field("city", "City", "category", levels=("Seoul", "walk-in", "부산"), typical="Seoul")


def problem(field: Field, text: str | None) -> str:
    row, problems = taken([field], {field.column: text})
    assert row == {}
    [one] = problems
    assert one.column == field.column
    return one.sentence


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("46000", 46000), ("46,000", 46000), ("1,234.5", 1234.5), ("1.234,5", 1234.5),
        ("1.234.567", 1234567), ("1 234 567", 1234567), ("12,5", 12.5), ("0,125", 0.125),
        ("1.234", 1.234), ("3,5", 3.5), (".5", 0.5), ("-2", -2), ("\u22122,5", -2.5), ("1e3", 1000),
        ("\uff11\uff12", 12), ("46,000 KRW", 46000), ("₩46,000", 46000), ("46000원", 46000),
        ("4만 6천", 46000), ("5만4천", 54000), ("1억2천만", 120_000_000), ("2.5만", 25000),
        ("3천", 3000), ("1만500", 10500), ("만", 10000), ("2천5백", 2500), ("1'000", 1000),
    ],
)  # fmt: skip
def test_numbers_are_taken_as_people_write_them(text, value):
    assert cell_of(NUMBER, text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["abc", "1,2,3", "12 34", "nan", "inf", "1.2.3", "--1", "3만억",
                                  "천만천만", "9e999", "1_0x", "%"])  # fmt: skip
def test_what_is_no_number_is_said_with_an_example(text):
    said = problem(NUMBER, text)
    assert text in said
    assert "46,000 KRW" in said


def test_whole_numbers_and_limits_say_what_is_allowed():
    assert cell_of(WHOLE, "3") == 3
    assert isinstance(cell_of(WHOLE, "3.0"), int)
    assert "'2.5' is not a whole number" in problem(WHOLE, "2.5")
    assert problem(WHOLE, "0") == "0 is too little; at least 1 is allowed."
    assert problem(WHOLE, "41") == "41 is too much; at most 40 is allowed."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-06-30", "2026-06-30T00:00:00"), ("2026-06-30T19:05", "2026-06-30T19:05:00"),
        ("2026. 6. 30.", "2026-06-30T00:00:00"),
        ("2026년 6월 30일 오후 7:05", "2026-06-30T19:05:00"),
        ("30.06.2026", "2026-06-30T00:00:00"), ("30/6/2026", "2026-06-30T00:00:00"),
        ("6/30/2026", "2026-06-30T00:00:00"), ("5/5/2026", "2026-05-05T00:00:00"),
        ("30 June 2026", "2026-06-30T00:00:00"), ("Jun 30, 2026, 7:05 PM", "2026-06-30T19:05:00"),
        ("June 1st 2026 12:00 am", "2026-06-01T00:00:00"),
    ],
)  # fmt: skip
def test_days_are_taken_as_people_write_them(text, value):
    assert cell_of(TIME, text) == value


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "31 Foo 2026", "2026-06-30 25:00", "7"])
def test_what_is_no_day_is_said(text):
    assert text in problem(TIME, text)


def test_a_day_that_could_be_two_is_not_guessed_and_no_year_breaks_pandas():
    assert problem(TIME, "3/4/2026") == "'3/4/2026' could be two days. Write it as 2026-03-04."
    assert "the year 0002" not in problem(TIME, "0002-01-01")
    assert "1678" in problem(TIME, "0002-01-01")


def test_levels_are_found_whatever_their_capitals_and_a_near_miss_is_asked_about():
    assert cell_of(CITY, " seoul ") == "Seoul"
    assert cell_of(CITY, "Walk in") == "walk-in"
    assert problem(CITY, "Seuol") == "'Seuol' is not known. Did you mean 'Seoul'?"
    assert cell_of(CITY, "Tokyo") == "Tokyo"  # never seen: the answer says so
    many = Field("city", "City", "category", levels=("Seoul",), levels_left_out=9, typical="Seoul")
    assert cell_of(many, "Seuol") == "Seuol"


def test_a_category_of_numbers_stays_one():
    code = Field("code", "Code", "category", levels=("1", "2"), typical=1)
    assert cell_of(code, "2") == 2
    assert "'x' is no number; known are 1, 2." in problem(code, "x")


def test_missing_is_allowed_where_it_was():
    some = Field("x", "X", "number", may_be_missing=True)
    assert cell_of(some, None) is None
    assert cell_of(some, "  ") is None
    assert "needed" in problem(NUMBER, "")
    assert "needed" in problem(NUMBER, None)
    assert cell_of(Field("t", "T", "text"), "") == ""


def test_yes_no_fixed_and_endless_texts():
    flag = Field("f", "F", "boolean")
    assert (cell_of(flag, "예"), cell_of(flag, "No")) == (True, False)
    assert "neither yes nor no" in problem(flag, "maybe")
    assert cell_of(Field("x", "X", "number", fixed=3, is_fixed=True), "9") == 3
    assert "too many" in problem(Field("t", "T", "text"), "x" * 20_001)


def test_what_the_form_writes_is_read_back_as_it_was():
    rng = np.random.default_rng(0)
    for cell in [*(rng.lognormal(0, 9, 200) * rng.choice([-1, 1], 200)).tolist(), 0.1, 1e15, 7]:
        assert cell_of(NUMBER, typed_text(NUMBER, cell)) == cell
    for day in ("2026-01-01T19:05:00", "2026-01-01T00:00:00", "2026-01-01T19:05:09"):
        assert cell_of(TIME, typed_text(TIME, day)) == day
    for level in (*CITY.levels, "전혀 다른"):
        assert cell_of(CITY, typed_text(CITY, level)) == level
    flag = Field("f", "F", "boolean")
    assert cell_of(flag, typed_text(flag, cell=True)) is True
