"""Why a thing is on a list: for each kind of recommender, a sentence that can be checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from casebook.formats import day, number
from casebook.language import _, plural
from casebook.models.recommend.base import Recommends
from casebook.models.recommend.blend import Blend
from casebook.models.recommend.choices import Choices
from casebook.models.recommend.past import Past
from casebook.models.recommend.rule import OfferRule
from casebook.stats.metrics import Floats

DAYS = 90
"""Days in which it is counted how many people chose a thing."""
_NAMED = 2  # past choices that are named
_SAYS = 0.1  # of what speaks most; what speaks less is not named


@dataclass(frozen=True, eq=False)
class Asked:
    """Somebody who is offered something: their own choices, and the recommender by its name.

    new: whether the choices are what somebody new says they like.
    """

    choices: Choices
    own: pd.DataFrame
    name: str
    fitted: Recommends
    past: Past
    new: bool = False

    def title(self, code: int) -> str:
        """What people call a thing."""
        return self.choices.things.title(str(self.fitted.items_[code]))

    def times(self, code: int) -> pd.DataFrame:
        """The own choices of a thing, the latest first."""
        return self.own[self.own["item"] == str(self.fitted.items_[code])]


def reason(asked: Asked, code: int, parts: Mapping[str, Floats]) -> str:
    """Why a thing is offered, by what counts most in its score.

    code: of the thing in `items_`. parts: as `Recommends.parts`, of this user.
    """
    name = max(parts, key=lambda part: float(parts[part][code]))
    if parts[name][code] <= 0:
        return _only_popular(asked, code)
    say = _OWN[asked.name] if name == "own" else _PARTS[name]
    return say(asked, code)


def _only_popular(asked: Asked, code: int) -> str:
    """Where the recommender has nothing of its own to say."""
    said = _popular(asked, code)
    if not asked.past.counts.sum():
        return _("New here, so what others like: {said}", said=said)
    return _("Nothing of their own choices speaks for it; {said}", said=said)


def _popular(asked: Asked, code: int) -> str:
    """How many chose it of late."""
    rows, since = asked.choices.rows, ""
    if asked.choices.timed:
        newest = rows["time"].max()
        rows = rows[rows["time"] > newest - pd.Timedelta(days=DAYS)]
        since = _("in the last {days} days", days=DAYS)
    n = int(rows.loc[rows["item"] == str(asked.fitted.items_[code]), "user"].nunique())
    if asked.choices.baskets:
        said = plural("it is in {n:,} basket", "it is in {n:,} baskets", n)
    else:
        said = plural("it was chosen by {n:,} person", "it was chosen by {n:,} people", n)
    return f"{said} {since}".strip() + "."


def _as_popular(asked: Asked, code: int) -> str:
    said = _popular(asked, code)
    return said[:1].upper() + said[1:]


def _last(asked: Asked, code: int) -> str:
    own = asked.times(code)
    if "time" in own and len(own) and pd.notna(own["time"].iloc[0]):
        return _("Chosen the last time, on {day}.", day=day(own["time"].iloc[0]))
    return _("Chosen the last time.")


def _habit(asked: Asked, code: int) -> str:
    own = asked.times(code)
    visits = asked.own["time"].nunique() if "time" in asked.own else 0
    said = plural("Chosen {n} time before", "Chosen {n} times before", len(own))
    if len(own) == 1 or visits < 2:
        return _("{said}.", said=said)
    return _("{said}, last on {day}.", said=said, day=day(own["time"].iloc[0]))


def _rule(asked: Asked, code: int) -> str:
    """The things chosen last for which the rule offers this one."""
    fitted = asked.fitted
    assert isinstance(fitted, OfferRule)
    last = set(asked.past.last.indices[asked.past.last.data > 0].tolist())
    liked = [int(a) for a, b in zip(fitted.liked_, fitted.offered_, strict=True)
             if b == code and int(a) in last]  # fmt: skip
    if not liked:
        return _only_popular(asked, code)
    return _("Who liked {liked} is offered {offered}.",
             liked=asked.title(liked[0]), offered=asked.title(code))  # fmt: skip


def _alike(asked: Asked, code: int) -> str:
    """The past choices that speak most for it, by leaving each out."""
    fitted = asked.fitted
    assert isinstance(fitted, Blend)
    said = spoken(fitted, asked.past, code)
    if not said:
        return _only_popular(asked, code)
    others = [one for one in said if one[0] != code][:_NAMED]
    if not others:
        return _habit(asked, code)
    if asked.name != "neighbours":
        names = _(" and ").join(asked.title(one) for one, _gain in others)
        if asked.new:
            return _("Most for it speaks that they like {names}.", names=names)
        if asked.choices.baskets:
            return _("Most for it speaks that {names} is here.", names=names)
        return _("Most for it speaks that they chose {names} before.", names=names)
    return _together(asked, code, others[0][0])


def _together(asked: Asked, code: int, other: int) -> str:
    """How many of those who chose one thing chose the other as well."""
    chosen = sparse.csc_matrix(asked.fitted.counts_.sign())
    first, second = (set(chosen[:, one].indices.tolist()) for one in (other, code))
    both, all_ = len(first & second), len(first)
    words = {"other": asked.title(other), "both": number(both), "all": number(all_)}
    if asked.choices.baskets:
        return _("Often together with {other}, which is here: {both} of {all} baskets with it "
                 "have this too.", **words)  # fmt: skip
    if asked.new:
        return _("Often chosen together with {other}, which they like: {both} of {all} people who "
                 "chose it chose this too.", **words)  # fmt: skip
    return _("Often chosen together with {other}, which they had: {both} of {all} people who "
             "chose it chose this too.", **words)  # fmt: skip


def spoken(fitted: Blend, past: Past, code: int) -> list[tuple[int, float]]:
    """What each past choice of one user does for the likeness of a thing, the most first.

    (code, how much less alike the thing is without it); only what does something.
    """
    mine = np.unique(past.recent.indices[past.recent.data != 0])
    if not len(mine):
        return []
    left = [_without(past, int(one)) for one in mine]
    stacked = Past(
        *(sparse.csr_matrix(sparse.vstack([getattr(one, name) for one in left]))
          for name in ("counts", "recent", "last"))
    )  # fmt: skip
    whole = float(fitted.likeness(past)[0, code])
    gains = whole - fitted.likeness(stacked)[:, code]
    order = np.argsort(-gains, kind="stable")
    most = float(gains[order[0]])
    return [(int(mine[at]), float(gains[at])) for at in order if gains[at] > max(0.0, _SAYS * most)]


def _without(past: Past, code: int) -> Past:
    """The past of one user without one thing."""

    def left(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        kept = matrix.copy()
        kept.data[kept.indices == code] = 0.0
        return kept

    return Past(left(past.counts), left(past.recent), left(past.last))


Say = Callable[[Asked, int], str]
_OWN: dict[str, Say] = {"popular": _as_popular, "last": _last, "favourites": _habit, "rule": _rule}
_PARTS: dict[str, Say] = {"habit": _habit, "alike": _alike, "popular": _as_popular}
