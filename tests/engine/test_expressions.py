"""FAULTS 51: an expression is one SQL value over one table's columns, and nothing else."""

from __future__ import annotations

import os
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook.exceptions import ExpressionError
from casebook.expressions import check, connect_locked, evaluate, locked
from casebook.expressions.grammar import AGGREGATES, OPERATORS, SCALARS

COLUMNS = {"Quantity": "BIGINT", "price": "DOUBLE", "주문 일": "TIMESTAMP", "s": "VARCHAR"}

ALLOWED = (
    "Quantity > 0 AND price IS NOT NULL",
    "s NOT LIKE 'C%'",
    "s ILIKE '%x%' OR s IN ('a', 'b')",
    "quantity BETWEEN 1 AND 3",
    "CASE WHEN price > 3 THEN 'high' ELSE 'low' END",
    "date_trunc('month', \"주문 일\")",
    "\"주문 일\" >= DATE '2011-01-01' + INTERVAL 3 MONTH",
    'extract(year FROM "주문 일") = 2011',
    "strftime(\"주문 일\", '%Y-%m')",
    "coalesce(s, 'none') || '!'",
    "TRY_CAST(s AS DOUBLE) ** 2",
    "regexp_matches(s, '^[0-9]+$')",
    "Quantity -- a remark at the end",
    "NOT (s = 'it''s')",
    "if(Quantity > 3, price, NULL)",
    "s IS DISTINCT FROM 'x'",
)

REFUSED = (
    "(SELECT 1)", "s IN (SELECT s FROM data)", "EXISTS (SELECT 1)", "ARRAY(SELECT 1)",
    "(VALUES (1))", "(FROM data)", "Quantity; DROP TABLE data", "1; SELECT 2",
    "Quantity FROM other", "Quantity, price", "(Quantity, price)", "*", "COLUMNS(*)", "data.*",
    "Quantity AS q",
    "1) FROM data WHERE (1=1", "Quantity) OR (true", "true) OR (true",
    "read_text('/etc/passwd')", "read_csv('x.csv')", "getenv('HOME')", "current_setting('threads')",
    "getvariable('x')", "query('SELECT 1')", "nextval('x')", "pragma_version()", "version()",
    "current_user", "now()", "current_date", "today()", "random()", "uuid()",
    "data.price", "main.data.price", "s.upper()", "s[1]", "[1, 2]", "{'a': 1}", "MAP {'a': 1}",
    "list_transform([1], x -> x + 1)", "[x FOR x IN [1]]", "unnest([1])", "range(10)",
    "SUM(price) OVER ()", "row_number() OVER ()", "?", "$1", "$name", "#1", "DEFAULT",
    "s COLLATE nocase", "s::BLOB", "s::JSON", "s::STRUCT(a INT)", "price::DECIMAL(3)[]",
    "SELECT 1", "SET threads = 1", "PRAGMA x", "ATTACH 'x.db'", "COPY data TO 'x'", "",
    "  ", "-- nothing", "/* open", "'open", '"open', "price >", "price price", "system.main.abs(1)",
    "md5_number(s)", "string_agg(s, ',')", "list(s)", "histogram(s)", "array_agg(s)", "glob('*')",
    "s SIMILAR TO s", "s LIKE s", "$$price$$", "price\x00", "hash(s)", "lambda x: x", "__row",
    "format('{}', s)", "printf('%d', 1)", "to_json(s)", "s -> '$.a'", "error('x')",
    "SUM(price ORDER BY s)", "count(price) WITHIN GROUP (ORDER BY s)", "unknown_function(s)",
)  # fmt: skip


@pytest.mark.parametrize("text", ALLOWED)
def test_what_people_write_is_allowed(text):
    assert check(text, COLUMNS, aggregate=False).text == text


@pytest.mark.parametrize("text", REFUSED)
def test_case_51_all_else_is_refused_with_its_place(text):
    for aggregate in (False, True):
        with pytest.raises(ExpressionError) as error:
            check(text, COLUMNS, aggregate=aggregate, place="case.yaml, line 9, data.filter")
        assert str(error.value).startswith("case.yaml, line 9, data.filter: ")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("price > 0 AND Quantty > 1", "at character 15: there is no column 'Quantty'"),
        ("'한글' = s AND (SELECT 1) = 1", "at character 14: a query within"),
        ("price + + )", "at character 11: not SQL"),
        ('"주문 일" > 1 AND nothing', "at character 16: there is no column 'nothing'"),
    ],
)
def test_case_51_errors_point_at_the_character(text, place):
    with pytest.raises(ExpressionError, match=place.replace("(", r"\(")):
        check(text, COLUMNS, aggregate=False)


def test_an_unknown_column_names_the_nearest_or_all():
    with pytest.raises(ExpressionError, match=r"Did you mean 'Quantity'\?"):
        check("Quantty > 1", COLUMNS, aggregate=False)
    with pytest.raises(ExpressionError, match="There is: Quantity, price"):
        check("zzz > 1", COLUMNS, aggregate=False)


def test_columns_are_found_whatever_their_capitals_and_spelt_as_the_table_does():
    assert check("QUANTITY + PRICE", COLUMNS, aggregate=False).columns == ("Quantity", "price")


