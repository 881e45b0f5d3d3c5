"""Is it worth its cost: what it saves a year against building and running, and from when on."""

from __future__ import annotations

from datetime import date, timedelta

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.rate import DAYS_OF_A_YEAR, decisions_per_day, last_day, times
from casebook.evidence.worth import saving
from casebook.formats import day, interval, number
from casebook.language import _
from casebook.stats.estimate import Estimate

HORIZON = 3.0
"""Years within which it must have paid for being built."""
MONTHS = 12


def gather(context: Context) -> Found | NotApplicable:
    """The net saving of a year, and the day on which it has paid for itself."""
    said = context.case.record.feasibility
    if said.build_cost is None or said.run_cost_per_month is None:
        return NotApplicable(
            _(
                "The record does not say what building and running would cost "
                "(feasibility.build_cost and feasibility.run_cost_per_month)."
            )
        )
    rate = decisions_per_day(context.case, context.table)
    if rate is None:
        return NotApplicable(
            _("Nobody knows how many decisions there are a day (feasibility.decisions_per_day).")
        )
    saved = _saved(context)
    if isinstance(saved, NotApplicable):
        return saved
    a_year = times(times(saved[0], rate), Estimate(DAYS_OF_A_YEAR, None, None, 1))
    net = _shifted(a_year, -MONTHS * said.run_cost_per_month)
    return _found(context, net, said.build_cost, saved[1])


def _saved(context: Context) -> tuple[Estimate, bool] | NotApplicable:
    """What a decision saves, and whether that is only the most that it could save.

    Without a value matrix it is the whole time of whoever decides today.
    """
    found = saving(context)
    if not isinstance(found, NotApplicable):
        return found.per_decision, False
    said = context.case.record.feasibility
    if said.minutes_per_decision is None or said.cost_per_hour is None:
        return found
    return Estimate(said.minutes_per_decision / 60 * said.cost_per_hour, None, None, 1), True


def _found(context: Context, net: Estimate, build: float, at_most: bool) -> Found:
    years = [build / one if one > 0 else float("inf") for one in (net.value, *_ends(net))]
    value, worst, best = years[0], max(years), min(years)
    outcome = "yes" if best > HORIZON else "no" if worst <= HORIZON and not at_most else "unclear"
    start = last_day(context.table)
    unit = context.case.record.objectives.cost_unit or context.case.record.evaluation.currency or ""
    facts = [(_("Net saving of a year"), interval(net)), (_("Cost of building"), number(build))]
    facts += [(_("Years until it has paid for itself"), _span(value, best, worst))]
    if start is not None and value < 100 * HORIZON:
        facts += [(_("Break-even, if it started on {day}", day=day(start)), _when(start, value))]
    point = Point(_("net saving of a year"), net.value, net.low, net.high)
    alt = _("The net saving of a year; the line is the cost of building.")
    values = {"net": interval(net), "unit": unit or _("no unit named"),
              "when": _when(start, value) if value < 100 * HORIZON else ""}  # fmt: skip
    return Found(outcome, _sentence(values, at_most), tuple(facts),
                 Picture("intervals", (point,), build, unit, alt))  # fmt: skip


def _sentence(values: dict[str, str], at_most: bool) -> str:
    if at_most:
        said = _("At most, if no time were needed any more, it saves {net} ({unit}) a year net of "
                 "running it.", **values)  # fmt: skip
    else:
        said = _("It saves {net} ({unit}) a year net of running it.", **values)
    if not values["when"]:
        return f"{said} {_('It never pays for being built.')}"
    return f"{said} {_('It has paid for being built by {when}.', when=values['when'])}"


def _when(start: date | None, years: float) -> str:
    if start is None:
        return _("{n} years after its start", n=number(years))
    return day(start + timedelta(days=round(years * DAYS_OF_A_YEAR)))


def _span(value: float, best: float, worst: float) -> str:
    if best == worst:
        return number(value)
    return f"{number(value)} [{number(best)}, {number(worst)}]"


def _ends(estimate: Estimate) -> tuple[float, float]:
    if estimate.low is None or estimate.high is None:
        return estimate.value, estimate.value
    return estimate.low, estimate.high


def _shifted(estimate: Estimate, by: float) -> Estimate:
    low = None if estimate.low is None else estimate.low + by
    high = None if estimate.high is None else estimate.high + by
    return Estimate(estimate.value + by, low, high, estimate.n, estimate.level)
