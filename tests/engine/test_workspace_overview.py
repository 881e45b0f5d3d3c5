"""The report of a table's rows: in JupyterLab, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.phases.findings import phase_named
from casebook.workspace import IN_LAB, Workspace


@pytest.fixture
def work(make_case):
    frame = pd.DataFrame({"x": np.arange(60), "city": ["a", "b", "c"] * 20})
    case = make_case(frame)
    return Workspace(case, phase_named("symptom"), case.folder / "runs" / "draft")


def test_a_run_makes_no_report_of_the_rows(work, monkeypatch):
    monkeypatch.delenv(IN_LAB, raising=False)
    assert work.overview() is None


def test_lab_shows_a_sample_that_is_named_as_such(work, monkeypatch):
    monkeypatch.setenv(IN_LAB, "notebook.ipynb")
    shown = work.overview(rows=20)
    assert shown.title == "20 of 60 rows"
    assert "city" in shown.html()
