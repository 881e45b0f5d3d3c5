"""A store that version 1 made is brought to the present form, with all that people said in it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casebook.case import Case
from casebook.runs.feedback import Feedback, Label, keep_feedback, keep_label, read_labels
from casebook.runs.feedback import read_feedback as read
from casebook.runs.store import FILE_NAME, open_store

# As version 1 wrote it, but for the order of columns.
TABLES = """
CREATE TABLE casebook_schema (version INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE runs (name VARCHAR(100) NOT NULL PRIMARY KEY, case_name VARCHAR(200) NOT NULL,
  status VARCHAR(20) NOT NULL, started {moment} NOT NULL, ended {moment}, as_of DATE,
  seed INTEGER NOT NULL, exit_status INTEGER, manifest JSON NOT NULL);
CREATE TABLE metrics (run VARCHAR(100) NOT NULL REFERENCES runs (name), phase VARCHAR(100) NOT NULL,
  name VARCHAR(200) NOT NULL, subject VARCHAR(200) NOT NULL, value FLOAT, low FLOAT, high FLOAT,
  n INTEGER, PRIMARY KEY (run, phase, name, subject));
CREATE TABLE feedback (id VARCHAR(100) NOT NULL PRIMARY KEY, at {moment} NOT NULL,
  by VARCHAR(200) NOT NULL, run VARCHAR(100), content JSON NOT NULL);
CREATE TABLE labels (id VARCHAR(100) NOT NULL PRIMARY KEY, at {moment} NOT NULL,
  by VARCHAR(200) NOT NULL, row VARCHAR(500) NOT NULL, label TEXT, note TEXT NOT NULL);
CREATE TABLE alerts (id VARCHAR(100) NOT NULL PRIMARY KEY, at {moment} NOT NULL, run VARCHAR(100),
  name VARCHAR(200) NOT NULL, level VARCHAR(20) NOT NULL, sentence TEXT NOT NULL);
"""
ROWS = """
INSERT INTO casebook_schema VALUES (1);
INSERT INTO runs VALUES ('r1', 'case', 'ok', '2026-01-01 10:00:00.000000', NULL, NULL, 0, 0, '{}');
INSERT INTO runs VALUES ('r2', 'other', 'ok', '2026-01-02 10:00:00.000000', NULL, NULL, 0, 0, '{}');
INSERT INTO feedback VALUES ('f1', '2026-01-03 10:00:00.000000', 'ann', 'r1', '{"useful": false}');
INSERT INTO feedback VALUES ('f2', '2026-01-04 10:00:00.250000', '=bob', NULL, '"좋아요"');
INSERT INTO feedback VALUES ('f3', '2026-01-05 10:00:00.000000', 'cy', 'r2', '3');
INSERT INTO labels VALUES ('l1', '2026-01-03 10:00:00.000000', 'ann', '7', NULL, 'cannot tell');
"""
SQLITE = """
CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
POSTGRES = """
CREATE FUNCTION {table}_no_{action}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_no_{action}();
"""


def first_version(moment: str, trigger: str) -> str:
    """The statements that make a store of version 1, with a few rows."""
    pairs = [(table, action) for table in ("feedback", "labels") for action in ("update", "delete")]
    triggers = [trigger.format(table=table, action=action) for table, action in pairs]
    return TABLES.format(moment=moment) + "".join(triggers) + ROWS


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tiny: Callable[..., Case]) -> Case:
    """A case whose store is of version 1."""
    if request.param == "sqlite":
        made = tiny()
        connection = sqlite3.connect(made.folder / FILE_NAME)
        connection.executescript(first_version("DATETIME", SQLITE))
        connection.close()
        return made
    url = request.getfixturevalue("database")
    script = "SET timezone TO 'UTC'; " + first_version("TIMESTAMP WITH TIME ZONE", POSTGRES)
    request.getfixturevalue("sql")(script)
    return tiny(store=url)


def test_all_that_people_said_is_there_in_the_new_form(old: Case) -> None:
    frame = read(old)
    assert list(frame["id"]) == ["f1", "f2"]  # f3 is of another case, by its run
    assert list(frame["comment"]) == ['{"useful": false}', "좋아요"]
    assert list(frame["by"]) == ["ann", "=bob"]
    assert list(frame["kind"]) == ["comment", "comment"]
    assert frame["at"].iloc[1] == datetime(2026, 1, 4, 10, 0, 0, 250_000, UTC)
    assert read_labels(old).loc["7", ["label", "note"]].tolist() == [None, "cannot tell"]
    with open_store(old.folder, old.record.store) as store:
        assert len(store.rows("feedback")) == 3
        assert [run.name for run in store.list_runs()] == ["r2", "r1"]


def test_the_new_form_takes_new_rows_and_stays_append_only(old: Case) -> None:
    keep_feedback(old, Feedback("f4", "right"))
    keep_label(old, Label("l2", row="7", label="yes", by="bob"))
    assert read(old)["id"].tolist() == ["f1", "f2", "f4"]
    assert read_labels(old).loc["7", "label"] == "yes"


def test_a_change_that_is_interrupted_is_not_half_done(tiny: Callable[..., Case]) -> None:
    made = tiny()
    connection = sqlite3.connect(made.folder / FILE_NAME)
    connection.executescript(first_version("DATETIME", SQLITE))
    connection.execute("CREATE TABLE labels_1 (in_the_way)")
    before = list(connection.iterdump())
    with pytest.raises(Exception, match="labels_1"):
        read(made)
    assert list(connection.iterdump()) == before
    connection.execute("DROP TABLE labels_1")
    connection.commit()
    connection.close()
    assert len(read(made)) == 2


def test_several_processes_may_meet_an_old_store(old: Case, tmp_path: Path) -> None:
    script = Path(__file__).with_name("crowd.py")
    command = [
        sys.executable,
        "-W",
        "ignore::DeprecationWarning",
        script,
        old.folder,
        "read",
        tmp_path / "read",
        "--count",
        "6",
    ]
    done = subprocess.run([*command, "--each", "1"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = (tmp_path / "read").read_text("utf-8").splitlines()
    assert sorted(lines) == [f"{number}-0 2" for number in range(6)]
