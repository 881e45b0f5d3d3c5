"""What every panel of the table holds to."""

from __future__ import annotations

import pandas as pd
import pytest

from casebook.phases.findings import phase_named
from casebook.runs.labelling import queue_of
from casebook.tables import open_table
from casebook.workspace import Workspace
from widgets import (
    PANELS,
    BusinessPanel,
    FeasibilityPanel,
    LabelsPanel,
    ProblemPanel,
    QuestionsPanel,
    RulesPanel,
    ThresholdPanel,
)


def feasibility(case):
    work = Workspace(case, phase_named("feasibility"), case.folder / "runs" / "draft")
    return FeasibilityPanel(work, work.examine())


def rules(case):
    return RulesPanel(Workspace(case, phase_named("baseline"), case.folder / "runs" / "draft"))


MADE = {  # how a panel is made of a case
    QuestionsPanel: lambda case: QuestionsPanel(case, "baseline"),
    FeasibilityPanel: feasibility,
    BusinessPanel: BusinessPanel,
    ProblemPanel: ProblemPanel,
    RulesPanel: rules,
    ThresholdPanel: lambda case: ThresholdPanel(case, None),
    LabelsPanel: lambda case: LabelsPanel(case, queue_of(case, open_table(case))),
}


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_is_static_html_without_a_kernel(panel, make_case):
    case = make_case(pd.DataFrame({"x": range(30), "y": ["a", "b"] * 15}), target="y")
    assert panel in MADE, "say here how this panel is made"
    shown = MADE[panel](case).static()._repr_html_()
    assert shown.startswith("<div")
    assert "widget" not in shown
