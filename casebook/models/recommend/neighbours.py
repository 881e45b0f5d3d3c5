"""Item neighbours: things that the same people chose are alike.

B. Sarwar et al. 2001, "Item-based collaborative filtering recommendation algorithms" (WWW), with
cosine similarity. Users who chose many things say less of which are alike (inverse user frequency,
J. Breese, D. Heckerman and C. Kadie 1998, "Empirical analysis of predictive algorithms", UAI).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from casebook.models.recommend.blend import Blend
from casebook.models.recommend.past import Past
from casebook.models.recommend.taste import Taste
from casebook.stats.metrics import Floats

NEIGHBOURS = 100
"""Alike items that are kept for each item."""


class ItemNeighbours(Blend):
    """Offers what is alike to what the user chose of late, and what the user chose often.

    Two items are alike by the cosine of who chose them, each user at most once, recent choices
    counting more. A user who was not there at `fit` is offered the popular.
    """

    def _liken(self, past: Past) -> None:
        once = past.recent.minimum(past.counts.sign())
        many = np.asarray(once.sign().sum(axis=1)).ravel()
        once = sparse.diags(1.0 / np.sqrt(np.maximum(many, 1.0))) @ once
        length = np.sqrt(np.asarray(once.power(2).sum(axis=0)).ravel())
        unit = once @ sparse.diags(1.0 / np.where(length > 0, length, 1.0))
        alike = sparse.csr_matrix(unit.T @ unit)
        alike.setdiag(0)
        self.alike_ = _nearest(alike, NEIGHBOURS)

    def _alike(self, past: Past) -> Floats:
        found: Floats = (past.recent @ self.alike_).toarray()
        return found


def _nearest(alike: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """The greatest values of each row; the others become zero."""
    alike.eliminate_zeros()
    kept = np.ones(alike.nnz, dtype=bool)
    for start, end in zip(alike.indptr[:-1], alike.indptr[1:], strict=True):
        if end - start > most:
            values = alike.data[start:end]
            kept[start:end] = values >= np.partition(values, -most)[-most]
    alike.data = np.where(kept, alike.data, 0.0)
    alike.eliminate_zeros()
    return alike


def make(taste: Taste) -> ItemNeighbours:
    """Neighbours of items."""
    return ItemNeighbours(repeats=taste.repeats, at=taste.k)
