"""Pictures of the tables: which days each covers, and where values are missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from casebook.figures.axes import bare, date_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars, name_rows
from casebook.formats import day, percent
from casebook.language import _, plural
from casebook.phases.business import Findings
from casebook.phases.business_tables import Held
from casebook.stats.estimate import Estimate
from casebook.theme import colour

_SHOWN = 12  # columns with missing values


def periods_figure(findings: Findings) -> CaseFigure | None:
    """The days that each table covers, with its gaps; None where no table has a time."""
    timed = [one for one in findings.tables if one.first is not None and one.last is not None]
    if not timed:
        return None
    said = " ".join(_covers(one) for one in timed)
    width, height = bar_size(len(timed))
    figure = new_figure(width, height + 0.35, title=_("The days that each table covers"), alt=said)
    axes = figure.subplots()
    for row, one in enumerate(timed):
        _period(axes, row, one)
    bare(axes)
    name_rows(axes, [one.name for one in timed])
    axes.set_xlim(*_shown_days(timed))
    date_axis(axes.xaxis)
    for row, one in enumerate(timed):
        axes.annotate(
            _days(one), (1, row), xycoords=("axes fraction", "data"), xytext=(8, 0), va="center",
            textcoords="offset points", color=colour("ink" if one.daily else "muted"), fontsize=10,
        )  # fmt: skip
    return figure


def _shown_days(timed: list[Held]) -> tuple[float, float]:
    """From the first to the last day of the tables with rows every day.

    A table with a row a customer or dish may reach years back, and would squeeze the others.
    """
    kept = [one for one in timed if one.daily] or timed
    first = min(_at(one.first) for one in kept)
    last = max(_at(one.last) for one in kept)
    room = 0.03 * (last - first) + 1
    return first - room, last + room


def _period(axes: Axes, row: int, one: Held) -> None:
    """A bar from the first to the last day, with gaps cut out; grey where days are few."""
    name = "blue" if one.daily else "context"
    axes.barh(row, _length(one.first, one.last), left=_at(one.first), height=0.5,
              color=colour(name))  # fmt: skip
    for gap in one.gaps:
        axes.barh(row, _length(gap.first, gap.last), left=_at(gap.first), height=0.62,
                  color=colour("paper"), edgecolor=colour("vermillion"), linewidth=0.8)  # fmt: skip


def _at(when: date | None) -> float:
    assert when is not None
    return float(date2num(when))  # type: ignore[no-untyped-call]


def _length(first: Any, last: Any) -> float:
    return _at(last + timedelta(days=1)) - _at(first)


def _days(one: Held) -> str:
    """What is written beside a bar: gaps, or on how few days there are rows."""
    if not one.daily:
        return plural("rows on {n:,} day", "rows on {n:,} days", one.days)
    if not one.gaps:
        return _("no gap")
    return plural("{n} day missing", "{n} days missing", sum(gap.days for gap in one.gaps))


def _covers(one: Held) -> str:
    assert one.first is not None
    assert one.last is not None
    return _("{name}: from {first} to {last}, {days}.", name=one.name, first=day(one.first),
             last=day(one.last), days=_days(one))  # fmt: skip


def missing_figure(findings: Findings) -> CaseFigure | None:
    """The columns with the most missing values, over all tables; None where nothing is missing."""
    found = [(f"{table.name}.{one.column}", one.share)
             for table in findings.tables for one in table.missing]  # fmt: skip
    if not found:
        return None
    found = sorted(found, key=lambda one: -one[1])[:_SHOWN]
    labels, shares = [name for name, _share in found], [share for _name, share in found]
    said = ", ".join(f"{name}: {percent(share)}" for name, share in found)
    title = _("Rows without a value, by column")
    figure = new_figure(*bar_size(len(found)), title=title, alt=said)
    axes = figure.subplots()
    known = [Estimate(share, None, None, n=1) for share in shares]
    much = [n for n, share in enumerate(shares) if share >= 0.2]
    bars(axes, labels, known, highlight=much, say=lambda one: percent(one.value))
    axes.set_xlim(0, max(float(np.max(shares)), 0.05) * 1.02)
    return figure
