"""The folder of runs: built beside, renamed, published when it deserves that."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casebook.exceptions import RunError
from casebook.runs.folder import RunsFolder, deserves_latest, ended, new_name
from casebook.runs.manifest import Manifest, PhaseRecord, PhaseStatus, RunStatus, load

DAY = datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC)


def manifest(name: str = "", status: str = "ok", stems: str = "ab", **more) -> Manifest:
    phases = tuple(PhaseRecord(stem, f"01_{stem}", PhaseStatus.OK) for stem in stems)
    made = Manifest(name or new_name(DAY), "tiny", "/tiny", DAY, phases=phases)
    return replace(ended(made, RunStatus(status), 0), **more)


@pytest.fixture
def runs(tmp_path: Path) -> RunsFolder:
    folder = RunsFolder.of_case(tmp_path)
    folder.prepare()
    return folder


def finished(runs: RunsFolder, **options) -> Path:
    made = manifest(**options)
    runs.begin(replace(made, status=RunStatus.RUNNING))
    return runs.finish(made)


def test_a_run_appears_in_place_only_when_it_has_ended(runs: RunsFolder) -> None:
    made = manifest()
    building = runs.begin(made)
    assert runs.folders() == ()
    assert runs.unfinished() == (building,)
    assert runs.latest() is None
    folder = runs.finish(made)
    assert folder.name == made.name
    assert runs.folders() == (folder,)
    assert runs.unfinished() == ()
    assert runs.latest() == folder
    assert load(folder) == made


@pytest.mark.parametrize("status", ["failed", "stopped", "lost"])
def test_case_01_a_run_that_did_not_end_well_is_kept_and_replaces_nothing(
    runs: RunsFolder, status: str
) -> None:
    published = finished(runs)
    kept = finished(runs, status=status)
    assert kept in runs.folders()
    assert runs.latest() == published


def test_what_deserves_to_be_published() -> None:
    today = manifest()
    assert deserves_latest(today, None)
    assert deserves_latest(today, today)
    assert not deserves_latest(manifest(stems="a"), today)  # it would lose a page
    assert deserves_latest(manifest(stems="abc"), today)
    assert not deserves_latest(manifest(as_of=date(2026, 3, 31)), today)
    assert deserves_latest(today, manifest(as_of=date(2026, 3, 31)))


def test_where_links_fail_latest_is_a_small_text_file(runs: RunsFolder, monkeypatch) -> None:
    def refuse(*_args, **_options):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    first = finished(runs)
    assert (runs.path / "latest").read_text() == f"{first.name}\n"
    assert runs.latest() == first
    second = finished(runs)
    assert runs.latest() == second
    assert [path.name for path in runs.path.iterdir() if path.suffix == ".tmp"] == []


def test_latest_is_relative_so_that_a_case_can_be_moved(runs: RunsFolder, tmp_path: Path) -> None:
    folder = finished(runs)
    moved = tmp_path / "elsewhere"
    runs.path.rename(moved)
    assert RunsFolder(moved).latest() == moved / folder.name


def test_a_copy_that_made_a_folder_of_latest_is_kept_aside(runs: RunsFolder, tmp_path) -> None:
    """As `cp -rL` or a synchronised drive leaves a case."""
    finished(runs)
    copied = RunsFolder(Path(shutil.copytree(runs.path, tmp_path / "copied")))
    folder = finished(copied)
    assert copied.latest() == folder
    assert len(list(copied.path.glob("latest-copied-*/manifest.json"))) == 1


def test_a_run_is_found_by_its_name_its_end_or_latest(runs: RunsFolder) -> None:
    folder = finished(runs)
    assert runs.find(folder.name) == runs.find(folder.name[-6:]) == runs.find("latest") == folder
    with pytest.raises(RunError, match=f"Did you mean '{folder.name}'") as told:
        runs.find(folder.name[:-1] + "x")
    assert "there is no run" in str(told.value)


def test_a_draft_is_no_run(runs: RunsFolder) -> None:
    runs.draft.mkdir()
    assert runs.folders() == ()


def test_names_sort_by_time() -> None:
    assert new_name(DAY) < new_name(datetime(2026, 11, 22, 18, 44, 51, tzinfo=UTC))
    assert len(new_name()) == len("20261122T184450Z-a1b2c3")


def test_a_place_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(RunError, match="cannot be made: File exists"):
        RunsFolder.of_case(tmp_path).prepare()
