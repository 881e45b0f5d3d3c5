"""Most popular: the same for everybody, by how often each thing was chosen of late."""

from __future__ import annotations

import numpy as np

from casebook.models.recommend.base import Recommends
from casebook.models.recommend.past import Past
from casebook.models.recommend.taste import Taste
from casebook.stats.metrics import Floats


class MostPopular(Recommends):
    """Offers what was chosen most often, recent choices counting more; new users get the same."""

    def _score(self, past: Past) -> Floats:
        return np.tile(self.popular_, (past.counts.shape[0], 1))


def make(taste: Taste) -> MostPopular:
    """The most popular things."""
    return MostPopular(repeats=taste.repeats)
