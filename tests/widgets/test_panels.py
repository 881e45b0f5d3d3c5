"""What every panel of the table holds to."""

from __future__ import annotations

import pandas as pd
import pytest

from casebook.phases.findings import phase_named
from casebook.workspace import Workspace
from widgets import (
    PANELS,
    BusinessPanel,
    FeasibilityPanel,
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
}


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_is_static_html_without_a_kernel(panel, make_case):
    case = make_case(pd.DataFrame({"x": range(30), "y": ["a", "b"] * 15}), target="y")
    assert panel in MADE, "say here how this panel is made"
    shown = MADE[panel](case).static()._repr_html_()
    assert shown.startswith("<div")
    assert "widget" not in shown
