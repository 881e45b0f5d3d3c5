"""Panels: the hands of Casebook in JupyterLab and Voila."""

from widgets.feasibility import FeasibilityPanel
from widgets.problem import ProblemPanel
from widgets.questions import QuestionsPanel

PANELS = (QuestionsPanel, ProblemPanel, FeasibilityPanel)

__all__ = ["PANELS", "FeasibilityPanel", "ProblemPanel", "QuestionsPanel"]
