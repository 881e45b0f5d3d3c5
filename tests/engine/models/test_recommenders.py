"""Every recommender fits, offers, clones, and comes back from skops the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import skops.io as sio
from sklearn.base import clone

from casebook.exceptions import ModelError
from casebook.models.recommend.base import Recommends
from casebook.models.recommend.past import past_of
from casebook.models.recommend.registry import RECOMMENDERS, TRUSTED
from casebook.models.recommend.taste import Taste
from casebook.stats.ranking import hits_of, recall, wanted_by

DAY = pd.Timestamp("2026-01-01")
EVERY = pytest.mark.parametrize("entry", RECOMMENDERS, ids=lambda entry: entry.name)


def choices(n: int = 1500, users: int = 120, items: int = 24, seed: int = 0, pull: float = 6.0):
    """Users with one of four tastes, each for a quarter of the items; Hangul names."""
    rng = np.random.default_rng(seed)
    who, day = rng.integers(0, users, n), rng.integers(0, 200, n)
    weight = np.where(np.arange(items)[None, :] % 4 == np.arange(4)[:, None], pull, 1.0)
    weight = weight / weight.sum(axis=1, keepdims=True)
    what = [rng.choice(items, p=weight[one % 4]) for one in who]
    return pd.DataFrame(
        {
            "user": [f"손님{one:03d}" for one in who],
            "item": [f"요리 {one:02d}" for one in what],
            "time": DAY + pd.to_timedelta(day, unit="D"),
        }
    ).sort_values("time", ignore_index=True)


def fitted(entry, **wishes) -> Recommends:
    return entry.make(Taste(k=5, **wishes)).fit(choices())


@EVERY
def test_every_recommender_offers_k_things_best_first(entry):
    rows = choices()
    users = sorted(rows["user"].unique())
    offers = fitted(entry).recommend(users, 5)
    assert offers.items.shape == offers.scores.shape == (len(users), 5)
    assert (np.diff(offers.scores, axis=1) <= 0).all()
    assert all(len(set(row)) == 5 for row in offers.items.tolist())
    assert ((offers.items >= 0) & (offers.items < 24)).all()


@EVERY
def test_every_recommender_clones_repeats_itself_and_saves(entry):
    first = fitted(entry)
    users = [*first.users_[:9], "somebody new"]
    offers = first.recommend(users, 5)
    again = clone(first).fit(choices()).recommend(users, 5)
    np.testing.assert_array_equal(offers.items, again.items)
    np.testing.assert_array_equal(offers.scores, again.scores)
    blob = sio.dumps(first)
    assert set(sio.get_untrusted_types(data=blob)) <= set(TRUSTED)
    back = sio.loads(blob, trusted=list(TRUSTED)).recommend(users, 5)
    np.testing.assert_array_equal(offers.items, back.items)
    np.testing.assert_array_equal(offers.scores, back.scores)


@EVERY
def test_fitting_again_forgets_what_was_learned_before(entry):
    once = entry.make(Taste(k=5)).fit(choices(seed=3)).fit(choices())
    users = list(once.users_)
    expected = fitted(entry).recommend(users, 5).items
    np.testing.assert_array_equal(once.recommend(users, 5).items, expected)


@EVERY
def test_a_new_user_is_offered_the_popular_and_harms_nobody_else(entry):
    one = fitted(entry)
    popular = np.argsort(-one.popular_, kind="stable")[:5]
    known = one.users_[:3].tolist()
    mixed = one.recommend([known[0], "새 손님", *known[1:]], 5)
    assert mixed.items[1].tolist() == popular.tolist()
    np.testing.assert_array_equal(mixed.items[[0, 2, 3]], one.recommend(known, 5).items)


@EVERY
def test_what_was_chosen_before_is_offered_only_where_repeats_are_allowed(entry):
    one = fitted(entry, repeats=False)
    chosen = choices().groupby("user")["item"].agg(set)
    users = one.users_.tolist()
    for user, row in zip(users, one.recommend(users, 24).items, strict=True):
        offered = {str(one.items_[code]) for code in row if code >= 0}
        assert not offered & chosen[user]
        assert len(offered) == 24 - len(chosen[user])


@EVERY
def test_one_user_one_thing_one_choice_and_a_longer_list_than_there_are_things(entry):
    rows = pd.DataFrame({"user": ["a"], "item": ["x"], "time": [DAY]})
    offers = entry.make(Taste(k=3)).fit(rows).recommend(["a", "b"], 3)
    assert offers.items.tolist() == [[0, -1, -1], [0, -1, -1]]
    listed = entry.make(Taste(k=3)).fit(rows, ["y"]).recommend(["a"], 3)
    assert listed.items.tolist() == [[0, 1, -1]]


@EVERY
def test_choices_without_a_time_and_with_amounts_are_taken(entry):
    rows = choices().drop(columns="time").assign(weight=2.0)
    rows.loc[5, "weight"] = np.nan
    offers = entry.make(Taste(k=5)).fit(rows).recommend(["손님001"], 5)
    assert (offers.items >= 0).all()


@EVERY
def test_no_choice_is_an_error(entry):
    with pytest.raises(ModelError, match="no choice"):
        entry.make(Taste()).fit(choices().head(0))


@EVERY
def test_histories_given_count_as_those_that_were_learned(entry):
    """An app asks for somebody whose choices it holds, known or not."""
    one = fitted(entry)
    users = one.users_[:6].tolist()
    rows = choices()
    given = one.recommend_for(rows[rows["user"].isin(users)].assign(user="x" + rows["user"]), 5)
    np.testing.assert_array_equal(given.items, one.recommend(users, 5).items)
    strange = pd.DataFrame({"user": ["a"], "item": ["never seen"], "time": [DAY]})
    popular = one.recommend(["새 손님"], 5)
    np.testing.assert_array_equal(one.recommend_for(strange, 5).items, popular.items)


def names(one: Recommends, offers) -> list[list[str]]:
    return [[str(one.items_[code]) for code in row] for row in offers.items]


def small() -> pd.DataFrame:
    """`a` chose x twice, long ago, and y of late; z is what all others choose."""
    days = [("a", "x", 0), ("a", "x", 1), ("a", "y", 300)]
    days += [(f"u{n}", "z", 290 + n) for n in range(6)] + [("v", "w", 299)]
    return pd.DataFrame(
        [(user, item, DAY + pd.Timedelta(days=day)) for user, item, day in days],
        columns=["user", "item", "time"],
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("popular", "zyw"), ("last", "yzw"), ("favourites", "xyz")],
)
def test_simple_ones_offer_what_they_say(name, expected):
    one = next(entry for entry in RECOMMENDERS if entry.name == name).make(Taste()).fit(small())
    assert names(one, one.recommend(["a"], 3)) == [list(expected)]


def test_the_rule_says_its_pairs_in_order_then_the_popular():
    rule = next(entry for entry in RECOMMENDERS if entry.name == "rule")
    taste = Taste(pairs=(("y", "w"), ("y", "x"), ("z", "y"), ("gone", "x")))
    one = rule.make(taste).fit(small())
    assert names(one, one.recommend(["a", "u1", "v"], 3)) == [
        ["w", "x", "z"], ["y", "z", "w"], ["z", "y", "w"],
    ]  # fmt: skip


def test_the_rule_of_a_card_offers_the_next_and_after_the_last_the_first():
    rule = next(entry for entry in RECOMMENDERS if entry.name == "rule")
    one = rule.make(Taste(card=(("x", "y", "new"), ("z", "w")))).fit(small(), ["new"])
    assert [row[0] for row in names(one, one.recommend(["a", "u1", "v"], 1))] == ["new", "w", "z"]


def test_pairs_that_all_name_unknown_things_leave_the_popular():
    rule = next(entry for entry in RECOMMENDERS if entry.name == "rule")
    one = rule.make(Taste(pairs=(("no", "where"),))).fit(small())
    assert names(one, one.recommend(["a"], 1)) == [["z"]]


def test_without_a_rule_what_the_same_people_choose_is_proposed():
    rule = next(entry for entry in RECOMMENDERS if entry.name == "rule")
    rows = pd.DataFrame(
        [(f"u{n}", item) for n in range(8) for item in ("bread", "butter")]
        + [("u9", "bread"), ("u9", "salt"), ("lone", "tea")],
        columns=["user", "item"],
    )
    one = rule.make(Taste()).fit(rows)
    pairs = {(str(one.items_[a]), str(one.items_[b]))
             for a, b in zip(one.liked_, one.offered_, strict=True)}  # fmt: skip
    assert pairs == {("bread", "butter"), ("butter", "bread")}


def scored(entry, pull: float, seed: int) -> float:
    """Recall at 5 on the last fifth of the days, of things not chosen before."""
    rows = choices(2500, users=400, seed=seed, pull=pull)
    late = rows["time"] >= DAY + pd.Timedelta(days=160)
    early, later = rows[~late], rows[late]
    known = pd.MultiIndex.from_frame(early[["user", "item"]])
    later = later[~pd.MultiIndex.from_frame(later[["user", "item"]]).isin(known)]
    users = sorted(set(later["user"]) & set(early["user"]))
    one = entry.make(Taste(k=5, repeats=False)).fit(early)
    wanted = wanted_by(later, users, one.items_)
    return float(np.mean(recall(hits_of(one.recommend(users, 5).items, wanted), wanted.counts)))


@pytest.mark.parametrize("name", ["neighbours", "factors"])
def test_learned_ones_find_the_planted_taste_and_invent_none(name):
    learned = next(entry for entry in RECOMMENDERS if entry.name == name)
    popular = next(entry for entry in RECOMMENDERS if entry.name == "popular")
    gains = {
        pull: [scored(learned, pull, seed) - scored(popular, pull, seed) for seed in range(3)]
        for pull in (8.0, 1.0)
    }
    assert min(gains[8.0]) > 0.15
    assert abs(np.mean(gains[1.0])) < 0.06


def test_the_share_of_the_habit_is_learned():
    """People who choose as ever want their habit; who never repeat want what is alike."""
    neighbours = next(entry for entry in RECOMMENDERS if entry.name == "neighbours")
    rng = np.random.default_rng(0)
    who = rng.integers(0, 100, 3000)
    what = np.where(rng.random(3000) < 0.9, who % 37, rng.integers(0, 37, 3000))
    habit = pd.DataFrame(
        {
            "user": who.astype(str),
            "item": what.astype(str),
            "time": DAY + pd.to_timedelta(np.sort(rng.integers(0, 300, 3000)), unit="D"),
        }
    )  # fmt: skip
    assert neighbours.make(Taste(k=1)).fit(habit).own_ >= 0.5
    taste = choices(3000, users=300, pull=12.0).drop_duplicates(["user", "item"])
    assert neighbours.make(Taste(k=5)).fit(taste).own_ == 0.0


def test_age_halves_a_choice_and_the_latest_are_the_last():
    rows = small()
    users, items = np.array(["a"]), np.array(["x", "y"])
    past = past_of(rows, users, items, now=DAY + pd.Timedelta(days=300), half_life=100.0)
    assert past.counts.toarray().tolist() == [[2.0, 1.0]]
    assert past.recent.toarray()[0] == pytest.approx([0.5**3 + 0.5**2.99, 1.0])
    assert past.last.toarray().tolist() == [[0.0, 1.0]]
