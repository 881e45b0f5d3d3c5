"""FAULTS 52: what would take all time or memory is refused, or ends within a second or so."""

from __future__ import annotations

import resource
import time

import pandas as pd
import pytest

from casebook.exceptions import ExpressionError
from casebook.expressions import check, connect_locked, evaluate
from casebook.expressions.locked import running

FRAME = pd.DataFrame({"n": range(5_000), "s": ["a" * 2_000] * 5_000})
WAYS = 900_000  # kB that a bomb may take beyond what the process has

BOMBS = {
    "long": "1" + " + 1" * 1_500,
    "brackets": "(" * 1_900 + "1" + ")" * 1_900,
    "open brackets": "(" * 1_900,
    "open functions": "abs(" * 900,
    "open lists": "[" * 3_900,
    "nots": "NOT " * 900 + "true",
    "signs": "- " * 1_900 + "1",
    "sums": "1" + "+1" * 1_900,
    "ands": "n>1" + " AND n>1" * 480,
    "cases": "CASE WHEN n>1 THEN " * 90 + "1" + " END" * 90,
    "casts": "n" + "::int" * 700,
    "powers": "9" + " ** 9" * 700,
    "a great power": "n ** 999999999 ** 999999999",
    "a great product": "n * " + "9" * 3_000,
    "repeat": "repeat('x', 2000000000)",
    "repeats": "repeat(repeat(s, 100000), 100000)",
    "pad": "lpad(s, 2000000000, 'x')",
    "concatenations": "s" + " || s" * 900,
    "concat": "concat(" + ", ".join(["s"] * 900) + ")",
    "nested concat": "concat(" * 60 + "s" + ", s)" * 60,
    "replace": "length(" + "replace(" * 40 + "s" + ", 'a', 'aaaaaaaaaaaaaaaaaaaa')" * 40 + ")",
    "regexp_replace": "regexp_replace(" * 40 + "s" + ", '', 'aa', 'g')" * 40,
    "doubling": "regexp_replace(" * 40 + "s" + ", '', 'a', 'g')" * 40,
    "back reference": "regexp_replace(s, '(.*)', '\\1\\1\\1\\1\\1', 'g')",
    "like": "s LIKE '" + "%a_" * 12 + "%b'",
    "like with wildcards": "s LIKE '" + "%a" * 200 + "%b'",
    "ilike": "s ILIKE '" + "%a" * 200 + "%b'",
    "like escape": "s LIKE '" + "%a_" * 12 + "%b' ESCAPE '!'",
    "like data": "s LIKE s",
    "pattern": "regexp_matches(s, '((a+)+)+b')",
    "great pattern": "regexp_matches(s, '((a{1,500}){1,500}){1,500}b')",
    "pattern of data": "regexp_matches(s, s)",
    "range": "len(range(1000000000))",
    "levenshtein": "levenshtein(s, s)",
    "format": "printf('%1000000000d', 1)",
    "dates": "strftime(DATE '2019-01-01', repeat('%Y', 100000000))",
    "splits": "split_part(" * 60 + "s" + ", 'a', 1)" * 60,
    "generate": "generate_series(1, 1000000000)",
    "factorial": "factorial(1000000)",
    "interval": "DATE '2019-01-01' + INTERVAL 999999999999 YEAR",
}


@pytest.mark.parametrize("name", BOMBS)
def test_case_52_a_bomb_is_refused_or_ends_soon(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        evaluate(FRAME, check(BOMBS[name], FRAME.columns, aggregate=False))
    except ExpressionError as error:
        assert str(error)  # noqa: PT017 (either outcome is right)
    assert time.process_time() - start < 2.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < WAYS


def test_case_52_length_and_depth_are_named():
    with pytest.raises(ExpressionError, match=r"has 5,999 characters; at most 4,000 are read"):
        check("1" + "+1" * 2_999, ["n"], aggregate=False)
    with pytest.raises(ExpressionError, match="at character 65: more than 64 levels"):
        check("(" * 100 + "1" + ")" * 100, ["n"], aggregate=False)
    with pytest.raises(ExpressionError, match="more than 64 levels"):
        check("NOT " * 100 + "true", ["n"], aggregate=False)


def _run(query: str, seconds: float) -> None:
    with connect_locked() as connection, running(connection, seconds, "data.filter"):
        connection.execute(query).fetchall()


def test_case_52_time_is_over():
    start = time.monotonic()
    pairs = "range(1000000000) a, range(1000000000) b"
    with pytest.raises(ExpressionError, match=r"data\.filter: it did not end within"):
        _run(f"SELECT sum(sqrt(a.range) * b.range) FROM {pairs}", seconds=0.3)
    assert time.monotonic() - start < 5


def test_case_52_memory_is_over():
    texts = "SELECT DISTINCT range || 'abcdefghijklmnopqrstuvwxyz0123456789' FROM range(60000000)"
    with pytest.raises(ExpressionError, match="it needs more than 1GB of memory"):
        _run(f"SELECT count(*) FROM ({texts})", seconds=60)


def test_a_query_in_time_leaves_no_timer_behind():
    with connect_locked() as connection:
        with running(connection, 1.0):
            connection.execute("SELECT 1").fetchall()
        time.sleep(1.1)
        assert connection.execute("SELECT 2").fetchall() == [(2,)]
