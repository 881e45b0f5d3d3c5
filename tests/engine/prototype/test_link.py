"""A row in a link and back; what of a link is not taken is told."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from casebook.prototype.link import LONGEST, linked, query_of
from casebook.prototype.typed import taken
from casebook.prototype.values import Field

FIELDS = (
    Field("키 (cm)", "Height", "number", typical=170),
    Field("a&b=c", "City", "category", levels=("x y", "z+1"), typical="x y"),
    Field("on", "Day", "time", typical="2026-01-01T19:00:00", may_be_missing=True),
    Field("age", "Age", "number", sensitive=True, may_be_missing=True, typical=40),
    Field("rate", "Rate", "number", fixed=3, is_fixed=True),
)
ROW = {"키 (cm)": 171.5, "a&b=c": "z+1", "on": None, "age": 44, "rate": 3}


def test_a_row_comes_back_as_it_was_without_what_is_sensitive_or_fixed():
    query = query_of(FIELDS, ROW)
    assert "44" not in query
    assert "age" not in query
    assert "rate" not in query
    came = linked(FIELDS, f"token=secret&{query}&theme=dark")
    assert came.notes == ()
    assert came.texts == {"키 (cm)": "171.5", "a&b=c": "z+1", "on": None}
    row, problems = taken(FIELDS, came.texts)
    assert problems == ()
    assert row == {**ROW, "age": None}


def test_the_same_row_has_the_same_link_whatever_its_order():
    assert query_of(FIELDS, ROW) == query_of(FIELDS, dict(reversed(ROW.items())))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("v.hieght=1", "The link names 'hieght', which this form does not have."),
        ("v.on=soon", "'Day' of the link was not taken: 'soon' is not a day"),
        ("v.age=12", "'Age' is never taken from a link; fill it in here."),
        ("v.rate=9", "'Rate' cannot be set: it is always the same."),
        ("v.on=2026-01-01&v.on=2026-01-02", "The link says 'Day' twice; the first is taken."),
        ("v.ag=1", "Did you mean 'age'?"),
    ],
)
def test_what_cannot_be_taken_is_told(query, said):
    came = linked(FIELDS, query)
    assert len(came.notes) == 1
    assert said in came.notes[0]
    assert set(came.texts) <= {"on"}


def test_a_link_that_was_cut_is_told_and_one_that_would_be_is_not_made():
    assert "longer than 8000" in linked(FIELDS, "v.on=" + "x" * LONGEST).notes[0]
    long = Field("note", "Note", "text")
    assert query_of([long], {"note": "가" * 5000}) == ""
    assert dict(parse_qsl(query_of([long], {"note": "가"}))) == {"v.note": "가"}


def test_another_page_s_query_says_nothing():
    assert linked(FIELDS, "token=abc&voila=1") == linked(FIELDS, "")
