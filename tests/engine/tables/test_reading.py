"""FAULTS 53: odd files are read right with what was assumed said, or stopped with the line."""

from __future__ import annotations

import bz2
import gzip
import lzma
import resource
import zipfile

import pytest

from casebook.exceptions import TableError
from casebook.tables import scan


def test_case_53_a_plain_file(read):
    got = read("a,b\n1,x\n2,y\n")
    assert got.types == {"a": "number", "b": "text"}
    assert got.column("a") == [1, 2]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n \n", b"\xef\xbb\xbf"], ids=["none", "blank", "mark"]
)
def test_case_53_an_empty_file(read, content):
    with pytest.raises(TableError, match="is empty"):
        read(content)


@pytest.mark.parametrize("content", ["a,b\n", "a,b"])
def test_case_53_a_header_only(read, content):
    with pytest.raises(TableError, match=r"rows\.csv has a header \('a', 'b'\) and no rows"):
        read(content)


def test_case_53_one_column(read):
    got = read("price\n3\n4\n5\n")
    assert got.types == {"price": "number"}
    assert got.column("price") == [3, 4, 5]


def test_case_53_one_column_of_texts_with_spaces(read):
    assert read("remark\nvery good\nbad\nso so la la\n").column("remark")[0] == "very good"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "^", "~", "\x1f"], ids=ascii)
def test_case_53_delimiters(read, mark):
    got = read(f"id{mark}name{mark}n\n" + "".join(f"{n}{mark}x{n}{mark}{n}.5\n" for n in range(9)))
    assert got.types == {"id": "number", "name": "text", "n": "number"}
    assert "delimiter is read as" in got.said


def test_case_53_comma_and_space_with_quotes(read):
    got = read('a, b, c\n1, "x, y", 3\n2, z, 4\n')
    assert got.column("b") == ["x, y", "z"]


def test_case_53_lines_before_the_header(read):
    got = read('Report "March\n\nprinted on,2019-01-01\nday,shop,sales\n1,A,3\n2,B,4\n3,C,5\n')
    assert list(got.types) == ["day", "shop", "sales"]
    assert got.column("sales") == [3, 4, 5]
    assert "header is read as 4" in got.said


def test_case_53_a_stated_header_line(read):
    got = read("x,y\na,b\n1,2\n3,4\n", header=2)
    assert list(got.types) == ["a", "b"]
    assert got.column("b") == [2, 4]
    with pytest.raises(TableError, match="no header on line 9"):
        read("x,y\na,b\n", header=9)


def test_case_53_no_header(read):
    got = read("1,a,2.5\n2,b,3.5\n3,c,4.5\n")
    assert list(got.types) == ["column_1", "column_2", "column_3"]
    assert got.reading.rows == 3
    assert "header is read as 0" in got.said


def test_names_replace_a_header(read):
    got = read("x,y\n1,2\n3,4\n", columns=("a", "b"))
    assert got.column("a") == [1, 3]
    with pytest.raises(TableError, match="3 names are given for 2 columns"):
        read("x,y\n1,2\n", columns=("a", "b", "c"))


def test_case_53_two_tables_in_a_file(read):
    rows = "".join(f"{n},x,{n}\n" for n in range(20))
    got = read("a,b,c\n" + rows + "\nname,count\nx,20\ny,0\n")
    assert got.reading.rows == 20
    assert [line for line, _reason, _text in got.rejects()] == [23, 24, 25]
    assert "from line 23 to the end" in got.said


def test_case_53_ragged_rows_are_kept_as_rejects_with_their_lines(read):
    got = read('a,b,c\n1,2,3\n4,5\n"x\ny",7,8\n9,10,11,12\n13,14,15\n')
    assert got.column("b") == [2, 7, 14]
    assert got.rejects() == [
        (3, "fewer columns than the header", "4,5"),
        (6, "more columns than the header", "9,10,11,12"),
    ]
    assert got.reading.rejects.count == 2
    assert "1 row was left out: fewer" in got.reading.rejects.sentences[0]


def test_rows_that_lack_only_columns_without_values_are_filled_up(read):
    got = read("a,b,c\n1,2,\n3,4\n5,6,\n7\n")
    assert got.column("b") == [2, 4, 6]
    assert [line for line, *_rest in got.rejects()] == [5]
    assert (
        "rows without the last columns, which hold nothing anywhere, are filled up (rows: 1)"
        in got.said
    )


def test_most_rows_do_not_fit(read):
    with pytest.raises(TableError, match=r"rows\.csv, line 2: fewer columns than the header; 3 of"):
        read("a,b,c\n1,2\n3,4\n5,6\n", header=1)


def test_case_53_unescaped_quotes(read):
    got = read('n,text,m\n1,"He said "hi" there",3\n4,5" pipe,6\n7,"8","9"\n')
    assert got.column("text") == ['He said "hi" there', '5" pipe', "8"]
    assert "quotes within values that are not doubled are kept as they are (lines: 1)" in got.said


