"""What people get wrong, through the command: one clear line, a status, nothing lost or left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook import language
from casebook.case import Case
from casebook.cli.main import main
from casebook.runs import lock
from casebook.runs.folder import RunsFolder

Call = Callable[..., tuple[int, str]]
ROWS = 60


def guests(rows: int = ROWS) -> pd.DataFrame:
    """Rows with a time, a number, a category and a target that the number decides mostly."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=rows)
    return pd.DataFrame(
        {
            "day": pd.date_range("2026-01-01", periods=rows).strftime("%Y-%m-%d"),
            "x": x.round(3),
            "town": rng.choice(["Busan", "Seoul"], rows),
            "left": np.where(x + rng.normal(size=rows) / 2 > 0, "yes", "no"),
        }
    )


@pytest.fixture
def call(capsys, monkeypatch) -> Call:
    """The command in this process: its status, and all it prints."""
    monkeypatch.setenv("LANG", "C.UTF-8")

    def called(*arguments: object) -> tuple[int, str]:
        with language.using("en"), pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return int(stop.value.code or 0), said.out + said.err

    return called


@pytest.fixture
def case(make_case) -> Case:
    return make_case(guests(), target="left", time="day", name="guests")


def nothing_is_left(case: Case) -> bool:
    """Whether no run was begun, nor a file left half written."""
    runs = RunsFolder.of_case(case.folder)
    return not (runs.folders() or runs.unfinished() or list(case.folder.rglob("*.tmp")))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-p", "sead=1"), "has a parameter 'sead'; there are: seed Did you mean 'seed'?"),
        (("-p", "seed=many"), "'many'"),
        (("-p", "case=/tmp"), "'case' is set by the run itself"),
        (("--phases", "symptoms"), "Did you mean 'symptom'?"),
        (("--kernel", "pithon3"), "Did you mean 'python3'?"),
        (("--as-of", "2025-12-31"), "2025-12-31"),
    ],
)
def test_a_wrong_option_of_a_run_is_one_line_before_any_kernel(call, case, arguments, said):
    before = case.path.read_bytes()
    status, told = call("run", case.folder, *arguments)
    assert status == 1
    assert said in told
    assert told.startswith("error: ")
    assert len(told.strip().splitlines()) == 1
    assert case.path.read_bytes() == before
    assert nothing_is_left(case)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  target: left", "  tagret: left", "Did you mean 'target'?"),
        ("  target: left", "  target: lefd", "data.target: column 'lefd'"),
        ("  target: left", "  target: [left", "case.yaml, line "),
        ("  time: day", "  time: town", "town"),
        ("source: rows.csv", "source: row.csv", "Did you mean 'rows.csv'?"),
        ("  filter: null", "  filter: nowhere > 1", "nowhere"),
        ("  filter: null", "  filter: x > 1000", "filter"),
    ],
)
def test_a_record_that_is_wrong_names_line_field_and_nearest(call, case, old, new, said):
    text = case.path.read_text("utf-8")
    assert old in text
    case.path.write_text(text.replace(old, new), "utf-8")
    before = case.path.read_bytes()
    status, told = call("run", case.folder)
    assert status == 1
    assert "case.yaml, line " in told
    assert said in told
    assert "Traceback" not in told
    assert case.path.read_bytes() == before
    assert nothing_is_left(case)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"x,town,left\n", "no rows"),
        (b"x,town,left\n,,\n,,\n,,\n", "no rows"),
        (bytes(range(256)) * 40, "rows.csv"),
        (None, "rows.csv"),
    ],
    ids=["empty", "header", "missing", "binary", "gone"],
)
def test_a_table_without_rows_is_said_before_any_kernel(call, case, content, said):
    path = case.folder / "rows.csv"
    path.unlink() if content is None else path.write_bytes(content)
    status, told = call("run", case.folder)
    assert status == 1
    assert said in told
    assert "case.yaml, line " in told
    assert "Traceback" not in told
    assert nothing_is_left(case)


def test_two_runs_at_once_are_one_run_and_a_status_for_schedulers(call, case):
    runs = RunsFolder.of_case(case.folder)
    runs.prepare()
    with lock.hold(runs.path / ".lock", "20260101T000000Z-abcdef"):
        status, told = call("run", case.folder)
    assert status == 75
    assert "already running since " in told
    assert "20260101T000000Z-abcdef" in told
    assert nothing_is_left(case)


@pytest.fixture
def disk(tmp_path) -> Callable[[str], Path]:
    """Mounts a small disk with these options; unmounted afterwards."""
    place = tmp_path / "disk"
    place.mkdir()

    def mounted(options: str) -> Path:
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            pytest.skip("mounting a disk takes more rights")
        return place

    yield mounted
    subprocess.run(["umount", str(place)], capture_output=True, check=False)


def test_a_read_only_disk_is_said_before_any_kernel(call, case, disk):
    status, told = call("run", case.folder, "--out", disk("size=100k,ro") / "runs")
    assert status == 1
    assert "Read-only file system" in told
    assert "--out" in told
    assert "Traceback" not in told


def test_new_on_a_full_disk_leaves_nothing(call, case, disk, monkeypatch):
    place = disk("size=16k")
    status, told = call("new", place / "guests", "--data", case.folder / "rows.csv")
    assert status == 1
    assert "No space left" in told
    assert "Traceback" not in told
    assert list(place.iterdir()) == []


def run(case: Case, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with kernels."""
    command = [sys.executable, "-m", "casebook", "run", str(case.folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_full_disk_within_a_run_is_said_and_harms_no_other_run(case, disk):
    out = disk("size=120k") / "runs"
    done = run(case, "--phases", "case", "--out", str(out))
    assert done.returncode == 1
    assert "No space left" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_target_with_one_class_is_said_in_the_report_and_hides_no_other_phase(make_case):
    frame = guests().assign(left="yes")
    case = make_case(frame, target="left", time="day", name="guests")
    done = run(case, "--phases", "symptom,baseline")
    said = "the target has one value only, 'yes': there is nothing to learn."
    assert done.returncode == 1
    assert f"07_baseline: case.yaml, line 45, data.target: {said}" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    [folder] = RunsFolder.of_case(case.folder).folders()
    pages = {path.name: path.read_text("utf-8") for path in folder.glob("*.html")}
    assert sorted(pages) == ["02_symptom.html", "07_baseline.html", "index.html"]
    for page in pages.values():
        assert "Traceback" not in page
    assert "the target has one value only, &#39;yes&#39;" in pages["07_baseline.html"]
    assert "the target has one value only" in pages["index.html"]
    assert "Number of rows" in pages["02_symptom.html"]
