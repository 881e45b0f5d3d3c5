"""The recommenders, in one literal table, from the simplest to the most complex."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from casebook.language import N_
from casebook.models.recommend import factors, favourites, last, neighbours, popular, rule
from casebook.models.recommend.base import Recommends
from casebook.models.recommend.taste import Taste


class Recommender(NamedTuple):
    """Anything that offers things to people.

    make: the factory of an unfitted recommender. explainable: whether a person can follow why
    something was offered. comes_again: it needs a user who comes again, so it cannot complete
    the basket of somebody unknown.
    """

    name: str
    title: str
    make: Callable[[Taste], Recommends]
    explainable: bool
    comes_again: bool = False


RECOMMENDERS = (
    Recommender("popular", N_("most popular"), popular.make, explainable=True),
    Recommender("rule", N_("offer rule"), rule.make, explainable=True),
    Recommender("last", N_("last choice"), last.make, explainable=True, comes_again=True),
    Recommender("favourites", N_("own favourites"), favourites.make, explainable=True,
                comes_again=True),
    Recommender("neighbours", N_("item neighbours"), neighbours.make, explainable=True),
    Recommender("factors", N_("factorisation"), factors.make, explainable=False),
)  # fmt: skip

TRUSTED = (
    "casebook.models.recommend.factors.Factors",
    "casebook.models.recommend.favourites.Favourites",
    "casebook.models.recommend.last.LastChoice",
    "casebook.models.recommend.neighbours.ItemNeighbours",
    "casebook.models.recommend.popular.MostPopular",
    "casebook.models.recommend.rule.OfferRule",
    "scipy.sparse._csr.csr_matrix",
)
"""Types in a saved recommender that skops does not know by itself; each holds arrays only."""
