"""Panels: the hands of Casebook in JupyterLab and Voila."""

from widgets.batch import BatchPanel
from widgets.business import BusinessPanel
from widgets.feasibility import FeasibilityPanel
from widgets.labels import LabelsPanel
from widgets.offers import OffersPanel
from widgets.problem import ProblemPanel
from widgets.progress import ProgressBar
from widgets.prototype import PrototypePanel
from widgets.questions import QuestionsPanel
from widgets.ranking import RankingPanel
from widgets.rules import RulesPanel
from widgets.threshold import ThresholdPanel

PANELS = (
    QuestionsPanel,
    BusinessPanel,
    ProblemPanel,
    FeasibilityPanel,
    RulesPanel,
    ThresholdPanel,
    LabelsPanel,
    PrototypePanel,
    BatchPanel,
    OffersPanel,
    RankingPanel,
)

__all__ = [
    "PANELS",
    "BatchPanel",
    "BusinessPanel",
    "FeasibilityPanel",
    "LabelsPanel",
    "OffersPanel",
    "ProblemPanel",
    "ProgressBar",
    "PrototypePanel",
    "QuestionsPanel",
    "RankingPanel",
    "RulesPanel",
    "ThresholdPanel",
]
