"""A text read straight is the same table as one read the exact way, to the last cell of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from casebook.case import TableSource
from casebook.exceptions import TableError
from casebook.expressions.locked import READING_THREADS, connect, copied
from casebook.tables import read_source, reader
from casebook.tables.finish import parquet
from tests.engine.tables.conftest import Read

MANY = 25_000
HEADER = "id,code,whole,amount,at,day,flag,name,town,note\n"
Both = Callable[..., tuple[Read, Read]]


def row(n: int) -> list[str]:
    """A row in which every column is of another kind."""
    return [
        str(n), f"{n % 7:03d}", str(n % 50), f"{n % 990 + 10}.{n % 10}",
        f"2024-01-{n % 28 + 1:02d} 10:{n % 60:02d}:00", f"{n % 28 + 1}.{n % 12 + 1}.2024",
        ["true", "false"][n % 2], f"n{n % 40}", ["서울", "Zürich", "Rome"][n % 3],
        "" if n % 3 else "so",
    ]  # fmt: skip


def text(**last: str) -> str:
    """Many rows, the last one with other cells."""
    rows = [row(n) for n in range(MANY)]
    for name, cell in last.items():
        rows[-1][HEADER.strip().split(",").index(name)] = cell
    return HEADER + "".join(",".join(cells) + "\n" for cells in rows)


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Both:
    """Read a text as it is read, and the exact way."""

    def read(content: str | bytes, **options) -> tuple[Read, Read]:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / "rows.csv").write_bytes(data)
        source = TableSource(source="rows.csv", **options)
        usual = read_source(source, tmp_path, tmp_path / "usual")
        with monkeypatch.context() as patch:
            patch.setattr(reader, "read_straight", lambda *_parts: None)
            exact = read_source(source, tmp_path, tmp_path / "exact")
        return Read(usual), Read(exact)

    return read


@pytest.fixture
def straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is not read straight fails."""

    def fail(*_parts: object) -> None:
        raise AssertionError("the exact way was taken")

    monkeypatch.setattr(reader, "load_files", fail)


def assert_same(usual: Read, exact: Read) -> None:
    one, other = usual.reading, exact.reading
    assert replace(one, path=other.path, rejects=other.rejects) == other
    assert (one.rejects.count, one.rejects.reasons) == (other.rejects.count, other.rejects.reasons)
    assert usual.rejects() == exact.rejects()
    pd.testing.assert_frame_equal(usual.frame, exact.frame)


def without_day(content: str) -> str:
    """Without the column that could be read both ways, which is for the exact way."""
    return "".join(
        ",".join(cell for n, cell in enumerate(line.split(",")) if n != 5)
        for line in content.splitlines(keepends=True)
    )


@pytest.mark.usefixtures("straight")
def test_a_plain_text_is_read_in_one_pass(read):
    got = read(without_day(text()))
    assert got.types == {
        "id": "number", "code": "text", "whole": "number", "amount": "number", "at": "time",
        "flag": "boolean", "name": "text", "town": "text", "note": "text",
    }  # fmt: skip
    assert got.reading.rows == MANY
    assert got.frame["id"].tolist() == list(range(MANY))
    assert got.frame["code"].iloc[1] == "001"
    assert got.frame["town"].iloc[0] == "서울"
    assert got.frame["note"].isna().sum() == sum(bool(n % 3) for n in range(MANY))
    assert str(got.frame["at"].iloc[1]) == "2024-01-02 10:01:00"
    assert got.said.count("its digits are a code") == 1


@pytest.mark.usefixtures("straight")
@pytest.mark.parametrize(
    "content",
    [
        "a;b;c\n" + "".join(f"{n},5;x{n};y\n" for n in range(MANY)),
        "a,b\n" + "".join(f'"{n},{n % 900 + 100}","v, {n % 9}\nw"\n' for n in range(1, MANY)),
        "a\tb\n" + "".join(f"{n}%\t2024-01-02T03:04:05Z\n" for n in range(MANY)),
        "a,b\n" + "".join(f"{n},\n" for n in range(MANY)),
        "보고\n\na,b,c\n" + "".join(f"{n},가{n % 9},z\n" for n in range(MANY)),
    ],
    ids=["decimal comma", "quoted", "percent and zone", "nothing", "preamble"],
)
def test_other_plain_texts_are_read_in_one_pass(read, content):
    assert read(content).reading.rows >= MANY - 1


