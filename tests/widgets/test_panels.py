"""What every panel of the table holds to."""

from __future__ import annotations

import pandas as pd
import pytest

from casebook.models.about import About
from casebook.models.file import save_model
from casebook.models.labelled import labelled
from casebook.models.registry import candidates_of
from casebook.phases.findings import phase_named
from casebook.prototype.values import Trust
from casebook.runs.labelling import queue_of
from casebook.runs.tried import to_try
from casebook.tables import open_table
from casebook.workspace import Workspace
from widgets import (
    PANELS,
    BatchPanel,
    BusinessPanel,
    FeasibilityPanel,
    LabelsPanel,
    OffersPanel,
    ProblemPanel,
    PrototypePanel,
    QuestionsPanel,
    RankingPanel,
    RulesPanel,
    ThresholdPanel,
)


def feasibility(case):
    work = Workspace(case, phase_named("feasibility"), case.folder / "runs" / "draft")
    return FeasibilityPanel(work, work.examine())


def rules(case):
    return RulesPanel(Workspace(case, phase_named("baseline"), case.folder / "runs" / "draft"))


def saved(case):
    """The phase with a model in its draft run."""
    work = Workspace(case, phase_named("prototype"), case.folder / "runs" / "draft")
    work.folder.mkdir(parents=True)
    data = labelled(case, work.table)
    tree = next(one for one in candidates_of(data.setting) if one.name == "tree")
    about = About("case", "tree", fingerprint=work.table.fingerprint)
    save_model(work.folder, tree.make(data.setting).fit(data.X, data.y), data, about=about)
    return work


def tried(case):
    work = saved(case)
    return to_try(case, work.table, Trust(), work.folder).prototype


MADE = {  # how a panel is made of a case
    QuestionsPanel: lambda case: QuestionsPanel(case, "baseline"),
    FeasibilityPanel: feasibility,
    BusinessPanel: BusinessPanel,
    ProblemPanel: ProblemPanel,
    RulesPanel: rules,
    ThresholdPanel: lambda case: ThresholdPanel(case, None),
    LabelsPanel: lambda case: LabelsPanel(case, queue_of(case, open_table(case))),
    PrototypePanel: lambda case: PrototypePanel(saved(case), query=""),
    BatchPanel: lambda case: BatchPanel(case, tried(case)),
    OffersPanel: lambda case: OffersPanel(saved(case)),
    RankingPanel: lambda case: RankingPanel(tried(case)),
}


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_is_static_html_without_a_kernel(panel, make_case):
    frame = pd.DataFrame({"x": [i / 7 for i in range(30)], "y": ["a", "b"] * 15})
    case = make_case(frame, target="y")
    assert panel in MADE, "say here how this panel is made"
    shown = MADE[panel](case).static()._repr_html_()
    assert shown.startswith("<div")
    assert "widget" not in shown
