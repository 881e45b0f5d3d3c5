"""What is above and below an aggregate's fraction line."""

from __future__ import annotations

import duckdb
import pytest

from casebook.exceptions import ExpressionError
from casebook.expressions import check
from casebook.expressions.ratio import ratio

COLUMNS = {"x": "DOUBLE", "a b": "DOUBLE", "g": "VARCHAR"}
FRACTIONS = [
    "AVG(x)",
    'mean("a b") FILTER (WHERE x > 1 AND g LIKE \'a%\')',
    "100.0 * SUM(x) / NULLIF(SUM(\"a b\"), 0)",
    "COUNT(*) FILTER (WHERE x > 1) / COUNT(*)",
    "COUNT(*) / COUNT(DISTINCT g)",
    "AVG(CASE WHEN x > 1 THEN 1.0 ELSE 0.0 END) * 100",
    "AVG(x) / 60",
]  # fmt: skip
WHOLE = ["SUM(x)", "COUNT(*)", "COUNT(DISTINCT g)", "MEDIAN(x)", "SUM(x) / 2", "AVG(x) / AVG(x)",
         "SUM(x) + SUM(x)", "AVG(DISTINCT x)"]  # fmt: skip


@pytest.fixture(scope="module")
def rows():
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE data AS SELECT i % 7 AS x, i % 5 + 1 AS \"a b\", 'a' || i % 3 AS g "
            "FROM range(100) t(i)"
        )
        yield connection


@pytest.mark.parametrize("text", FRACTIONS)
def test_a_fraction_is_what_is_above_over_what_is_below(rows, text):
    parts = ratio(text)
    assert parts.below
    whole, parted = rows.execute(
        f"SELECT {text}, ({parts.above})::DOUBLE / ({parts.below}) FROM data"
    ).fetchone()
    assert parted == pytest.approx(whole)


@pytest.mark.parametrize("text", FRACTIONS)
def test_both_parts_are_aggregates_that_the_grammar_allows(text):
    parts = ratio(text)
    assert all(check(part, COLUMNS, aggregate=True) for part in (parts.above, parts.below))


@pytest.mark.parametrize("text", WHOLE)
def test_anything_else_stays_as_it_is(text):
    assert (ratio(text).above, ratio(text).below) == (text, "")


def test_what_is_no_expression_is_refused():
    with pytest.raises(ExpressionError):
        ratio("SUM(x) FROM data")
