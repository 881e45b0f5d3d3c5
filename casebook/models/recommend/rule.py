"""The rule: who liked one thing is offered another, in words that somebody can say."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from casebook.models.recommend.base import Recommends
from casebook.models.recommend.past import Codes, Past, row_scaled
from casebook.models.recommend.taste import Taste
from casebook.stats.metrics import Floats

FEWEST = 5
"""Users who must have chosen both, for a pair to be proposed."""


class OfferRule(Recommends):
    """Offers what its pairs say of the user's last choice; then, and to new users, the popular.

    pairs: (liked, offered) names; of several for one thing the first comes first.
    card: lists of names; each thing is followed by the next of its list, the last by the first.
    With neither, `fit` proposes one pair for each thing: what most of its users chose as well.
    """

    def __init__(
        self,
        *,
        repeats: bool = True,
        half_life: float = 90.0,
        pairs: Sequence[tuple[str, str]] = (),
        card: Sequence[Sequence[str]] = (),
    ) -> None:
        super().__init__(repeats=repeats, half_life=half_life)
        self.pairs = pairs
        self.card = card

    def _learn(self, choices: pd.DataFrame, past: Past) -> None:  # noqa: ARG002 the base's form
        said = [*self.pairs, *_following(self.card)]
        if said:
            code = {str(name): place for place, name in enumerate(self.items_)}
            known = [(code[a], code[b]) for a, b in said if a in code and b in code]
            liked, offered = np.array(known, dtype=np.intp).reshape(-1, 2).T
        else:
            liked, offered = companions(past.counts)
        self.liked_, self.offered_ = liked, offered

    def _score(self, past: Past) -> Floats:
        """The first pair of a thing counts 1, the second a half, and so on."""
        order = pd.Series(self.liked_).groupby(self.liked_).cumcount().to_numpy()
        size = past.last.shape[1]
        places = (self.liked_, self.offered_)
        rule = sparse.csr_matrix((1.0 / (1 + order), places), shape=(size, size))
        return row_scaled((past.last @ rule).toarray())


def _following(card: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    lists = [list(names) for names in card if len(names) > 1]
    return [pair for names in lists for pair in itertools.pairwise([*names, names[0]])]


def companions(counts: sparse.csr_matrix) -> tuple[Codes, Codes]:
    """For each item that many users share with another: that item, and the other.

    counts: (n_users, n_items). Each user counts once.
    """
    chosen = counts.sign()
    together = sparse.csr_matrix(chosen.T @ chosen)
    together.setdiag(0)
    best = np.asarray(together.argmax(axis=1)).ravel()
    often = np.asarray(together.max(axis=1).todense()).ravel()
    liked = np.flatnonzero(often >= FEWEST)
    return liked, best[liked].astype(np.intp)


def make(taste: Taste) -> OfferRule:
    """The record's rule, or one proposed from the choices where it has none."""
    return OfferRule(repeats=taste.repeats, pairs=taste.pairs, card=taste.card)