def test_aggregates_and_values_are_told_apart():
    assert check("SUM(Quantity * price)", COLUMNS, aggregate=True).aggregate
    check("COUNT(*) FILTER (WHERE price > 3) / COUNT(DISTINCT s)", COLUMNS, aggregate=True)
    for text, said in [
        ("price", "not one for many"),
        ("SUM(price) + Quantity", "at character 14: a column stands outside of any aggregate"),
        ("SUM(SUM(price))", "an aggregate within an aggregate"),
        ("abs(DISTINCT price)", "go with aggregates only"),
    ]:
        with pytest.raises(ExpressionError, match=said):
            check(text, COLUMNS, aggregate=True)
    with pytest.raises(ExpressionError, match="one value for many rows"):
        check("SUM(price)", COLUMNS, aggregate=False)


def test_types_are_checked_where_they_are_known():
    with pytest.raises(ExpressionError, match="Conversion Error"):
        check("price > 'abc'", COLUMNS, aggregate=False)
    with pytest.raises(ExpressionError, match="Binder Error"):
        check("date_trunc('month', price)", COLUMNS, aggregate=False)
    check("date_trunc('month', price)", list(COLUMNS), aggregate=False)


def test_every_function_of_the_grammar_exists():
    with connect_locked() as connection:
        query = "SELECT DISTINCT lower(function_name) FROM duckdb_functions()"
        known = {row[0] for row in connection.execute(query).fetchall()}
    special = {"coalesce", "if", "ifnull", "count_star", "nullif"}  # DuckDB's syntax, no functions
    assert sorted((SCALARS | AGGREGATES) - known - special) == []


def test_case_51_the_connection_is_locked(tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with connect_locked() as connection:
        for query in (
            f"SELECT * FROM '{tmp_path / 'secret.csv'}'",
            f"SELECT * FROM read_text('{tmp_path / 'secret.csv'}')",
            f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'other.db'}'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "SET memory_limit = '100GB'",
            "SELECT * FROM COLUMNS",  # a variable of this process
        ):
            with pytest.raises(Exception, match=r"disabled|locked|not exist|not allowed|syntax"):
                connection.execute(query)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_values_of_a_frame_are_aligned_with_it():
    frame = pd.DataFrame(
        {"a": [1.0, np.nan, 3.0], "b c": ["x", None, "z"], "가": [True, False, True]},
        index=[7, 5, 9],
    )
    values = evaluate(frame, check("a + 1", frame.columns, aggregate=False))
    assert values.index.tolist() == [7, 5, 9]
    assert values.fillna(-1).tolist() == [2, -1, 4]
    some = evaluate(frame, check('"b c" IS NULL OR 가', frame.columns, aggregate=False))
    assert some.tolist() == [True, True, True]
    assert evaluate(frame, check("3", frame.columns, aggregate=False)).tolist() == [3, 3, 3]
    with pytest.raises(ExpressionError, match="Conversion Error"):
        evaluate(frame, check('CAST("b c" AS INT)', frame.columns, aggregate=False))


def test_a_variable_of_the_process_is_no_table():
    frame = pd.DataFrame({"a": [1]})
    assert len(frame) == 1
    with connect_locked() as connection, pytest.raises(Exception, match="does not exist"):
        connection.execute("SELECT * FROM frame")


TOKENS = st.sampled_from([
    *sorted(OPERATORS), *COLUMNS, '"주문 일"', "(", ")", "(", ")", ",", "'x'", "1", "2.5", "AND",
    "OR", "NOT", "IS NULL", "CASE WHEN", "THEN", "ELSE", "END", "SELECT", "FROM", "data", "*", ";",
    "--", "/*", "*/", "SUM(", "COUNT(", "OVER", "::", "INT", "LIKE", "IN", "BETWEEN", "[", "]",
    "{", "}",
    "$1", "?", "'", '"', "\n", "read_text(", "abs(", "AS", "\\", "$$", "가", "\x00", "UNION", "->",
])  # fmt: skip


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=60), st.lists(TOKENS, max_size=14).map(" ".join)))
def test_case_51_any_text_is_an_expression_or_an_error(text):
    try:
        expression = check(text, COLUMNS, aggregate=False)
    except ExpressionError:
        return
    # what passed gives one value for each row, and sees no other row
    frame = pd.DataFrame({
        "Quantity": [1, 2], "price": [1.5, None], "s": ["x", None],
        "주문 일": pd.to_datetime(["2019-01-01", None]),
    })  # fmt: skip
    try:
        both = evaluate(frame, expression)
    except ExpressionError:
        return
    assert len(both) == 2


def test_a_forked_process_lets_go_of_no_database_that_it_inherited(tmp_path):
    """Closing one would wait for threads that stayed behind in its parent."""
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    for place in range(4):
        with connect_locked([tmp_path / str(place)]) as connection:
            connection.execute("SELECT sum(range) FROM range(1000000)").fetchall()
    pid = os.fork()
    if pid == 0:
        held = evaluate(frame, check("x > 1", ("x",), aggregate=False)).tolist()
        os._exit(0 if held == [False, True] else 1)
    assert os.waitpid(pid, 0)[1] == 0


def test_databases_go_once_nobody_uses_them(tmp_path):
    """And not while somebody does: what a connection has made is there to its end."""
    with connect_locked([tmp_path / "a"]) as connection:
        connection.execute("CREATE TEMP TABLE mine AS SELECT 7 AS x")
        with connect_locked([tmp_path / "b"]):
            pass
        time.sleep(1.5 * locked.UNUSED)
        assert len(locked._made) >= 2
        assert connection.execute("SELECT x FROM mine").fetchone() == (7,)
    limit = time.monotonic() + 30
    while locked._made and time.monotonic() < limit:
        time.sleep(0.1)
    assert not locked._made
    with connect_locked([tmp_path / "a"]) as connection:
        assert connection.execute("SELECT 7").fetchone() == (7,)
