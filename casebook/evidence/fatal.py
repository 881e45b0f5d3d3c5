"""Can one wrong prediction be fatal: the worst cost times an upper bound of its probability."""

from __future__ import annotations

from scipy import stats

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.rate import DAYS_OF_A_YEAR, decisions_per_day
from casebook.evidence.shared import Shared
from casebook.evidence.worth import saving
from casebook.formats import number, percent
from casebook.language import _
from casebook.models.crossval import OutOfFold
from casebook.stats.costs import Costs
from casebook.stats.metrics import TWO

LEVEL = 0.95


def gather(context: Context) -> Found | NotApplicable:
    """What the worst wrong predictions of a year may cost, against what predictions save."""
    worst = context.case.record.feasibility.worst_case_cost
    if worst is None:
        return NotApplicable(
            _(
                "The record does not say what the worst wrong prediction costs "
                "(feasibility.worst_case_cost)."
            )
        )
    if context.shared is None:
        return context.without_models()
    if not context.shared.data.classes:
        return NotApplicable(_("A predicted number is never simply wrong: no probability of it."))
    costs = Costs.from_record(context.case.record.objectives.costs)
    if costs is not None and worst <= max(costs.false_negative, costs.false_positive):
        said = _("The worst wrong prediction costs {worst}, no more than what the value matrix "
                 "counts for a wrong one.", worst=number(worst))  # fmt: skip
        return Found("no", said)
    return _bounded(context, context.shared, worst, costs)


def upper_bound(seen: int, n: int, level: float = LEVEL) -> float:
    """The one-sided upper bound of a probability (Clopper and Pearson 1934).

    Where none of n was seen it is about 3 / n: the rule of three (Hanley and Lippman-Hand 1983).

    >>> round(upper_bound(0, 300) * 300, 2)
    2.98
    """
    if seen >= n:
        return 1.0
    return float(stats.beta.ppf(level, seen + 1, n - seen))


def _bounded(context: Context, shared: Shared, worst: float, costs: Costs | None) -> Found:
    seen, n = wrong(shared.outs[shared.best], shared, costs)
    bound = upper_bound(seen, n)
    each = worst * bound
    saved = saving(context)
    facts = [
        (_("Wrong ones among rows not seen"), _("{k} of {n}", k=number(seen), n=number(n))),
        (_("Upper bound of their probability"), percent(bound, 2)),
        (_("Expected cost of a decision, at most"), number(each)),
    ]
    rate = decisions_per_day(context.case, context.table)
    if rate is not None:
        a_year = number(each * rate.value * DAYS_OF_A_YEAR)
        facts.append((_("Expected cost of a year, at most"), a_year))
    sentence = _(
        "{k} of {n} predictions were wrong in the costlier way, so at most {bound} are; at {worst} "
        "each that is at most {each} a decision.",
        k=number(seen), n=number(n), bound=percent(bound, 2), worst=number(worst),
        each=number(each),
    )  # fmt: skip
    outcome = "unclear"
    if not isinstance(saved, NotApplicable):
        low, high = saved.per_decision.low, saved.per_decision.high
        outcome = "no" if low is not None and each < low else outcome
        outcome = "yes" if high is not None and each > high else outcome
        sentence += " " + _("A decision saves {saved}.", saved=number(saved.per_decision.value))
    point = Point(_("wrong in the costlier way"), seen / n, seen / n, bound)
    alt = _("The share of wrong predictions, and its upper bound.")
    return Found(outcome, sentence, tuple(facts),
                 Picture("intervals", (point,), None, _("share of rows"), alt))  # fmt: skip


def wrong(out: OutOfFold, shared: Shared, costs: Costs | None) -> tuple[int, int]:
    """Wrong predictions of the costlier kind at the cheapest threshold, and all predictions."""
    said = out.predictions
    if shared.data.task != TWO or costs is None or said.probability is None:
        return int((said.label != said.truth).sum()), len(said.truth)
    yes = said.probability[:, 1] >= costs.threshold
    missed = costs.false_negative >= costs.false_positive
    errors = ~yes & (said.truth == 1) if missed else yes & (said.truth == 0)
    return int(errors.sum()), len(said.truth)
