"""Identical rows with different targets: the ceiling that they put on any model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.solutions import targets
from casebook.formats import interval, number, percent
from casebook.language import _
from casebook.models.labelled import Labelled
from casebook.stats.intervals import proportion
from casebook.stats.metrics import NUMBER

MANY = 0.2
"""Share of rows in conflict above which the columns do not hold what decides."""


def gather(context: Context) -> Found | NotApplicable:
    """How right the best possible model could be on these rows and columns."""
    if context.shared is None:
        return context.without_models()
    data = context.shared.data
    alike = alike_rows(data)
    conflicts, reached = conflict(data, alike)
    share = conflicts / len(data.y)
    values = {"n": number(conflicts), "share": percent(share)}
    facts = [
        (_("Rows that are like another one"), number(int(alike.duplicated(keep=False).sum()))),
        (_("Rows in conflict"), number(conflicts)),
    ]
    outcome = "unclear" if share > MANY else "yes"
    if data.task == NUMBER:
        facts.append((_("Highest possible R²"), number(reached)))
        ceiling, unit = reached, "R²"
    else:
        best = proportion(round(reached * len(data.y)), len(data.y))
        facts.append((_("Highest possible accuracy"), interval(best, 100, "%")))
        ceiling, unit = best.value, _("accuracy")
    alt = _("The highest score that any model can reach on these rows.")
    picture = Picture("bars", (Point(_("highest possible"), ceiling),), 1.0, unit, alt)
    return Found(outcome, _sentence(conflicts, ceiling, unit, values), tuple(facts), picture)


def _sentence(conflicts: int, ceiling: float, unit: str, values: dict[str, str]) -> str:
    if not conflicts:
        return _("No two rows that are alike in every column have different targets.")
    return _(
        "{n} rows ({share}) are alike in every column and differ in the target, so no model can "
        "have more than {ceiling} in {unit}.",
        ceiling=number(ceiling), unit=unit, **values,
    )  # fmt: skip


def alike_rows(data: Labelled) -> pd.Series:
    """(n_rows,) a code that rows alike in every column share."""
    columns = data.X[list(data.features.names)].astype(object)
    hashes = pd.util.hash_pandas_object(columns.where(columns.notna(), None).astype(str),
                                        index=False)  # fmt: skip
    return pd.Series(pd.factorize(hashes)[0])


def conflict(data: Labelled, alike: pd.Series) -> tuple[int, float]:
    """Rows in cells of several targets, and the accuracy or R² that cannot be passed."""
    codes, y = alike.to_numpy(), targets(data)
    if data.task == NUMBER:
        mean = pd.Series(y[:, 0]).groupby(codes).transform("mean").to_numpy()
        differ = pd.Series(y[:, 0]).groupby(codes).transform("nunique").to_numpy() > 1
        total = float(np.sum((y[:, 0] - y[:, 0].mean()) ** 2))
        inside = float(np.sum((y[:, 0] - mean) ** 2))
        return int(differ.sum()), 1 - inside / total if total else 1.0
    counted = pd.crosstab(codes, data.y.to_numpy()).to_numpy()
    conflicts = counted[(counted > 0).sum(axis=1) > 1].sum()
    return int(conflicts), float(counted.max(axis=1).sum() / counted.sum())
