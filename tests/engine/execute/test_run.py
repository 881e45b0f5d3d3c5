"""A case from its record to its report, by the function and by the command."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from casebook import language
from casebook.case import TableSource, new_record_text
from casebook.exceptions import CasebookError
from casebook.execute.run import run_case
from casebook.execute.translate import translate_markdown
from casebook.language import _
from casebook.runs.manifest import RunStatus, load
from casebook.runs.store import open_store


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    rows = [
        f"2026-{1 + n // 28:02d}-{1 + n % 28:02d},{100 - n // 3},{'ab'[n % 2]}" for n in range(168)
    ]
    (folder / "sales.csv").write_text("\n".join(["day,amount,kind", *rows]) + "\n")
    tables = {"sales": TableSource(source="sales.csv")}
    text = new_record_text("shop", tables, target=None, time="day", language="en")
    (folder / "case.yaml").write_text(text)
    return folder


def test_a_case_is_run_to_its_report(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    steps = []
    run = run_case(
        case, phases=["symptom"], as_of=date(2026, 4, 30), out=out,
        parameters={"seed": "3"}, progress=steps.append,
    )  # fmt: skip
    assert str(run).endswith(f"1 phase ended well. The report: {run.report}")
    assert run.exit_status == 0
    assert run.folder.parent == out
    assert load(out / "latest") == run.manifest
    manifest = run.manifest
    assert (manifest.case, manifest.seed, manifest.as_of) == ("shop", 3, date(2026, 4, 30))
    assert {"python", "casebook", "pandas", "scikit-learn", "duckdb"} <= set(manifest.versions)
    [table] = manifest.tables
    assert (table.rows, table.after_as_of) == (112, 56)
    assert (table.first_day, table.last_day) == (date(2026, 1, 1), date(2026, 4, 28))
    assert len(table.fingerprint) == 64
    assert (run.folder / "findings" / "symptom.json").is_file()
    assert steps[-1].done == steps[-1].total > 3
    assert table.fingerprint[:8] in run.report.read_text("utf-8")
    with open_store(case) as store:
        assert [(r.name, r.status) for r in store.list_runs()] == [(manifest.name, RunStatus.OK)]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"phases": ["sympton"]}, "no phase 'sympton'.*Did you mean 'symptom'"),
        ({"parameters": {"sead": 1}}, "parameter 'sead'.*Did you mean 'seed'"),
        ({"parameters": {"seed": "x"}}, "parameter 'seed' is a whole number, as 7, not 'x'"),
        ({"parameters": {"case": "y"}}, "'case' is set by the run itself"),
        ({"kernel": "none"}, "kernel 'none' is not installed"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(case: Path, options: dict, told: str) -> None:
    with pytest.raises(CasebookError, match=told):
        run_case(case, **options)
    assert not (case / "runs").exists()


@pytest.mark.parametrize("content", ["", None], ids=["empty", "missing"])
def test_a_table_that_cannot_be_read_is_said_once(case: Path, content: str | None) -> None:
    (case / "sales.csv").unlink()
    if content is not None:
        (case / "sales.csv").write_text(content)
    with pytest.raises(CasebookError, match=r"sales\.csv"):
        run_case(case)
    assert [path.name for path in (case / "runs").iterdir()] == [".lock"]


def test_the_command_tells_its_progress_and_passes_on_the_status(case: Path) -> None:
    command = [sys.executable, "-m", "casebook", "run", str(case), "--phases", "symptom"]
    done = subprocess.run(
        [*command, "--cell-timeout", "0.2"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 124
    assert "Symptom: running" in done.stderr
    sentence = "02_symptom: the cell took longer than its limit of 0.2 s"
    assert done.stdout.splitlines()[0] == sentence
    assert "1 of 1 phases did not end well. The report: " in done.stdout
    assert "Traceback" not in done.stderr


def test_the_texts_of_a_notebook_follow_the_record(tmp_path: Path) -> None:
    notebook = new_notebook(cells=[new_markdown_cell("Symptom"), new_markdown_cell("{no} field")])
    with language.using("ko"):
        translate_markdown(notebook)
        assert notebook.cells[0].source == _("Symptom") != ""
    assert notebook.cells[1].source == "{no} field"
    nbformat.validate(notebook)
