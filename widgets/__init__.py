"""Panels: the hands of Casebook in JupyterLab and Voila."""

from widgets.business import BusinessPanel
from widgets.feasibility import FeasibilityPanel
from widgets.problem import ProblemPanel
from widgets.questions import QuestionsPanel
from widgets.threshold import ThresholdPanel

PANELS = (QuestionsPanel, BusinessPanel, ProblemPanel, FeasibilityPanel, ThresholdPanel)

__all__ = [
    "PANELS",
    "BusinessPanel",
    "FeasibilityPanel",
    "ProblemPanel",
    "QuestionsPanel",
    "ThresholdPanel",
]
