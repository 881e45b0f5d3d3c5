"""What the learned recommenders share: how much habit and popularity count beside likeness.

Personal frequency and what is alike are mixed as in H. Hu et al. 2020, "Modeling personalized
item frequency information for next-basket recommendation" (SIGIR). The shares are not set by
hand, but tried on a part of the choices that are learned from.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from casebook.models.recommend.base import Recommends
from casebook.models.recommend.past import Past, places_of, row_scaled
from casebook.stats.metrics import Floats
from casebook.stats.ranking import Wanted, hits_of, recall, wanted_by

OWN = (0.0, 0.25, 0.5, 0.75, 0.9)
"""Shares of the own habit that are tried."""
COMMON = (0.0, 0.3, 0.7)
"""Shares of popularity, of what the habit leaves, that are tried."""
_KEPT = 0.2  # the share of choices, the latest, or of users, on which shares are tried
_FEWEST = 30  # users there, below which nothing is tried
_MOST = 1_000
_CELLS = 8_000_000


class Shares(NamedTuple):
    """How much the own habit counts, and popularity of what that leaves; each from 0 to 1."""

    own: float
    common: float


class _Kept(NamedTuple):
    """What is learned from, users, what is known of them (None: at fit), what they chose then."""

    early: pd.DataFrame
    users: npt.NDArray[np.str_]
    history: pd.DataFrame | None
    wanted: Wanted


class Blend(Recommends):
    """Offers by what is alike to the user's choices, by popularity, and by the user's habit.

    own: share of the habit; None tries several, with several shares of popularity. Where there
    are too few users to try on, the habit has one half (nothing where repeats are not allowed).
    at: the number of offers for which they are tried.
    """

    def __init__(
        self,
        *,
        repeats: bool = True,
        half_life: float = 90.0,
        own: float | None = None,
        at: int = 10,
    ) -> None:
        super().__init__(repeats=repeats, half_life=half_life)
        self.own = own
        self.at = at

    def _learn(self, choices: pd.DataFrame, past: Past) -> None:
        if self.own is None:
            shares, setting = self._tried(choices)
        else:
            shares, setting = Shares(self.own, 0.0), {}
        self._take(setting)
        self._liken(past)
        self.own_, self.common_ = shares

    @abstractmethod
    def _liken(self, past: Past) -> None:
        """Learn which items are alike."""

    @abstractmethod
    def _alike(self, past: Past) -> Floats:
        """(n_users, n_items) how much each item is like what the user chose; 0 or more."""

    def _settings(self) -> list[dict[str, Any]]:
        """Other settings that are tried together with the shares."""
        return [{}]

    def _take(self, setting: dict[str, Any]) -> None:
        """Use the setting that did best."""

    def parts(self, past: Past) -> dict[str, Floats]:
        """What the habit, likeness and popularity give to the scores; they add up to them."""
        habit = self.own_ if self.repeats else 0.0
        left = 1 - habit
        return {
            "habit": habit * row_scaled(past.counts.toarray()),
            "alike": left * (1 - self.common_) * row_scaled(self.likeness(past)),
            "popular": np.tile(left * self.common_ * self.popular_, (past.counts.shape[0], 1)),
        }

    def likeness(self, past: Past) -> Floats:
        """(n_users, n_items) how much each item is like what the user chose; 0 or more."""
        return self._alike(past)

    def _score(self, past: Past) -> Floats:
        return self._mixed(row_scaled(self._alike(past)), past, Shares(self.own_, self.common_))

    def _mixed(self, alike: Floats, past: Past, shares: Shares) -> Floats:
        mixed = (1 - shares.common) * alike
        if shares.common:
            mixed += shares.common * self.popular_
        if shares.own and self.repeats:
            mixed = (1 - shares.own) * mixed + shares.own * row_scaled(past.counts.toarray())
        return mixed

    def _tried(self, choices: pd.DataFrame) -> tuple[Shares, dict[str, Any]]:
        """The shares and the settings with the best recall on choices that were kept back."""
        settings = self._settings()
        kept = self._kept_back(choices)
        if kept is None:
            return Shares(0.5 if self.repeats else 0.0, 0.0), settings[0]
        best: tuple[float, Shares, dict[str, Any]] | None = None
        for setting in settings:
            trial = clone(self).set_params(**{"own": 0.5, **setting})
            trial.fit(kept.early, self.items_)
            for shares, value in trial.by_shares(kept):
                if best is None or value > best[0]:
                    best = value, shares, setting
        assert best is not None
        return best[1], best[2]

    def by_shares(self, kept: _Kept) -> Iterator[tuple[Shares, float]]:
        """Recall on what was kept back: first by the share of the habit, then of popularity."""
        if kept.history is None:
            past = self._known().of(places_of(kept.users, self.users_))
        else:
            past = self._past(kept.history, kept.users)
        alike = row_scaled(self._alike(past))

        def value(shares: Shares) -> float:
            offers = self._ordered(self._mixed(alike, past, shares), past, self.at)
            hits = hits_of(offers.items, kept.wanted)
            return float(np.mean(recall(hits, kept.wanted.counts)))

        habits = [Shares(own, COMMON[0]) for own in (OWN if self.repeats else OWN[:1])]
        found = {shares: value(shares) for shares in habits}
        own = max(found, key=lambda shares: found[shares]).own
        yield from found.items()
        for common in COMMON[1:]:
            yield Shares(own, common), value(Shares(own, common))

    def _kept_back(self, choices: pd.DataFrame) -> _Kept | None:
        """Choices to learn from and to try on; None where too few users are there to try on."""
        kept = self._latest(choices)
        if kept is None and not self.repeats:
            return self._hidden(choices)
        return kept

    def _latest(self, choices: pd.DataFrame) -> _Kept | None:
        """The latest choices of users who were there before; None for few, or without times."""
        if "time" not in choices or choices["time"].isna().any():
            return None
        later = choices["time"] >= choices["time"].quantile(1 - _KEPT)
        early, late = choices[~later], choices[later]
        late = late[late["user"].isin(early["user"])]
        if not self.repeats:
            known = pd.MultiIndex.from_frame(early[["user", "item"]])
            late = late[~pd.MultiIndex.from_frame(late[["user", "item"]]).isin(known)]
        users = self._some(late["user"])
        wanted = wanted_by(late[late["user"].isin(users)], users, self.items_)
        return _Kept(early, users, None, wanted) if len(users) >= _FEWEST else None

    def _hidden(self, choices: pd.DataFrame) -> _Kept | None:
        """One choice of each of the last users, to be found from their others."""
        order = choices["user"].drop_duplicates()
        inside = choices["user"].isin(set(order.tail(round(len(order) * _KEPT))))
        early, late = choices[~inside], choices[inside].drop_duplicates(["user", "item"])
        late = late[late.groupby("user")["item"].transform("size") > 1]
        hidden = late.sample(frac=1.0, random_state=0).groupby("user").head(1)
        users = self._some(hidden["user"])
        if len(users) < _FEWEST:
            return None
        history = late.drop(index=hidden.index)
        return _Kept(early, users, history, wanted_by(hidden, users, self.items_))

    def _some(self, users: pd.Series) -> npt.NDArray[np.str_]:
        """The users by name; of very many, every so manieth."""
        names = np.unique(np.asarray(users.unique(), dtype=np.str_))
        most = max(_FEWEST, min(_MOST, _CELLS // len(self.items_)))
        return names[:: max(1, -(-len(names) // most))]
