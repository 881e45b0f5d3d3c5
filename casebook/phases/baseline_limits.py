"""What each candidate takes, and which limits of the record it does not keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from casebook.case import Case
from casebook.formats import interval, number
from casebook.language import _
from casebook.models.contest import Entrant
from casebook.models.crossval import OutOfFold
from casebook.models.labelled import Labelled
from casebook.models.latency import Speed, measured
from casebook.phases.baseline_values import Broken
from casebook.stats.estimate import Estimate
from casebook.stats.metrics import TWO, Metric
from casebook.tables import Table

SECONDS = 0.1  # of measuring a candidate
LEAST_OF_A_GROUP = 30


def speed_of(entrant: Entrant, data: Labelled, *, seed: int) -> Speed:
    """Milliseconds and megabytes of a candidate that was fitted."""
    return measured(entrant.estimator, data.X, seed=seed, seconds=SECONDS, size=entrant.size_mb)


def checked_alone(
    case: Case,
    entrants: Sequence[Entrant],
    data: Labelled,
    speeds: Mapping[str, Speed],
    *,
    seed: int,
) -> dict[str, Speed]:
    """The speeds; of who seems too slow a new one, now that nothing else is being done.

    Speeds are measured while other cores are busy: nobody is ruled out by that.
    """
    found = dict(speeds)
    for entrant in entrants:
        name = entrant.candidate.name
        if name in found and "max_latency_ms" in _by_machine(case, found[name]):
            found[name] = speed_of(entrant, data, seed=seed)
    return found


def broken_limits(
    case: Case,
    table: Table,
    data: Labelled,
    entrants: Sequence[Entrant],
    *,
    speeds: Mapping[str, Speed],
    metric: Metric,
) -> dict[str, tuple[Broken, ...]]:
    """The limits of the record that each candidate does not keep, by name.

    Measured in the folds and on this machine. Limits that the record calls soft are told, and
    rule nothing out.
    """
    soft = case.record.constraints.soft
    found = {}
    for entrant in entrants:
        if entrant.failed:
            continue
        speed = speeds.get(entrant.candidate.name)
        said = {
            **_by_machine(case, speed),
            **_explained(case, entrant),
            **_quality(case, entrant, metric),
            **_groups(case, table, data, entrant),
        }
        found[entrant.candidate.name] = tuple(
            Broken(limit, text, limit not in soft) for limit, text in said.items() if text
        )
    return found


def _by_machine(case: Case, speed: Speed | None) -> dict[str, str]:
    if speed is None:
        return {}
    limits, said = case.record.constraints, {}
    if limits.max_latency_ms is not None and speed.one_slow > limits.max_latency_ms:
        said["max_latency_ms"] = _(
            "one prediction takes {ms} ms (95 % of calls), {limit} are allowed",
            ms=number(speed.one_slow), limit=number(limits.max_latency_ms),
        )  # fmt: skip
    peak, size = speed.peak_mb, speed.size_mb
    if limits.max_memory_mb is not None and peak is not None and peak > limits.max_memory_mb:
        said["max_memory_mb"] = _(
            "1,000 rows at once take {mb} MB of memory, {limit} are allowed",
            mb=number(peak), limit=number(limits.max_memory_mb),
        )  # fmt: skip
    if limits.max_size_mb is not None and size is not None and size > limits.max_size_mb:
        said["max_size_mb"] = _(
            "it has {mb} MB, {limit} are allowed",
            mb=number(size), limit=number(limits.max_size_mb),
        )  # fmt: skip
    return said


def _explained(case: Case, entrant: Entrant) -> dict[str, str]:
    if case.record.constraints.explainable != "yes" or entrant.candidate.explainable:
        return {}
    return {"explainable": _("each prediction must be explained, and it cannot do that itself")}


def _quality(case: Case, entrant: Entrant, metric: Metric) -> dict[str, str]:
    least = case.record.constraints.min_quality
    if least is None:
        return {}
    value = float(entrant.out.score(metric)(np.ones(len(entrant.out.rows))))
    enough = value >= least if metric.greater_is_better else value <= least
    if enough:
        return {}
    words = {"metric": _(metric.title), "value": number(value), "limit": number(least)}
    if metric.greater_is_better:
        return {"min_quality": _("{metric} is {value}, at least {limit} is needed", **words)}
    return {"min_quality": _("{metric} is {value}, at most {limit} is allowed", **words)}


def _groups(case: Case, table: Table, data: Labelled, entrant: Entrant) -> dict[str, str]:
    """Whether rates of predicted yes differ clearly by more than is allowed between groups."""
    limit = case.record.constraints.max_rate_difference
    if limit is None or data.task != TWO:
        return {}
    names = [c.name for c in table.columns if c.sensitive and c.name in data.X]
    gaps = [gap for name in names if (gap := widest(data, entrant.out, name)) is not None]
    worst = max(gaps, key=lambda gap: gap.difference.value, default=None)
    if worst is None or worst.difference.low is None or worst.difference.low <= limit:
        return {}
    return {
        "max_rate_difference": _(
            "by {column} it says yes to more of '{high}' than of '{low}', by {gap} points; "
            "{limit} are allowed",
            column=worst.column, high=worst.high, low=worst.low,
            gap=interval(worst.difference, scale=100), limit=number(100 * limit),
        )
    }  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """The two groups of a column whose rates of predicted yes lie farthest apart.

    difference: with an interval that holds for all pairs of groups together (Bonferroni).
    """

    column: str
    high: str
    low: str
    difference: Estimate


def widest(data: Labelled, out: OutOfFold, name: str) -> Gap | None:
    """The widest gap between groups of 30 tested rows or more; None with fewer than two groups."""
    values = data.X[name].iloc[out.rows].astype(object)
    values = values.where(values.notna(), _("missing")).map(str)
    said = pd.Series(out.predictions.label == 1, index=values.index).groupby(values)
    sizes = said.size()
    rates, sizes = said.mean()[sizes >= LEAST_OF_A_GROUP], sizes[sizes >= LEAST_OF_A_GROUP]
    if len(rates) < 2:
        return None
    high, low = str(rates.idxmax()), str(rates.idxmin())
    value = float(rates[high] - rates[low])
    variance = sum(float(rates[g] * (1 - rates[g]) / sizes[g]) for g in (high, low))
    pairs = len(rates) * (len(rates) - 1) / 2
    half = float(stats.norm.ppf(1 - 0.025 / pairs)) * variance**0.5
    estimate = Estimate(value, value - half, value + half, int(sizes[high] + sizes[low]))
    return Gap(name, high, low, estimate)
