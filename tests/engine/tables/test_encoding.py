"""FAULTS 53: the encoding is decided over the whole file, and lines end as they may."""

from __future__ import annotations

import pytest

from casebook.exceptions import TableError


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", None), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
     ("utf-32", "utf-32"), ("cp949", "cp949"), ("euc-kr", "cp949")],
)  # fmt: skip
def test_case_53_encodings_of_korean(read, encoding, named):
    text = (
        "이름,메모,n\n김치찌개,맛있는 음식입니다,1\n비빔밥,그저 그래요,2\n"
        + "불고기,좋아요 ok,3\n" * 50
    )
    got = read(text.encode(encoding))
    assert got.column("이름")[:2] == ["김치찌개", "비빔밥"]
    assert got.types["n"] == "number"
    assert named is None or f"encoding is read as {named}:" in got.said


def test_case_53_korean_beyond_the_first_megabyte(read):
    """All of the file decides, not its first bytes."""
    text = "name,n\n" + "plain,1\n" * 200_000 + "한국어 글자,2\n"
    assert read(text.encode("cp949")).column("name")[-1] == "한국어 글자"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_case_53_latin(read, encoding):
    text = "ville;prénom;n\nMontréal;Zoë;1\nGenève;François;2\nKöln;Jürgen Weiß;3\n"
    got = read(text.encode(encoding))
    assert got.column("ville") == ["Montréal", "Genève", "Köln"]
    assert "encoding is read as cp1252" in got.said


def test_case_53_cyrillic_is_guessed(read):
    text = "город;описание\n" + "Москва;большой и очень красивый город на реке\n" * 40
    got = read(text.encode("cp1251"))
    assert got.column("город")[0] == "Москва"


def test_case_53_a_few_broken_bytes_are_replaced_and_counted(read):
    data = ("메모,n\n" + "맛있어요,1\n" * 60).encode() + b"x\xff\xfe,2\n"
    got = read(data)
    assert "bytes that fit no encoding became the replacement character (2)" in got.said
    assert got.column("메모")[0] == "맛있어요"


def test_a_stated_encoding_that_does_not_fit_is_an_error(read):
    with pytest.raises(TableError, match="is not utf-8: byte 10 does not decode"):
        read("a,b\nMontr\xe9al,2\n".encode("latin-1"), encoding="utf-8")
    with pytest.raises(TableError, match="'utf-9' is no encoding"):
        read("a,b\n1,2\n", encoding="utf-9")


def test_case_53_carriage_returns_alone(read):
    got = read("a,b\r1,x\r2,y\r")
    assert got.column("b") == ["x", "y"]
    assert "carriage return alone" in got.said


def test_case_53_mixed_line_ends(read):
    assert read("a,b\r\n1,x\n2,y\r\n3,z\n").column("b") == ["x", "y", "z"]


def test_a_carriage_return_across_pieces(read, monkeypatch):
    """A line end may lie on the border of two pieces of the file."""
    for module in ("plain", "scan", "encoding"):
        monkeypatch.setattr(f"casebook.tables.{module}.CHUNK", 4)
    got = read("a,b\r\n1,x\n2,é\r\n3,z\n".encode())
    assert got.column("b") == ["x", "é", "z"]


def test_case_53_zero_bytes(read):
    got = read(b"a,b\n1,x\x00y\n2,z\n3,w\n" * 1 + b"4,v\n" * 99)
    assert got.column("b")[0] == "xy"
    assert "zero bytes were taken out of the text (1)" in got.said


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"%PDF-1.7 ...", "looks like PDF"), (b"\x89PNG\r\n\x1a\n", "looks like PNG"),
     (bytes(range(256)) * 40, "holds binary data"), (b"SQLite format 3\x00", "looks like SQLite")],
)  # fmt: skip
def test_a_binary_file_is_named_as_such(read, data, said):
    with pytest.raises(TableError, match=said):
        read(data)
