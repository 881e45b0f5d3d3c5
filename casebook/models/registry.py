"""The candidates, in one literal table, from the simplest to the most complex."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from casebook.language import N_
from casebook.models import boosting, dummy, linear, rule
from casebook.models.setting import Setting


class Candidate(NamedTuple):
    """Anything compared in the baseline phase.

    make: the factory of an unfitted scikit-learn estimator over raw columns.
    explainable: whether a person can follow one decision from the estimator itself.
    kind: `reference` for what is there without learning, `simple` or `model` for what learns.
    """

    name: str
    title: str
    make: Callable[[Setting], Any]
    explainable: bool
    kind: str = "model"


CANDIDATES = (
    Candidate("dummy", N_("dummy"), dummy.make, explainable=True, kind="reference"),
    Candidate("rule", N_("rule"), rule.make, explainable=True, kind="reference"),
    Candidate("linear", N_("linear model"), linear.make, explainable=True, kind="simple"),
    Candidate("boosting", N_("boosted tree model"), boosting.make, explainable=False),
)
