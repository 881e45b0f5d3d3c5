"""Panels: the hands of Casebook in JupyterLab and Voila."""

from widgets.business import BusinessPanel
from widgets.feasibility import FeasibilityPanel
from widgets.problem import ProblemPanel
from widgets.questions import QuestionsPanel
from widgets.rules import RulesPanel

PANELS = (QuestionsPanel, BusinessPanel, ProblemPanel, FeasibilityPanel, RulesPanel)

__all__ = [
    "PANELS",
    "BusinessPanel",
    "FeasibilityPanel",
    "ProblemPanel",
    "QuestionsPanel",
    "RulesPanel",
]
