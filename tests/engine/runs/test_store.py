"""The store: runs, metrics, and what people said, kept once and for good."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casebook.exceptions import RunError
from casebook.runs.journal_mode import is_fixed, is_local
from casebook.runs.manifest import Manifest, RunStatus
from casebook.runs.store import FILE_NAME, Metric, StoreError, open_store

NOW = datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC)
RUN = Manifest("20261122T184450Z-a1b2c3", "tiny", "/tiny", NOW)


def test_runs_are_listed_the_newest_first_each_in_its_last_state(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.record_run(RUN)
        store.record_run(replace(RUN, name="b", started=NOW + timedelta(1)))
        store.record_run(replace(RUN, status=RunStatus.OK, ended=NOW, exit_status=0))
    with open_store(tmp_path) as store:
        newest, first = store.list_runs()
        assert newest.name == "b"
        assert (first.status, first.started, first.ended) == (RunStatus.OK, NOW, NOW)
        assert [run.name for run in store.list_runs(limit=1)] == ["b"]


def test_metrics_of_a_run_replace_those_it_had(tmp_path: Path) -> None:
    auc = Metric("baseline", "auc", 0.845, subject="logistic", low=0.83, high=0.86, n=7043)
    with open_store(tmp_path) as store:
        store.record_run(RUN)
        store.record_metrics(RUN.name, [auc, replace(auc, subject="dummy", value=None)])
        store.record_metrics(RUN.name, [auc])
        assert store.metrics(RUN.name) == (auc,)
        with pytest.raises(StoreError, match="FOREIGN KEY"):
            store.record_metrics("none", [auc])


def test_case_40_the_same_feedback_twice_is_one_row_and_the_same_receipt(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        first = store.add_feedback("id-1", by="ann", content={"useful": True})
        again = store.add_feedback("id-1", by="ann", content={"useful": True})
        assert (first.is_new, again.is_new) == (True, False)
        assert again.at == first.at
        [row] = store.rows("feedback")
        assert row["content"] == {"useful": True}


def test_labels_and_alerts_are_kept(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.add_label("l1", by="ann", row="7", label=None, note="cannot tell")
        store.add_alert("a1", name="drift", level="warning", sentence="It drifts.")
        assert store.rows("labels")[0]["note"] == "cannot tell"
        assert store.rows("alerts")[0]["run"] is None


@pytest.mark.parametrize("statement", ["UPDATE {} SET by = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["feedback", "labels"])
def test_what_people_said_cannot_be_changed(tmp_path: Path, table: str, statement: str) -> None:
    with open_store(tmp_path) as store:
        store.add_feedback("1", by="ann", content="x")
        store.add_label("1", by="ann", row="7", label="yes")
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement.format(table))
    connection.close()


def test_case_44_the_journal_fits_version_and_file_system(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.record_run(RUN)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    [[mode]] = connection.execute("PRAGMA journal_mode").fetchall()
    connection.close()
    assert mode == ("wal" if is_fixed(sqlite3.sqlite_version_info) else "delete")
    fixed = [(3, 44, 6), (3, 44, 9), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0)]
    broken = [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)]
    assert [version for version in fixed + broken if is_fixed(version)] == fixed
    assert is_local(tmp_path)


WRITE = """
import sys
from pathlib import Path
from casebook.runs.store import open_store
with open_store(Path(sys.argv[1])) as store:
    for n in range(15):
        store.add_feedback(f"{sys.argv[2]}-{n}", by="w", content=n)
        print(n, flush=True)
"""


def test_case_41_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    command = [sys.executable, "-c", WRITE, str(tmp_path)]
    writers = [
        subprocess.Popen([*command, str(n)], stdout=subprocess.PIPE, text=True) for n in range(4)
    ]
    acknowledged = sum(len(writer.communicate(timeout=60)[0].split()) for writer in writers)
    assert [writer.returncode for writer in writers] == [0] * 4
    with open_store(tmp_path) as store:
        assert len(store.rows("feedback")) == acknowledged == 60


def test_two_processes_may_make_the_same_store(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE, str(tmp_path)]
    makers = [
        subprocess.Popen([*command, str(n)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for n in range(2)
    ]
    assert [maker.communicate(timeout=60)[1] for maker in makers] == [b"", b""]


def test_what_is_no_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("this is not a database, it is a long text about none")
    with pytest.raises(StoreError, match="not a database"), open_store(tmp_path):
        pass
    with pytest.raises(StoreError, match="this is not a store"), open_store(tmp_path, "nonsense"):
        pass
    with pytest.raises(StoreError, match="unable to open"), open_store(tmp_path / "none"):
        pass


def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("UPDATE casebook_schema SET version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(RunError, match="version 99, this Casebook knows 1"), open_store(tmp_path):
        pass
