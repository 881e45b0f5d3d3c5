"""Case 42: a store locked, full, read-only or away; what is said is in a file, then stored."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from casebook.case import Case
from casebook.runs.entry import Kept, Receipt
from casebook.runs.feedback import (
    Feedback,
    NotKept,
    count_feedback,
    drain,
    keep_feedback,
    read_feedback,
)
from casebook.runs.spool import Spool
from casebook.runs.store import FILE_NAME

HARDSHIP = Path(__file__).with_name("hardship.py")
SAID = {"kind": "corrected", "corrected": 7, "reason": "=old", "comment": "아니요", "by": "ann"}


def give(case: Case, key: str) -> Receipt:
    return keep_feedback(case, Feedback(key, **SAID), patience=0.2)


def reasons(case: Case) -> str:
    """Why entries wait in files."""
    texts = [path.read_text("utf-8") for path in Spool.of_case(case.folder).waiting()]
    return " ".join(json.loads(text)["why"] for text in texts)


def waiting(case: Case) -> list[str]:
    """Ids that wait in files."""
    texts = [path.read_text("utf-8") for path in Spool.of_case(case.folder).waiting()]
    return sorted(json.loads(text)["id"] for text in texts)


def check_spooled_then_stored(case: Case, hard: Callable[[], Any]) -> None:
    """Within `hard` feedback is spooled; the next write that works brings it along."""
    before = give(case, "before")
    assert before.kept is Kept.STORED
    with hard():
        first, again, other = give(case, "1"), give(case, "1"), give(case, "2")
        assert (first.kept, other.kept) == (Kept.SPOOLED, Kept.SPOOLED)
        assert first == again
        assert (first.is_new, again.is_new) == (True, False)
        assert waiting(case) == ["1", "2"]
    late = give(case, "1")  # sent again once the store works
    assert (late.kept, late.at) == (Kept.STORED, first.at)
    assert waiting(case) == []
    frame = read_feedback(case).set_index("id")
    assert sorted(frame.index) == ["1", "2", "before"]
    assert frame.loc["2", list(SAID)].to_dict() == SAID
    assert [frame.loc[r.id, "at"] for r in (first, other)] == [first.at, other.at]


@contextmanager
def another(code: str, *arguments: object) -> Iterator[None]:
    """Another process that does something, says so, and goes on until it is told to end."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline()
        yield
        other.communicate()


LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_case_42_locked_by_another_process(tiny: Callable[..., Case], statement: str) -> None:
    case = tiny()
    check_spooled_then_stored(case, lambda: another(LOCK, case.folder / FILE_NAME, statement))


