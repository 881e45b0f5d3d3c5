"""The spool: files that are whole or not there, and what becomes of those that are in the way."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casebook.case import Case
from casebook.runs.entry import Entry, IdTaken, Kept
from casebook.runs.feedback import Feedback, drain, keep_feedback, read_feedback
from casebook.runs.spool import AT_ONCE, Drained, NotKept, Spool
from casebook.runs.store import FILE_NAME, open_store

NOW = datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC)


@pytest.fixture
def case(tiny: Callable[..., Case]) -> Case:
    """A case with a store in its folder."""
    return tiny()


@pytest.fixture
def locked(case: Case) -> Iterator[Callable[[], None]]:
    """The store exists and is locked until what is returned is called."""
    keep_feedback(case, Feedback("first", "right"))
    connection = sqlite3.connect(case.folder / FILE_NAME, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection.rollback
    connection.close()


def give(case: Case, key: str, comment: str = "x") -> Kept:
    return keep_feedback(case, Feedback(key, "comment", comment=comment), patience=0).kept


def files(case: Case) -> list[Path]:
    return sorted((case.folder / "spool").glob("*.json"))


def test_a_file_that_cannot_be_read_stays_and_stops_nobody(case: Case, locked: Callable) -> None:
    give(case, "a")
    for name, content in (("feedback-cut.json", b'{"entry": 1, "ta'), ("x-y.json", b"\xff[]")):
        (case.folder / "spool" / name).write_bytes(content)
    locked()
    done = drain(case)
    assert (done.stored, done.waiting, len(done.problems)) == (1, 2, 2)
    assert all("cannot be read" in problem for problem in done.problems)
    assert [path.name for path in files(case)] == ["feedback-cut.json", "x-y.json"]
    assert read_feedback(case)["id"].tolist() == ["first", "a"]


def test_what_the_store_does_not_take_stays_and_stops_nobody(case: Case) -> None:
    spool = Spool.of_case(case.folder)
    good = Feedback("good", "right").entry(case)
    bad = Entry("feedback", "bad", NOW, {**good.values, "kind": None})  # as no page would make it
    for entry in (bad, good):
        spool.put(entry, "test")
    done = drain(case)
    assert (done.stored, done.waiting) == (1, 1)
    assert "NOT NULL" in done.problems[0]
    assert read_feedback(case)["id"].tolist() == ["good"]


def test_a_damaged_file_is_not_taken_for_a_receipt(case: Case, locked: Callable) -> None:
    give(case, "a")
    [path] = files(case)
    path.write_bytes(path.read_bytes()[:40])
    assert give(case, "a") == Kept.SPOOLED
    locked()
    assert drain(case) == Drained(stored=1)


def test_something_else_under_the_same_id_is_refused_while_it_waits(
    case: Case, locked: Callable
) -> None:
    give(case, "a", "this")
    with pytest.raises(IdTaken):
        give(case, "a", "that")
    assert len(files(case)) == 1


def test_something_else_that_has_a_receipt_is_stored_beside(case: Case, locked: Callable) -> None:
    """While the store is locked nobody can know that the id is taken; so nothing may be lost."""
    assert give(case, "first", "not the same") == Kept.SPOOLED
    locked()
    for _ in range(2):
        drain(case)
    frame = read_feedback(case)
    assert frame["comment"].tolist() == ["", "not the same"]
    assert frame["id"].iloc[1].startswith("first~")
    assert files(case) == []


def test_a_writer_brings_some_along_and_a_drain_all(case: Case, locked: Callable) -> None:
    for n in range(AT_ONCE + 5):
        Spool.of_case(case.folder).put(Feedback(f"s{n}", "right").entry(case), "test")
    locked()
    give(case, "late")
    assert len(files(case)) == 5
    assert drain(case) == Drained(stored=5)
    assert len(read_feedback(case)) == AT_ONCE + 5 + 2


def test_killed_after_the_commit_and_before_the_file_went_is_one_row(case: Case) -> None:
    entry = Feedback("a", "right").entry(case)
    spool = Spool.of_case(case.folder)
    spool.put(entry, "test")
    with open_store(case.folder) as store:
        store.append(entry)  # and here the process ended
    assert drain(case) == Drained(stored=1)
    assert len(read_feedback(case)) == 1


def test_files_that_were_never_finished_are_swept_away_after_a_while(case: Case) -> None:
    folder = case.folder / "spool"
    folder.mkdir()
    old, new = folder / ".0a.tmp", folder / ".0b.tmp"
    for path in (old, new):
        path.write_text("{")
    os.utime(old, (time.time() - 7200,) * 2)
    Spool.of_case(case.folder).put(Feedback("a", "right").entry(case), "test")
    drain(case)
    assert [path.name for path in folder.glob(".*.tmp")] == [".0b.tmp"]


def test_a_spool_that_can_be_written_nowhere_gives_no_receipt(case: Case, state: Path) -> None:
    (case.folder / "spool").write_text("in the way")
    entry = Feedback("a", "right").entry(case)
    assert Spool.of_case(case.folder).put(entry, "test").kept is Kept.SPOOLED
    assert [path.is_relative_to(state) for path in Spool.of_case(case.folder).waiting()] == [True]
    with pytest.raises(NotKept):
        Spool(case.folder / "spool").put(entry, "test")
    assert drain(case).stored == 1


def test_reading_says_how_much_waits(case: Case, locked: Callable) -> None:
    give(case, "a")
    frame = read_feedback(case)
    assert (len(frame), frame.attrs["waiting"]) == (1, 1)
