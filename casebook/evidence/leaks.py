"""Columns that give the answer away: leaks, by what they say alone, by time, by name, by id."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.compare import mean_score
from casebook.evidence.context import Context
from casebook.evidence.keys import Key, plain_columns, ranges
from casebook.evidence.shared import Shared
from casebook.evidence.solutions import one_column, targets
from casebook.formats import interval
from casebook.language import N_, _
from casebook.models.crossval import estimated
from casebook.models.labelled import Labelled
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import METRICS, TWO, Floats, Metric

NEARLY_ALL = {"roc_auc": 0.98, "balanced_accuracy": 0.97, "r2": 0.98}
"""Scores that a single column reaches when it holds the answer. The strongest clean column of the
tables that this was tried on, the worst perimeter of a cell for cancer, reaches 0.977."""
CHANCE = {"roc_auc": 0.5, "balanced_accuracy": 0.5, "r2": 0.0}
SAYS_MUCH = 0.1
"""How far above chance a column must be for its name, time or being an id to matter."""
SHOWN = 8
LATER = 0.95
AFTERWARDS = re.compile(
    r"(?:^|[^a-z])(?:duration|outcome|result|cancell?ed|cancell?ation|refund(?:ed)?|resolved"
    r"|resolution|closed|settled|final|afterwards|completed|completion|dropoff|actual)(?:$|[^a-z])"
    r"|결과|사유|취소|환불|종료|완료|해지|소요",
    re.IGNORECASE,
)
REASONS = {
    "alone": N_("alone it gives nearly everything"),
    "known_at": N_("the record names it as the time when the label became known"),
    "time": N_("its times lie after the row's own"),
    "name": N_("by its name it is known only afterwards"),
    "id": N_("it is an id and should say nothing"),
}


@dataclass(frozen=True)
class Suspect:
    """A column under suspicion, why (a key of `REASONS`), and what it says alone."""

    column: str
    why: str
    score: Estimate


def gather(context: Context) -> Found | NotApplicable:
    """The suspects; ids alone are only noted, as models do not see them."""
    if context.shared is None:
        return context.without_models()
    metric = _metric(context.shared.data)
    alone = scores_alone(context.shared)
    found = suspects(context, alone)
    serious = [one for one in found if one.why != "id"]
    outcome = "yes" if serious else "unclear" if found else "no"
    title = context.shared.data.features.title
    facts = tuple((title(one.column), _(REASONS[one.why])) for one in found)
    shown = sorted(alone.items(), key=lambda item: -item[1].value)[:SHOWN]
    points = tuple(Point(title(name), e.value, e.low, e.high) for name, e in shown)
    alt = _("What the strongest columns say alone; past the line a column holds the answer.")
    picture = Picture("intervals", points, NEARLY_ALL[metric.name], _title(metric), alt)
    said = _sentence(found, shown, metric, title)
    return Found(outcome, said, facts, picture if points else None)


def _metric(data: Labelled) -> Metric:
    name = "roc_auc" if data.task == TWO else "balanced_accuracy" if data.classes else "r2"
    return next(metric for metric in METRICS if metric.name == name)


def _title(metric: Metric) -> str:
    return _("R² of ranks") if metric.name == "r2" else _(metric.title)


def scores_alone(shared: Shared) -> dict[str, Estimate]:
    """What a column says alone of rows not seen, by a table of means in 32 ranges.

    The strongest eight, and every other one that says much: the rest is under no suspicion.
    """
    data, y, metric = shared.data, _target(shared.data), _metric(shared.data)
    keys = ranges(plain_columns(data.X, data.features))
    outs = {key.label: one_column(key, data, y) for key in keys}
    values = {name: mean_score(out, metric) for name, out in outs.items()}
    much = CHANCE[metric.name] + SAYS_MUCH
    order = sorted(values, key=lambda name: -values[name])
    kept = [name for place, name in enumerate(order) if place < SHOWN or values[name] > much]
    return {name: estimated(outs[name].score(metric), outs[name], data) for name in kept}


def _target(data: Labelled) -> Floats:
    """What a column is to say: a number by its rank, so that a few great values do not decide."""
    if data.classes:
        return targets(data)
    return np.asarray(rankdata(data.y.to_numpy(dtype=float))[:, None] / len(data.y))


def _score(key: Key, data: Labelled, y: np.ndarray) -> Estimate:
    out = one_column(key, data, y)
    return estimated(out.score(_metric(data)), out, data)


def suspects(context: Context, alone: dict[str, Estimate]) -> tuple[Suspect, ...]:
    """Each column at most once, for the strongest reason."""
    assert context.shared is not None
    metric = _metric(context.shared.data)
    found = [Suspect(n, "alone", e) for n, e in alone.items() if e.value >= NEARLY_ALL[metric.name]]
    found += _known_at(context, alone)
    found += _after_the_row(context)
    found += [
        Suspect(name, "name", e)
        for name, e in alone.items()
        if AFTERWARDS.search(name) and _says_much(e, metric)
    ]
    found += _ids(context)
    first: dict[str, Suspect] = {}
    for one in found:
        first.setdefault(one.column, one)
    return tuple(first.values())


def _says_much(estimate: Estimate, metric: Metric) -> bool:
    low = estimate.value if estimate.low is None else estimate.low
    return low - CHANCE[metric.name] > SAYS_MUCH


def _known_at(context: Context, alone: dict[str, Estimate]) -> list[Suspect]:
    name = context.case.record.objectives.label.known_at
    return [Suspect(n, "known_at", e) for n, e in alone.items() if name and n.startswith(name)]


def _after_the_row(context: Context) -> list[Suspect]:
    """Times that lie after the row's own, where the distance says something of the target."""
    assert context.shared is not None
    data, time = context.shared.data, context.table.time
    if time is None:
        return []
    found = []
    for name in data.features.time:
        days = (data.X[name] - data.X[time]).dt.total_seconds() / 86_400
        known = days.dropna()
        if name == time or known.empty or (known > 0).mean() < LATER:
            continue
        score = _score(ranges(pd.DataFrame({name: days}))[0], data, _target(data))
        if _says_much(score, _metric(data)):
            found.append(Suspect(name, "time", score))
    return found


def _ids(context: Context) -> list[Suspect]:
    """Ids whose order says something: the rows were sorted, or numbered by what came of them."""
    assert context.shared is not None
    data = context.shared.data
    found = []
    for name in context.table.with_role("id"):
        if name not in data.X or name == context.case.record.data.group:
            continue
        rank = data.X[name].astype(object).map(_sortable).rank(method="dense")
        score = _score(ranges(pd.DataFrame({name: rank}))[0], data, _target(data))
        if _says_much(score, _metric(data)):
            found.append(Suspect(name, "id", score))
    return found


def _sortable(value: object) -> str:
    """Numbers by size and texts by letter, missing ones first."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    text = str(value)
    return text.zfill(24) if text.replace(".", "", 1).isdigit() else text


def _sentence(
    found: tuple[Suspect, ...],
    shown: list[tuple[str, Estimate]],
    metric: Metric,
    title: Callable[[str], str],
) -> str:
    if not found:
        name, best = shown[0]
        return _(
            "No column gives the answer away; the strongest alone, {name}, has {metric} {score}.",
            name=title(name),
            metric=_title(metric),
            score=interval(best),
        )
    said = "; ".join(
        _("{column} ({why}: {score})", column=title(one.column), why=_(REASONS[one.why]),
          score=interval(one.score))
        for one in found
    )  # fmt: skip
    return _("Columns that may give the answer away, by {metric}: {columns}.",
             metric=_title(metric), columns=said)  # fmt: skip
