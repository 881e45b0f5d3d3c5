"""Cases 40 and 41 with real processes: nothing acknowledged is lost, whoever is killed."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from casebook.case import Case
from casebook.runs.feedback import Feedback, drain, keep_feedback, read_feedback
from casebook.runs.spool import Spool
from casebook.runs.store import FILE_NAME

CROWD = Path(__file__).with_name("crowd.py")
KILLED = -signal.SIGKILL


def crowd(case: Case, task: str, acks: Path, **options: object) -> dict[str, list[int]]:
    """What became of the processes of a crowd."""
    more = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, CROWD, case.folder, task, acks, *more]
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
    found = crowd(case, "give", acks, count=50, each=3, kill=15, holders=int(sqlite))
    assert sorted(found["ended"]) == [KILLED] * 15 + [0] * 35
    if sqlite:
        assert found["holding"] > 10  # killed in the middle of a transaction
    assert len(receipts(acks)) >= 35 * 3
    check_nothing_is_lost(case, acks)
    check_whole(case)


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
    found = crowd(case, "drain", drained, count=6, each=1, kill=3)
    assert sorted(found["ended"]) == [KILLED] * 3 + [0] * 3
    assert check_nothing_is_lost(case, acks) == waiting + 1
    check_whole(case)
