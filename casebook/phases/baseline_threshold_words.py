"""What is decided of a threshold, in sentences with units."""

from __future__ import annotations

import math
from dataclasses import replace

from casebook.formats import interval, number, percent
from casebook.language import _
from casebook.phases.baseline_threshold_data import (
    Against,
    Capacity,
    Choice,
    Decision,
    HandOver,
    Volume,
)
from casebook.stats.costs import NEVER
from casebook.stats.estimate import Estimate

MOST_BY_HAND = 0.8
"""The share of rows by hand beyond which it is asked whether a person is as good as that."""


def chance(threshold: float) -> str:
    """A probability as it is read: `0.58`, `0.0053`.

    >>> chance(0.58333), chance(0.00529), chance(1.0)
    ('0.58', '0.0053', '1.00')
    """
    small = 0 < threshold < 0.1
    return number(min(threshold, 1.0), 1 - math.floor(math.log10(threshold)) if small else 2)


def span(low: float, high: float) -> str:
    """A range of probabilities.

    >>> span(0.5, 0.61)
    '[0.50, 0.61]'
    """
    return f"[{chance(low)}, {chance(high)}]"


def per_period(volume: Volume) -> str:
    """What a number of answers is counted for."""
    return {
        "day": _("a day"),
        "week": _("a week"),
        "month": _("a month"),
        "table": _("in the whole table"),
        "1000": _("of 1,000 rows"),
    }[volume.period]


def against(kind: Against, yes: str, no: str, wanted: float) -> str:
    """Another way to decide, in words."""
    return {
        "all": _("always “{answer}”", answer=yes),
        "none": _("always “{answer}”", answer=no),
        "half": _("from 0.5 on"),
        "analytic": _("from {chance} on, where the costs break even", chance=chance(wanted)),
    }[kind]


def headline(decision: Decision) -> tuple[str, ...]:
    """The sentences to take away, the threshold first; before it that it does not pay."""
    first = (_saved, _threshold) if _loses(decision) else (_threshold, _saved)
    parts = (*first, _capacity, _band)
    return tuple(sentence for part in parts for sentence in part(decision))


def _loses(decision: Decision) -> bool:
    """Whether always answering the same is clearly cheaper."""
    ends = [one.saved.high for one in decision.savings if one.against in ("all", "none")]
    return any(high is not None and high < 0 for high in ends)


def single_class(yes: str, no: str, *, all_yes: bool) -> str:
    """Why no threshold can be judged where all tested rows are of one class."""
    return _("Every tested row is “{answer}”: no threshold can be judged.",
             answer=yes if all_yes else no)  # fmt: skip


def money(estimate: Estimate, unit: str) -> str:
    """An amount with its interval and unit."""
    return f"{interval(estimate)} {unit}".strip()


def _threshold(decision: Decision) -> list[str]:
    choice, values = decision.choice, {"yes": decision.yes, "no": decision.no}
    if choice is None:
        return [_without_costs(decision)]
    cost = money(choice.cost, decision.unit)
    if choice.chosen >= NEVER:
        said = _("At these costs “{yes}” is never worth saying: “{no}” for all costs {cost} for "
                 "1,000 rows.", **values, cost=cost)  # fmt: skip
    elif choice.chosen <= 0:
        said = _("At these costs “{no}” is never worth saying: “{yes}” for all costs {cost} for "
                 "1,000 rows.", **values, cost=cost)  # fmt: skip
    else:
        said = _("Say “{yes}” from a probability of {chance} on: 1,000 rows then cost {cost}.",
                 **values, chance=chance(choice.chosen), cost=cost)  # fmt: skip
    return [said, _range(choice)]


def _range(choice: Choice) -> str:
    said = _("From {low} to {high} it is not clearly worse.",
             low=chance(choice.low), high=chance(choice.high))  # fmt: skip
    if choice.chosen == choice.wanted:
        return said
    alone = _("By the costs alone it would be {chance}; but the probabilities do not come true as "
              "they are stated.", chance=chance(choice.wanted))  # fmt: skip
    return f"{said} {alone}"


