"""The size of a cause: what the metric would gain without it, as often as it occurs of late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from casebook.case import Case
from casebook.expressions import identifier
from casebook.phases.problem_evidence import Asked, Tested, groups_of
from casebook.stats.estimate import Estimate
from casebook.tables import Table

_RECENT = {"month": 3, "week": 8, "day": 28}


@dataclass(frozen=True)
class Size:
    """What the metric would gain without a cause: the difference times the rows that have it.

    kind: "amount", `gain` is in the metric's unit for each period; "metric", the metric is the
    mean of the outcome, and this is its change; "mean", a change of the outcome's own mean among
    the rows compared. In percentage `points` where the outcome is a share. rows: that had the
    cause in the recent whole periods, `share` of those looked at. periods: how many; 0 where the
    table has no time and all of it counts. worth: of one unit of the outcome, in the metric.
    """

    kind: str
    points: bool
    gain: Estimate
    rows: int
    share: float
    period: str
    periods: int
    worth: float | None


def size_of(asked: Asked, found: Tested, worth: str | None) -> Size | None:
    """What the metric would gain if the group were as the others; None where nothing is known.

    The rows that have the cause are counted in the recent whole periods, as they are; what one
    unit of the outcome is worth is taken as exact. The interval is that of the difference.
    """
    if found.difference is None or found.difference.low is None:
        return None
    table, groups = asked.table, groups_of(asked)
    period, periods, recent = recent_rows(asked.case, table)
    kind = "amount" if worth else "metric" if _is_the_metric(asked) else "mean"
    looked_at = recent if kind == "metric" else f"{groups.among} AND {recent}"
    row = table.aggregate(
        {"rows": f"COUNT(*) FILTER (WHERE {groups.inside})", "all": "COUNT(*)"}, where=looked_at
    ).iloc[0]
    rows, share = int(row["rows"]), float(row["rows"]) / max(1, int(row["all"]))
    one = _worth(asked, worth, recent) if worth else None
    by = share if one is None else one * rows / max(1, periods)
    points = found.share and one is None
    return Size(kind, points, scaled(found.difference, -by), rows, share, period, periods, one)


def _is_the_metric(asked: Asked) -> bool:
    """Whether the metric is the mean of the comparison's outcome, over the main table."""
    metric, outcome = asked.case.record.symptom.metric or "", asked.comparison.outcome
    main = asked.comparison.table in (None, asked.case.record.data.main_table)
    return main and _bare(metric) in (f"avg({_bare(outcome)})", f"mean({_bare(outcome)})")


def _bare(text: str) -> str:
    return "".join(text.split()).lower()


def _worth(asked: Asked, worth: str, recent: str) -> float:
    place = asked.case.place(f"{asked.path.removesuffix('.evidence')}.worth")
    asked.table.expression(worth, aggregate=True, place=place)
    return float(asked.table.aggregate({"one": worth}, where=recent)["one"].iloc[0])


def recent_rows(case: Case, table: Table) -> tuple[str, int, str]:
    """The period, how many of them are recent and whole, and SQL for a row that lies in them."""
    if table.time is None:
        return "", 0, "true"
    period = case.record.symptom.period or "month"
    column = identifier(table.time)
    ends = table.aggregate({"first": f"MIN({column})", "last": f"MAX({column})"})
    first, last = (pd.Timestamp(ends[name].iloc[0]).date() for name in ("first", "last"))
    whole = _whole(first, last, period)[-_RECENT[period] :]
    if not whole:
        return period, 0, "true"
    start, end = whole[0].start_time.date(), (whole[-1] + 1).start_time.date()
    return period, len(whole), f"({column} >= DATE '{start}' AND {column} < DATE '{end}')"


def _whole(first: date, last: date, period: str) -> Sequence[pd.Period]:
    """The periods that lie wholly between two days."""
    length = {"month": "M", "week": "W", "day": "D"}[period]
    spans = pd.period_range(pd.Timestamp(first), pd.Timestamp(last), freq=length)
    return [s for s in spans if first <= s.start_time.date() and s.end_time.date() <= last]


def scaled(estimate: Estimate, by: float) -> Estimate:
    """An estimate times a number; the ends change places where it is negative."""
    assert estimate.low is not None
    assert estimate.high is not None
    low, high = sorted((estimate.low * by, estimate.high * by))
    return Estimate(estimate.value * by, low, high, estimate.n, estimate.level)