LOCK_TABLE = """
import psycopg, sys
with psycopg.connect(sys.argv[1]) as connection:
    connection.execute("LOCK TABLE feedback IN ACCESS EXCLUSIVE MODE")
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_case_42_postgresql_locked(tiny: Callable[..., Case], database: str) -> None:
    case = tiny(store=database)
    check_spooled_then_stored(case, lambda: another(LOCK_TABLE, database))
    with another(LOCK_TABLE, database):
        assert keep_feedback(case, Feedback("3", "right"), patience=0).kept is Kept.SPOOLED


def test_case_42_postgresql_read_only(
    tiny: Callable[..., Case], server: Any, database: str
) -> None:
    @contextmanager
    def read_only() -> Iterator[None]:
        server.sql("postgres", "ALTER DATABASE cases SET default_transaction_read_only = on")
        yield
        server.sql("postgres", "ALTER DATABASE cases RESET default_transaction_read_only")

    check_spooled_then_stored(tiny(store=database), read_only)


def test_case_42_postgresql_stopped(tiny: Callable[..., Case], server: Any, database: str) -> None:
    @contextmanager
    def stopped() -> Iterator[None]:
        server.stop()
        yield
        server.start()

    check_spooled_then_stored(tiny(store=database), stopped)


def hardship(case: Case, kind: str, *more: object, mounts: str = "") -> list[dict[str, Any]]:
    """What a process says that gives feedback under hardship; mounts: commands before it."""
    command = [sys.executable, str(HARDSHIP), str(case.folder), kind, *map(str, more)]
    if mounts:
        script = f'set -e; cd /; {mounts}; exec "$@"'
        command = [*NAMESPACE, "sh", "-c", script, "sh", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


NAMESPACE = (
    ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
)


@pytest.fixture
def own_mounts() -> None:
    """Mounts that only one process sees; skipped where the system does not let us."""
    tried = [*NAMESPACE, "sh", "-c", "mount -t tmpfs none /mnt"]
    if (
        shutil.which("unshare") is None
        or subprocess.run(tried, capture_output=True, check=False).returncode
    ):
        pytest.skip("no mounts of one's own here")


def test_case_42_files_may_not_grow(tiny: Callable[..., Case]) -> None:
    """As on a disk with a quota: the database is full, a small file still fits."""
    case = tiny()
    give(case, "before")
    limit = (case.folder / FILE_NAME).stat().st_size
    lines = hardship(case, "filesize", limit)
    assert [line.get("kept") for line in lines] == ["spooled"] * 3, lines
    assert [path.parent for path in Spool.of_case(case.folder).waiting()] == [
        case.folder / "spool"
    ] * 3
    assert reasons(case).count("disk I/O error") == 3
    assert drain(case).stored == 3
    assert read_feedback(case)["at"].map(lambda at: at.isoformat()).tolist()[1:] == [
        line["at"] for line in lines
    ]


@pytest.mark.usefixtures("own_mounts")
def test_case_42_the_disk_is_full(tiny: Callable[..., Case], state: Path) -> None:
    """Neither the database nor a file fits on the case's disk: the user's folder takes it."""
    case = tiny()
    give(case, "before")
    folder = case.folder
    mounts = (
        f"cp {folder}/case.yaml {folder}/{FILE_NAME} {folder.parent}; "
        f"mount -t tmpfs -o size=256k none {folder}; "
        f"cd {folder.parent}; mv case.yaml {FILE_NAME} {folder}"
    )
    *lines, after = hardship(case, "full", mounts=mounts)
    assert [line.get("kept") for line in lines] == ["spooled"] * 3, lines
    assert after["why"].count("disk is full") == 3
    assert (after["stored"], after["waiting"]) == (3, 0)
    assert {line["id"]: line["at"] for line in lines} == {
        key: at for key, at in after["rows"].items() if key != "before"
    }


@pytest.mark.usefixtures("own_mounts")
@pytest.mark.parametrize(
    ("what", "where"), [(f"/{FILE_NAME}", "case"), ("", "state")], ids=["file", "folder"]
)
def test_case_42_read_only(tiny: Callable[..., Case], state: Path, what: str, where: str) -> None:
    case = tiny()
    give(case, "before")
    place = f"{case.folder}{what}"
    lines = hardship(
        case, "plain", mounts=f"mount --bind {place} {place}; mount -o remount,ro,bind {place}"
    )
    assert [line.get("kept") for line in lines] == ["spooled"] * 3, lines
    homes = {"case": case.folder, "state": state}
    found = Spool.of_case(case.folder).waiting()
    assert [path.is_relative_to(homes[where]) for path in found] == [True] * 3
    assert reasons(case).count("readonly database") == 3
    assert count_feedback(case).waiting == 3
    give(case, "after")
    assert count_feedback(case).comments == 3
    assert waiting(case) == []


def test_case_42_nothing_can_be_written_then_there_is_no_receipt(
    tiny: Callable[..., Case], state: Path
) -> None:
    case = tiny(store="postgresql://nobody@/none?host=/nowhere")
    (case.folder / "spool").write_text("in the way")
    state.write_text("in the way")
    with pytest.raises(NotKept, match=r"not saved: .*; and no file takes it either: .*spool: "):
        give(case, "1")


def test_case_42_a_store_that_was_removed_is_made_again(tiny: Callable[..., Case]) -> None:
    case = tiny()
    give(case, "before")
    (case.folder / FILE_NAME).unlink()
    assert give(case, "1").kept is Kept.SPOOLED
    assert give(case, "2").kept is Kept.STORED
    assert read_feedback(case)["id"].tolist() == ["1", "2"]


def test_case_42_a_newer_store_is_left_alone_and_nothing_is_lost(tiny: Callable[..., Case]) -> None:
    case = tiny()
    give(case, "before")
    connection = sqlite3.connect(case.folder / FILE_NAME, isolation_level=None)
    connection.execute("UPDATE casebook_schema SET version = 99")
    assert give(case, "1").kept is Kept.SPOOLED
    connection.execute("UPDATE casebook_schema SET version = 2")
    connection.close()
    assert drain(case).stored == 1
