"""Files that are no table, or too much of one; and files of real rows."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from casebook.exceptions import TableError
from casebook.prototype.answer import answers
from casebook.prototype.batch import predict_file
from casebook.prototype.batch_out import frame_of
from casebook.prototype.opened import Prototype

sys.path.append(str(Path(__file__).parent))
visits = __import__("visits")
made, said, some, text = visits.made, visits.said, visits.some, visits.text


@pytest.fixture(scope="module")
def prototype(tmp_path_factory) -> Prototype:
    return made(tmp_path_factory.mktemp("batch") / "visits", objectives=visits.OBJECTIVES)


BAD = {
    "empty": (lambda: b"", "no bytes"),
    "header only": (lambda: text(some(0)), "no rows"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 90, "looks like PNG"),
    "another workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 90, "excel97"),
    "no workbook": (lambda: b"PK\x03\x04" + b"0" * 90, "packed and broken"),
    "too large": (lambda: b"a,b\n" + b"1,2\n" * 5_250_000, "at most 20 MB"),
    "a bomb": (lambda: gzip.compress(b"0" * 310_000_000, 9), "unpacks to more than 300 MB"),
    "too wide": (
        lambda: b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000 + b"\n",
        "1,000,001 columns",
    ),
    "too many cells": (lambda: (b"1" + b"," * 2_000 + b"\n") * 6_000, "more than 10,000,000 cells"),
    "numbers without a header": (lambda: b"1,2\n3,4\n", "needs columns"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_no_table_is_refused_with_the_reason(prototype, kind):
    content, why = BAD[kind]
    with pytest.raises(TableError, match=why):
        predict_file(prototype, "../../etc/x.csv", content())


def test_a_cell_at_the_far_end_of_a_sheet_is_no_bomb(prototype):
    made = openpyxl.load_workbook(io.BytesIO(visits.book(some())))
    made.active["XFD1048576"] = 1
    out = io.BytesIO()
    made.save(out)
    with pytest.raises(TableError, match="more than 10,000,000 cells"):
        predict_file(prototype, "x.xlsx", out.getvalue())


def test_a_broken_workbook_is_refused(prototype):
    content = visits.book(some())
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(TableError, match="no workbook"):
        predict_file(prototype, "x.xlsx", out.getvalue())


def test_the_churn_file_itself_is_answered_as_its_table_is(realdata, tmp_path):
    path = realdata / "telco_churn.csv"
    prototype = visits.real(tmp_path, path, "Churn")
    head = b"".join(path.read_bytes().splitlines(keepends=True)[:1001])
    batch = predict_file(prototype, path.name, head)
    assert batch.problems == ()
    names = [column.name for column in prototype.model.file.columns]
    expected = answers(prototype, prototype.table.frame(names).head(1000))
    assert [one.said for one in batch.answers] == [one.said for one in expected]
    np.testing.assert_allclose(said(batch), [one.probability for one in expected], rtol=1e-9)
    assert sorted(one.rank for one in batch.places) == list(range(1, 1001))


def test_houses_have_intervals_and_no_rank(realdata, tmp_path):
    path = realdata / "california_housing.csv"
    prototype = visits.real(tmp_path, path, "median_house_value")
    head = b"".join(path.read_bytes().splitlines(keepends=True)[:301])
    batch = predict_file(prototype, path.name, head)
    assert batch.predicted == 300
    out = frame_of(batch)
    assert "rank" not in out
    assert "probability" not in out
    value = out["predicted value"].astype(float)
    np.testing.assert_allclose(out["at most"].astype(float) - value, 1000.0)
    names = [column.name for column in prototype.model.file.columns]
    expected = answers(prototype, prototype.table.frame(names).head(300))
    np.testing.assert_allclose(value, [one.said for one in expected], rtol=1e-9)
