"""What every recommender shares: users and items by name, who is new, the best k in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from casebook.exceptions import ModelError
from casebook.language import _
from casebook.models.recommend.past import Codes, Past, names_of, past_of, places_of
from casebook.stats.metrics import Floats

TIE = 1e-6
"""What popularity adds to a score of at most 1: it orders what is equal, and what is at 0."""
_CELLS = 4_000_000  # scores held at once


class Offers(NamedTuple):
    """What is offered to each user, best first.

    items: (n_users, k) codes into the recommender's `items_`; -1 where nothing is left to offer.
    scores: (n_users, k), falling; comparable within a user only.
    """

    items: Codes
    scores: Floats


class Recommends(ABC, BaseEstimator):
    """A recommender over names: fitted on choices, it says k items for each user.

    repeats: whether something may be offered that the user chose before.
    half_life: days in which a choice loses half of its say in what is popular and alike.
    A user whom it has not seen is offered what is popular, as is everyone for whom it has nothing
    of its own to say.
    """

    def __init__(self, *, repeats: bool = True, half_life: float = 90.0) -> None:
        self.repeats = repeats
        self.half_life = half_life

    def fit(self, choices: pd.DataFrame, items: Sequence[str] = ()) -> Self:
        """Learn from choices: a row for each, with columns user, item, and perhaps time, weight.

        items: names of things that can be offered besides those that were chosen.
        Raises ModelError where there is no choice.
        """
        if not len(choices):
            raise ModelError(_("there is no choice to learn from."))
        self.users_, self.items_ = names_of(choices, "user"), names_of(choices, "item", items)
        self.now_ = None
        if "time" in choices and choices["time"].notna().any():
            self.now_ = choices["time"].max().to_datetime64()
        past = self._past(choices, self.users_)
        self.counts_, self.recent_, self.last_ = past.counts, past.recent, past.last
        popular = np.asarray(past.recent.sum(axis=0)).ravel()
        self.popular_ = popular / max(popular.max(), 1e-300)
        self._learn(choices, past)
        return self

    def recommend(self, users: Sequence[str], k: int) -> Offers:
        """K items for each user by name; one who was not there at `fit` gets the popular ones."""
        return self.best(self.history(users), k)

    def history(self, users: Sequence[str]) -> Past:
        """What each user had chosen at `fit`; nothing for one who was not there."""
        check_is_fitted(self, "popular_")
        rows = places_of(np.asarray(users, dtype=np.str_), self.users_)
        known = self._known().of(np.maximum(rows, 0))
        gone = np.flatnonzero(rows < 0)
        for matrix in (known.counts, known.recent, known.last):
            for row in gone:
                matrix.data[matrix.indptr[row] : matrix.indptr[row + 1]] = 0.0
        return known

    def recommend_for(self, choices: pd.DataFrame, k: int) -> Offers:
        """K items for each user of other choices, in the order of `np.unique` of their names.

        What the users chose is taken from `choices` alone; items not seen at `fit` do not count.
        """
        return self.best(self.history_in(choices), k)

    def history_in(self, choices: pd.DataFrame) -> Past:
        """What the users of other choices chose, in the order of `np.unique` of their names."""
        check_is_fitted(self, "popular_")
        return self._past(choices, names_of(choices, "user"))

    def parts(self, past: Past) -> dict[str, Floats]:
        """What makes up the scores, each (n_users, n_items); they add up to them.

        own: what is the recommender's own to say. A blend has habit, alike and popular instead.
        """
        return {"own": self._score(past)}

    def _past(self, choices: pd.DataFrame, users: np.ndarray) -> Past:
        now = None if self.now_ is None else pd.Timestamp(self.now_)
        return past_of(choices, users, self.items_, now=now, half_life=self.half_life)

    def _known(self) -> Past:
        return Past(self.counts_, self.recent_, self.last_)

    def best(self, past: Past, k: int) -> Offers:
        """The k best of each user of a history, a portion of users at a time."""
        n, width = past.counts.shape
        portion = max(1, _CELLS // max(1, width))
        parts = [
            self._top(past.of(np.arange(start, min(start + portion, n))), k)
            for start in range(0, n, portion)
        ]
        if not parts:
            return Offers(np.empty((0, k), dtype=np.intp), np.empty((0, k)))
        return Offers(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def _top(self, past: Past, k: int) -> Offers:
        return self._ordered(self._score(past), past, k)

    def _ordered(self, scores: Floats, past: Past, k: int) -> Offers:
        """The best k by scores of its own, which are changed."""
        scores += TIE * self.popular_
        if not self.repeats:
            scores[past.counts.nonzero()] = -np.inf
        size = min(k, scores.shape[1])
        found = np.argpartition(-scores, size - 1, axis=1)[:, :size]
        found = np.sort(found, axis=1)  # equals come in the order of their names
        values = np.take_along_axis(scores, found, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        items = np.full((len(scores), k), -1, dtype=np.intp)
        best = np.full((len(scores), k), -np.inf)
        items[:, :size] = np.take_along_axis(found, order, axis=1)
        best[:, :size] = np.take_along_axis(values, order, axis=1)
        items[~np.isfinite(best)] = -1
        return Offers(items, best)

    def _learn(self, choices: pd.DataFrame, past: Past) -> None:
        """What a recommender learns besides the past of its users."""

    @abstractmethod
    def _score(self, past: Past) -> Floats:
        """(n_users, n_items) scores between 0 and 1; 0 where it has nothing to say."""
