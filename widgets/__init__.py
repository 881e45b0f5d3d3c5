"""Panels: the hands of Casebook in JupyterLab and Voila."""

from widgets.questions import QuestionsPanel

PANELS = (QuestionsPanel,)

__all__ = ["PANELS", "QuestionsPanel"]
