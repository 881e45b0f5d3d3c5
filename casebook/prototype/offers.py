"""What a recommender offers to somebody, in order, and why each thing is on the list.

offering = offers_of(case, table, "neighbours")
offer(offering, "G0007", 5)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from casebook.case import Case
from casebook.exceptions import ModelError, nearest
from casebook.language import _
from casebook.models.recommend.base import Recommends
from casebook.models.recommend.choices import Choices, choices_of
from casebook.models.recommend.registry import RECOMMENDERS, Recommender
from casebook.models.recommend.taste import Taste, at_once
from casebook.prototype.offer_reasons import Asked, reason
from casebook.tables import Table

BESIDE = ("popular", "rule")
"""Recommenders whose offers are shown beside those of the chosen one."""
NEW = "\x00new"
"""The name of somebody new among the choices; no table holds it."""


@dataclass(frozen=True, eq=False)
class Offering:
    """Recommenders that were fitted on all choices, once.

    chosen: the name of the one that offers. fitted: by name, the chosen one and those beside it.
    k: how many things are offered where nobody says. users: names, in order; empty for baskets.
    """

    case: Case
    choices: Choices
    chosen: str
    fitted: Mapping[str, Recommends] = field(repr=False)
    k: int
    users: tuple[str, ...] = field(repr=False)

    @property
    def title(self) -> str:
        """What the chosen recommender is called."""
        return _(entry_of(self.chosen).title)

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """(title, item) of all things, by title."""
        things, names = self.choices.things, self.fitted[self.chosen].items_
        return tuple(sorted((things.title(str(item)), str(item)) for item in names))


@dataclass(frozen=True)
class Offer:
    """One thing on a list. title: what people call it; reason: why it is there, in a sentence.

    strength: its score against the first of the list, from 0 to 1; scores of two lists cannot be
    compared. before: how often the user chose it before; 0 for something new.
    """

    item: str
    title: str
    reason: str
    strength: float
    before: int = 0


def offers_of(case: Case, table: Table, chosen: str | None, *, seed: int = 0) -> Offering | None:
    """The recommenders, ready to offer; None where the record does not say who chose what.

    table: the case's main one. chosen: the name that the baseline phase chose; None, where too
    little was known to choose, takes the most popular.
    Raises RecordError or TableError, with its place, where the record does not fit the tables;
    ModelError for a name that no recommender has, and where there is no choice.
    """
    choices = choices_of(case, table)
    if choices is None:
        return None
    name = chosen or "popular"
    entry_of(name)
    things = choices.things
    items = len({*choices.rows["item"], *things.listed})
    k = at_once(case.record.baseline.recommend.k, items)
    taste = Taste(k, choices.repeats, things.pairs, things.card, seed)
    with threadpool_limits(1):
        fitted = {
            one: entry_of(one).make(taste).fit(choices.rows, things.listed)
            for one in dict.fromkeys((name, *BESIDE))
        }
    users = () if choices.baskets else tuple(str(user) for user in fitted[name].users_)
    return Offering(case, choices, name, fitted, k, users)


def entry_of(name: str) -> Recommender:
    """The registry's entry of a recommender. Raises ModelError for a name that is not there."""
    for one in RECOMMENDERS:
        if one.name == name:
            return one
    names = [one.name for one in RECOMMENDERS]
    raise ModelError(
        _("there is no recommender '{name}'; there are {names}.",
          name=name, names=", ".join(names)),
        hint=nearest(name, names),
    )  # fmt: skip


def offer(
    offering: Offering,
    user: str | Sequence[str],
    k: int | None = None,
    *,
    by: str | None = None,
) -> tuple[Offer, ...]:
    """K things for a user by name, or for somebody new who likes these items; the best first.

    by: the name of a recommender; None is the chosen one. Somebody who is not among the users
    and likes nothing is offered what is popular; somebody new is not offered what they named.
    Raises ModelError for an item that is not there, or a recommender that was not fitted.
    """
    name = by or offering.chosen
    if name not in offering.fitted:
        raise ModelError(
            _("'{name}' was not fitted; there are {names}.",
              name=name, names=", ".join(offering.fitted))
        )  # fmt: skip
    fitted = offering.fitted[name]
    own = own_choices(offering, user)
    past = fitted.history([user]) if isinstance(user, str) else fitted.history_in(own)
    new = not isinstance(user, str)
    wanted, named = k or offering.k, set(user) if new else set()
    offers = fitted.best(past, min(wanted + len(named), len(fitted.items_)))
    found = [
        (int(code), float(score))
        for code, score in zip(offers.items[0], offers.scores[0], strict=True)
        if code >= 0 and str(fitted.items_[code]) not in named
    ][:wanted]
    asked = Asked(offering.choices, own, name, fitted, past, new)
    parts = {part: scores[0] for part, scores in fitted.parts(past).items()}
    top = max((score for _code, score in found), default=0.0)
    return tuple(
        Offer(
            str(fitted.items_[code]),
            asked.title(code),
            reason(asked, code, parts),
            max(0.0, score / top) if top > 0 else 0.0,
            len(asked.times(code)),
        )
        for code, score in found
    )


def own_choices(offering: Offering, user: str | Sequence[str]) -> pd.DataFrame:
    """What a user chose, the latest first; for somebody new, what they like, chosen just now."""
    rows = offering.choices.rows
    if isinstance(user, str):
        own = rows[rows["user"] == user]
        return own.sort_values("time", ascending=False, kind="stable") if "time" in own else own
    known = set(offering.fitted[offering.chosen].items_.tolist())
    for item in user:
        if item not in known:
            raise ModelError(
                _("there is no '{item}' among the things that can be offered.", item=item),
                hint=nearest(item, known),
            )
    own = pd.DataFrame({"user": NEW, "item": list(user)}, dtype=object)
    if not len(own):
        own = pd.DataFrame({"user": [NEW], "item": [NEW]}, dtype=object)
    return own.assign(time=rows["time"].max()) if "time" in rows else own


def is_known(offering: Offering, user: str) -> bool:
    """Whether a user has chosen before."""
    return bool(np.isin(user, offering.fitted[offering.chosen].users_))
