"""A file of rows: every row is answered or listed, whatever wrote the file."""

from __future__ import annotations

import gzip
import io
import sys
import unicodedata
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from casebook.exceptions import TableError
from casebook.prototype import batch as batches
from casebook.prototype.batch import predict_file
from casebook.prototype.batch_out import as_csv, as_xlsx, frame_of, template_of
from casebook.prototype.opened import Prototype

sys.path.append(str(Path(__file__).parent))
visits = __import__("visits")
made, one_by_one, said, some, text = (
    visits.made,
    visits.one_by_one,
    visits.said,
    visits.some,
    visits.text,
)


@pytest.fixture(scope="module")
def prototype(tmp_path_factory) -> Prototype:
    return made(tmp_path_factory.mktemp("batch") / "visits", objectives=visits.OBJECTIVES)


WRITTEN = {
    "utf-8": text,
    "mark": lambda frame: text(frame).decode().encode("utf-8-sig"),
    "utf-16": lambda frame: text(frame).decode().encode("utf-16"),
    "cp949": lambda frame: text(frame).decode().encode("cp949"),
    "semicolons and decimal commas": lambda frame: text(frame, sep=";", decimal=","),
    "tabs": lambda frame: text(frame, sep="\t"),
    "windows": lambda frame: text(frame, lineterminator="\r\n"),
    "gzip": lambda frame: gzip.compress(text(frame)),
    "excel": visits.book,
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
    visits.balanced(batch)
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
    visits.balanced(batch)
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
    visits.balanced(batch)


def test_an_open_quotation_mark_hides_no_row_in_silence(prototype):
    lines = text(some()).decode().split("\n")
    lines[2] = '"' + lines[2]
    batch = predict_file(prototype, "x.csv", "\n".join(lines).encode())
    visits.balanced(batch)
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
    days = visits.rows()["visited_at"].iloc[:60].dt.strftime("%Y-%m-%d")
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
    prototype = made(tmp_path / "fixed", fields=fixed, objectives=visits.OBJECTIVES)
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
    made = openpyxl.load_workbook(io.BytesIO(visits.book(some())))
    made.active["C3"] = "=1+1"
    out = io.BytesIO()
    made.save(out)
    batch = predict_file(prototype, "x.xlsx", out.getvalue())
    assert [(one.line, one.column) for one in batch.problems] == [(3, "spend")]
    assert "formula without a result" in batch.problems[0].sentence
    visits.balanced(batch)


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