def test_case_53_an_unclosed_quote_costs_one_line(read):
    rows = "".join(f'{n},"x{n}",{n}\n' for n in range(200_000))
    got = read('a,b,c\n1,2,3\n4,"open,6,7\n' + rows)
    assert got.reading.rows == 200_001
    assert got.rejects() == [(3, "a quote that is not closed", '4,"open,6,7')]


def test_case_53_values_over_several_lines(read):
    got = read('a,b\n1,"x\ny\nz"\n2,w\n')
    assert got.column("b") == ["x\ny\nz", "w"]


def test_case_53_backslash_escapes(read):
    got = read('a,b\n1,"say \\"hi\\", he"\n2,"a \\"b\\" c"\n3,x\n')
    assert got.column("b") == ['say "hi", he', 'a "b" c', "x"]
    assert "backslash" in got.said


def test_case_53_single_quotes(read):
    got = read("a,b\n'x, y',1\n'z',2\n'v, w',3\n'u',4\n")
    assert got.column("a") == ["x, y", "z", "v, w", "u"]


def test_case_53_duplicate_and_empty_names(read):
    got = read("a,A,,a ,b\n1,2,3,4,5\n6,7,8,9,10\n")
    assert list(got.types) == ["a", "A_2", "column_3", "a_3", "b"]
    assert "names more than one column" in got.said
    assert "column 3 has no name" in got.said


def test_case_53_empty_columns_and_rows_are_left_out_and_said(read):
    got = read(",a,,b,\n,,,,\n,1,,2,\n,3,,4,\n,,,,\n")
    assert list(got.types) == ["a", "b"]
    assert got.reading.rows == 2
    assert [line for line, *_rest in got.rejects()] == [2, 5]
    assert "the columns at 1, 3, 5 have neither a name nor a value" in got.said


def test_a_column_of_a_name_without_values_stays(read):
    got = read("a,b\n1,\n2,\n")
    assert got.types == {"a": "number", "b": "text"}


def test_the_header_again_is_left_out(read):
    got = read("a,b\n1,x\n2,y\na,b\n3,z\n")
    assert got.column("a") == [1, 2, 3]
    assert got.rejects() == [(4, "the header again", "a,b")]


def test_case_53_a_field_of_many_megabytes_is_a_reject(read):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    got = read(b"a,b\n1,x\n2," + b"y" * 50_000_000 + b"\n3,z\n")
    assert got.column("a") == [1, 3]
    assert got.rejects()[0][:2] == (3, "a line longer than 4,000,000 bytes")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000  # kB


def test_case_53_a_line_without_end(read):
    with pytest.raises(TableError, match="line 1: the line is longer than 4,000,000 bytes"):
        read(b"x" * 9_000_000)


def test_case_53_totals_at_the_foot_are_noticed(read):
    got = read("shop,n\nA,1\nB,2\nC,3\nD,4\nTotal,10\n")
    assert got.reading.rows == 5
    assert "looks like a total" in got.said
    assert "합계" in read("가게,n\n가,1\n나,2\n다,3\n라,4\n합계,10\n").said


def test_row_order_is_kept(read):
    got = read("n,t\n" + "".join(f"{n},x\n" for n in range(400_000)))
    assert got.frame["n"].is_monotonic_increasing


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files(read, pack):
    assert read(pack(b"a,b\n1,x\n"), name="rows.csv.x").column("b") == ["x"]


def test_a_zip_of_one_file(read, tmp_path):
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.writestr("rows.csv", "a,b\n1,x\n")
    assert read(name="one.zip").column("b") == ["x"]
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
        archive.writestr("b.csv", "a\n1\n")
    with pytest.raises(TableError, match="holds 2 files"):
        read(name="two.zip")


def test_case_53_a_compressed_bomb_is_stopped(read, monkeypatch):
    monkeypatch.setattr(scan, "FREE_ALLOWANCE", 4 << 20)
    with pytest.raises(TableError, match=r"unpacks to more than 200 times its [\d,]+ bytes"):
        read(gzip.compress(b"a,b\n" + b"1,1\n" * 20_000_000), name="bomb.csv.gz")


def test_a_truncated_gzip_is_an_error(read):
    with pytest.raises(TableError, match="is packed and broken"):
        read(gzip.compress(b"a,b\n" + b"1,2\n" * 9999)[:-20], name="half.csv.gz")


def test_three_thousand_columns(read):
    names = ",".join(f"c{n}" for n in range(3_000))
    rows = "".join(",".join(str(n + row) for n in range(3_000)) + "\n" for row in range(20))
    got = read(f"{names}\n{rows}")
    assert len(got.types) == 3_000
    assert set(got.types.values()) == {"number"}