def _without_costs(decision: Decision) -> str:
    curve = decision.curve
    assert curve is not None
    counts = curve.counts(0.5)
    said = counts.right_yes + counts.wrong_yes
    none = _("Nobody has said what errors cost (objectives.costs), so no threshold is the best.")
    if not said:
        return none
    return " ".join([
        none,
        _("From 0.5 on {found} of the “{yes}” rows are found, and {right} of those named are "
          "right.", yes=decision.yes, found=percent(counts.right_yes / curve.positives, 0),
          right=percent(counts.right_yes / said, 0)),
    ])  # fmt: skip


def _saved(decision: Decision) -> list[str]:
    """Against the cheaper of always answering the same."""
    same = [one for one in decision.savings if one.against in ("all", "none")]
    if not same:
        return []
    hardest = min(same, key=lambda one: one.saved.value)
    low, high = hardest.saved.low, hardest.saved.high
    values = {"other": hardest.title, "saved": money(hardest.saved, decision.unit)}
    if low is not None and low > 0:
        return [_("That saves {saved} for 1,000 rows against {other}.", **values)]
    if high is not None and high < 0:
        return [_("A threshold chosen by costs does not pay here: on rows that did not choose it, "
                  "1,000 of them save {saved} against {other}.", **values)]  # fmt: skip
    return [_("It is not clearly cheaper than {other}: it saves {saved} for 1,000 rows.", **values)]


def _capacity(decision: Decision) -> list[str]:
    found, volume = decision.capacity, decision.volume
    if found is None or volume is None:
        return []
    acted = decision.yes if found.acts_on == "yes" else decision.no
    values = {"amount": number(found.amount), "period": per_period(volume), "acted": acted,
              "limit": chance(found.limit)}  # fmt: skip
    if decision.choice is None:
        values |= {"precision": interval(found.precision, 100, "%"),
                   "recall": interval(found.recall, 100, "%")}  # fmt: skip
        return [_("People can act on {amount} “{acted}” {period}, which a threshold of {limit} "
                  "fills: {precision} of these are right, and {recall} of all are among them.",
                  **values)]  # fmt: skip
    values |= {"wanted": number(round(found.wanted or 0))}
    if not found.binding:
        return [_("People then act on {wanted} “{acted}” {period}; they can act on {amount}.",
                  **values)]  # fmt: skip
    said = _("People would have to act on {wanted} “{acted}” {period}, and can act on {amount}: "
             "that moves the threshold to {limit}.", **values)  # fmt: skip
    return [said, *_cost_of_capacity(decision, found, volume)]


def _cost_of_capacity(decision: Decision, found: Capacity, volume: Volume) -> list[str]:
    said = []
    if found.cost is not None:
        said.append(_("To have no more costs {cost} {period}.", period=per_period(volume),
                      cost=money(found.cost, decision.unit)))  # fmt: skip
    if found.one_more is not None:
        said.append(_("Room for one more is worth {worth}.",
                      worth=money(found.one_more, decision.unit)))  # fmt: skip
    return [" ".join(said)] if said else []


def _band(decision: Decision) -> list[str]:
    band = decision.band
    if band is None:
        return []
    values = {"low": chance(band.low), "high": chance(band.high),
              "share": interval(band.share, 100, "%")}  # fmt: skip
    if band.by == "doubt":
        return [_("Between {low} and {high} the data cannot tell which answer is cheaper: {share} "
                  "of the rows.", **values)]  # fmt: skip
    said = [_("Between {low} and {high} a person should decide: {share} of the rows.", **values)]
    if band.saved is not None:
        said.append(_("That saves {saved} for 1,000 rows.", saved=money(band.saved, decision.unit)))
    return [" ".join(said), _person(band, decision.unit)]


def _person(band: HandOver, unit: str) -> str:
    """What was taken for true of a person, and a doubt where that leaves nothing to a model."""
    effort = f"{number(band.effort)} {unit}".strip()
    if band.right < 1:
        said = _("A person's decision costs {effort} and is right in {right} of cases "
                 "(feasibility.right_by_hand).",
                 effort=effort, right=percent(band.right, 0))  # fmt: skip
    else:
        said = _("A person's decision costs {effort} and is taken to be always right; what is "
                 "known better belongs into feasibility.right_by_hand.", effort=effort)  # fmt: skip
    if band.share.value <= MOST_BY_HAND:
        return said
    return f"{said} {_('If that is true, hardly anything is left to be predicted.')}"


def with_headline(decision: Decision) -> Decision:
    """The same with its sentences."""
    return replace(decision, headline=headline(decision))
