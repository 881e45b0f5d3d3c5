"""Recommenders compared: tables of choices, the trial, and what is said of too little."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from casebook import language
from casebook.case import load_case
from casebook.figures.baseline_recommend import recall_figure
from casebook.models.recommend.choices import choices_of
from casebook.pages import baseline_recommend as pages
from casebook.phases.baseline_recommend import Recommendation, recommend
from casebook.phases.baseline_recommend_trial import trial_of
from casebook.phases.findings import dump
from casebook.places import data_folder
from casebook.tables import open_table

DAY = pd.Timestamp("2026-01-01")


NAMED = {"user": "손님", "item": "물건", "time": "때", "k": 3}
JOINED = {
    "table": "lines",
    "user": "손님",
    "item": "물건",
    "join": "visit",
    "items": "things",
    "k": 3,
}


def found(case, **options) -> Recommendation:
    one = recommend(case, open_table(case, **options))
    assert one is not None
    return one


def test_a_record_that_names_nobody_is_not_answered(shop, bought):
    case = shop({"rows": bought()})
    assert recommend(case, open_table(case)) is None
    case = shop({"rows": bought()}, user="손님")
    assert recommend(case, open_table(case)) is None
    assert "names no user" in str(pages.page(None))
    assert not str(pages.comparison(None))


def test_favourites_are_chosen_where_people_repeat_themselves(shop, bought):
    one = found(shop({"rows": bought()}, **NAMED))
    assert one.chosen == "favourites"
    assert (one.users, one.items, one.k) == (60, 15, 3)
    assert (one.first.isoformat(), one.last.isoformat()) == ("2026-03-22", "2026-04-10")
    recalls = {each.name: each.main.recall for each in one.recommenders}
    assert recalls["popular"].high < recalls["favourites"].low
    assert recalls["favourites"].n == one.named("popular").main.users
    assert "own favourites" in one.headline[0]
    assert "of 100 offers" in one.headline[1]
    assert all("차" in name for name in one.popular)
    beyond = {other.name: other.hits for other in one.named("favourites").beyond}
    assert set(beyond) == {"popular", "rule", "last"}
    assert beyond["popular"].difference.low > 0


def test_the_same_seed_gives_the_same_findings_but_for_times(shop, bought):
    case = shop({"rows": bought()}, **NAMED)
    first, second = found(case), found(case)
    assert [each.reached for each in first.recommenders] == [
        each.reached for each in second.recommenders
    ]
    assert first.headline == second.headline


def test_findings_come_back_from_json(shop, bought):
    one = found(shop({"rows": bought()}, **NAMED))
    back = TypeAdapter(Recommendation).validate_json(dump(one))
    assert back == one


def test_recall_is_that_of_a_plain_loop_and_never_sees_the_test(shop, bought):
    case = shop({"rows": bought()}, **NAMED, days=20)
    rows = bought()
    early, late = rows[rows["때"] < "2026-03-22"], rows[rows["때"] >= "2026-03-22"]
    score = []
    for user, later in late.groupby("손님"):
        past = early[early["손님"] == user]
        if past.empty:
            continue
        age = (early["때"].max() - early["때"]).dt.days
        popular = (0.5 ** (age / 90)).groupby(early["물건"]).sum()
        order = pd.DataFrame({"own": past["물건"].value_counts(), "all": popular}).fillna(0)
        offers = order.sort_values(["own", "all"], ascending=False).index[:3]
        wanted = set(later["물건"])
        score.append(len(wanted & set(offers)) / min(3, len(wanted)))
    one = found(case).named("favourites").main
    assert one.users == len(score)
    assert one.recall.value == pytest.approx(np.mean(score))


def test_new_people_are_counted_apart(shop, bought):
    rows = bought()
    late = pd.DataFrame(
        {"손님": [f"새 {n}" for n in range(7)], "물건": "차 3", "때": rows["때"].max()}
    )
    one = found(shop({"rows": pd.concat([rows, late])}, **NAMED))
    kinds = [{each.kind: each.users for each in every.reached} for every in one.recommenders]
    assert all(each["new"] == 7 for each in kinds)
    new = {every.reached[1].recall.value for every in one.recommenders}
    assert len(new) == 1
    assert any("7 people in the test had chosen nothing before" in note for note in one.notes)
    assert "7 new people" in "".join(t.get_text() for t in recall_figure(one).axes[0].texts)


def test_choices_are_joined_to_the_main_table(shop, bought, joined):
    case = shop(joined(), **JOINED)
    choices = choices_of(case, open_table(case))
    expected = bought().drop_duplicates()
    assert len(choices.rows) == len(expected)
    assert set(choices.rows["user"]) == set(expected["손님"])
    assert choices.things.title("차 2") == "Tea 2"
    with language.using("ko"):
        assert choices_of(case, open_table(case)).things.title("차 2") == "맛 2"
    assert found(case).items == 16


def test_the_filter_and_the_day_of_the_main_table_are_those_of_choices(shop, joined):
    case = shop(joined(), data={"filter": "\"손님\" <> '김1'", "time": "때"}, **JOINED)
    one = choices_of(case, open_table(case, as_of="2026-02-28"))
    assert "김1" not in set(one.rows["user"])
    assert one.rows["time"].max() <= pd.Timestamp("2026-02-28")
    assert any("have no row in 'visits'" in said for said in one.left_out)
    assert found(case, as_of="2026-02-28").last.isoformat() == "2026-02-28"


def test_rules_of_the_record_are_said_with_titles(shop, joined):
    pairs = [{"liked": "차 1", "offer": "Tea 4"}, {"liked": "Tea 2", "offer": "차 5"}]
    case = shop(joined(), **JOINED, rule={"pairs": pairs, "next": True, "kind": "kind"})
    things = choices_of(case, open_table(case)).things
    assert things.pairs == (("차 1", "차 4"), ("차 2", "차 5"))
    assert things.card[0][:2] == ("차 0", "차 2")
    one = found(case)
    assert not one.rule_proposed
    assert one.rule[:2] == (
        "Who chose 'Tea 1' is offered 'Tea 4'.", "Who chose 'Tea 2' is offered 'Tea 5'.",
    )  # fmt: skip
    assert "of its kind (kind)" in one.rule[2]


def test_what_is_missing_doubled_or_nothing_is_counted(shop, bought):
    rows = bought().assign(n=1)
    rows = pd.concat([rows, rows.head(4)])
    rows.loc[rows.index[10], "손님"] = None
    rows.loc[rows.index[11], "물건"] = None
    rows.loc[rows.index[12], "n"] = -2
    case = shop({"rows": rows}, amount="n", **NAMED)
    choices = choices_of(case, open_table(case))
    kept = rows[rows["n"] > 0].dropna()
    assert "2 choices lack" in choices.left_out[0]
    assert "1 choice of an amount of 0 or less" in choices.left_out[1]
    assert len(choices.rows) == len(kept.drop_duplicates())
    assert f"{kept.duplicated().sum()} rows name again" in choices.left_out[2]
    assert choices.rows["weight"].sum() == len(kept)


def test_whole_numbers_are_the_same_user_with_and_without_a_point(shop, bought):
    rows = bought().assign(손님=lambda f: f["손님"].str[1:].astype(float))
    rows.loc[3, "손님"] = None
    choices = choices_of(case := shop({"rows": rows}, **NAMED), open_table(case))
    assert not any("." in user for user in choices.rows["user"])


def test_baskets_hide_one_thing_at_a_time_and_never_show_it(shop, bought):
    rows = bought()[["손님", "물건"]].rename(columns={"손님": "order"})
    case = shop({"rows": rows}, basket="order", item="물건", k=3)
    choices = choices_of(case, open_table(case))
    trial = trial_of(case, choices, 0)
    shown = trial.history.groupby("user")["item"].agg(set)
    for user, item in trial.later[["user", "item"]].itertuples(index=False):
        basket = set(rows.loc[rows["order"] == user.rpartition("\x1f")[0], "물건"])
        assert item not in shown[user]
        assert shown[user] | {item} == basket
    assert not set(trial.early["user"]) & {one.rpartition("\x1f")[0] for one in trial.later["user"]}
    assert trial.later.groupby("user").size().eq(1).all()
    assert len(trial.units) == len(trial.lists)


def test_baskets_are_compared_without_what_needs_a_known_user(shop):
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"order": np.repeat(np.arange(400), 3), "thing": rng.integers(0, 30, 1200)})
    rows["thing"] = np.where(
        rng.random(1200) < 0.7, rows["thing"] // 3 * 3 + rows.index % 3, rows["thing"]
    )
    one = found(shop({"rows": rows}, basket="order", item="thing", k=4))
    assert one.baskets
    left = {each.name for each in one.recommenders if each.does_not_apply}
    assert left == {"last", "favourites"}
    assert "order" in one.split
    assert "in the order of the table" in one.split
    shown = str(pages.comparison(one))
    assert "nobody is known" in shown
    assert "baskets" in recall_figure(one).title


def test_what_was_chosen_before_is_no_answer_where_repeats_are_not_wanted(shop, bought):
    one = found(shop({"rows": bought(users=80)}, **NAMED, repeats=False))
    assert {each.name for each in one.recommenders if each.does_not_apply} == {"last", "favourites"}
    assert any("nothing new in the test" in note for note in one.notes)


# The bundled case


def test_the_bundled_restaurant_recommends_in_korean():
    """The English one has the tables of seed 8, on which the planted order is tested."""
    case = load_case(data_folder() / "restaurant_ko")
    with language.using("ko"):
        one = found(case)
        shown = "".join(map(str, (pages.page(one), pages.comparison(one), pages.rule(one))))
        figure = recall_figure(one)
    assert "보리차" in shown
    assert figure.svg().count("<text") > 10
    recalls = {each.name: each.main.recall.value for each in one.recommenders}
    assert recalls["rule"] < recalls["popular"] < recalls["last"] < recalls["neighbours"]
    assert (one.first.isoformat(), one.named("last").main.users) == ("2026-06-01", 313)
