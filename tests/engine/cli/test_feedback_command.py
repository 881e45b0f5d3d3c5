"""`casebook feedback`: counts, an export, and storing what waits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from casebook import language
from casebook.case import Case
from casebook.cli.main import main
from casebook.runs.feedback import Feedback, keep_feedback
from casebook.runs.store import FILE_NAME

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def casebook(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls the command; returns status, output and errors."""
    monkeypatch.setenv("LANG", "C.UTF-8")

    def call(*arguments: object) -> tuple[int, str, str]:
        with language.using("en"), pytest.raises(SystemExit) as stop:
            main([str(word) for word in arguments])
        said = capsys.readouterr()
        return int(stop.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def case(make_case: Callable[..., Case]) -> Case:
    """A case about which three people said something."""
    made = make_case(pd.DataFrame({"x": [1, 2]}), title="Tips")
    for n, kind in enumerate(["right", "right", "wrong"]):
        keep_feedback(made, Feedback(f"f{n}", kind, comment="=so", by="Kim"))
    return made


@pytest.fixture
def waiting(case: Case) -> Iterator[Callable[[], None]]:
    """One more waits, and the store is locked until what is returned is called."""
    connection = sqlite3.connect(case.folder / FILE_NAME, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    keep_feedback(case, Feedback("late", "comment", comment="late"), patience=0)
    yield connection.rollback
    connection.close()


def test_it_counts_and_shows_nothing_of_what_was_said(casebook: Call, case: Case) -> None:
    status, out, err = casebook("feedback", case.folder)
    assert (status, err) == (0, "")
    assert out == "Tips: 3 answers (2 right, 1 wrong, 0 corrected, 0 comments only).\n"


def test_a_case_of_which_nobody_said_anything(
    casebook: Call, make_case: Callable[..., Case]
) -> None:
    made = make_case(pd.DataFrame({"x": [1]}))
    assert casebook("feedback", made.folder)[:2] == (
        0, "case: 0 answers (0 right, 0 wrong, 0 corrected, 0 comments only).\n",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["said.csv", "said.parquet"])
def test_it_exports_all_of_it(casebook: Call, case: Case, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    status, out, _err = casebook("feedback", case.folder, "--export", file)
    assert (status, out.splitlines()[1]) == (0, f"3 rows in {file}.")
    frame = pd.read_csv(file) if name.endswith("csv") else pd.read_parquet(file)
    assert frame["by"].tolist() == ["Kim"] * 3


def test_what_waits_is_told_and_stored_when_asked(
    casebook: Call, case: Case, waiting: Callable[[], None]
) -> None:
    _status, out, _err = casebook("feedback", case.folder)
    assert out.splitlines()[1:] == [
        "1 more waits in a file until the store can be written: --drain"
    ]
    waiting()
    status, out, _err = casebook("feedback", case.folder, "--drain")
    assert status == 0
    assert out.splitlines() == [
        "1 entry that waited was stored.",
        "Tips: 4 answers (2 right, 1 wrong, 0 corrected, 1 comments only).",
    ]


def test_a_file_that_cannot_be_stored_is_a_status_of_its_own(casebook: Call, case: Case) -> None:
    (case.folder / "spool").mkdir()
    (case.folder / "spool" / "feedback-damaged.json").write_text("{")
    status, out, err = casebook("feedback", case.folder, "--drain")
    assert status == 1
    assert "feedback-damaged.json cannot be read; it stays there" in err
    assert "1 more waits" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--export", "said.xlsx"), "'.xlsx' is no format"), (("nowhere",), "nowhere")],
)
def test_what_is_wrong_is_one_line(
    casebook: Call, case: Case, arguments: tuple[str, ...], told: str
) -> None:
    place = () if arguments[0] == "nowhere" else (case.folder,)
    status, _out, err = casebook("feedback", *place, *arguments)
    assert (status, len(err.strip().splitlines())) == (1, 1)
    assert told in err
