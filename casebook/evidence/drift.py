"""Does what is to be predicted change over time, or along the file where no time is written?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.solutions import targets
from casebook.evidence.words import p_words
from casebook.formats import number, percent
from casebook.language import _
from casebook.models.labelled import Labelled
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import mean, proportion
from casebook.stats.metrics import NUMBER, TWO, Floats
from casebook.stats.splits import Rows

PARTS = 10
LEAST_IN_A_PART = 5
LEVEL = 0.001
LARGE = 0.15
"""Cramér's V, or the root of the explained share, above which a drift counts as large."""


def gather(context: Context) -> Found | NotApplicable:
    """The target in ten parts of the rows, by time where there is one, else as the file stands."""
    if context.shared is None:
        return context.without_models()
    data, time = context.shared.data, context.table.time
    if len(data.y) < PARTS * LEAST_IN_A_PART:
        return NotApplicable(_("There are too few rows to compare parts of the table."))
    by_time = time is not None and bool(data.X[time].notna().all())
    order = (
        np.argsort(data.X[time].to_numpy(), kind="stable") if by_time else np.arange(len(data.y))
    )
    parts = np.array_split(order.astype(np.intp), PARTS)
    strength, p_value = drift(data, parts)
    drifts = p_value < LEVEL and strength > LARGE
    shown = _shares(data, parts)
    facts = (
        (_("Strength, from 0 to 1"), number(strength)),
        (_("Test"), p_words(p_value)),
        (_("Order"), _("time") if by_time else _("the file")),
    )
    alt = _("What is to be predicted in ten parts of the rows, in order.")
    points = tuple(Point(str(k), e.value, e.low, e.high) for k, e in enumerate(shown, 1))
    unit = (
        _("mean of the target") if data.task == NUMBER else _("share of '{name}'", name=_name(data))
    )
    return Found("unclear" if drifts else "yes", _sentence(data, shown, by_time, drifts), facts,
                 Picture("curve", points, None, unit, alt))  # fmt: skip


def drift(data: Labelled, parts: list[Rows]) -> tuple[float, float]:
    """Cramér's V (or the correlation ratio) of the target and the part, and the p value."""
    if data.task == NUMBER:
        values = [data.y.to_numpy(dtype=float)[rows] for rows in parts]
        whole = np.concatenate(values)
        between = sum(len(v) * (v.mean() - whole.mean()) ** 2 for v in values)
        total = float(((whole - whole.mean()) ** 2).sum())
        if not total or all(np.ptp(v) == 0 for v in values):
            return 0.0, 1.0
        return float(np.sqrt(between / total)), float(stats.f_oneway(*values).pvalue)
    part = np.empty(len(data.y), dtype=int)
    for k, rows in enumerate(parts):
        part[rows] = k
    counted = pd.crosstab(part, data.y.to_numpy()).to_numpy()
    chi2, p_value, _dof, _expected = stats.chi2_contingency(counted)
    return float(np.sqrt(chi2 / counted.sum() / (min(counted.shape) - 1))), float(p_value)


def _name(data: Labelled) -> str:
    return data.classes[1] if data.task == TWO else str(data.y.value_counts().index[0])


def _shares(data: Labelled, parts: list[Rows]) -> list[Estimate]:
    y = _followed(data)
    if data.task == NUMBER:
        return [mean(y[rows]) for rows in parts]
    return [proportion(int(y[rows].sum()), len(rows)) for rows in parts]


def _followed(data: Labelled) -> Floats:
    if data.task == NUMBER:
        return targets(data)[:, 0]
    return np.asarray(data.y == _name(data), dtype=float)


def _sentence(data: Labelled, shown: list[Estimate], by_time: bool, drifts: bool) -> str:
    text = number if data.task == NUMBER else percent
    low = min(shown, key=lambda e: e.value)
    high = max(shown, key=lambda e: e.value)
    values = {"low": text(low.value), "high": text(high.value)}
    if not drifts:
        return _("What is to be predicted stays much the same over ten parts of the rows: from "
                 "{low} to {high}.", **values)  # fmt: skip
    if by_time:
        return _("What is to be predicted changes over time: from {low} to {high} in a tenth of "
                 "the rows. A score from shuffled rows would be too good.", **values)  # fmt: skip
    return _("What is to be predicted changes along the file: from {low} to {high} in a tenth of "
             "the rows. The file may be in order of time; a score from shuffled rows is then too "
             "good.", **values)  # fmt: skip
