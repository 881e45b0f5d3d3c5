"""How recommenders are tried: on what people chose later, or on what was left out of baskets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from casebook.case import Case
from casebook.exceptions import RecordError
from casebook.formats import day, number
from casebook.language import _, plural
from casebook.models.recommend.base import Offers, Recommends
from casebook.models.recommend.choices import Choices
from casebook.phases.baseline_recommend_values import Kind
from casebook.stats.ranking import Codes, Wanted, wanted_by

TEST_SHARE = 0.2
"""The share of days, or of baskets, that is kept for the test where the record does not say."""
_MOST_LEFT_OUT = 5  # things of one basket that are left out, one at a time
_PART = "\x1f"  # parts a basket from the number of what was left out of it


@dataclass(frozen=True, eq=False)
class Trial:
    """What is learned from, and lists of what was really chosen.

    early: choices to learn from. later: columns user and item, what was chosen by whom in the
    test. lists: (n_lists,) names of `later`'s users. history: for baskets, what is known of each
    list; None where recommenders know the users. units: (n_lists,) code of the basket, or of the
    user. kinds: (n_units,) of each unit.
    """

    early: pd.DataFrame
    later: pd.DataFrame
    lists: npt.NDArray[np.str_]
    history: pd.DataFrame | None
    units: Codes
    kinds: npt.NDArray[np.str_]
    first: date | None
    last: date | None
    split: str
    notes: tuple[str, ...]

    @property
    def ask(self) -> Callable[[Recommends, int], Offers]:
        """What a fitted recommender offers in each list."""
        history = self.history
        if history is None:
            return lambda fitted, k: fitted.recommend(self.lists.tolist(), k)
        return lambda fitted, k: fitted.recommend_for(history, k)

    def one(self, place: int) -> Callable[[Recommends, int], Offers]:
        """The same for one list alone, as an app would ask."""
        name = str(self.lists[place % len(self.lists)])
        if self.history is None:
            return lambda fitted, k: fitted.recommend([name], k)
        rows = self.history[self.history["user"] == name]
        return lambda fitted, k: fitted.recommend_for(rows, k)

    def wanted(self, items: npt.NDArray[np.str_]) -> Wanted:
        """What each list should have held."""
        return wanted_by(self.later, self.lists.tolist(), items.tolist())

    def of_kind(self, kind: str) -> npt.NDArray[np.bool_]:
        """(n_units,) whether a unit is of a kind."""
        return np.asarray(self.kinds == kind)


def trial_of(case: Case, choices: Choices, seed: int) -> Trial:
    """The trial that the record asks for.

    Raises RecordError where the period of the test leaves nothing to learn from.
    """
    return _baskets(choices, seed) if choices.baskets else _future(case, choices)


def _future(case: Case, choices: Choices) -> Trial:
    """Learn from the past, and test on the last days."""
    wanted, rows = case.record.baseline.recommend, choices.rows
    begin, end = (moment.date() for moment in (rows["time"].min(), rows["time"].max()))
    days = wanted.days or max(1, round(((end - begin).days + 1) * TEST_SHARE))
    first = end - timedelta(days=days - 1)
    later = rows["time"] >= pd.Timestamp(first)
    if wanted.days and later.all():
        raise RecordError(
            _("the last {days} days hold all choices, from {first} on: nothing is left to learn "
              "from.", days=days, first=day(begin)),
            place=case.place("baseline.recommend.days"),
        )  # fmt: skip
    early, late = rows[~later], rows[later]
    kept, notes = (late, ()) if wanted.repeats else _not_repeated(early, late)
    users = np.unique(np.asarray(kept["user"].unique(), dtype=np.str_))
    there = np.isin(users, np.asarray(early["user"].unique(), dtype=np.str_))
    split = _("Learned from {n} choices up to {until}; tested on what {users} people chose in the "
              "{days} days from {first} to {last}.",
              n=number(len(early)), until=day(first - timedelta(days=1)), users=number(len(users)),
              days=days, first=day(first), last=day(end))  # fmt: skip
    kinds = np.where(there, "returning", "new").astype(np.str_)
    return Trial(
        early, kept, users, None, np.arange(len(users)), kinds, first, end, split, tuple(notes)
    )


def _not_repeated(early: pd.DataFrame, late: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """What was chosen later and not before, where repeats are not to be offered."""
    known = pd.MultiIndex.from_frame(early[["user", "item"]])
    kept = late[~pd.MultiIndex.from_frame(late[["user", "item"]]).isin(known)]
    gone = late["user"].nunique() - kept["user"].nunique()
    if not gone:
        return kept, ()
    said = plural("{n:,} user chose nothing new in the test, and is left out.",
                  "{n:,} users chose nothing new in the test, and are left out.", gone)  # fmt: skip
    return kept, (said,)


def _baskets(choices: Choices, seed: int) -> Trial:
    """Learn from the first baskets; leave each thing out of the last ones, one at a time."""
    rows = choices.rows.drop_duplicates(["user", "item"])
    rows = rows.sort_values("time", kind="stable") if choices.timed else rows
    order = rows["user"].drop_duplicates()
    last = set(order.tail(round(len(order) * TEST_SHARE)))
    early, late = rows[~rows["user"].isin(last)], rows[rows["user"].isin(last)]
    sizes = late["user"].value_counts()
    alone = int((sizes == 1).sum())
    notes = () if not alone else (
        plural("{n:,} basket of the test holds one thing only: nothing can be left out of it.",
               "{n:,} baskets of the test hold one thing only: nothing can be left out of them.",
               alone),
    )  # fmt: skip
    late = late[late["user"].map(sizes) > 1]
    later, history = _left_out(late, seed)
    lists = np.unique(np.asarray(later["user"].unique(), dtype=np.str_))
    names = np.array([one.rpartition(_PART)[0] for one in lists], dtype=np.str_)
    baskets, units = np.unique(names, return_inverse=True)
    where = _("by time") if choices.timed else _("in the order of the table")
    split = _("Nobody is known by name: '{column}' says what was chosen together. Learned from "
              "the first {n} baskets {where}. In the last {m} each thing is left out in turn: it "
              "should be among the offers.",
              column=choices.user, n=number(early["user"].nunique()), where=where,
              m=number(len(baskets)))  # fmt: skip
    first, final = _days(late) if choices.timed else (None, None)
    kinds = np.repeat(np.array(["baskets"]), len(baskets))
    return Trial(
        early, later, lists, history, units.astype(np.intp), kinds, first, final, split, notes
    )


def _days(rows: pd.DataFrame) -> tuple[date | None, date | None]:
    if rows.empty:
        return None, None
    return rows["time"].min().date(), rows["time"].max().date()


def _left_out(late: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is left out in each list, and what is still known: a list for each thing left out."""
    mixed = late.sample(frac=1.0, random_state=seed)
    chosen = mixed[mixed.groupby("user").cumcount() < _MOST_LEFT_OUT]
    names = chosen["user"] + _PART + chosen.groupby("user").cumcount().astype(str)
    later = pd.DataFrame({"user": names, "item": chosen["item"], "basket": chosen["user"]})
    full = later.merge(late.rename(columns={"user": "basket", "item": "other"}), on="basket")
    rest = full[full["item"] != full["other"]]
    known = ["user", "other", *(name for name in ("time", "weight") if name in rest)]
    return later[["user", "item"]], rest[known].rename(columns={"other": "item"})


def kinds_of(trial: Trial, fewest: int) -> tuple[Kind, ...]:
    """The kinds of users that the trial has, the one that decides first."""
    kinds: tuple[Kind, ...] = ("returning", "new", "baskets")
    return tuple(kind for kind in kinds if trial.of_kind(kind).sum() >= fewest)
