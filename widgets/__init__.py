"""Panels: the hands of Casebook in JupyterLab and Voila."""

from widgets.feasibility import FeasibilityPanel
from widgets.questions import QuestionsPanel

PANELS = (QuestionsPanel, FeasibilityPanel)

__all__ = ["PANELS", "FeasibilityPanel", "QuestionsPanel"]
