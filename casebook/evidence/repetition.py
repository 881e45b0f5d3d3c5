"""Is the task repeated: decisions a day from the table's own times, and hours a year."""

from __future__ import annotations

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.rate import DAYS_OF_A_YEAR, WEEK, decisions_per_day, rows_by_day, times
from casebook.formats import interval, number
from casebook.language import _
from casebook.stats.estimate import Estimate

OFTEN = 250.0
SELDOM = 50.0
"""Decisions a year: one on each working day is often, less than one a week is seldom."""


def gather(context: Context) -> Found | NotApplicable:
    """Decisions a day and hours a year."""
    rate = decisions_per_day(context.case, context.table)
    if rate is None:
        return NotApplicable(
            _("Without a time column or decisions_per_day nobody can count how often it happens.")
        )
    a_year = times(rate, Estimate(DAYS_OF_A_YEAR, None, None, 1))
    outcome = "yes" if _low(a_year) >= OFTEN else "no" if _high(a_year) < SELDOM else "unclear"
    said = [_("{n} decisions a day.", n=interval(rate))]
    facts = [(_("Decisions a year"), interval(a_year))]
    minutes = context.case.record.feasibility.minutes_per_decision
    if minutes is not None:
        hours = times(a_year, Estimate(minutes / 60, None, None, 1))
        said.append(_("At {minutes} min each that is {hours} hours a year.",
                      minutes=number(minutes), hours=interval(hours)))  # fmt: skip
        facts.append((_("Hours a year"), interval(hours)))
    return Found(outcome, " ".join(said), tuple(facts), _picture(context))


def _low(estimate: Estimate) -> float:
    return estimate.value if estimate.low is None else estimate.low


def _high(estimate: Estimate) -> float:
    return estimate.value if estimate.high is None else estimate.high


def _picture(context: Context) -> Picture | None:
    """Rows of each of the last 12 weeks."""
    counts = rows_by_day(context.table)
    if counts is None or len(counts) < 2 * WEEK:
        return None
    weeks = (
        counts.to_numpy()[-(min(12, len(counts) // WEEK) * WEEK) :].reshape(-1, WEEK).sum(axis=1)
    )
    points = tuple(Point(str(k), float(n)) for k, n in enumerate(weeks, 1))
    return Picture("bars", points, None, _("rows a week"), _("Rows in each of the last weeks."))
