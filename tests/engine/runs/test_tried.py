"""The model that is tried, and findings about it that need not be computed again."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ModelError
from casebook.models.about import ABOUT, About
from casebook.models.file import save_model
from casebook.models.labelled import labelled
from casebook.models.registry import candidates_of
from casebook.phases.findings import phase_named
from casebook.phases.prototype import Findings
from casebook.prototype.values import Trust
from casebook.runs.shared import FOLDER_VARIABLE
from casebook.runs.tried import to_try
from casebook.workspace import Workspace, findings_path


@pytest.fixture
def work(make_case) -> Workspace:
    """A case whose draft run has a model, and findings about it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=90)
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(90), unit="D")
    frame = pd.DataFrame({"x": x, "on": days, "y": np.where(x > 0, "yes", "no").astype(object)})
    frame.loc[80:, "y"] = None
    case = make_case(frame, target="y", time="on")
    work = Workspace(case, phase_named("prototype"), case.folder / "runs" / "draft")
    work.folder.mkdir(parents=True)
    data = labelled(case, work.table)
    tree = next(one for one in candidates_of(data.setting) if one.name == "tree")
    about = About("case", "tree", fingerprint=work.table.fingerprint)
    save_model(work.folder, tree.make(data.setting).fit(data.X, data.y), data, about=about)
    work.save(Findings(("Said.",), candidate="tree"))
    return work


def touched(path) -> None:
    """As if written later than everything else."""
    later = max(one.stat().st_mtime_ns for one in path.parent.parent.rglob("*")) + 10**9
    os.utime(path, ns=(later, later))


def test_the_run_s_own_model_is_tried_with_its_rows_and_days(work):
    found = to_try(work.case, work.table, Trust(), work.folder)
    assert found.folder == work.folder
    assert found.days == (date(2026, 1, 1).isoformat(), date(2026, 3, 21).isoformat())
    assert not found.is_of_other_data
    assert found.baseline == {}
    assert len(found.prototype.known.y) == 80


def test_without_a_model_it_names_the_notebook_that_saves_one(make_case):
    case = make_case(pd.DataFrame({"x": range(9), "y": ["a", "b", "c"] * 3}), target="y")
    work = Workspace(case, phase_named("prototype"), case.folder / "runs" / "draft")
    with pytest.raises(ModelError, match="nothing to try") as told:
        to_try(case, work.table, Trust())
    assert "07_baseline.ipynb" in told.value.hint
    assert work.kept() is None


def test_findings_hold_until_what_they_follow_from_is_newer(work):
    assert work.kept() == Findings(("Said.",), candidate="tree")
    touched(work.folder / ABOUT)
    assert work.kept() is None
    touched(findings_path(work.folder, "prototype"))
    assert work.kept() is not None
    touched(work.case.path)
    assert work.kept() is None


def test_findings_of_another_seed_day_or_table_do_not_hold(work, make_case):
    assert replace(work, seed=1).kept() is None
    assert replace(work, as_of=date(2026, 2, 1)).kept() is None
    rows = work.case.folder / "rows.csv"
    rows.write_text(rows.read_text("utf-8") + "0.5,2026-05-01,yes\n", "utf-8")
    assert Workspace(work.case, work.phase, work.folder).kept() is None


def test_visitors_of_one_server_share_the_trial_of_a_model(work, tmp_path, monkeypatch):
    """Of the very same file; where it is another one it is tried again, and never believed."""
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(shared))
    for _visitor in range(2):
        assert to_try(work.case, work.table, Trust(), work.folder).folder == work.folder
        assert len(list(shared.glob("*.json"))) == 1
    (kept,) = shared.glob("*.json")
    kept.write_text(json.dumps(json.loads(kept.read_text("utf-8")) | {"shares": []}))
    with pytest.raises(ModelError, match="where it said"):
        to_try(work.case, work.table, Trust(), work.folder)
    about = json.loads((work.folder / ABOUT).read_text("utf-8"))
    about["probes"][0]["said"] = "neither"
    about["probes"][0]["shares"] = []
    (work.folder / ABOUT).write_text(json.dumps(about), "utf-8")
    with pytest.raises(ModelError, match="where it said"):
        to_try(work.case, work.table, Trust(), work.folder)
    assert len(list(shared.glob("*.json"))) == 2
