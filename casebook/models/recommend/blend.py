"""What the learned recommenders share: how much a user's own habit counts beside likeness.

Personal frequency and what is alike are mixed as in H. Hu et al. 2020, "Modeling personalized
item frequency information for next-basket recommendation" (SIGIR); the share of each is not
set by hand but tried on the last part of the choices that are learned from.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from casebook.models.recommend.base import Recommends
from casebook.models.recommend.past import Codes, Past, row_scaled
from casebook.stats.metrics import Floats
from casebook.stats.ranking import Wanted, hits_of, recall, wanted_by

OWN = (0.0, 0.25, 0.5, 0.75, 0.9)
"""Shares of the own habit that are tried."""
_KEPT = 0.2  # the share of choices, the latest, on which shares are tried
_FEWEST = 30  # users there, below which nothing is tried
_MOST = 1_000
_CELLS = 8_000_000


class Blend(Recommends):
    """Offers by (1 - own) times what is alike to the user's choices, plus own times the habit.

    own: None tries several shares; 0.5 is taken where there are too few users to try them on.
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
        share, setting = (self.own, {}) if self.own is not None else self._tried(choices)
        self._take(setting)
        self._liken(past)
        self.own_ = share

    @abstractmethod
    def _liken(self, past: Past) -> None:
        """Learn which items are alike."""

    @abstractmethod
    def _alike(self, past: Past) -> Floats:
        """(n_users, n_items) how much each item is like what the user chose; 0 or more."""

    def _settings(self) -> list[dict[str, Any]]:
        """Other settings that are tried together with the share."""
        return [{}]

    def _take(self, setting: dict[str, Any]) -> None:
        """Use the setting that did best."""

    def _score(self, past: Past) -> Floats:
        own = self.own_ if self.repeats else 0.0
        return self._mixed(row_scaled(self._alike(past)), past, own)

    @staticmethod
    def _mixed(alike: Floats, past: Past, own: float) -> Floats:
        if not own:
            return alike.copy()
        mixed: Floats = (1 - own) * alike + own * row_scaled(past.counts.toarray())
        return mixed

    def _tried(self, choices: pd.DataFrame) -> tuple[float, dict[str, Any]]:
        """The share and the settings with the best recall on the latest of the choices."""
        settings = self._settings()
        early, users, wanted = self._kept_back(choices)
        if len(users) < _FEWEST:
            return 0.5, settings[0]
        found = {}
        for place, setting in enumerate(settings):
            trial = clone(self).set_params(**{"own": 0.5, **setting}).fit(early, self.items_)
            for own, offers in trial.by_share(users, OWN if self.repeats else (0.0,)):
                hits = hits_of(offers, wanted)
                found[own, place] = float(np.mean(recall(hits, wanted.counts)))
        own, place = max(found, key=lambda key: found[key])
        return own, settings[place]

    def by_share(
        self, users: npt.NDArray[np.str_], shares: Sequence[float]
    ) -> Iterator[tuple[float, Codes]]:
        """The offers to users who were there at `fit`, by the share of their own habit."""
        past = self._known().of(pd.Index(self.users_).get_indexer(pd.Index(users)))
        alike = row_scaled(self._alike(past))
        for own in shares:
            yield own, self._ordered(self._mixed(alike, past, own), past, self.at).items

    def _kept_back(self, choices: pd.DataFrame) -> tuple[pd.DataFrame, Any, Wanted]:
        """The early choices, users who were there then, and what they chose later."""
        if "time" in choices and choices["time"].notna().all():
            later = choices["time"] >= choices["time"].quantile(1 - _KEPT)
        else:
            later = pd.Series(False, index=choices.index)
        early, late = choices[~later], choices[later]
        late = late[late["user"].isin(early["user"])]
        if not self.repeats:
            known = pd.MultiIndex.from_frame(early[["user", "item"]])
            late = late[~pd.MultiIndex.from_frame(late[["user", "item"]]).isin(known)]
        users = np.unique(late["user"].to_numpy(dtype=np.str_))
        most = max(_FEWEST, min(_MOST, _CELLS // len(self.items_)))
        users = users[:: max(1, -(-len(users) // most))]
        late = late[late["user"].isin(users)]
        return early, users, wanted_by(late, users, self.items_)
