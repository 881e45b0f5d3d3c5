"""The front page of a run: what it takes from the manifest, the findings, the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from casebook.case import Case, load_case, new_record_text
from casebook.case.sections_data import TableSource
from casebook.pages.front_page import FeedbackCount
from casebook.runs.feedback import Feedback, keep_feedback
from casebook.runs.manifest import (
    ErrorKind,
    Manifest,
    PhaseError,
    PhaseRecord,
    PhaseStatus,
    RunStatus,
)
from casebook.runs.report import page_of, write_report
from casebook.runs.store import FILE_NAME, open_store

NOW = datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC)
FIGURE = '<figure class="cb-figure"><svg>{}</svg></figure>'
SENTENCE = "kernel died (signal 9; memory?)"
PHASES = (
    PhaseRecord("symptom", "02_symptom", PhaseStatus.OK, NOW, 2.5, 9, 9),
    PhaseRecord(
        "baseline", "07_baseline", PhaseStatus.FAILED, NOW, 1.0,
        error=PhaseError(ErrorKind.KERNEL, "KernelDied", SENTENCE, SENTENCE, 2),
    ),
    PhaseRecord("error_analysis", "10_error_analysis", PhaseStatus.SKIPPED, reason="it needs more"),
)  # fmt: skip


def manifest(language: str = "en") -> Manifest:
    return Manifest(
        "20261122T184450Z-a1b2c3", "tiny", "/tiny", NOW, RunStatus.FAILED, NOW,
        language=language, parameters={"seed": 3, "text": "x"}, phases=PHASES,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    (folder / "findings").mkdir(parents=True)
    found = {"headline": ["Revenue fell <3> months in a row."]}
    (folder / "findings" / "symptom.json").write_text(json.dumps(found))
    shown = [new_output("display_data", {"text/html": f"<p>x</p>{FIGURE.format(n)}"}) for n in "12"]
    cells = [new_markdown_cell("# T"), new_code_cell("a", outputs=shown), new_code_cell("b")]
    for name in ("02_symptom", "07_baseline"):
        nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    (folder / "02_symptom.html").write_text("")
    return folder


def test_a_card_for_every_phase_of_the_table(folder: Path) -> None:
    page = page_of(folder, manifest(), None)
    cards = {card.stem: card for card in page.cards}
    symptom, baseline = cards["symptom"], cards["baseline"]
    assert symptom.headline == ("Revenue fell <3> months in a row.",)
    assert symptom.picture == FIGURE.format(1)
    assert (symptom.link, symptom.seconds) == ("02_symptom.html", 2.5)
    assert (baseline.status, baseline.headline, baseline.link) == ("failed", (SENTENCE,), "")
    assert cards["error_analysis"].headline == ("it needs more",)
    assert cards["feasibility"].status == "not_run"
    [failure] = page.failures
    assert (failure.error, failure.cell) == (SENTENCE, 2)  # the second cell of code
    assert page.parameters == (("seed", "3"), ("text", "x"))


def test_the_record_adds_summary_and_open_questions(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    tables = {"a": TableSource(source="a.csv")}
    text = new_record_text("tiny", tables, target=None, time=None, language="en")
    (tmp_path / "case.yaml").write_text(text)
    page = page_of(folder, manifest(), load_case(tmp_path))
    assert sum(len(group.questions) for group in page.unanswered) > 10
    links = {group.phase: group.link for group in page.unanswered}
    assert links["Symptom"] == "02_symptom.html"
    assert len(links) == len(page.unanswered)  # one group a phase


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_written_in_the_language_of_the_record(folder: Path, language: str) -> None:
    written = write_report(folder, manifest(language), None).read_text("utf-8")
    assert f'<html lang="{language}"' in written
    assert SENTENCE in written
    assert "Revenue fell &lt;3&gt; months" in written


def test_the_page_counts_what_people_said_since_the_run_before(
    folder: Path, tiny: Callable[..., Case]
) -> None:
    case = tiny()
    assert page_of(folder, manifest(), case).feedback is None
    assert not (case.folder / FILE_NAME).exists()
    run = replace(manifest(), case=case.record.name, started=datetime.now(UTC))
    with open_store(case.folder) as store:
        store.record_run(replace(run, name="before", started=NOW))
    for n, kind in enumerate(["right", "wrong", "wrong"]):
        keep_feedback(case, Feedback(f"f{n}", kind))
    run = replace(run, started=datetime.now(UTC))
    with open_store(case.folder) as store:
        store.record_run(run)
    keep_feedback(case, Feedback("later", "right"))  # of the next run
    assert page_of(folder, run, case).feedback == FeedbackCount(right=1, wrong=2, since=NOW)
    following = replace(run, name="next", started=datetime.now(UTC))
    assert page_of(folder, following, case).feedback == FeedbackCount(right=1, since=run.started)
    again = replace(following, started=datetime.now(UTC))
    with open_store(case.folder) as store:
        store.record_run(following)
    assert page_of(folder, again, case).feedback is None


def test_a_store_that_is_away_does_not_harm_a_report(
    folder: Path, tiny: Callable[..., Case]
) -> None:
    case = tiny(store="postgresql://ann:secret@/db?host=/nowhere")
    written = write_report(folder, manifest(), case).read_text("utf-8")
    assert "Feedback could not be counted" in written
    assert "secret" not in written
