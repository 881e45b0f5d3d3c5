"""Case 43: an export that a spreadsheet opens runs nothing; what is stored is as it was given."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casebook.case import Case
from casebook.exceptions import RunError
from casebook.runs.export import export, guarded, unguarded
from casebook.runs.feedback import Feedback, keep_feedback, read_feedback, read_labels

SIGNS = "=+-@\t\r\n'＝＋－＠"
HOSTILE = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "＝1+1",
    " =1+1", "so; +1", 'x";=1+1', "x;=cmd|'/C calc'!A0", "a\n=1+1", '"=1+1"', ";;-1", "'", "''",
]  # fmt: skip
HARMLESS = ["plain", "1+1", "a-b", "a@b.de", "ok = so", "좋아요 - 정말", "", "1,5", "O'Hara"]


@pytest.mark.parametrize("text", HOSTILE)
def test_case_43_a_formula_gets_an_apostrophe_before_it(text: str) -> None:
    for ending in (";", "\t", "\r", "\n", '"'):
        for part in guarded(text).split(ending):
            assert not re.match(r" *[=+\-@＝＋－＠]", part)
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(st.text(alphabet=st.one_of(st.sampled_from(SIGNS + ';"x '), st.characters())))
@example("\t=")
@example(";'=")
@example("''")
@example(" ; ' '")
def test_it_can_always_be_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] in ("", "'") or guarded(text)[0] not in SIGNS


@pytest.fixture
def case(tiny: Callable[..., Case]) -> Case:
    """A case with hostile feedback, numbers below zero among it."""
    made = tiny(monitoring={"log_allowed": "yes"})
    for n, text in enumerate(HOSTILE + HARMLESS):
        inputs = {"left": -n - 0.5, "count": -n, "=name": text, "이름": text, "member": n % 2 == 0}
        said = Feedback(
            f"f{n:02d}", "corrected", corrected=-n, comment=text or "-", by=text,
            inputs=inputs, output={"p": -0.5},
        )  # fmt: skip
        keep_feedback(made, said)
    return made


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_case_43_a_csv_is_guarded_and_numbers_are_not_damaged(case: Case, tmp_path: Path) -> None:
    rows = read_csv(export(read_feedback(case), tmp_path / "said.csv"))
    assert [row["by"] for row in rows] == [guarded(text) for text in HOSTILE + HARMLESS]
    assert [unguarded(row["inputs.이름"]) for row in rows] == HOSTILE + HARMLESS
    assert [float(row["inputs.left"]) for row in rows] == [-n - 0.5 for n in range(len(rows))]
    assert [row["inputs.count"] for row in rows] == [str(-n) for n in range(len(rows))]
    assert [row["corrected"] for row in rows] == [str(-n) for n in range(len(rows))]
    assert not [name for name in rows[0] if name[0] in SIGNS]
    assert {row["inputs.member"] for row in rows} == {"True", "False"}


def test_case_43_what_is_stored_is_as_it_was_given(case: Case, tmp_path: Path) -> None:
    export(read_feedback(case), tmp_path / "said.csv")
    frame = read_feedback(case)
    assert frame["by"].tolist() == HOSTILE + HARMLESS
    assert frame["inputs"].map(lambda row: row["=name"]).tolist() == HOSTILE + HARMLESS


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_case_43_no_cell_is_a_formula_wherever_it_is_split(
    case: Case, tmp_path: Path, delimiter: str
) -> None:
    """Spreadsheets of some countries split at a semicolon, and pasted text is split at tabs."""
    path = export(read_feedback(case), tmp_path / "said.csv")
    text = io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")
    cells = [cell for row in csv.reader(text, delimiter=delimiter) for cell in row]
    assert len(cells) > 20
    formulas = [cell for cell in cells if re.match(r'[ "]*[=+\-@＝＋－＠]', cell)]
    assert not [cell for cell in formulas if not re.fullmatch(r"-\d+(\.\d+)?", cell)]


def test_parquet_has_types_and_is_as_stored(case: Case, tmp_path: Path) -> None:
    frame = pd.read_parquet(export(read_feedback(case), tmp_path / "said.parquet"))
    assert frame["by"].tolist() == HOSTILE + HARMLESS
    assert frame["inputs.=name"].tolist() == HOSTILE + HARMLESS
    assert str(frame["at"].dtype) == "datetime64[us, UTC]"
    assert frame["inputs.left"].dtype == np.float64
    assert str(frame["inputs.count"].dtype) == "Int64"
    assert str(frame["inputs.member"].dtype) == "boolean"
    assert frame["output"].tolist() == ['{"p": -0.5}'] * len(frame)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_values_of_many_kinds_become_text_and_nothing_is_lost(
    tiny: Callable[..., Case], tmp_path: Path, suffix: str
) -> None:
    case = tiny()
    for n, value in enumerate([5, "5", [1, "=x"], {"a": None}, True, 2**70, 0.5]):
        keep_feedback(case, Feedback(f"f{n}", "corrected", corrected=value))
    path = export(read_feedback(case), tmp_path / f"said{suffix}")
    read = pd.read_parquet(path) if suffix == ".parquet" else pd.read_csv(path, dtype=str)
    expected = ["5", "5", '[1, "=x"]', '{"a": null}', "true", str(2**70), "0.5"]
    assert [unguarded(text) for text in read["corrected"]] == expected


def test_an_export_of_nothing_has_its_columns(tiny: Callable[..., Case], tmp_path: Path) -> None:
    case = tiny()
    assert read_csv(export(read_feedback(case), tmp_path / "none.csv")) == []
    frame = pd.read_parquet(export(read_labels(case), tmp_path / "none.parquet"))
    assert {"label", "by"} <= set(frame.columns)
    assert (frame.index.name, len(frame)) == ("row", 0)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("said.xls", "'.xls' is no format for this; there are .csv, .parquet"),
        ("no/x.csv", "No such"),
    ],
)
def test_what_cannot_be_written_is_one_line(
    case: Case, tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(RunError, match=told):
        export(read_feedback(case), tmp_path / name)
