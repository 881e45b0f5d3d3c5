"""Last choice: what a user chose the last time, filled up with what is popular."""

from __future__ import annotations

from casebook.models.recommend.base import Recommends
from casebook.models.recommend.past import Past
from casebook.models.recommend.taste import Taste
from casebook.stats.metrics import Floats


class LastChoice(Recommends):
    """Offers all that was chosen at the user's latest time; then, and to new users, the popular.

    Where repeats are not allowed nothing of it is left but the popular.
    """

    def _score(self, past: Past) -> Floats:
        found: Floats = past.last.toarray()
        return found


def make(taste: Taste) -> LastChoice:
    """The last choice again."""
    return LastChoice(repeats=taste.repeats)
