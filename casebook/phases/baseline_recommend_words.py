"""What the comparison of recommenders says in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from casebook.formats import interval, number, percent
from casebook.language import _, plural
from casebook.models.recommend.things import Things
from casebook.phases.baseline_recommend_values import Against, Kind, Ranked, Recommendation

_SHOWN_PAIRS = 5


def nothing_to_offer(found: Recommendation) -> tuple[str, ...]:
    """Why nothing is compared: no choice, or one thing only."""
    if not found.choices:
        return (_("No choice is left to learn from in '{table}'.", table=found.table),)
    said = _("There is only one thing to choose in '{table}': nothing can be recommended.",
             table=found.table)  # fmt: skip
    return (said,)


def too_few(kind: Kind, tested: int, fewest: int) -> tuple[str, ...]:
    """Why nothing is compared: too few people or baskets in the test."""
    if kind == "baskets":
        said = plural("Only {n} basket with more than one thing can be tested",
                      "Only {n} baskets with more than one thing can be tested",
                      tested)  # fmt: skip
    else:
        said = plural("Only {n} person who had chosen before chose again in the test",
                      "Only {n} people who had chosen before chose again in the test",
                      tested)  # fmt: skip
    return (_("{said}; it takes {fewest} to compare recommenders.", said=said, fewest=fewest),)


def needs_repeats(*, baskets: bool) -> str:
    """Why a recommender that offers again what was chosen before is not compared."""
    if baskets:
        return _("nobody is known who could come again")
    return _("what was chosen before is not to be offered again")


def fewer_offers(items: int, wanted: int, k: int) -> str:
    """Why k is not what the record says."""
    return _("There are {items} things, so {k} are offered and not {wanted}: else every list "
             "would hold them all.", items=items, wanted=wanted, k=k)  # fmt: skip


def headline(found: Recommendation) -> tuple[str, ...]:
    """What the choice reaches beside what must be beaten, by how much, and why it is chosen."""
    chosen, best = found.named(found.chosen), found.named(found.best)
    said = (_reaches(found, chosen), _gain(found, chosen), _choice(chosen, best))
    return tuple(text for text in said if text)


def _reaches(found: Recommendation, chosen: Ranked) -> str:
    values = {"k": found.k, "title": chosen.title, "others": _others(found, chosen)}
    if found.baskets:
        share = interval(chosen.main.recall, 100, "%")
        return _("Left out of a basket, a thing is among {k} offers in {share} of cases with the "
                 "{title}, against {others}.", share=share, **values)  # fmt: skip
    hits = interval(chosen.main.hits)
    return _("Of {k} offers, people who had chosen before took {hits} with the {title}, against "
             "{others}.", hits=hits, **values)  # fmt: skip


def _others(found: Recommendation, chosen: Ranked) -> str:
    """The hardest to beat of what needs no model, and the most popular."""
    next_best = hardest(chosen)
    names = dict.fromkeys([next_best.name if next_best else "", "popular"])
    shown = [found.named(name) for name in names if name not in ("", chosen.name)]
    return ", ".join(f"{_hits(found, one)} ({one.title})" for one in shown if one.standing)


def _hits(found: Recommendation, one: Ranked) -> str:
    if found.baskets:
        return percent(one.main.recall.value, 1)
    return number(one.main.hits.value, 2)


def hardest(one: Ranked) -> Against | None:
    """The one that must be beaten over which it gains least."""
    return min(one.beyond, key=lambda other: other.hits.difference.value, default=None)


def _gain(found: Recommendation, chosen: Ranked) -> str:
    """By how much the choice is better than the next of what needs no model."""
    next_best = hardest(chosen)
    if next_best is None or next_best.hits.difference.value <= 0:
        return ""
    if next_best.hits.p_value >= 0.05:
        return ""
    per = 100 if found.baskets else 100 / found.k
    more = interval(next_best.hits.difference, per)
    values = {"more": more, "title": next_best.title}
    if found.baskets:
        return _("That is {more} more of 100 things found than with the {title}.", **values)
    return _("That is {more} more of 100 offers taken than with the {title}.", **values)


def _choice(chosen: Ranked, best: Ranked) -> str:
    if chosen.name == best.name:
        if chosen.name == "popular":
            return _("Nothing is better than to offer everybody the most popular.")
        return _("Nothing simpler comes close: choose the {name}.", name=chosen.title)
    assert chosen.behind is not None
    return _("The simpler {chosen} is not clearly worse than the {best}; it is behind in recall by "
             "{difference}: choose the simpler one.", chosen=chosen.title, best=best.title,
             difference=interval(chosen.behind.difference, 100, "%"))  # fmt: skip


def rule(things: Things, proposed: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The rule in sentences, from the record or as it was proposed."""
    pairs = [(things.title(liked), things.title(offer)) for liked, offer in things.pairs]
    shown = [*pairs, *proposed[:_SHOWN_PAIRS]]
    said = [_("Who chose '{liked}' is offered '{offer}'.", liked=a, offer=b) for a, b in shown]
    if things.card and things.kind:
        said.append(_("Who chose a thing is offered the next one of its kind ({kind}) on the list.",
                      kind=things.kind))  # fmt: skip
    elif things.card:
        said.append(_("Who chose a thing is offered the next one on the list."))
    more = len(proposed) - _SHOWN_PAIRS
    if more > 0:
        said.append(plural("And {n} more such pair.", "And {n} more such pairs.", more))
    if said:
        said.append(_("Where that is less than all offers, the most popular fill them up."))
    return tuple(said)


def notes(found: Recommendation, *, new: int, unknown: float) -> tuple[str, ...]:
    """What a careful reader should know.

    new: people in the test who had chosen nothing before. unknown: share of what was chosen in
    the test that nobody could offer.
    """
    said = []
    if new:
        said.append(plural("{n:,} person in the test had chosen nothing before; every recommender "
                           "offers the most popular then.",
                           "{n:,} people in the test had chosen nothing before; every recommender "
                           "offers them the most popular.", new))  # fmt: skip
    if unknown > 0:
        said.append(_("{share} of what was chosen in the test had never been chosen before and is "
                      "on no list: nobody could offer it.", share=percent(unknown)))  # fmt: skip
    if found.baskets:
        said.append(_("What is in a basket already is not offered. Intervals are over baskets."))
    else:
        said.append(_("Intervals are over people, in this one period of test: another season may "
                      "differ by more."))  # fmt: skip
    return tuple(said)
