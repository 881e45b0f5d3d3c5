"""Case 44: the journal is chosen by SQLite's version and by the file system."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from casebook.runs import journal_mode, store_engine
from casebook.runs.journal_mode import is_fixed, is_local
from casebook.runs.store import FILE_NAME, StoreError, open_store

MOUNTS = r"""
/dev/vda / ext4 rw 0 0
nas:/share {0}/nfs nfs4 rw 0 0
//nas/x {0}/with\040space cifs rw 0 0
host {0}/ssh fuse.sshfs rw 0 0
host {0}/shared 9p rw 0 0
tmpfs {0}/nfs/local tmpfs rw 0 0
"""


def journal_of(path: Path) -> str:
    connection = sqlite3.connect(path)
    [[mode]] = connection.execute("PRAGMA journal_mode").fetchall()
    connection.close()
    return mode


def test_case_44_the_journal_is_as_the_version_and_the_disk_allow(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    expected = "wal" if is_fixed(sqlite3.sqlite_version_info) else "delete"
    assert journal_of(tmp_path / FILE_NAME) == expected


def test_case_44_versions_with_the_fault_are_known() -> None:
    fixed = [(3, 44, 6), (3, 44, 9), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0)]
    broken = [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)]
    assert [version for version in fixed + broken if is_fixed(version)] == fixed


@pytest.mark.parametrize(
    ("folder", "local"),
    [
        ("plain", True), ("nfs", False), ("nfs/deeper", False), ("nfs/local", True),
        ("with space", False), ("ssh", False), ("shared", False),
    ],
)  # fmt: skip
def test_case_44_a_network_disk_is_never_taken_for_a_local_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, local: bool
) -> None:
    table = tmp_path / "mounts"
    table.write_text(MOUNTS.format(tmp_path).lstrip())
    monkeypatch.setattr(journal_mode, "_MOUNTS", table)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 52, 0))
    path = tmp_path / folder / "casebook.sqlite"
    assert is_local(path) is local
    assert journal_mode.journal_mode(path) == ("wal" if local else "delete")


def test_case_44_nobody_knows_the_file_system_then_it_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_mode, "_MOUNTS", tmp_path / "none")
    assert is_local(tmp_path) is False


def test_case_44_a_journal_of_another_kind_is_changed_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_engine, "journal_mode", lambda _path: "wal")
    with open_store(tmp_path):
        pass
    assert journal_of(tmp_path / FILE_NAME) == "wal"
    other = sqlite3.connect(tmp_path / FILE_NAME)
    other.execute("SELECT count(*) FROM runs").fetchall()  # it keeps the file open
    monkeypatch.setattr(store_engine, "journal_mode", lambda _path: "delete")
    with pytest.raises(StoreError, match="locked"), open_store(tmp_path, patience=0) as store:
        store.append()
    other.close()
    with open_store(tmp_path) as store:
        store.append()
    assert journal_of(tmp_path / FILE_NAME) == "delete"
