"""Cases 40 and 41 with real processes: nothing acknowledged is lost, whoever is killed."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casebook.case import Case
from casebook.runs.entry import Kept
from casebook.runs.feedback import Feedback, drain, keep_feedback, read_feedback
from casebook.runs.spool import Spool
from casebook.runs.store import FILE_NAME

CROWD = Path(__file__).with_name("crowd.py")
KILLED = -signal.SIGKILL
QUIET = ("-W", "ignore::DeprecationWarning")  # newer Pythons warn of a fork beside threads


def crowd(case: Case, task: str, acks: Path, **options: object) -> dict[str, list[int]]:
    """What became of the processes of a crowd."""
    more = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, *QUIET, CROWD, case.folder, task, acks, *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def receipts(acks: Path) -> dict[str, str]:
    """Id -> what its receipt said."""
    return dict(line.split() for line in acks.read_text("utf-8").splitlines())


def comment(key: str) -> str:
    return f"{key} 의견 " * 40


def check_nothing_is_lost(case: Case, acks: Path) -> int:
    """All that was acknowledged is stored once, whole, after the spool has been drained."""
    done = drain(case)
    assert (done.waiting, done.problems) == (0, ())
    frame = read_feedback(case).set_index("id")
    assert not frame.index.duplicated().any()
    assert set(receipts(acks)) <= set(frame.index)
    assert [row.comment == comment(key) for key, row in frame.iterrows()] == [True] * len(frame)
    return len(frame)


def check_whole(case: Case) -> None:
    """The database itself is sound."""
    if case.record.store is None:
        connection = sqlite3.connect(case.folder / FILE_NAME)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


def test_case_41_fifty_processes_write_and_some_are_killed(case: Case, tmp_path: Path) -> None:
    acks, sqlite = tmp_path / "acks", case.record.store is None
    found = crowd(case, "give", acks, count=50, each=3, kill=15, warm=1, holders=int(sqlite))
    assert sorted(found["ended"]) == [KILLED] * 15 + [0] * 35
    if sqlite and Path("/proc/locks").exists():
        assert found["holding"] > 10  # killed in the middle of a transaction
    assert len(receipts(acks)) >= 35 * 3
    check_nothing_is_lost(case, acks)
    check_whole(case)


def test_case_41_the_store_is_made_by_whoever_comes_first(case: Case, tmp_path: Path) -> None:
    acks = tmp_path / "acks"
    found = crowd(case, "give", acks, count=8, each=1, patience=60)
    assert found["ended"] == [0] * 8
    assert list(receipts(acks).values()) == ["stored"] * 8
    assert check_nothing_is_lost(case, acks) == 8


def test_case_41_with_a_write_ahead_log_too(tiny: Callable[..., Case], tmp_path: Path) -> None:
    """A newer SQLite than that of this machine may choose it."""
    case, acks = tiny(), tmp_path / "acks"
    found = crowd(case, "give", acks, count=16, each=4, kill=6, holders=1, journal="wal")
    assert sorted(found["ended"]) == [KILLED] * 6 + [0] * 10
    check_nothing_is_lost(case, acks)
    check_whole(case)


def test_case_41_nobody_waits_in_vain_who_reads_before_writing(
    tiny: Callable[..., Case], tmp_path: Path
) -> None:
    """Each write looks for its id first; were its transaction deferred, it would be refused."""
    case, acks = tiny(), tmp_path / "acks"
    crowd(case, "give", acks, count=8, each=12, patience=120)
    assert set(receipts(acks).values()) == {"stored"}
    assert len(read_feedback(case)) == 8 * 12


def test_case_41_a_deferred_transaction_would_be_refused_at_once(tmp_path: Path) -> None:
    """What the transactions of the store avoid, shown on SQLite itself."""
    first, second = (
        sqlite3.connect(tmp_path / "x", timeout=3600, isolation_level=None) for _ in range(2)
    )
    first.execute("CREATE TABLE t (x)")
    for connection in (first, second):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM t").fetchall()
    first.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.OperationalError, match="locked"):  # an hour is not waited for
        second.execute("INSERT INTO t VALUES (2)")
    for connection in (first, second):
        connection.close()


def test_case_40_the_same_said_by_many_processes_is_one_row_and_one_receipt(
    case: Case, tmp_path: Path
) -> None:
    """A double click, a page that was connected again, a message sent again."""
    acks = tmp_path / "acks"
    crowd(case, "same", acks, count=8, each=3)
    lines = acks.read_text("utf-8").splitlines()
    assert len(lines) == 8 * 3
    stored = read_feedback(case).set_index("id")["at"]
    assert set(lines) == {f"same-{i} {stored[f'same-{i}'].isoformat()}" for i in range(3)}


SAME = """
import psycopg, sys
with psycopg.connect(sys.argv[1]) as connection, psycopg.connect(sys.argv[1]) as watching:
    watching.autocommit = True
    connection.execute(
        "INSERT INTO feedback (id, at, stored, case_name, kind) "
        "VALUES ('x', %s, now(), 'case', 'right')",
        [sys.argv[2]],
    )
    print("inserted", flush=True)
    while not watching.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
        pass
"""


def test_case_40_said_by_two_in_the_same_moment(tiny: Callable[..., Case], database: str) -> None:
    """Neither sees the other's row yet; PostgreSQL lets one wait for the other."""
    case, at = tiny(store=database), datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC)
    keep_feedback(case, Feedback("before", "right"))
    command = [sys.executable, "-c", SAME, database, at.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline()
        receipt = keep_feedback(case, Feedback("x", "right"), patience=60)
    assert (receipt.kept, receipt.at, receipt.is_new) == (Kept.STORED, at, False)
    assert len(read_feedback(case)) == 2


@contextmanager
def locked(case: Case) -> Iterator[None]:
    """Another process holds the database's lock."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN EXCLUSIVE'); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, case.folder / FILE_NAME]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        yield
        holder.communicate()


def test_case_40_the_same_spooled_by_many_processes_is_one_file_and_one_receipt(
    tiny: Callable[..., Case], tmp_path: Path
) -> None:
    case, acks = tiny(), tmp_path / "acks"
    keep_feedback(case, Feedback("first", "right"))
    with locked(case):
        crowd(case, "same", acks, count=8, each=3, patience=0)
    lines = acks.read_text("utf-8").splitlines()
    assert (len(lines), len(set(lines))) == (8 * 3, 3)
    assert drain(case).stored == 3
    stored = read_feedback(case).set_index("id")["at"]
    assert set(lines) == {f"same-{i} {stored[f'same-{i}'].isoformat()}" for i in range(3)}


def test_case_41_killed_while_they_spool_and_while_they_drain(
    tiny: Callable[..., Case], tmp_path: Path
) -> None:
    case, acks = tiny(), tmp_path / "acks"
    keep_feedback(case, Feedback("first", "comment", comment=comment("first")))
    with locked(case):
        found = crowd(case, "give", acks, count=20, each=8, kill=6, patience=0)
    assert sorted(found["ended"]) == [KILLED] * 6 + [0] * 14
    assert set(receipts(acks).values()) == {"spooled"}
    waiting = len(Spool.of_case(case.folder).waiting())
    assert waiting >= len(receipts(acks)) >= 14 * 8
    drained = tmp_path / "drained"
    crowd(case, "drain", drained, count=1, each=1, kill=1, holders=1)  # alone, in mid-transaction
    found = crowd(case, "drain", drained, count=6, each=1, kill=3)
    assert sorted(found["ended"]) == [KILLED] * 3 + [0] * 3
    assert check_nothing_is_lost(case, acks) == waiting + 1
    check_whole(case)
