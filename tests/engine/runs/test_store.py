"""The store: runs, metrics, and what people said, kept once and for good."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casebook.runs.entry import Entry, IdTaken, Receipt
from casebook.runs.manifest import Manifest, RunStatus
from casebook.runs.store import FILE_NAME, Metric, Store, StoreError, open_store

NOW = datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC)
RUN = Manifest("20261122T184450Z-a1b2c3", "tiny", "/tiny", NOW)


@pytest.fixture
def store(tmp_path: Path, store_of: str | None) -> Iterator[Store]:
    """An open store of each kind in turn."""
    with open_store(tmp_path, store_of) as opened:
        yield opened


def entry(table: str, key: str, **values: object) -> Entry:
    return Entry(table, key, NOW, values)


LABEL = {"case_name": "tiny", "by": "ann", "row": "7", "label": "yes", "note": ""}
FEEDBACK = {
    "case_name": "tiny", "kind": "wrong", "prediction": "p1", "corrected": 3, "reason": "old",
    "comment": "no", "by": "ann",
}  # fmt: skip
SECRET = "my-own-words"
ALERT = {"run": None, "name": "drift", "level": "warning", "sentence": "It drifts."}


def test_runs_are_listed_the_newest_first_each_in_its_last_state(store: Store) -> None:
    store.record_run(RUN)
    store.record_run(replace(RUN, name="b", started=NOW + timedelta(1)))
    store.record_run(replace(RUN, name="c", case="other", started=NOW - timedelta(1)))
    store.record_run(replace(RUN, status=RunStatus.OK, ended=NOW, exit_status=0))
    newest, first, other = store.list_runs()
    assert (newest.name, other.case) == ("b", "other")
    assert (first.status, first.started, first.ended) == (RunStatus.OK, NOW, NOW)
    assert [run.name for run in store.list_runs(limit=1)] == ["b"]
    earlier = store.list_runs(case="tiny", before=newest.started)
    assert [run.name for run in earlier] == [RUN.name]


def test_metrics_of_a_run_replace_those_it_had(store: Store) -> None:
    auc = Metric("baseline", "auc", 0.845, subject="logistic", low=0.83, high=0.86, n=7043)
    store.record_run(RUN)
    store.record_metrics(RUN.name, [auc, replace(auc, subject="dummy", value=None)])
    store.record_metrics(RUN.name, [auc])
    assert store.metrics(RUN.name) == (auc,)
    with pytest.raises(StoreError, match=r"(?i)foreign key"):
        store.record_metrics("none", [auc])


@pytest.mark.parametrize(
    ("table", "values"), [("labels", LABEL), ("feedback", FEEDBACK), ("alerts", ALERT)]
)
def test_the_same_id_is_one_row_and_never_another(store: Store, table: str, values: dict) -> None:
    [first] = store.append(entry(table, "1", **values))
    [again] = store.append(replace(entry(table, "1", **values), at=NOW + timedelta(1)))
    assert first == again == Receipt("1", NOW)
    assert (first.is_new, again.is_new) == (True, False)
    [row] = store.rows(table)
    assert row["at"] == NOW
    assert {name: row[name] for name in values} == values
    with pytest.raises(IdTaken, match="the id '1' was used for something else"):
        store.append(entry(table, "2", **values), entry(table, "1", **values | {"by": "bob"}
                           if "by" in values else values | {"level": "high"}))  # fmt: skip
    assert len(store.rows(table)) == 1  # all or none


CHANGES = [
    "UPDATE {} SET case_name = 'x'",
    "DELETE FROM {}",
    "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
]


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("table", ["feedback", "labels", "predictions"])
def test_what_people_said_cannot_be_changed(tmp_path: Path, table: str, statement: str) -> None:
    fill(tmp_path, None)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement.format(table))
    connection.close()


@pytest.mark.parametrize("statement", [*CHANGES[:2], "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["feedback", "labels", "predictions"])
def test_postgresql_refuses_changes_too(
    tmp_path: Path, sql: Callable[[str], None], database: str, table: str, statement: str
) -> None:
    fill(tmp_path, database)
    with pytest.raises(RuntimeError, match="append-only"):
        sql(statement.format(table))


def fill(folder: Path, url: str | None) -> None:
    """One row in each table that cannot be changed."""
    with open_store(folder, url) as store:
        store.append(entry("feedback", "1", **FEEDBACK))
        store.append(entry("labels", "1", **LABEL))
        store.append(entry("predictions", "1", case_name="tiny", model="m"))


def test_no_connection_is_kept_that_a_fork_could_inherit(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.record_run(RUN)
        links = list(Path("/proc/self/fd").iterdir())
        names = {str(link.readlink()) for link in links if link.is_symlink()}
    assert not {name for name in names if FILE_NAME in name}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "this is not a store: it is no URL; allowed are null"),
        ("mysql://ann:secret@host/db", "this is not a store: mysql"),
        ("sqlite://", "memory forgets"),
        ("postgresql+none://host/db", "cannot be opened"),
    ],
)
def test_what_is_no_store_is_one_clear_line(tmp_path: Path, url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as raised, open_store(tmp_path, url):
        pass
    assert "secret" not in str(raised.value)


def test_what_cannot_be_opened_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("this is not a database, it is a long text about none")
    with pytest.raises(StoreError, match="not a database"), open_store(tmp_path):
        pass
    with pytest.raises(StoreError, match="unable to open"), open_store(tmp_path / "none"):
        pass
    away = "postgresql://ann:secret@/db?host=/nowhere"
    with pytest.raises(StoreError) as raised, open_store(tmp_path, away, patience=2):
        pass
    assert "secret" not in str(raised.value)
    assert str(raised.value).count("\n") == 0


def test_a_file_is_looked_for_in_the_case_s_folder(tmp_path: Path) -> None:
    with open_store(tmp_path, "sqlite:///mine.sqlite") as store:
        store.record_run(RUN)
    assert (tmp_path / "mine.sqlite").is_file()


def test_an_error_holds_nothing_of_what_was_said(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, pytest.raises(StoreError) as raised:
        store.append(entry("labels", "1", **LABEL | {"row": None, "note": SECRET}))
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    assert raised.value.refuses_content


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("UPDATE casebook_schema SET version = 99")
    connection.commit()
    connection.close()
    told = "version 99, this Casebook knows 2 A newer Casebook made it"
    for _ in range(2):  # by a process that has seen it before, and by one that has not
        with pytest.raises(StoreError, match=told), open_store(tmp_path) as store:
            store.list_runs()
