"""Recommenders as a part of the baseline page: what to offer, and what that was measured on."""

from __future__ import annotations

from casebook.formats import number, percent
from casebook.language import _
from casebook.pages.base import (
    Html,
    bullets,
    details,
    headline,
    join,
    notice,
    prose,
    section,
    table,
)
from casebook.phases.baseline_recommend import Ranked, Reached, Recommendation


def page(found: Recommendation | None) -> Html:
    """Headline, how it was tested, what failed; the notes folded."""
    if found is None:
        return notice("unanswered", _("Who chooses what? The record names no user and item."))
    if not found.recommenders:
        noted = details(_("What was not taken"), bullets(found.notes)) if found.notes else ""
        return join(notice("cannot_tell", " ".join(found.headline)), prose(found.split), noted)
    failed = [one for one in found.recommenders if one.failed]
    return join(
        headline(found.headline),
        prose(found.split),
        *(notice("failed", f"{one.title}: {one.failed}") for one in failed),
        details(_("What to know of these numbers"), bullets(found.notes)),
    )


def comparison(found: Recommendation | None) -> Html:
    """Every recommender on the same people, with intervals; nothing where none was compared."""
    if found is None or not found.recommenders:
        return Html("")
    standing = [one for one in found.recommenders if one.standing]
    strong = [i for i, one in enumerate(standing) if one.name == found.chosen]
    names = [
        _("recommender"),
        _("recall at {k}", k=found.k),
        _("NDCG at {k}", k=found.k),
        # Each list of a basket has one thing to find: this would be the recall once more.
        *([] if found.baskets else [_("taken of {k} offers", k=found.k)]),
        _("behind the best"),
        _("p"),
    ]
    rows = [_row(one, baskets=found.baskets) for one in standing]
    shown = table(names, rows, caption=_caption(found), strong=strong, numeric=range(1, len(names)))
    return join(shown, _others(found), _more(found, standing))


def _caption(found: Recommendation) -> str:
    tested = number(found.named(found.best).main.users)
    if found.baskets:
        return _("All recommenders on the same {n} baskets; the choice in bold", n=tested)
    return _("All recommenders on the same {n} people who had chosen before; the choice in bold",
             n=tested)  # fmt: skip


def _row(one: Ranked, *, baskets: bool) -> list[object]:
    main, behind = one.main, one.behind
    return [
        one.title,
        main.recall,
        main.ndcg,
        *([] if baskets else [main.hits]),
        _("best") if behind is None else behind.difference,
        None if behind is None else _p(behind.p_value),
    ]


def _p(value: float) -> str:
    return _("< 0.001") if value < 0.001 else number(value, 3)


def _others(found: Recommendation) -> Html:
    """Recommenders that could not be compared, and why."""
    said = [
        _("{name}: not compared, {why}.", name=one.title, why=one.does_not_apply)
        for one in found.recommenders if one.does_not_apply
    ]  # fmt: skip
    return bullets(said)


def _more(found: Recommendation, standing: list[Ranked]) -> Html:
    """Breadth, new people, time and whether a person can follow it, folded."""
    new = any(_new(one) for one in standing)
    names = [
        _("recommender"),
        _("people with a hit") if not found.baskets else _("lists with a hit"),
        _("offered, of {n} things", n=number(found.items)),
        *([_("recall, new people")] if new else []),
        _("seconds to fit"),
        _("milliseconds for one list"),
        _("explainable"),
    ]
    rows = [_more_row(one, new=new) for one in standing]
    shown = table(names, rows, numeric=range(1, len(names) - 1))
    return details(_("Breadth, new people and time"), shown)


def _more_row(one: Ranked, *, new: bool) -> list[object]:
    reached = _new(one)
    return [
        one.title,
        one.main.hit_rate,
        percent(one.coverage, 0),
        *([reached.recall if reached else None] if new else []),
        one.fit_seconds,
        one.ms_per_user,
        one.explainable,
    ]


def _new(one: Ranked) -> Reached | None:
    return next((each for each in one.reached if each.kind == "new"), None)


def rule(found: Recommendation | None) -> Html:
    """The rule in words, and where it comes from; nothing where nothing was compared."""
    if found is None or not found.rule:
        return Html("")
    if found.rule_proposed:
        title = _("The offer rule (proposed from the choices: the record has none)")
    else:
        title = _("The offer rule (from the record)")
    offered = _("The most popular, of late: {names}.", names=", ".join(found.popular))
    return section(title, bullets([*found.rule, offered]), level=2)
