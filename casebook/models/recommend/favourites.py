"""Favourites: what a user chose most often. In shops and kitchens it is hard to beat.

Compared with learned models of repeated baskets by M. Li et al. 2023, "A next basket
recommendation reality check" (ACM Transactions on Information Systems 41), as GP-TopFreq.
"""

from __future__ import annotations

from casebook.models.recommend.base import Recommends
from casebook.models.recommend.past import Past, row_scaled
from casebook.models.recommend.taste import Taste
from casebook.stats.metrics import Floats


class Favourites(Recommends):
    """Offers what the user chose most often; then, and to new users, the popular."""

    def _score(self, past: Past) -> Floats:
        return row_scaled(past.counts.toarray())


def make(taste: Taste) -> Favourites:
    """The user's own favourites."""
    return Favourites(repeats=taste.repeats)
