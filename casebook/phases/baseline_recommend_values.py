"""What the comparison of recommenders found, as plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from casebook.stats.estimate import Estimate
from casebook.stats.paired import Paired

Kind = Literal["returning", "new", "baskets"]
"""Who is offered something: who chose before, who did not, or a basket of somebody unknown."""


@dataclass(frozen=True)
class Reached:
    """How good a recommender's k offers are for one kind of user; intervals are over users.

    recall: share of what a user chose later that was offered (of k things at most). ndcg: the
    same, early places counting more. hit_rate: share of users of whom something was right.
    hits: how many of the k offers were chosen.
    """

    kind: Kind
    users: int
    recall: Estimate
    ndcg: Estimate
    hit_rate: Estimate
    hits: Estimate


@dataclass(frozen=True)
class Against:
    """How many more of the k offers were chosen than of those of another recommender."""

    name: str
    title: str
    hits: Paired


@dataclass(frozen=True)
class Ranked:
    """One recommender: what it reaches for each kind of user, or why it says nothing.

    reached: the kind that decides comes first. behind: how much less recall than the best, over
    the same users (positive is worse); None for the best one. beyond: against each recommender
    that must be beaten. coverage: share of things that it offers to anybody.
    """

    name: str
    title: str
    explainable: bool
    reached: tuple[Reached, ...] = ()
    behind: Paired | None = None
    beyond: tuple[Against, ...] = ()
    coverage: float | None = None
    fit_seconds: float | None = None
    ms_per_user: float | None = None
    failed: str | None = None
    does_not_apply: str | None = None

    @property
    def main(self) -> Reached:
        """What it reaches for the users that decide."""
        return self.reached[0]

    @property
    def standing(self) -> bool:
        """Whether it was compared."""
        return bool(self.reached)


@dataclass(frozen=True)
class Recommendation:
    """All recommenders on the same users. `chosen` is the simplest that is not clearly behind.

    recommenders: empty where too little is known to compare them; `headline` then says why.
    user: the column that names users, or baskets where `baskets` is true. first, last: the days
    of the test, where choices have a time. popular: titles of what the most popular offers.
    rule: in sentences; rule_proposed: it comes from the choices, as the record has none.
    """

    headline: tuple[str, ...]
    table: str
    user: str
    baskets: bool
    k: int
    choices: int
    users: int
    items: int
    first: date | None = None
    last: date | None = None
    recommenders: tuple[Ranked, ...] = ()
    best: str | None = None
    chosen: str | None = None
    popular: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    rule_proposed: bool = False
    split: str = ""
    notes: tuple[str, ...] = ()

    def named(self, name: str | None) -> Ranked:
        """The recommender of this name. Raises StopIteration for one that is not there."""
        return next(one for one in self.recommenders if one.name == name)
