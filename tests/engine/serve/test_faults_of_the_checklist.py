"""Faults 27 and 28 on a page that people use, and a crowd at its door."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pandas as pd
import psutil
import pytest

from casebook.case import load_case, new_record_text, read_journal
from casebook.places import notebooks_folder
from casebook.serve.settings import ALLOWED

_NOBODY = 2**22 + 1  # more than a process id can be
PATTERN = "There is a pattern to learn"


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """A case whose rows are people."""
    folder = tmp_path_factory.mktemp("people") / "a-secret-place"
    folder.mkdir()
    rows = {
        "person": [f"person-{n:04d}" for n in range(120)],
        "age": [20 + n % 50 for n in range(120)],
        "left": ["yes" if n % 3 == 0 else "no" for n in range(120)],
    }
    pd.DataFrame(rows).to_csv(folder / "rows.csv", index=False)
    text = new_record_text("people", {"rows": "rows.csv"}, target="left")
    (folder / "case.yaml").write_text(text, "utf-8")
    return load_case(folder)


@pytest.fixture(scope="module")
def hosted(people, harness):
    os.environ["OUR_SECRET"] = "a-password-of-ours"
    page = nbformat.read(notebooks_folder() / "04_feasibility.ipynb", as_version=4)
    page.metadata["kernelspec"]["name"] = "python3"
    pages = {"feasibility": page, "form": harness.cells(harness.FORM)}
    limits = harness.Limits(kernels=4, away=3.0)
    with harness.hosting(people, pages, limits) as running:
        yield running
    del os.environ["OUR_SECRET"]


@pytest.fixture
def client(hosted, harness):
    opened = harness.Client(hosted, hosted.page("feasibility"))
    yield opened
    opened.close()


def record(case) -> dict:
    return load_case(case.folder).record.model_dump(mode="json")


def click(client, widget: str) -> None:
    data = {"method": "custom", "content": {"event": "click"}}
    client.send("comm_msg", {"comm_id": widget, "data": data})


def test_case_27_what_is_past_the_limits_is_refused_logged_and_never_in_the_record(
    hosted, people, client, harness
):
    before = record(people)
    client.set(client.named("Your name"), value="Mallory")
    answer, note = (client.named(f"Your {what}: {PATTERN}") for what in ("answer", "note"))
    for index in (99, -7, "1", None, 2**70):
        client.set(answer, index=index)
    client.set(answer, value="certainly", _options_labels=["certainly"], disabled=False)
    client.set(note, value="x" * 1_000_000)
    client.set(note, value={"$ne": 1}, rows=-1)
    numbers = [name for name, state in client.widgets().items()
               if "minutes" in str(state.get("description", "")).lower()]  # fmt: skip
    for given in ("nan", "inf", "-5", "1e999", "__import__('os')"):
        client.set(numbers[0], value=given)
    for name, state in client.widgets().items():
        if state.get("_model_name") == "ButtonModel":  # those that are hidden, too
            client.set(name, disabled=False, layout=None)
            click(client, name)
    client.done()
    assert record(people)["feasibility"] == before["feasibility"]
    journal = json.dumps([str(one) for one in read_journal(people.folder)])
    assert "certainly" not in journal
    harness.until(lambda: "TraitError" in hosted.told(), "a line in the log")
    assert "refused: 1000000 characters for feasibility.pattern.note" in hosted.told()
    assert "x" * 1000 not in hosted.told()


def test_case_27_a_name_that_no_person_has_is_refused(people, client):
    client.set(client.named("Your name"), value="n" * 5_000)
    client.set(client.named(f"Your answer: {PATTERN}"), index=1)
    client.done()
    assert "n" * 300 not in (people.folder / "case.yaml").read_text("utf-8")
    assert record(people)["feasibility"]["pattern"]["answer"] is None


def test_case_27_what_a_person_may_answer_is_still_saved(people, client, harness):
    client.set(client.named("Your name"), value="Lee")
    client.set(client.named(f"Your answer: {PATTERN}"), index=2)
    client.done()
    held = record(people)["feasibility"]["pattern"]
    assert (held["answer"], held["by"]) in {("no", "Lee"), ("yes", "Lee")}


def test_case_28_no_widget_holds_a_secret_a_row_or_somebody_else_s_text(
    hosted, people, client, harness
):
    other = harness.Client(hosted, hosted.page("feasibility"))
    other.set(other.named(f"Your note: {PATTERN}"), value="typed by another, not saved")
    other.done()
    whole = json.dumps(client.widgets())
    assert PATTERN in whole
    for secret in ("a-password-of-ours", harness.TOKEN, "a-secret-place", "person-00",
                   "typed by another", str(hosted.runtime)):  # fmt: skip
        assert secret not in whole, secret
    client.send("comm_info_request", {})
    client.done()
    assert "a-password-of-ours" not in str(client.heard)
    assert "OUR_SECRET" not in ALLOWED
    other.close()


def test_case_29_a_kernel_that_eats_memory_meets_its_limit_alone(people, harness):
    eats = "kept = []\nwhile True:\n    kept.append(bytearray(50_000_000))"
    pages = {"eats": harness.cells(eats), "form": harness.cells(harness.FORM)}
    with harness.hosting(people, pages, harness.Limits(memory=900_000_000)) as hosted:
        other = hosted.page("form")
        status, text = hosted.get("eats")
        assert status == 200
        assert "cb-incident" in text
        assert "MemoryError" in hosted.told()
        assert hosted.state(other)["state"] == "alive"
        assert hosted.page("form")


def test_a_crowd_meets_the_cap_and_leaves_nothing_behind(hosted, harness):
    """The full number is in tests/bench/bench_page.py."""
    rng, most = random.Random(1), 0

    def patient(_n: int) -> int:
        tried = 0
        while hosted.get("form")[0] == 503:
            tried += 1
            time.sleep(0.2)
        return tried

    with ThreadPoolExecutor(8) as many:
        waiting = [many.submit(patient, n) for n in range(8)]
        while not all(one.done() for one in waiting):
            there = hosted.kernels()
            most = max(most, len(there))
            if there and rng.random() < 0.3:
                found = harness.listening(rng.choice(there))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(found or _NOBODY, signal.SIGKILL)
    assert [one.result() >= 0 for one in waiting] == [True] * 8
    assert 0 < most <= 4
    harness.until(hosted.is_left_clean, "the end of files and sockets")
    server = psutil.Process(hosted.process.pid)
    harness.until(lambda: not server.children(), "the end of all processes", 30)
    assert hosted.get("form")[0] == 200
