"""What people say: what is accepted, what is kept of it, and how it is read again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.runs.entry import Kept
from casebook.runs.feedback import (
    Feedback,
    FeedbackCount,
    IdTaken,
    Kind,
    Label,
    NotAccepted,
    Prediction,
    StoreError,
    count_feedback,
    count_since_last_run,
    keep_feedback,
    keep_label,
    log_prediction,
    read_feedback,
    read_labels,
    read_predictions,
)
from casebook.runs.manifest import Manifest
from casebook.runs.store import FILE_NAME, open_store

NOW = datetime(2026, 11, 22, 18, 44, 50, 123456, tzinfo=UTC)
ALL = Feedback(
    "page-1", "corrected", corrected="=아니요", reason="+too old", comment="line 1\nline 2 🍜",
    by="김 Ann", prediction="p-1", model="sha256:ab", run="r1", inputs={"age": 41, "도시": "서울"},
    output={"p": 0.25, "label": "yes"}, page="08_prototype", language="ko", at=NOW,
)  # fmt: skip
INPUTS = {"age": np.int64(41), "left": pd.NaT, "x": np.float64("nan"), "y": float("-inf")}


def test_all_of_it_is_read_as_it_was_given(tiny: Callable[..., Case], store_of: str | None) -> None:
    case = tiny(store=store_of, monitoring={"log_allowed": "yes"})
    receipt = keep_feedback(case, ALL)
    assert (receipt.id, receipt.at, receipt.kept) == ("page-1", NOW, Kept.STORED)
    [row] = read_feedback(case).to_dict("records")
    given = {name: getattr(ALL, name) for name in row}
    assert row == given


def test_a_receipt_is_frozen_and_says_which_of_the_two_happened(case: Case) -> None:
    receipt = keep_feedback(case, ALL)
    with pytest.raises(FrozenInstanceError):
        receipt.id = "other"
    assert receipt.sentence == "Stored at Nov 22, 2026 18:44 UTC, receipt page-1."
    waits = replace(receipt, kept=Kept.SPOOLED).sentence
    assert waits.startswith("Kept in a file at Nov 22, 2026 18:44 UTC, receipt page-1. It enters")


def test_case_40_sent_again_is_one_row_and_the_same_receipt(case: Case) -> None:
    first = keep_feedback(case, replace(ALL, at=None))
    again = keep_feedback(case, replace(ALL, at=None, output=None))  # said the same of it
    assert first == again
    assert (first.is_new, again.is_new) == (True, False)
    assert len(read_feedback(case)) == 1
    with pytest.raises(IdTaken, match="Send it again with a new id"):
        keep_feedback(case, replace(ALL, comment="something else"))
    assert read_feedback(case)["comment"].tolist() == [ALL.comment]


@pytest.mark.parametrize("answer", ["no", "unsure", None])
def test_inputs_are_kept_only_if_the_record_says_yes(
    tiny: Callable[..., Case], answer: str | None
) -> None:
    case = tiny(monitoring={"log_allowed": answer})
    keep_feedback(case, ALL)
    log_prediction(case, Prediction("p-1", {"p": 0.25}, {"age": 41}, model="m", at=NOW))
    [said] = read_feedback(case).itertuples()
    assert (said.inputs, said.output, said.comment) == (None, ALL.output, ALL.comment)
    [logged] = read_predictions(case).itertuples()
    assert (logged.inputs, logged.output) == (None, None)
    assert (logged.id, logged.model, logged.at) == ("p-1", "m", NOW)
    held = (case.folder / FILE_NAME).read_bytes()
    assert "서울".encode() not in held
    assert b'"age"' not in held


def test_the_log_of_predictions_holds_what_feedback_refers_to(
    tiny: Callable[..., Case], store_of: str | None
) -> None:
    case = tiny(store=store_of, monitoring={"log_allowed": "yes"})
    shown = Prediction("p-1", np.array([0.25, 0.75]), INPUTS, model="sha256:ab", page="08")
    assert log_prediction(case, shown) == log_prediction(case, shown)
    keep_feedback(case, ALL)
    both = read_feedback(case).merge(read_predictions(case), left_on="prediction", right_on="id")
    assert both["output_y"].tolist() == [[0.25, 0.75]]
    assert both["inputs_y"].tolist() == [{"age": 41, "left": None, "x": None, "y": "-Infinity"}]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id": ""}, "an id is 1 to 100 letters"),
        ({"id": "../../x"}, "an id is 1 to 100 letters"),
        ({"id": 7}, "an id is 1 to 100 letters"),
        ({"id": "x" * 101}, "an id is 1 to 100 letters"),
        ({"kind": "great"}, "'great' is no kind of feedback; there are right, wrong, corrected"),
        ({"corrected": None}, "a correction needs the value"),
        ({"kind": "comment", "comment": " \n"}, "a comment needs words"),
        ({"comment": "x" * 20_001}, "'comment' is too long: at most 20000"),
        ({"by": "x" * 201}, "'by' is too long: at most 200"),
        ({"reason": 3}, "'reason' is a text, not int"),
        ({"output": "x" * 1_000_001}, "'output' is too long"),
        ({"output": object()}, "a value of type object cannot be kept"),
        ({"output": b"x"}, "a value of type bytes cannot be kept"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is(case: Case, changes: dict, told: str) -> None:
    with pytest.raises(NotAccepted, match=told):
        keep_feedback(case, replace(ALL, **changes))
    assert read_feedback(case).empty
    assert not (case.folder / "spool").exists()


def test_a_value_that_holds_itself_is_refused(case: Case) -> None:
    deep: list = []
    deep.append(deep)
    with pytest.raises(NotAccepted, match="nested more than 20 deep"):
        keep_feedback(case, replace(ALL, output=deep))


def test_letters_that_a_database_does_not_take_are_replaced_and_seen(case: Case) -> None:
    keep_feedback(case, replace(ALL, comment="a\x00b \ud83d c", output={"k\x00": "\udc00"}))
    [row] = read_feedback(case).itertuples()
    assert (row.comment, row.output) == ("a\ufffdb \ufffd c", {"k\ufffd": "\ufffd"})


def test_values_do_not_show_what_people_wrote() -> None:
    shown = repr(ALL) + repr(Label("l", "7", "secret", "김 Ann", "note"))
    for word in ("아니요", "too old", "line", "서울", "0.25", "secret", "note"):
        assert word not in shown


def test_of_labels_the_latest_counts_and_the_history_stays(case: Case) -> None:
    at = [NOW + timedelta(minutes=n) for n in range(4)]
    keep_label(case, Label("l2", "7", "no", "bob", "looked again", at=at[2]))
    keep_label(case, Label("l1", "7", "yes", "ann", at=at[1]))  # said earlier, stored later
    keep_label(case, Label("l3", "8", "yes", "ann", at=at[0]))
    keep_label(case, Label("l4", "8", None, "cy", "cannot tell", at=at[3]))
    latest = read_labels(case)
    assert latest.loc["7", ["label", "by", "note", "at"]].tolist() == [
        "no", "bob", "looked again", at[2],
    ]  # fmt: skip
    assert latest.loc["8", "label"] is None
    assert len(latest) == 2
    history = read_labels(case, history=True)
    assert history["id"].tolist() == ["l3", "l1", "l2", "l4"]
    with pytest.raises(IdTaken):
        keep_label(case, Label("l1", "7", "no", "ann"))


def test_cases_that_share_a_database_read_their_own(
    tiny: Callable[..., Case], database: str
) -> None:
    one, other = (tiny(name=name, store=database) for name in ("one", "other"))
    keep_feedback(one, replace(ALL, id="1"))
    keep_feedback(other, replace(ALL, id="2"))
    keep_label(other, Label("l", "7", "yes", "ann"))
    assert read_feedback(one)["id"].tolist() == ["1"]
    assert read_feedback(other)["id"].tolist() == ["2"]
    assert read_labels(one).empty
    assert count_feedback(one).stored == 1


def test_a_case_without_a_store_reads_as_empty_and_stays_so(tiny: Callable[..., Case]) -> None:
    case = tiny()
    frame = read_feedback(case)
    assert (len(frame), frame.attrs["waiting"]) == (0, 0)
    assert {"id", "at", "kind", "inputs"} <= set(frame.columns)
    assert str(frame["at"].dtype).endswith("UTC]")
    assert read_labels(case).empty
    assert count_feedback(case) == FeedbackCount()
    assert not (case.folder / FILE_NAME).exists()


def test_a_store_that_cannot_be_read_is_no_empty_frame(tiny: Callable[..., Case]) -> None:
    with pytest.raises(StoreError):
        read_feedback(tiny(store="postgresql://ann@/db?host=/nowhere"))


def test_counts_by_kind_and_by_the_run_before(case: Case) -> None:
    for n, kind in enumerate([*Kind, Kind.RIGHT]):
        keep_feedback(case, replace(ALL, id=f"f{n}", kind=kind))
    count = count_feedback(case)
    kinds = (count.right, count.wrong, count.corrected, count.comments)
    assert (kinds, count.stored) == ((2, 1, 1, 1), 5)
    now = datetime.now(UTC)
    before, since = (
        Manifest(name, case.record.name, "", at)
        for name, at in (("r1", now - timedelta(hours=1)), ("r2", now + timedelta(hours=1)))
    )
    with open_store(case.folder, case.record.store) as store:
        store.record_run(replace(before, name="r0", started=before.started - timedelta(days=1)))
        store.record_run(before)
        store.record_run(replace(before, name="x", case="another", started=now))
        store.record_run(since)
    assert count_since_last_run(case, before.started).stored == 0
    found = count_since_last_run(case, since.started)
    assert (found.stored, found.since) == (5, before.started)
    later = since.started + timedelta(1)
    assert count_since_last_run(case, later) == FeedbackCount(since=since.started)


def test_since_and_until_are_understood_in_any_zone(case: Case) -> None:
    keep_feedback(case, ALL)
    seoul = timezone(timedelta(hours=9))
    now = datetime.now(UTC)
    soon, earlier = (now + timedelta(minutes=d) for d in (5, -5))
    assert len(read_feedback(case, since=earlier.astimezone(seoul), until=soon)) == 1
    assert len(read_feedback(case, since=soon.astimezone(seoul))) == 0
    assert len(read_feedback(case, until=earlier.astimezone(seoul))) == 0


def test_a_process_that_wrote_may_be_forked_and_both_go_on(case: Case) -> None:
    """What Voila's warm kernels do; a connection that crossed the fork would be shared."""
    keep_feedback(case, replace(ALL, id="before"))
    code = """
import os, sys
from casebook.case import load_case
from casebook.runs.feedback import Feedback, keep_feedback
case = load_case(sys.argv[1])
keep_feedback(case, Feedback("parent-0", "right"))
children = []
for n in range(4):
    pid = os.fork()
    if pid == 0:
        kept = [keep_feedback(case, Feedback(f"child-{n}-{i}", "right"), patience=60).kept
                for i in range(3)]
        os._exit(kept != ["stored"] * 3)
    children.append(pid)
kept = [keep_feedback(case, Feedback(f"parent-{i}", "right"), patience=60).kept
        for i in range(1, 4)]
sys.exit(kept != ["stored"] * 3 or any(os.waitpid(pid, 0)[1] for pid in children))
"""
    quiet = ("-W", "ignore::DeprecationWarning")  # newer Pythons warn of a fork beside threads
    command = [sys.executable, *quiet, "-c", code, case.folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(read_feedback(case)) == 1 + 4 + 4 * 3


def test_korean_receipts_and_errors_are_made_in_the_reader_s_language(case: Case) -> None:
    with language.using("ko"):
        receipt = keep_feedback(case, ALL)
        assert receipt.id in receipt.sentence
        with pytest.raises(CasebookError):
            keep_feedback(case, replace(ALL, kind="great"))
