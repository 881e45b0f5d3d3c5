"""A file of rows: every row is answered or listed, whatever wrote the file."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from casebook.case import load_case, new_record_text
from casebook.exceptions import TableError
from casebook.models.about import About
from casebook.models.file import load_model, save_model
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.prototype import batch as batches
from casebook.prototype.answer import answer
from casebook.prototype.batch import Batch, predict_file
from casebook.prototype.batch_out import as_csv, as_xlsx, frame_of, template_of
from casebook.prototype.opened import Prototype, opened
from casebook.prototype.values import Trust
from casebook.tables import open_table

N = 240
FIELDS = [{"column": "나이", "label": "Age", "low": 0, "high": 120, "unit": "years"}]
OBJECTIVES = {"capacity": {"amount": 2, "period": "day", "acts_on": "no"}}


def rows(n: int = N) -> pd.DataFrame:
    """Visits: numbers, one with gaps; a category in Hangul; a time; two classes."""
    rng = np.random.default_rng(0)
    age, spend = rng.integers(18, 80, n), rng.gamma(2.0, 20.0, n).round(2)
    wait = np.where(rng.random(n) < 0.1, np.nan, rng.integers(0, 40, n))
    time = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 90 * 24, n), unit="h")
    return pd.DataFrame(
        {
            "visit_id": [f"V{one:04d}" for one in range(n)],
            "나이": age,
            "spend": spend,
            "wait minutes": wait,
            "city": rng.choice(["서울", "부산", "Jeju Island"], n),
            "visited_at": np.sort(time),
            "came": np.where(spend + rng.normal(0, 15, n) > 35, "yes", "no"),
        }
    )


def made(folder: Path, *, fields=FIELDS, **sections) -> Prototype:
    """Saves a linear model of these rows, and opens it as a prototype."""
    folder.mkdir()
    rows().to_csv(folder / "rows.csv", index=False)
    answers = {"prototype": {"form": {"fields": fields}}, **sections}
    record = new_record_text(
        "visits", {"rows": "rows.csv"}, target="came", time="visited_at",
        roles={"visit_id": "id"}, answers=answers,
    )  # fmt: skip
    (folder / "case.yaml").write_text(record, "utf-8")
    case = load_case(folder)
    table = open_table(case)
    data = labelled(case, table)
    candidate = next(c for c in CANDIDATES if c.name == "linear")
    with threadpool_limits(1):
        fitted = candidate.make(data.setting).fit(data.X, data.y)
    save_model(folder, fitted, data, about=About("visits", "linear", threshold=0.5))
    return opened(case, table, load_model(folder), Trust())


@pytest.fixture(scope="module")
def prototype(tmp_path_factory) -> Prototype:
    return made(tmp_path_factory.mktemp("batch") / "visits", objectives=OBJECTIVES)


def some(n: int = 6) -> pd.DataFrame:
    return rows().drop(columns="came").iloc[:n].reset_index(drop=True)


def text(frame: pd.DataFrame, **how) -> bytes:
    return frame.to_csv(index=False, **{"lineterminator": "\n", **how}).encode()


def book(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_excel(out, index=False)
    return out.getvalue()


def balanced(batch: Batch) -> None:
    """Rows in are rows out: each has an answer or is listed."""
    lines = {one.line for one in batch.problems}
    for line, said in zip(batch.lines, batch.answers, strict=True):
        assert (said is None) == (line in lines)
    assert batch.predicted + batch.listed == len(batch.lines) == len(batch.cells)


def one_by_one(prototype: Prototype, frame: pd.DataFrame) -> list[float]:
    """Probabilities of rows that are asked for one at a time."""
    found = []
    for _n, row in frame.iterrows():
        plain = {
            "나이": int(row["나이"]),
            "spend": float(row["spend"]),
            "wait minutes": None if pd.isna(row["wait minutes"]) else float(row["wait minutes"]),
            "city": row["city"],
            "visited_at": row["visited_at"].isoformat(),
        }
        found.append(answer(prototype, plain).probability)
    return found


def said(batch: Batch) -> list[float | None]:
    return [None if one is None else one.probability for one in batch.answers]


WRITTEN = {
    "utf-8": text,
    "mark": lambda frame: text(frame).decode().encode("utf-8-sig"),
    "utf-16": lambda frame: text(frame).decode().encode("utf-16"),
    "cp949": lambda frame: text(frame).decode().encode("cp949"),
    "semicolons and decimal commas": lambda frame: text(frame, sep=";", decimal=","),
    "tabs": lambda frame: text(frame, sep="\t"),
    "windows": lambda frame: text(frame, lineterminator="\r\n"),
    "gzip": lambda frame: gzip.compress(text(frame)),
    "excel": book,
    "reordered": lambda frame: text(frame[frame.columns[::-1]]),
    "a preamble": lambda frame: "방문 목록\n\n".encode() + text(frame),
    "dates with points": lambda frame: text(frame, date_format="%d.%m.%Y %H:%M:%S"),
    "dates in Korean": lambda frame: text(frame, date_format="%Y년 %m월 %d일 %H:%M"),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_file_says_what_each_row_says_alone(prototype, kind):
    frame = some(40)
    batch = predict_file(prototype, f"{kind}.csv", WRITTEN[kind](frame))
    assert batch.problems == ()
    balanced(batch)
    np.testing.assert_allclose(said(batch), one_by_one(prototype, frame), rtol=1e-9)


def test_the_names_of_columns_may_be_written_otherwise_and_that_is_told(prototype):
    frame = some().rename(columns={
        "나이": unicodedata.normalize("NFD", "나이"), "wait minutes": " Wait_Minutes ",
        "city": "CITY",
    })  # fmt: skip
    batch = predict_file(prototype, "x.csv", text(frame))
    np.testing.assert_allclose(said(batch), one_by_one(prototype, some()), rtol=1e-9)
    assert any("'CITY' is taken as 'city'" in note for note in batch.notes)
    by_label = predict_file(prototype, "x.csv", text(some().rename(columns={"나이": "age"})))
    assert said(by_label) == said(batch)


def test_a_column_that_is_missing_is_named_with_the_nearest(prototype):
    frame = some().rename(columns={"spend": "spent"}).drop(columns="city")
    with pytest.raises(TableError, match=r"'spend' \(is it 'spent'\?\), 'city'") as error:
        predict_file(prototype, "x.csv", text(frame))
    assert "template" in error.value.hint


def test_a_column_that_may_be_missing_is_told_and_taken_so(prototype):
    batch = predict_file(prototype, "x.csv", text(some().drop(columns="wait minutes")))
    assert any("'wait minutes'" in note and "missing in every row" in note for note in batch.notes)
    frame = some().assign(**{"wait minutes": np.nan})
    np.testing.assert_allclose(said(batch), one_by_one(prototype, frame), rtol=1e-9)


def test_each_row_that_cannot_be_taken_is_listed_with_line_column_and_reason(prototype):
    frame = some().astype(object)
    frame.loc[0, "나이"] = "forty"
    frame.loc[1, "나이"] = 200
    frame.loc[2, "나이"] = 30.5
    frame.loc[3, "city"] = None
    frame.loc[4, "visited_at"] = "yesterday"
    frame.loc[4, "spend"] = "∞"
    batch = predict_file(prototype, "x.csv", text(frame))
    balanced(batch)
    found = [(one.line, one.column, one.sentence) for one in batch.problems]
    assert [one[:2] for one in found] == [
        (2, "나이"), (3, "나이"), (4, "나이"), (5, "city"), (6, "spend"), (6, "visited_at"),
    ]  # fmt: skip
    reasons = ["no number", "above 120", "whole number", "empty", "stands for nothing", "no date"]
    assert all(reason in one[2] for reason, one in zip(reasons, found, strict=True))
    assert batch.predicted == 1


def test_rows_of_another_width_are_listed_and_lines_are_counted_as_an_editor_does(prototype):
    frame = some().assign(note="so")
    frame.loc[0, "note"] = "two\nlines"
    lines = text(frame).decode().split("\n")
    lines[4] = lines[4].rsplit(",", 3)[0]  # the third row lacks cells
    lines[5] += ",more"
    lines.insert(4, "")
    batch = predict_file(prototype, "x.csv", "\n".join(lines).encode())
    assert [(one.line, one.column) for one in batch.problems] == [(6, ""), (7, "")]
    assert batch.lines == (2, 4, 6, 7, 8, 9)
    assert "The row has 4 cells; the header has 7." in batch.problems[0].sentence
    balanced(batch)


def test_an_open_quotation_mark_hides_no_row_in_silence(prototype):
    lines = text(some()).decode().split("\n")
    lines[2] = '"' + lines[2]
    batch = predict_file(prototype, "x.csv", "\n".join(lines).encode())
    balanced(batch)
    assert "By its quotation marks it reaches to line" in batch.problems[-1].sentence


def test_a_level_that_nobody_saw_is_predicted_and_marked(prototype):
    frame = some()
    frame.loc[0, "city"], frame.loc[1, "city"] = "평양", "jeju island "
    batch = predict_file(prototype, "x.csv", text(frame))
    assert batch.problems == ()
    assert [one.column for one in batch.answers[0].unlike] == ["city"]
    assert not batch.answers[1].unlike
    out = frame_of(batch)
    assert out["unlike anything seen"][0]
    assert any("Jeju Island" in note for note in batch.notes)


def test_extra_columns_and_ids_come_back_as_they_were(prototype):
    frame = some().assign(code="00712", price="1.50", decision="mine")
    batch = predict_file(prototype, "x.csv", text(frame))
    for data, read in ((as_csv(frame_of(batch)), pd.read_csv), (as_xlsx(frame_of(batch)),
                                                                pd.read_excel)):  # fmt: skip
        back = read(io.BytesIO(data), dtype=str)
        assert list(back.columns[:9]) == [*frame.columns]
        assert back["code"].tolist() == ["00712"] * 6
        assert back["price"].tolist() == ["1.50"] * 6
        assert back["decision"].tolist() == ["mine"] * 6
        assert back["decision (2)"].notna().all()
        assert back["prediction id"].is_unique


def test_the_same_file_has_the_same_ids_and_another_one_others(prototype):
    first = predict_file(prototype, "x.csv", text(some()))
    assert first.ids == predict_file(prototype, "y.csv", text(some())).ids
    assert set(first.ids).isdisjoint(predict_file(prototype, "x.csv", text(some(7))).ids)


def test_people_act_on_as_many_as_they_can_of_each_period(prototype):
    batch = predict_file(prototype, "x.csv", text(some(60)))
    out = frame_of(batch)
    days = rows()["visited_at"].iloc[:60].dt.strftime("%Y-%m-%d")
    assert (out["period"] == days).all()
    shares = np.array(said(batch))
    for day in days.unique():
        inside = np.flatnonzero(days == day)
        order = inside[np.argsort(shares[inside], kind="stable")]
        assert out["rank"].iloc[order].tolist() == list(range(1, len(inside) + 1))
        wanted = [at for at in order[:2] if shares[at] < 0.5]
        acted = [at for at in inside if out["act on it"].iloc[at] == "yes"]
        assert sorted(acted) == sorted(wanted)


def test_without_a_time_the_file_is_one_period_and_that_is_told(tmp_path):
    fixed = [{"column": "visited_at", "fixed": "2026-02-01"}]
    prototype = made(tmp_path / "fixed", fields=fixed, objectives=OBJECTIVES)
    batch = predict_file(prototype, "x.csv", text(some(30).drop(columns="visited_at")))
    assert sum(one.act for one in batch.places) == 2
    assert any("one period" in note for note in batch.notes)


def test_a_spreadsheet_runs_nothing_of_it(prototype):
    frame = some().assign(note=['=cmd|"/c calc"!A1', "+1", "-5", "@SUM(A1)", "a", "=1+1"])
    batch = predict_file(prototype, "x.csv", text(frame))
    out = frame_of(batch)
    csv_text = as_csv(out).decode("utf-8-sig")
    assert "'=cmd" in csv_text
    assert '"-5"' in csv_text
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(out))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert as_csv(out).startswith(b"\xef\xbb\xbf")


def test_formulas_of_a_workbook_count_by_their_results(prototype):
    made = openpyxl.load_workbook(io.BytesIO(book(some())))
    made.active["C3"] = "=1+1"
    out = io.BytesIO()
    made.save(out)
    batch = predict_file(prototype, "x.xlsx", out.getvalue())
    assert [(one.line, one.column) for one in batch.problems] == [(3, "spend")]
    assert "formula without a result" in batch.problems[0].sentence
    balanced(batch)


BAD = {
    "empty": (b"", "no bytes"),
    "header only": (text(some(0)), "no rows"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 90, "looks like PNG"),
    "another workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 90, "excel97"),
    "no workbook": (b"PK\x03\x04" + b"0" * 90, "packed and broken"),
    "too large": (b"a,b\n" + b"1,2\n" * 5_250_000, "at most 20 MB"),
    "a bomb": (gzip.compress(b"0" * 310_000_000, 9), "unpacks to more than 300 MB"),
    "numbers without a header": (b"1,2\n3,4\n", "needs columns"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_no_table_is_refused_with_the_reason(prototype, kind):
    content, why = BAD[kind]
    with pytest.raises(TableError, match=why):
        predict_file(prototype, "../../etc/x.csv", content)


def test_a_cell_at_the_far_end_of_a_sheet_is_no_bomb(prototype):
    made = openpyxl.load_workbook(io.BytesIO(book(some())))
    made.active["XFD1048576"] = 1
    out = io.BytesIO()
    made.save(out)
    with pytest.raises(TableError, match="more than 10,000,000 cells"):
        predict_file(prototype, "x.xlsx", out.getvalue())


def test_a_broken_workbook_is_refused(prototype):
    content = book(some())
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(TableError, match="no workbook"):
        predict_file(prototype, "x.xlsx", out.getvalue())


def test_a_column_that_is_there_twice_is_told(prototype):
    frame = some()
    doubled = pd.concat([frame, frame[["spend"]] * 2], axis=1)
    batch = predict_file(prototype, "x.csv", text(doubled))
    np.testing.assert_allclose(said(batch), one_by_one(prototype, frame), rtol=1e-9)
    assert any("names more than one column" in note for note in batch.notes)
    near = frame.rename(columns={"spend": "Spend "}).assign(SPEND_=1)
    with pytest.raises(TableError, match="could be any of these"):
        predict_file(prototype, "x.csv", text(near))


def test_more_rows_than_allowed_are_refused(prototype, monkeypatch):
    monkeypatch.setattr(batches, "MOST", batches.Most(5, 1000, 10**6))
    with pytest.raises(TableError, match="more than 5 rows"):
        predict_file(prototype, "x.csv", text(some()))


def test_three_megabytes_are_answered(prototype):
    frame = pd.concat([some(200).assign(note="x" * 60)] * 140, ignore_index=True)
    content = text(frame)
    assert len(content) > 3_000_000
    batch = predict_file(prototype, "x.csv", content)
    assert batch.predicted == len(frame)
    np.testing.assert_allclose(said(batch)[:200], said(batch)[-200:])


def test_the_template_is_answered_as_it_is(prototype):
    template = template_of(prototype)
    for content in (as_csv(template), as_xlsx(template)):
        batch = predict_file(prototype, "template", content)
        assert batch.problems == ()
        assert batch.predicted == 1
