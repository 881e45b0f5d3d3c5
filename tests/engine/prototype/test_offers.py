"""Offers are those of the recommender, and each reason is true when it is checked by hand."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook.case import Case, load_case, new_record_text
from casebook.exceptions import ModelError
from casebook.models.recommend.past import Past
from casebook.models.recommend.registry import RECOMMENDERS
from casebook.prototype.offer_reasons import DAYS, spoken
from casebook.prototype.offers import Offering, is_known, offer, offers_of
from casebook.tables import open_table

NAMES = [one.name for one in RECOMMENDERS]
TOGETHER = re.compile(r"together with (.*), which .*: ([\d,]+) of ([\d,]+) people")


@pytest.fixture(scope="module")
def restaurant(root: Path) -> Case:
    return load_case(root / "data" / "restaurant")


@pytest.fixture(scope="module")
def offerings(restaurant: Case) -> dict[str, Offering]:
    """Each recommender, fitted on all orders of the bundled restaurant."""
    table = open_table(restaurant)
    return {name: offers_of(restaurant, table, name) for name in NAMES}


def some(offering: Offering) -> list[str]:
    return list(offering.users[::397])


def people(choices: pd.DataFrame, item: str) -> set[str]:
    return set(choices.loc[choices["item"] == item, "user"])


@pytest.mark.parametrize("name", NAMES)
def test_the_list_is_the_recommenders_own(offerings, name):
    offering = offerings[name]
    fitted = offering.fitted[name]
    for user in some(offering):
        found = offer(offering, user)
        expected = fitted.items_[fitted.recommend([user], offering.k).items[0]]
        assert [one.item for one in found] == expected.tolist()
        assert all(one.reason.endswith(".") for one in found)
        assert all(a.strength >= b.strength for a, b in pairwise(found))
        rows = offering.choices.rows
        for one in found:
            mine = rows[(rows["user"] == user) & (rows["item"] == one.item)]
            assert one.before == len(mine)


@pytest.mark.parametrize("name", ["neighbours", "factors"])
def test_the_parts_of_a_score_add_up_to_it(offerings, name):
    fitted = offerings[name].fitted[name]
    past = fitted.history(some(offerings[name]))
    parts = fitted.parts(past)
    assert set(parts) == {"habit", "alike", "popular"}
    np.testing.assert_allclose(sum(parts.values()), fitted._score(past), atol=1e-12)


def test_what_is_popular_is_counted_right(offerings):
    offering = offerings["popular"]
    rows = offering.choices.rows
    late = rows[rows["time"] > rows["time"].max() - pd.Timedelta(days=DAYS)]
    for one in offer(offering, offering.users[0]):
        assert f"by {len(people(late, one.item)):,} people in the last 90 days" in one.reason


def test_what_was_chosen_last_and_how_often_is_right(offerings):
    rows = offerings["last"].choices.rows
    for user in some(offerings["last"]):
        mine = rows[rows["user"] == user]
        last = mine[mine["time"] == mine["time"].max()]
        for one in offer(offerings["last"], user):
            assert one.reason.startswith("Chosen the last time, on") == (
                one.item in set(last["item"])
            )
        for one in offer(offerings["favourites"], user):
            said = re.match(r"Chosen (\d+) times? before", one.reason)
            assert (int(said[1]) if said else 0) == (mine["item"] == one.item).sum()


def test_the_rule_names_what_was_chosen_last_and_what_follows_it(offerings):
    offering = offerings["rule"]
    things = offering.choices.things
    follows = {
        (things.title(a), things.title(b))
        for part in things.card
        for a, b in pairwise([*part, part[0]])
    }
    rows = offering.choices.rows
    told = 0
    for user in some(offering):
        mine = rows[rows["user"] == user]
        last = {things.title(item) for item in mine[mine["time"] == mine["time"].max()]["item"]}
        for one in offer(offering, user):
            if said := re.fullmatch(r"Who liked (.*) is offered (.*)\.", one.reason):
                told += 1
                assert (said[1], said[2]) in follows
                assert said[1] in last
                assert said[2] == one.title
    assert told > len(some(offering))


def test_neighbours_tell_how_many_chose_both(offerings):
    offering = offerings["neighbours"]
    rows, told = offering.choices.rows, 0
    by_title = dict(offering.items)
    for user in some(offering):
        for one in offer(offering, user, 10):
            if said := TOGETHER.search(one.reason):
                told += 1
                other = by_title[said[1]]
                first, second = people(rows, other), people(rows, one.item)
                assert said[2] == f"{len(first & second):,}"
                assert said[3] == f"{len(first):,}"
                assert user in first
    assert told > 10


@pytest.mark.parametrize("name", ["neighbours", "factors"])
def test_what_speaks_most_is_what_is_missed_most_when_it_is_left_out(offerings, name):
    offering = offerings[name]
    fitted = offering.fitted[name]
    rows = offering.choices.rows
    user = rows["user"].value_counts().index[10]
    past = fitted.history([user])
    code = int(fitted.recommend([user], 5).items[0, -1])
    whole = fitted.likeness(past)[0, code]
    for other, gain in spoken(fitted, past, code):
        left = [np.asarray(one.todense()) for one in (past.counts, past.recent, past.last)]
        for one in left:
            one[0, other] = 0.0
        without = Past(*(type(past.counts)(one) for one in left))
        assert gain == pytest.approx(whole - fitted.likeness(without)[0, code])


def test_somebody_new_is_offered_what_is_popular_or_goes_with_what_they_like(offerings):
    offering = offerings["neighbours"]
    assert not is_known(offering, "nobody")
    found = offer(offering, "nobody")
    assert [one.item for one in found] == [one.item for one in offer(offerings["popular"], "x")]
    assert all(one.reason.startswith("New here, so what others like:") for one in found)
    liked = [offering.items[0][1], offering.items[3][1]]
    named = offer(offering, liked)
    assert not {one.item for one in named} & set(liked)
    assert len(named) == offering.k
    assert any("which they like" in one.reason for one in named)
    assert [one.item for one in offer(offering, [])] == [one.item for one in found]


def test_a_name_that_is_not_there_is_refused_with_the_nearest(restaurant, offerings):
    with pytest.raises(ModelError, match="no recommender 'neighbour'") as error:
        offers_of(restaurant, open_table(restaurant), "neighbour")
    assert "neighbours" in error.value.hint
    with pytest.raises(ModelError, match="no 'M999'"):
        offer(offerings["neighbours"], ["M999"])
    with pytest.raises(ModelError, match="was not fitted"):
        offer(offerings["neighbours"], "x", by="factors")


def test_a_case_without_choices_offers_nothing(make_case):
    case = make_case(pd.DataFrame({"x": range(30), "y": ["a", "b"] * 15}), target="y")
    assert offers_of(case, open_table(case), None) is None


def test_orders_of_nobody_known_are_completed(realdata, tmp_path):
    wishes = {"basket": "order_id", "item": "item_name", "k": 3}
    text = new_record_text("real", {"rows": str(realdata / "chipotle_orders.tsv")},
                           answers={"baseline": {"recommend": wishes}})  # fmt: skip
    (tmp_path / "case.yaml").write_text(text, "utf-8")
    case = load_case(tmp_path)
    offering = offers_of(case, open_table(case), "neighbours")
    assert offering.users == ()
    found = offer(offering, ["Chips"])
    raw = pd.read_csv(realdata / "chipotle_orders.tsv", sep="\t")
    orders = raw.groupby("item_name")["order_id"].agg(set)
    for one in found:
        assert one.item != "Chips"
        said = re.search(r"([\d,]+) of ([\d,]+) baskets with it", one.reason)
        assert int(said[1]) == len(orders["Chips"] & orders[one.item])
        assert int(said[2]) == len(orders["Chips"])


def test_customers_of_a_shop_are_offered_what_they_buy(realdata, tmp_path):
    wishes = {"user": "CustomerID", "item": "StockCode", "k": 10}
    text = new_record_text(
        "real", {"rows": str(realdata / "online_retail.csv.gz")},
        answers={"baseline": {"recommend": wishes}, "data": {"filter": "Quantity > 0"}},
    )  # fmt: skip
    (tmp_path / "case.yaml").write_text(text, "utf-8")
    case = load_case(tmp_path)
    offering = offers_of(case, open_table(case), "favourites")
    found = offer(offering, "17850")
    raw = pd.read_csv(realdata / "online_retail.csv.gz", dtype=str)
    mine = raw[
        (raw["CustomerID"].str.removesuffix(".0") == "17850") & (raw["Quantity"].astype(int) > 0)
    ]
    visits = mine.drop_duplicates(["StockCode", "InvoiceDate"])["StockCode"].value_counts()
    assert [one.before for one in found] == [int(visits[one.item]) for one in found]
    assert found[0].before == visits.max()
