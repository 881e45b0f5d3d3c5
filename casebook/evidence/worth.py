"""What deciding by the best model saves against deciding always the same (Elkan 2001)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.evidence.base import NotApplicable
from casebook.evidence.context import Context
from casebook.evidence.shared import Shared
from casebook.language import _
from casebook.models.crossval import estimated
from casebook.models.registry import CANDIDATES
from casebook.stats.costs import Costs
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import TWO, Floats


@dataclass(frozen=True)
class Saving:
    """What one decision saves on average, in the record's unit.

    confusion: shares of the decisions that are true and false alarms, misses, and rightly left.
    """

    per_decision: Estimate
    model: str
    unit: str
    always: str
    confusion: tuple[float, float, float, float]


def saving(context: Context) -> Saving | NotApplicable:
    """The saving by the value matrix times the expected confusion on rows not seen."""
    if context.shared is None:
        return context.without_models()
    shared, costs = context.shared, Costs.from_record(context.case.record.objectives.costs)
    if shared.data.task != TWO:
        return NotApplicable(_("The value of a prediction is computed for two classes only."))
    if costs is None:
        return NotApplicable(
            _("The record does not say what each outcome costs or brings (objectives.costs).")
        )
    return _saving(context, shared, costs)


def _saving(context: Context, shared: Shared, costs: Costs) -> Saving:
    name = shared.best
    out = shared.outs[name]
    truth = out.predictions.truth == 1
    assert out.predictions.probability is not None
    yes = out.predictions.probability[:, 1] >= costs.threshold
    size = _sizes(context, shared, out.rows)
    model, always_yes, always_no = (
        size * _costs_of(said, truth, costs)
        for said in (yes, np.ones_like(yes), np.zeros_like(yes))
    )

    def score(weights: Floats) -> Floats:
        total = np.maximum(weights.sum(axis=-1), 1e-12)
        constant = np.minimum(weights @ always_yes, weights @ always_no)
        return np.asarray((constant - weights @ model) / total)

    fixed = shared.data.classes[int(always_yes.mean() < always_no.mean())]
    title = next(_(c.title) for c in CANDIDATES if c.name == name)
    cells = (yes & truth, yes & ~truth, ~yes & truth, ~yes & ~truth)
    a, b, c, d = (float(cell.mean()) for cell in cells)
    unit = context.case.record.objectives.cost_unit or ""
    return Saving(estimated(score, out, shared.data), title, unit, fixed, (a, b, c, d))


def _costs_of(yes: np.ndarray, truth: np.ndarray, costs: Costs) -> Floats:
    found: Floats = np.select(
        [yes & truth, yes & ~truth, ~yes & truth],
        [costs.true_positive, costs.false_positive, costs.false_negative],
        costs.true_negative,
    ).astype(float)
    return found


def _sizes(context: Context, shared: Shared, rows: np.ndarray) -> Floats:
    """By what the costs of each row are multiplied; 1 where the record does not say."""
    text = context.case.record.objectives.costs.per_row
    if text is None:
        return np.ones(len(rows))
    values = context.table.evaluate(context.table.expression(text))
    sizes: Floats = np.nan_to_num(values.reindex(shared.data.X.index).to_numpy(dtype=float)[rows])
    return sizes
