"""FAULTS 53: dates as people write them; what is ambiguous is said."""

from __future__ import annotations

import pandas as pd
import pytest


def test_a_header_of_years_is_a_header(read):
    assert list(read("city,2015,2016,2017\nA,1,2,3\nB,4,5,6\n").types)[1] == "2015"


@pytest.mark.parametrize(
    ("days", "first", "said"),
    [
        (["03/04/2019", "25/12/2019"], "2019-04-03", "DD/MM/YYYY"),
        (["03/04/2019", "12/25/2019"], "2019-03-04", "MM/DD/YYYY"),
        (["03/04/2019", "05/06/2019"], "2019-03-04", "no number is over 12"),
        (["03.04.2019", "05.06.2019"], "2019-04-03", "no number is over 12"),
        (["9/6/2016 3:26", "9/16/2016 13:26"], "2016-09-06 03:26", "MM/DD/YYYY"),
        (["09-Mar-11", "10-APR-11"], "2011-03-09", "DD-Mon-YY"),
        (["March 9, 2011", "April 10, 2011"], "2011-03-09", "Month DD, YYYY"),
        (["2019. 3. 2.", "2019. 12. 31."], "2019-03-02", "YYYY. MM. DD."),
        (["2019년 3월 2일", "2019년 12월 31일"], "2019-03-02", "YYYY년 MM월 DD일"),
        (["2019년 3월", "2019년 12월"], "2019-03-01", "YYYY년 MM월"),
        (["2019-03-02 오후 3:05:00", "2019-03-02 오전 1:05:00"], "2019-03-02 15:05", ""),
        (["2019-03-02T10:00:00+09:00", "2019-03-02T11:00:00Z"], "2019-03-02 01:00", "UTC"),
        (["2019-03-02 10:11:12.5", "2019-03-02"], "2019-03-02 10:11:12.5", ""),
        (["1/2/19 3:05 PM", "1/13/19 12:00 AM"], "2019-01-02 15:05", "MM/DD/YY"),
        (["20190302", "20191231"], "2019-03-02", "eight digits"),
        (["201903", "201912"], "2019-03-01", "YYYYMM"),
        (["20190302101112", "20190302101113"], "2019-03-02 10:11:12", "YYYYMMDDHHMMSS"),
    ],
)  # fmt: skip
def test_case_53_dates_as_people_write_them(read, days, first, said):
    got = read("date;n\n" + "".join(f"{day};1\n" for day in days))
    assert got.types["date"] == "time"
    assert got.column("date")[0] == pd.Timestamp(first)
    assert said in got.said


def test_a_day_over_twelve_far_down_decides(read):
    rows = "".join(f"{1 + n % 12:02}/{1 + n // 12 % 12:02}/2019,1\n" for n in range(20_000))
    got = read("day,n\n" + rows + "31/01/2019,1\n")
    assert got.column("day")[-1] == pd.Timestamp(2019, 1, 31)
    assert "DD/MM/YYYY: a day over 12 tells it from the month (rows: 1)" in got.said


def test_ambiguous_dates_follow_the_sure_ones_of_the_table(read):
    got = read("a,b\n03/04/2019,13/04/2019\n05/06/2019,05/06/2019\n")
    assert got.column("a")[0] == pd.Timestamp(2019, 4, 3)


def test_a_stated_order_wins_and_is_not_called_ambiguous(read):
    got = read("a,n\n03/04/2019,1\n05/06/2019,2\n", day_first=True)
    assert got.column("a")[0] == pd.Timestamp(2019, 4, 3)
    assert "over 12" not in got.said


def test_impossible_dates_keep_the_column_text(read):
    got = read("day,n\n30/02/2019,1\n01/02/2019,2\n")
    assert got.types["day"] == "text"


def test_eight_digits_that_are_no_dates_are_numbers(read):
    assert read("date,n\n20191302,1\n20190001,2\n").types["date"] == "number"
    assert read("code,n\n20190302,1\n20190303,2\n").types["code"] == "number"


def test_years_are_times_where_the_record_says_so(read):
    assert read("year,n\n2018,1\n2019,2\n").types["year"] == "number"
    got = read("year,n\n2018,1\n2019,2\n", types={"year": "time"})
    assert got.column("year")[0] == pd.Timestamp(2018, 1, 1)
    unix = read("at,n\n1552000000,1\n", types={"at": "time"})
    assert unix.column("at")[0] == pd.Timestamp(1552000000, unit="s")
