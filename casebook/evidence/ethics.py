"""Whom might it treat unfairly: rates and errors by each sensitive column; a person signs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.shared import Shared
from casebook.formats import day, interval, number
from casebook.language import _
from casebook.models.crossval import OutOfFold
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import mean, proportion
from casebook.stats.metrics import TWO

LEAST_ROWS = 30
MOST_GROUPS = 8
RANGES = 4
FEW_NUMBERS = 10


@dataclass(frozen=True)
class Group:
    """One group of a sensitive column: outcome rate, rate of predicted yes, and error rates.

    found: of those who are a yes, how many were found. alarms: of those who are none, how many
    were called one. None for other tasks than two classes; outcome and said are means then.
    """

    column: str
    label: str
    outcome: Estimate
    said: Estimate
    found: Estimate | None
    alarms: Estimate | None


def gather(context: Context) -> Found | NotApplicable:
    """Rates by group, with intervals; whether that is acceptable is signed, never computed."""
    signed = _signed(context)
    groups = () if context.shared is None else groups_of(context.shared, sensitive(context))
    if not groups:
        return _without_groups(context, signed)
    widest = _widest(groups)
    facts = [fact for group in groups for fact in _facts(group)]
    points = tuple(
        Point(f"{g.column}: {g.label}", g.outcome.value, g.outcome.low, g.outcome.high)
        for g in groups
    )
    alt = _("How often the outcome is a yes in each group of a sensitive column.")
    picture = Picture("intervals", points, None, _("outcome rate"), alt)
    sentence = f"{_sentence(*widest)} {signed or _asked()}"
    return Found("no" if signed else "unclear", sentence, tuple(facts), picture)


def sensitive(context: Context) -> tuple[str, ...]:
    """The table's sensitive columns but the target."""
    table = context.table
    return tuple(c.name for c in table.columns if c.sensitive and c.name != table.target)


def groups_of(shared: Shared, columns: tuple[str, ...]) -> tuple[Group, ...]:
    """Groups of 30 tested rows or more, by the best candidate's predictions."""
    out = shared.outs[shared.best]
    found = []
    for name in columns:
        if name in shared.data.X:
            values = _labels(shared.data.X[name].iloc[out.rows])
            found += list(_groups(name, values, shared, out))
    return tuple(found)


def _labels(values: pd.Series) -> pd.Series:
    """Groups as texts; many different numbers in four ranges; missing values are a group."""
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > FEW_NUMBERS:
        values = pd.qcut(values.astype(float), RANGES, duplicates="drop", precision=0)
        values = values.map(lambda r: f"{number(r.left)} – {number(r.right)}")
    known = values.astype(object).where(values.notna(), _("missing"))
    return known.map(lambda v: f"{v:g}" if isinstance(v, float) else str(v))


def _groups(name: str, values: pd.Series, shared: Shared, out: OutOfFold) -> Iterator[Group]:
    counts = values.value_counts()
    for label in sorted(counts.index[counts >= LEAST_ROWS][:MOST_GROUPS], key=str):
        yield _group(name, str(label), (values == label).to_numpy(dtype=bool), shared, out)


def _group(
    name: str, label: str, inside: np.ndarray[tuple[int], np.dtype[np.bool_]], shared: Shared,
    out: OutOfFold,
) -> Group:  # fmt: skip
    truth, said = out.predictions.truth[inside], out.predictions.label[inside]
    if not shared.data.classes:
        return Group(name, label, mean(truth), mean(said), None, None)
    yes = 1 if shared.data.task == TWO else int(np.bincount(out.predictions.truth).argmax())
    real, called = truth == yes, said == yes
    return Group(
        name, label,
        proportion(int(real.sum()), len(real)), proportion(int(called.sum()), len(called)),
        proportion(int((called & real).sum()), int(real.sum())),
        proportion(int((called & ~real).sum()), int((~real).sum())),
    )  # fmt: skip


def _widest(groups: tuple[Group, ...]) -> tuple[Group, Group]:
    """The two groups of one column whose outcomes lie farthest apart."""
    by_column: dict[str, list[Group]] = {}
    for group in groups:
        by_column.setdefault(group.column, []).append(group)
    ends = [
        (min(found, key=lambda g: g.outcome.value), max(found, key=lambda g: g.outcome.value))
        for found in by_column.values()
    ]
    return max(ends, key=lambda pair: pair[1].outcome.value - pair[0].outcome.value)


def _sentence(low: Group, high: Group) -> str:
    if low.found is None or high.found is None:
        return _(
            "By {column} the outcome is {high_rate} for '{high}' and {low_rate} for '{low}'.",
            column=low.column, high=high.label, low=low.label,
            high_rate=interval(high.outcome), low_rate=interval(low.outcome),
        )  # fmt: skip
    return _(
        "By {column} the outcome is a yes in {high_rate} for '{high}' and {low_rate} for '{low}'; "
        "the best candidate finds {high_found} and {low_found} of them.",
        column=low.column, high=high.label, low=low.label,
        high_rate=interval(high.outcome, 100, "%"), low_rate=interval(low.outcome, 100, "%"),
        high_found=interval(high.found, 100, "%"), low_found=interval(low.found, 100, "%"),
    )  # fmt: skip


def _facts(group: Group) -> list[tuple[str, str]]:
    name = f"{group.column}: {group.label}"
    if group.found is None or group.alarms is None:
        return [(name, _("outcome {outcome}, predicted {said}", outcome=interval(group.outcome),
                         said=interval(group.said)))]  # fmt: skip
    values = {
        key: interval(estimate, 100, "%") for key, estimate in (
            ("outcome", group.outcome), ("said", group.said), ("found", group.found),
            ("alarms", group.alarms))
    }  # fmt: skip
    return [(name, _("yes in {outcome}, predicted in {said}; of the yes {found} are found, of the "
                     "others {alarms} are called a yes", **values))]  # fmt: skip


def _without_groups(context: Context, signed: str) -> Found | NotApplicable:
    if signed:
        return Found("no", signed)
    if not sensitive(context):
        none = _("No column is known to be sensitive (data.sensitive names others).")
        return NotApplicable(f"{none} {_asked()}")
    return NotApplicable(f"{_('No group of a sensitive column can be compared.')} {_asked()}")


def _asked() -> str:
    return _("Whether it is acceptable is for a person to sign (feasibility.signature).")


def _signed(context: Context) -> str:
    said = context.case.record.feasibility.signature
    if said is None or not said.by or not said.reason:
        return ""
    if said.on is None:
        return _("Signed by {by}: {reason}", by=said.by, reason=said.reason)
    return _("Signed by {by} on {day}: {reason}", by=said.by, day=day(said.on), reason=said.reason)
