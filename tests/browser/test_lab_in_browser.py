"""JupyterLab in a browser: a person opens a notebook, runs all of it, and answers a question."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from casebook.case import load_case

ANSWER = "Doctors wait too long for a second opinion."
LONG = 60_000  # ms: a kernel starts and models are fitted on busy cores


@pytest.fixture
def case(root: Path, tmp_path: Path) -> Path:
    """A copy of the bundled case on breast cancer, in which the symptom is not stated yet."""
    folder = tmp_path / "breast_cancer"
    folder.mkdir()
    for name in ("case.yaml", "samples.csv"):
        shutil.copy(root / "data" / "breast_cancer" / name, folder)
    return folder


@pytest.fixture
def lab(case: Path, casebook_lab: Callable[[Path], str]) -> str:
    """The address of JupyterLab as `casebook lab` starts it."""
    return casebook_lab(case)


def test_a_notebook_runs_in_jupyterlab_and_an_answer_reaches_the_record(lab, case, page: Page):
    page.set_viewport_size({"width": 1400, "height": 4000})
    page.goto(f"{lab}/02_symptom.ipynb")
    expect(page.get_by_text("| Idle").first).to_be_visible(timeout=LONG)  # the kernel is there
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()

    expect(page.locator(".jp-OutputArea .cb-headline").first).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Saved in the run as findings/symptom.json.")).to_be_visible(
        timeout=LONG
    )
    assert (case / "runs" / "draft" / "findings" / "symptom.json").is_file()
    assert page.locator(".jp-OutputArea [data-mime-type*='stderr']").count() == 0

    field = page.locator(".cb-panel textarea, .cb-panel input").first
    field.fill(ANSWER)
    field.blur()
    expect(page.locator(".cb-panel").get_by_text("Saved: ")).to_be_visible(timeout=LONG)
    assert load_case(case).record.symptom.statement == ANSWER
    assert '"Kim"' in (case / "journal.jsonl").read_text("utf-8")
