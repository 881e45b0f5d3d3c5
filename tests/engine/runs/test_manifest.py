"""The manifest: to JSON and back, and what cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casebook.exceptions import RunError
from casebook.pages.front_page import TableSummary
from casebook.runs.manifest import (
    ErrorKind,
    Manifest,
    PhaseError,
    PhaseRecord,
    PhaseStatus,
    dump,
    load,
)

NOW = datetime(2026, 11, 22, 18, 44, 50, 123456, tzinfo=UTC)
ERROR = PhaseError(ErrorKind.KERNEL, "KernelDied", "kernel died", "커널이 끝났습니다", 3)
FULL = Manifest(
    name="20261122T184450Z-a1b2c3",
    case="tiny",
    case_folder="/tiny",
    started=NOW,
    ended=NOW.replace(second=55),
    title="작은 사례",
    language="ko",
    as_of=date(2026, 6, 30),
    parameters={"seed": "007", "items": [1, None]},
    requested=("a",),
    versions={"python": "3.11"},
    tables=(TableSummary("t", "t.csv", 3, 2, date(2026, 1, 1), None, "abc", ("UTF-8",)),),
    phases=(
        PhaseRecord("a", "01_a", PhaseStatus.FAILED, NOW, 1.5, 3, 9, ERROR),
        PhaseRecord("b", "02_b", PhaseStatus.SKIPPED, reason="it needs a"),
    ),
    exit_status=138,
    notes=("a note",),
)


def test_a_manifest_survives_its_file(tmp_path: Path) -> None:
    FULL.save(tmp_path)
    assert load(tmp_path) == FULL
    assert "작은 사례" in (tmp_path / "manifest.json").read_text("utf-8")


def test_a_phase_is_changed_in_a_copy() -> None:
    changed = FULL.with_phase("b", status=PhaseStatus.OK, seconds=2.0)
    assert changed.phase("b").status is PhaseStatus.OK
    assert FULL.phase("b").status is PhaseStatus.SKIPPED
    assert changed.phase("a") == FULL.phase("a")


def test_id_and_seconds() -> None:
    assert FULL.id == "a1b2c3"
    assert FULL.seconds == 5
    assert replace(FULL, ended=None).seconds is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"manifest": 2}, "its form is 2, this Casebook reads 1"),
        ({"status": "fine"}, "'fine' is not a valid RunStatus"),
        ({"colour": "red"}, "colour"),
        ({"phases": None}, "cannot be read"),
    ],
)
def test_another_form_is_one_clear_line(tmp_path: Path, change: dict, told: str) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(json.loads(dump(FULL)) | change))
    with pytest.raises(RunError, match=told):
        load(tmp_path)


def test_what_is_not_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="it has no manifest"):
        load(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RunError, match="cannot be read"):
        load(tmp_path)
