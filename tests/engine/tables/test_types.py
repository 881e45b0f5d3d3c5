"""FAULTS 53: numbers, codes and missing values as people write them."""

from __future__ import annotations

import pytest

from casebook.exceptions import TableError


def test_case_53_semicolon_with_decimal_comma(read):
    got = read("ort;preis\nA;1,5\nB;12,25\nC;1.234,50\n")
    assert got.column("preis") == [1.5, 12.25, 1234.5]
    assert "types.preis is read as number" in got.said


def test_case_53_points_are_thousands_where_another_column_has_a_decimal_comma(read):
    got = read("a;b\n1.234;0,5\n2.500;1,25\n")
    assert got.column("a") == [1234, 2500]


def test_case_53_points_are_decimals_where_nothing_speaks_against_it(read):
    assert read("a;b\n1.234;x\n2.500;y\n").column("a") == [1.234, 2.5]


def test_case_53_stated_marks_win(read):
    got = read("a;b\n1.234;x\n2.500;y\n", decimal=",", thousands=".")
    assert got.column("a") == [1234, 2500]
    assert read("a;b\n1,234;x\n2,500;y\n", decimal=",").column("a") == [1.234, 2.5]


def test_case_53_an_ambiguous_comma_is_said(read):
    got = read("a;b\n1,234;x\n2,500;y\n")
    assert got.column("a") == [1234, 2500]
    assert "could be a decimal mark" in got.said


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"1,234,567.5"', 1234567.5), ("1 234", 1234), ("1\u00a0234,5", 1234.5),
        ("1'234.5", 1234.5), ("£3", 3), ("$2.39 ", 2.39), ("\u22125", -5), ("(12)", -12),
        ("45%", 45), ('"1,500원"', 1500), ("₩900", 900), ("-1.5e3", -1500), ("+7", 7),
        (" 26 ", 26), ('"12,34,567"', 1234567), ("EUR 5", 5), ("-£3.20", -3.2), ("$(4)", None),
    ],
)  # fmt: skip
def test_case_53_numbers_as_people_write_them(read, written, value):
    got = read(f"name;n\na;{written}\n", delimiter=";", types={"n": "number"})
    assert got.column("n") == [value]


def test_case_53_two_currencies_in_a_column_are_no_number(read):
    assert read("a,n\nx,$3\ny,£4\nz,$5\n").types["n"] == "text"


def test_case_53_some_percents_are_no_number(read):
    assert read("a,n\nx,3%\ny,4\nz,5\n").types["n"] == "text"


def test_case_53_na_is_missing_and_said_but_kept_among_codes(read):
    got = read("country,size\n" + "".join(f"{c},{s}\n" for c, s in [
        ("KR", "big"), ("NA", "NA"), ("DE", "NULL"), ("US", "small"), ("FR", "n/a")]))  # fmt: skip
    assert got.column("country")[1] == "NA"
    assert got.column("size") == ["big", None, None, "small", None]
    assert "missing is read as NULL: in 'size' it stands for" in got.said
    assert "in 'country' NA is kept" in got.said


def test_a_stated_text_is_taken_as_written(read):
    got = read("code,n\nNA,1\nNULL,2\n,3\n", types={"code": "text"})
    assert got.column("code") == ["NA", "NULL", None]


def test_texts_that_the_record_calls_missing(read):
    got = read("a,b\n1,unknown\n999,x\n3,y\n", missing=("unknown", "999"))
    assert got.column("a") == [1, None, 3]
    assert got.column("b") == [None, "x", "y"]


def test_blanks_and_dashes_in_numbers_are_missing_and_said(read):
    got = read("k,a,b\nx,1, -   \ny, ,3\nz,2,4\n")
    assert got.column("a") == [1, None, 2]
    assert got.column("b") == [None, 3, 4]
    assert "in 'a' nothing but blanks is a missing value (rows: 1)" in got.said
    assert "missing is read as -: in 'b' it stands for a missing value" in got.said


def test_case_53_ids_stay_text(read):
    got = read("zip,card,n\n01234,1234567890123456,1\n98765,9999999999999999,2\n")
    assert got.types == {"zip": "text", "card": "text", "n": "number"}
    assert got.column("zip")[0] == "01234"
    assert "types.zip, card is read as text" in got.said


def test_case_53_a_leading_zero_far_down_keeps_the_column_text(read):
    rows = "".join(f"{n},x\n" for n in range(10_000, 60_000))
    got = read("zip,b\n" + rows + "00123,y\n")
    assert got.types["zip"] == "text"
    assert got.column("zip")[-1] == "00123"


def test_one_text_among_numbers_far_down_is_said(read):
    rows = "".join(f"{n},{n % 7}\n" for n in range(30_000))
    got = read("a,b\n" + rows + "30000,lots\n")
    assert got.types == {"a": "number", "b": "text"}
    assert "not all values are like '1234.5': 1 of 30,001 are not, as 'lots'" in got.said
    forced = read("a,b\n" + rows + "30000,lots\n", types={"b": "number"})
    assert forced.types["b"] == "number"
    assert forced.frame["b"].isna().sum() == 1
    assert "what cannot be read so is missing, as 'lots' (rows: 1)" in forced.said


def test_thousands_that_begin_far_down_are_found(read):
    rows = "".join(f'{n},"{n}"\n' for n in range(5_000))
    got = read("a,b\n" + rows + '5000,"1,234,567"\n')
    assert got.column("b")[-1] == 1_234_567


def test_stated_types_of_unknown_columns(read):
    with pytest.raises(TableError, match=r"no column 'pric'; there are 2\. Did you mean 'price'\?"):
        read("price,n\n1,2\n", types={"pric": "number"})


def test_truth_values(read):
    assert read("a,n\nTRUE,1\nFalse,2\n,3\n").types["a"] == "boolean"
    got = read("a,n\nyes,1\nNo,2\nmaybe,3\n", types={"a": "boolean"})
    assert got.column("a") == [True, False, None]
