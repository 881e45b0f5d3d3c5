"""What a served page reads of the published run, and that it writes nothing there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from casebook.exceptions import MissingFindings
from casebook.runs.folder import RunsFolder
from casebook.runs.shared import READ_VARIABLE
from casebook.workspace import findings_path, open_phase


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a run."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def case(make_case):
    """A case whose baseline findings are in a published run, and not in the draft."""
    frame = pd.DataFrame({"x": [n % 7 + 0.5 for n in range(60)], "y": ["a", "b"] * 30})
    case = make_case(frame, target="y")
    work = open_phase("baseline", {"case": str(case.folder)})
    work.save(work.examine())
    runs = RunsFolder.of_case(case.folder)
    shutil.move(runs.draft, runs.path / "20261122T184450Z-aaaaaa")
    runs.publish("20261122T184450Z-aaaaaa")
    return case


@pytest.fixture
def published(case, monkeypatch) -> Path:
    """The published run, as a served page is told of it."""
    folder = RunsFolder.of_case(case.folder).latest()
    monkeypatch.setenv(READ_VARIABLE, str(folder))
    return folder


def opened(case, run: str = ""):
    return open_phase("error_analysis", {"case": str(case.folder), "run": run})


def test_what_the_draft_lacks_is_read_in_the_published_run_and_that_is_said(case, published):
    before = content(published)
    work = opened(case)
    work.save(work.examine())
    assert "from the published run 20261122T184450Z-aaaaaa: Baseline" in work._repr_html_()
    assert content(published) == before
    assert findings_path(RunsFolder.of_case(case.folder).draft, "error_analysis").is_file()
    assert work.findings_of("baseline").chosen is not None
    assert work.findings_of("symptom") is None


def test_what_the_draft_has_comes_first(case, published):
    work = open_phase("baseline", {"case": str(case.folder)})
    work.save(work.examine())
    shutil.rmtree(published / "findings")
    work = opened(case)
    work.examine()
    assert "published run" not in work._repr_html_()


@pytest.mark.usefixtures("published")
def test_a_run_reads_itself_only(case, tmp_path):
    with pytest.raises(MissingFindings):
        opened(case, run=str(tmp_path / "a-run")).upstream()


def test_without_a_page_nothing_of_another_run_is_read(case, monkeypatch):
    monkeypatch.delenv(READ_VARIABLE, raising=False)
    with pytest.raises(MissingFindings):
        opened(case).upstream()