@pytest.mark.parametrize(
    "content",
    [
        without_day(text()),
        "a;b;c\n" + "".join(f"{n},5;x{n};y\n" for n in range(3_000)),
        "a,b\n" + "".join(f'"{n},{n % 900 + 100}","v, {n % 9}\nw"\n' for n in range(1, 3_000)),
        "a,b\n" + "".join(f"+{n},{n}.\n" for n in range(3_000)),
        "a,b\n" + "".join(f"{n},{'TRUE' if n % 2 else 'False'}\n" for n in range(3_000)),
        "a,b\n" + "".join(f"{n},x \n" for n in range(3_000)) + "3000,Total\n",
        "a,b\n1,{0}\n2,{0}\n".format("9" * 16),
        "a,b\n1,2e5\n2,.5\n3,5e-3\n",
        "a,b\n1,\n2,\n",
        "a,b\n1,x\n2,-\n",
        "a,b\n" + "".join(f"{n},{['ja', '-', 'nein'][n % 3]}\n" for n in range(3_000)),
        "a,b\n" + "".join(f"{n},{['1', '-', '2'][n % 3]}\n" for n in range(3_000)),
        "a,A,b\n1,2,3\n4,5,6\n",
    ],
)
def test_both_ways_give_the_same(both, content):
    assert_same(*both(content))


@pytest.mark.parametrize(
    ("cells", "types", "said"),
    [
        ({"id": "C12"}, {"id": "text"}, "not all values are like '1234.5': 1 of 25,000"),
        ({"id": "007"}, {"id": "text"}, "its digits are a code"),
        ({"id": "1234567890123456"}, {"id": "text"}, "its digits are a code"),
        ({"id": "-5"}, {"id": "number"}, ""),
        ({"id": "+5"}, {"id": "number"}, ""),
        ({"id": "0x1F"}, {"id": "text"}, ""),
        ({"id": "999999999999999"}, {"id": "number"}, ""),
        ({"whole": "-0"}, {"whole": "number"}, ""),
        ({"whole": "1e3"}, {"whole": "number"}, ""),
        ({"whole": "1.5"}, {"whole": "number"}, ""),
        ({"whole": " 7"}, {"whole": "number"}, ""),
        ({"whole": "1_000"}, {"whole": "text"}, "1 of 25,000 are not, as '1_000'"),
        ({"whole": "\u22127"}, {"whole": "number"}, ""),
        ({"amount": "1,5"}, {}, ""),
        ({"amount": "1_0.5"}, {"amount": "text"}, "1 of 25,000 are not, as '1_0.5'"),
        ({"amount": "1.5 "}, {"amount": "number"}, ""),
        ({"amount": " 1.5"}, {"amount": "number"}, ""),
        ({"amount": "1.5\t"}, {"amount": "number"}, ""),
        ({"amount": "1.5\x0b"}, {"amount": "text"}, ""),
        ({"amount": '"1.5\n"'}, {"amount": "text"}, ""),
        ({"amount": "1e5"}, {"amount": "number"}, ""),
        ({"amount": "12345e-3"}, {"amount": "number"}, ""),
        ({"amount": "10E0001"}, {"amount": "text"}, "1 of 25,000 are not, as '10E0001'"),
        ({"amount": "1e0001"}, {"amount": "text"}, ""),
        ({"amount": "1."}, {"amount": "number"}, ""),
        ({"amount": "0"}, {"amount": "number"}, ""),
        ({"amount": "007.5"}, {"amount": "text"}, ""),
        ({"amount": "-.5"}, {"amount": "number"}, ""),
        ({"amount": "0x1F"}, {"amount": "text"}, ""),
        ({"amount": "1234567890123456.5"}, {"amount": "text"}, ""),
        ({"amount": "infinity"}, {"amount": "text"}, ""),
        ({"amount": "1e999"}, {"amount": "number"}, ""),
        ({"amount": "nan"}, {"amount": "number"}, "in 'amount' it stands for a missing value"),
        ({"amount": "-"}, {"amount": "number"}, "in 'amount' it stands for a missing value"),
        ({"amount": "  "}, {"amount": "number"}, "in 'amount' nothing but blanks"),
        ({"at": "2024-02-30 10:00:00"}, {"at": "text"}, ""),
        ({"at": "soon"}, {"at": "text"}, ""),
        ({"at": "9999-12-31 00:00:00"}, {"at": "text"}, ""),
        ({"at": "2199-12-31 23:59:59.5"}, {"at": "time"}, ""),
        ({"at": "2024-01-02T10:00:00"}, {"at": "time"}, ""),
        ({"at": "infinity"}, {"at": "text"}, ""),
        ({"at": "2024-01-02"}, {"at": "time"}, ""),
        ({"day": "31.31.2024"}, {"day": "text"}, ""),
        ({"flag": "yes"}, {"flag": "text"}, ""),
        ({"flag": "TRUE"}, {"flag": "boolean"}, ""),
        ({"name": "N/A"}, {"name": "text"}, "in 'name' it stands for a missing value"),
        ({"name": "\u3000"}, {"name": "text"}, "in 'name' nothing but blanks"),
        ({"town": "\u3000없음 "}, {"town": "text"}, ""),
        ({"name": "총합"}, {"name": "text"}, "looks like a total"),
        ({"code": "x"}, {"code": "text"}, ""),
        ({"name": "none"}, {"name": "text"}, ""),
        ({"name": "-"}, {"name": "text"}, ""),
    ],
    ids=str,
)
def test_case_53_a_contradiction_in_the_last_row_is_found(both, cells, types, said):
    content = text(**cells)
    content = content if "day" in cells else without_day(content)
    usual, exact = both(content)
    assert_same(usual, exact)
    assert types.items() <= usual.types.items()
    assert said in usual.said


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("1,2\n", "fewer columns than the header"),
        ("1,2,3,4,5,6,7,8,9,10\n", "more columns than the header"),
        (",,,,,,,,\n", "an empty row"),
        (without_day(HEADER), "the header again"),
        ('1,001,2,3.5,2024-01-01 10:00:00,true,"open,a,b,c\n', "a quote that is not closed"),
    ],
)
def test_case_53_a_line_that_does_not_fit_at_the_end_is_a_reject(both, end, reason):
    usual, exact = both(without_day(text()) + end)
    assert_same(usual, exact)
    assert [(line, why) for line, why, _text in usual.rejects()] == [(MANY + 2, reason)]


