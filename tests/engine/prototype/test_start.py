"""Where somebody starts, and the form that a table makes."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import TableError
from casebook.prototype import start
from casebook.prototype.form import allowed, asked, span, step_of, usual
from casebook.prototype.values import Field

FIELDS = [
    {
        "column": "size",
        "label": "Size",
        "unit": "m",
        "low": 0,
        "high": 9,
        "help": "From end to end.",
    },
    {"column": "fixed", "fixed": 7},
]


def rows(n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    size = rng.normal(5, 1, n).round(2)
    y = np.where(size + rng.normal(size=n) > 5, "yes", "no").astype(object)
    y[-5:] = None  # not known yet
    counts = rng.integers(1, 7, n).astype(float)
    counts[:9] = np.nan
    return pd.DataFrame({
        "id": [f"R{i:03}" for i in range(n)], "size": size, "count": counts, "fixed": 7,
        "age": rng.integers(20, 70, n), "city": rng.choice(["a", "b"], n), "y": y,
    })  # fmt: skip


@pytest.fixture
def prototype(open_rows):
    prototype = {"form": {"fields": FIELDS, "examples": ["R003", "R004"]}}
    return open_rows(rows(), roles={"id": "id", "count": "number", "fixed": "number"},
                     prototype=prototype)  # fmt: skip


def test_the_form_knows_whole_numbers_although_some_are_missing(prototype):
    count, size = prototype.field("count"), prototype.field("size")
    assert count.whole
    assert count.may_be_missing
    assert not size.whole
    assert step_of(count) == 1
    assert step_of(size) == pytest.approx(0.02)
    assert usual(count) == "usually 1 to 6"
    assert allowed(size) == "0 to 9 allowed"
    assert prototype.fields[0].label == "Size"
    assert [f.column for f in prototype.fields if f not in asked(prototype.fields)] == ["fixed"]


def test_a_slider_has_two_ends_within_what_is_allowed():
    assert span(Field("x", "x", "number", low=1, high=9, least=2, most=5)) == (2, 5)
    assert span(Field("x", "x", "number", low=3, high=3)) == (3, 4)
    assert step_of(Field("x", "x", "number", low=0, high=1)) == pytest.approx(0.01)
    assert step_of(Field("x", "x", "number", low=11500, high=135500, whole=True)) == 1000


def test_examples_come_first_and_one_that_is_gone_is_told(prototype, open_rows):
    begun, trouble = start.first(prototype)
    assert (begun.name, trouble) == ("R003", "")
    assert begun.row["size"] == pytest.approx(rows()["size"][3])
    other = open_rows(rows(), name="other", roles={"id": "id"},
                      prototype={"form": {"examples": ["R00x"]}})  # fmt: skip
    begun, trouble = start.first(other)
    assert begun == start.typical(other)
    assert "no row has the id 'R00x'" in trouble


def test_sensitive_values_of_others_are_not_shown_and_fixed_ones_stay(prototype):
    begun = start.found(prototype, "R007")
    assert begun.hidden == ("age",)
    assert begun.row["age"] == prototype.field("age").typical
    assert begun.row["fixed"] == 7
    assert begun.row["count"] is None


def test_any_row_is_found_by_its_id_also_without_a_label(prototype):
    assert start.found(prototype, " R118 ").truth is None
    assert start.found(prototype, "R005").truth in {"yes", "no"}
    for wrong in ("", "R999", "x' OR '1'='1", "R00*"):
        with pytest.raises(TableError, match="no row has the id"):
            start.found(prototype, wrong)


def test_a_typical_row_is_always_the_same_and_a_random_one_is_known(prototype):
    assert start.typical(prototype) == start.typical(prototype)
    assert not start.typical(prototype).name
    drawn = {start.drawn(prototype, random.Random(seed)).name for seed in range(30)}
    assert len(drawn) > 15
    assert drawn <= set(prototype.known.ids)


def test_years_are_written_as_years():
    built = Field("built", "Built", "number", whole=True, low=1901, high=2021)
    assert usual(built) == "usually 1901 to 2021"
    assert usual(Field("x", "x", "number", whole=True, low=1, high=2021)) == "usually 1 to 2,021"
