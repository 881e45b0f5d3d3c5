"""Where a table comes from: files, patterns, Parquet, Excel, databases; and what is not there."""

from __future__ import annotations

import os
from datetime import datetime

import duckdb
import openpyxl
import pytest
import sqlalchemy

from casebook.exceptions import TableError
from casebook.tables import excel


def test_no_such_file_names_the_nearest(read, tmp_path):
    (tmp_path / "visits.csv").write_text("a\n1\n")
    with pytest.raises(TableError, match=r"no file 'visit.csv'\. Did you mean 'visits.csv'\?"):
        read(name="visit.csv")


def test_no_such_file_lists_what_is_there(read, tmp_path):
    (tmp_path / "orders.csv").write_text("a\n1\n")
    with pytest.raises(TableError, match=r"In .* there is: orders\.csv\."):
        read(name="zzz")
    with pytest.raises(TableError, match="does not exist either"):
        read(name="data/zzz.csv")


def test_a_folder_instead_of_a_file(read, tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(TableError, match=r"'data' is a folder, not a file\. .* 'data/\*\.csv'"):
        read(name="data")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(read, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (tmp_path / "secret.csv").chmod(0)
    with pytest.raises(TableError, match="may not be read"):
        read(name="secret.csv")


def test_permissions_are_asked_of_the_system(read, tmp_path, monkeypatch):
    """The same as root, for whom no permission is lacking."""
    (tmp_path / "secret.csv").write_text("a\n1\n")
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.R_OK)
    with pytest.raises(TableError, match="may not be read: its permissions"):
        read(name="secret.csv")


def test_a_pattern_reads_its_files_in_natural_order(read, tmp_path):
    for n in (10, 2, 1):
        (tmp_path / f"part{n}.csv").write_text(f"a,b\n{n},x\n")
    got = read(name="part*.csv")
    assert got.column("a") == [1, 2, 10]
    assert got.reading.files == ("part1.csv", "part2.csv", "part10.csv")


def test_columns_in_another_order_are_put_in_order(read, tmp_path):
    (tmp_path / "p1.csv").write_text("a,b\n1,x\n")
    (tmp_path / "p2.csv").write_text("b;a\ny;2\n")
    assert read(name="p*.csv").column("b") == ["x", "y"]


def test_files_with_other_columns_are_named(read, tmp_path):
    (tmp_path / "p1.csv").write_text("a,b\n1,x\n")
    (tmp_path / "p2.csv").write_text("a,c\n1,x\n")
    with pytest.raises(TableError, match=r"p2\.csv has other .* p1\.csv: it lacks 'b' and has 'c'"):
        read(name="p*.csv")


def test_a_pattern_without_files(read, tmp_path):
    (tmp_path / "rows.txt").write_text("a\n1\n")
    with pytest.raises(TableError, match=r"no file fits the pattern 'x\*\.csv'\. In .* rows\.txt"):
        read(name="x*.csv")


def test_rejects_of_several_files_name_the_file(read, tmp_path):
    (tmp_path / "p1.csv").write_text("a,b\n1,x\n2\n")
    (tmp_path / "p2.csv").write_text("a,b\n3,x\n4,y,z\n")
    got = read(name="p*.csv")
    text = got.reading.rejects.path.read_text()
    assert "p1.csv,3,fewer" in text
    assert "p2.csv,3,more" in text


def test_parquet_keeps_its_types(read, tmp_path):
    path = tmp_path / "rows.parquet"
    duckdb.sql(
        "SELECT 1::TINYINT i, 1.5::DECIMAL(9, 2) d, true b, DATE '2019-03-02' t, '007' s, "
        "'nan'::DOUBLE n, TIMESTAMPTZ '2019-03-02 10:00:00+09:00' z, [1, 2] l, '2019-03-02' x"
    ).write_parquet(str(path))
    got = read(name="rows.parquet")
    assert got.types == {
        "i": "number", "d": "number", "b": "boolean", "t": "time", "s": "text", "n": "number",
        "z": "time", "l": "text", "x": "time",
    }  # fmt: skip
    assert got.column("s") == ["007"]
    assert got.column("n") == [None]
    assert str(got.column("z")[0]) == "2019-03-02 01:00:00"
    assert "values of the type INTEGER[] are turned into text" in got.said


def test_a_broken_parquet_file_is_an_error(read):
    with pytest.raises(TableError, match="DuckDB cannot go on"):
        read(b"PAR1 and then nothing of the kind", name="rows.parquet")


def _workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_excel(read, tmp_path):
    rows = [
        ["Sales of March"], [],
        ["day", "shop", "zip", "n", "good"],
        [datetime(2019, 3, 2), "A, B", "00123", 1.5, True],  # noqa: DTZ001 (as Excel has them)
        [datetime(2019, 3, 3, 12, 30), "가게", "00456", 2, False],  # noqa: DTZ001
        [None, None, None, None, None],
    ]  # fmt: skip
    _workbook(tmp_path / "sales.xlsx", {"March": rows, "Notes": [["x"]]})
    got = read(name="sales.xlsx")
    assert got.types == {
        "day": "time", "shop": "text", "zip": "text", "n": "number", "good": "boolean",
    }  # fmt: skip
    assert got.column("shop") == ["A, B", "가게"]
    assert got.column("zip")[0] == "00123"
    assert "sheet is read as March: it is the first of 2 sheets" in got.said
    assert "header is read as 3" in got.said


def test_excel_sheets_by_name_and_number(read, tmp_path):
    _workbook(tmp_path / "two.xlsx", {"One": [["a"], [1]], "Two": [["b"], [2]]})
    assert read(name="two.xlsx", sheet="Two").column("b") == [2]
    assert read(name="two.xlsx", sheet=2).column("b") == [2]
    with pytest.raises(TableError, match=r"no sheet 'Too'; it has 'One', 'Two'\. Did you mean"):
        read(name="two.xlsx", sheet="Too")


def test_case_53_a_workbook_that_unpacks_without_end_is_stopped(read, tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "FREE_ALLOWANCE", 1 << 20)
    monkeypatch.setattr(excel, "MOST_PACKED", 2)
    _workbook(tmp_path / "bomb.xlsx", {"One": [["a"]] + [[1]] * 50_000})
    with pytest.raises(TableError, match=r"would unpack to [\d,]+ bytes; reading stopped"):
        read(name="bomb.xlsx")


def test_an_empty_sheet_and_an_old_workbook(read, tmp_path):
    _workbook(tmp_path / "empty.xlsx", {"One": []})
    with pytest.raises(TableError, match=r"the sheet 'One' of empty\.xlsx is empty"):
        read(name="empty.xlsx")
    with pytest.raises(TableError, match="looks like excel97"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", name="old.xls")


@pytest.fixture
def database(tmp_path):
    """A SQLite database in the case's folder."""
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE v (id TEXT, n REAL, day TEXT, x TEXT)"))
        connection.execute(
            sqlalchemy.text("INSERT INTO v VALUES ('12', 1.5, '2019-03-02', NULL), "
                            "('13', 2, '2019-03-03', NULL)")
        )  # fmt: skip
    engine.dispose()
    return "sqlite:///shop.db"


def test_a_query_is_read_with_the_types_of_the_database(read, database):
    got = read(name=database, query="SELECT * FROM v ORDER BY id DESC")
    assert got.types == {"id": "text", "n": "number", "day": "time", "x": "text"}
    assert got.column("id") == ["13", "12"]
    assert got.column("n") == [2, 1.5]
    assert "asked again after 60 minutes" in got.said


def test_a_query_is_asked_once_an_hour(read, database, tmp_path):
    assert read(name=database, query="SELECT * FROM v").reading.rows == 2
    (tmp_path / "shop.db").write_bytes(b"")
    assert read(name=database, query="SELECT * FROM v").reading.rows == 2
    for note in (tmp_path / ".cache" / "seen").glob("query-*"):
        os.utime(note, (0, 0))
    with pytest.raises(TableError, match="no such table"):
        read(name=database, query="SELECT * FROM v")


def test_a_query_does_not_change_the_database(read, database, tmp_path):
    with pytest.raises(TableError, match="returns no rows"):
        read(name=database, query="DELETE FROM v")
    assert read(name=database, query="SELECT * FROM v").reading.rows == 2


def test_what_a_database_may_answer(read, database):
    with pytest.raises(TableError, match="no such column: wrong"):
        read(name=database, query="SELECT wrong FROM v")
    with pytest.raises(TableError, match=r"a header \('id'\) and no rows"):
        read(name=database, query="SELECT id FROM v WHERE false")
    with pytest.raises(TableError, match=r"there is no file 'other\.db'"):
        read(name="sqlite:///other.db", query="SELECT 1")


def test_a_password_is_never_shown(read, monkeypatch):
    monkeypatch.setenv("SECRET_OF_TEST", "hunter2")
    with pytest.raises(TableError) as error:
        read(name="postgresql://me:$SECRET_OF_TEST@127.0.0.1:1/x", query="SELECT 1")
    assert "hunter2" not in str(error.value)


def test_truth_in_texts_and_long_numbers_of_a_database(read, tmp_path):
    (tmp_path / "d.db").touch()
    got = read(name="sqlite:///d.db", query="SELECT 1 AS a, 'true' AS b, 9007199254740993 AS c")
    assert got.types == {"a": "number", "b": "boolean", "c": "text"}
    assert got.column("c") == ["9007199254740993"]  # a number would end in 2
