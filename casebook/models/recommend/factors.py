"""Factorisation: users and items as points in a few dimensions, learned from all choices.

P. Cremonesi, Y. Koren and R. Turrin 2010, "Performance of recommender algorithms on top-n
recommendation tasks" (RecSys), as PureSVD: a truncated singular value decomposition, here of
logarithmic counts from which popularity is taken out first, as tf-idf does with words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from casebook.models.recommend.blend import Blend
from casebook.models.recommend.past import Past
from casebook.models.recommend.taste import Taste
from casebook.stats.metrics import Floats

FACTORS = (16, 4, 64)
"""Numbers of dimensions that are tried; the first where nothing can be tried."""


class Factors(Blend):
    """Offers what lies near to the user's choices, and what the user chose often.

    factors: dimensions; None tries several, where the share of the habit is tried too.
    The same seed gives the same factors. A user who was not there at `fit` is offered the popular.
    """

    def __init__(
        self,
        *,
        repeats: bool = True,
        half_life: float = 90.0,
        own: float | None = None,
        at: int = 10,
        factors: int | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(repeats=repeats, half_life=half_life, own=own, at=at)
        self.factors = factors
        self.seed = seed

    def _settings(self) -> list[dict[str, Any]]:
        if self.factors is not None:
            return [{}]
        most = max(1, min(self.counts_.shape) - 1)
        return [{"factors": n} for n in dict.fromkeys(min(n, most) for n in FACTORS)]

    def _take(self, setting: dict[str, Any]) -> None:
        self.factors_ = setting.get("factors", self.factors or FACTORS[0])

    def _liken(self, past: Past) -> None:
        users = np.asarray(past.counts.sign().sum(axis=0)).ravel()
        self.rarity_ = 1.0 / np.sqrt(1.0 + users)
        if min(past.counts.shape) < 2:  # one user, or one thing: nothing to decompose
            self.axes_ = np.zeros((1, past.counts.shape[1]))
            return
        size = min(self.factors_, min(past.counts.shape) - 1)
        svd = TruncatedSVD(size, random_state=self.seed).fit(self._weighed(past))
        self.axes_ = svd.components_

    def _weighed(self, past: Past) -> sparse.csr_matrix:
        return past.counts.log1p() @ sparse.diags(self.rarity_)

    def _alike(self, past: Past) -> Floats:
        places = self._weighed(past) @ self.axes_.T
        return np.asarray(np.maximum(places @ self.axes_ / self.rarity_, 0.0))


def make(taste: Taste) -> Factors:
    """A factorisation."""
    return Factors(repeats=taste.repeats, at=taste.k, seed=taste.seed)