def test_what_the_record_says_holds_in_both(both):
    content = without_day(text(whole="49", name="n39"))
    assert_same(*both(content, missing=("49", "n39")))
    assert_same(*both(content, types={"whole": "text", "code": "number"}))
    usual, exact = both(text(), day_first=True)
    assert_same(usual, exact)
    assert usual.types["day"] == "time"


def test_a_column_whose_only_value_is_the_last_is_looked_at(both):
    rows = "".join(f"{n},\n" for n in range(MANY))
    usual, exact = both("a,b\n" + rows + "1,5\n")
    assert_same(usual, exact)
    assert usual.types["b"] == "number"


def test_two_texts_of_a_pattern_are_read_the_exact_way(tmp_path):
    for n in (1, 2):
        (tmp_path / f"part{n}.csv").write_text(f"a,b\n{n},x\n")
    found = read_source(TableSource(source="part*.csv"), tmp_path, tmp_path / ".cache")
    assert found.rows == 2


def test_a_wrong_column_of_the_record_is_told(read):
    with pytest.raises(TableError, match="no column 'c'"):
        read("a,b\n1,2\n", types={"c": "number"})


def test_memory_grows_neither_with_cores_nor_with_columns(tmp_path):
    with connect(tmp_path / "spill") as connection:
        row = connection.execute("SELECT current_setting('threads')").fetchone()
    assert row is not None
    assert row[0] <= READING_THREADS
    assert "ROW_GROUP_SIZE 61440" in parquet(20)
    assert "ROW_GROUP_SIZE 2048" in parquet(3_000)


def test_rows_of_many_groups_stay_in_the_order_of_the_source(both):
    """DuckDB gave up the order where the query had a join, which it had made of an IN."""
    n = 5 * 61_440 + 11
    towns = ("서울", "Zürich", "Rome", "nowhere")
    long = "x" * 250  # so that more than one thread reads
    lines = (f"{i},{towns[i % 4]},{i % 7}.5,{('yes', 'no')[i % 2]},{long}\n" for i in range(n))
    usual, exact = both("id,town,amount,said,note\n" + "".join(lines), types={"said": "boolean"})
    for read in (usual, exact):
        assert read.reading.rows == n
        assert list(read.frame["id"]) == list(range(n))


def test_a_query_with_a_join_is_written_in_order_too(tmp_path):
    n = 5 * 61_440
    with connect(tmp_path / "spill") as connection:
        connection.execute(f"CREATE TABLE t AS SELECT i, i % 9 AS k FROM range({n}) r(i)")
        path = tmp_path / "joined.parquet"
        many = ", ".join(str(k) for k in range(60))
        query = f"SELECT i, k IN ({many}) AS known FROM t"
        assert "JOIN" in str(connection.execute(f"EXPLAIN {query}").fetchall()).upper()
        assert copied(connection, f"COPY ({query}) TO '{path}' {parquet(2)}") == n
        threads = connection.execute("SELECT current_setting('threads')").fetchone()[0]
        assert threads == min(READING_THREADS, os.cpu_count())
    assert list(pd.read_parquet(path)["i"]) == list(range(n))
