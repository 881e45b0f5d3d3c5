"""Recommenders where too little is there, or the record is wrong: a sentence or an error."""

from __future__ import annotations

import pandas as pd
import pytest

from casebook.exceptions import CasebookError
from casebook.figures.baseline_recommend import recall_figure
from casebook.pages import baseline_recommend as pages
from casebook.phases.baseline_recommend import Recommendation, recommend
from casebook.tables import open_table

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


# Too little: a sentence, not an error


def few(shop, rows: pd.DataFrame, **more) -> Recommendation:
    one = found(shop({"rows": rows}, **(NAMED | more)))
    assert one.recommenders == ()
    assert one.chosen is None
    assert str(pages.page(one))
    assert recall_figure(one) is None
    assert not str(pages.comparison(one))
    assert not str(pages.rule(one))
    return one


def test_one_user_one_thing_one_choice(shop, bought):
    rows = bought()
    assert "Only 1 person" in few(shop, rows.assign(손님="김")).headline[0]
    assert "only one thing" in few(shop, rows.assign(물건="차")).headline[0]
    assert "only one thing" in few(shop, rows.head(1)).headline[0]
    assert "No choice is left" in few(shop, rows.assign(물건=[None] * len(rows), x=1)).headline[0]


def test_a_list_that_would_hold_everything_is_shortened(shop, bought):
    one = found(shop({"rows": bought()}, **(NAMED | {"k": 40})))
    assert one.k == 7
    assert any("15 things, so 7 are offered and not 40" in note for note in one.notes)


# What the record gets wrong: the place, and the nearest name


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"user": "손"}, "baseline.recommend.user: '손' is not a column of rows."),
        ({"user": None, "basket": "주문"}, "baseline.recommend.basket: '주문' is not a column"),
        ({"item": "물"}, "baseline.recommend.item: '물' is not a column of rows."),
        ({"time": "물건"}, "baseline.recommend.time: '물건' holds no times."),
        ({"amount": "물건"}, "baseline.recommend.amount: '물건' holds no numbers."),
        ({"table": "row"}, "baseline.recommend.table: the case has no table 'row'; it has rows."),
        ({"table": "row"}, "Did you mean 'rows'?"),
        ({"items": "menu"}, "baseline.recommend.items: the case has no table 'menu'"),
        ({"rule": {"next": True}}, "baseline.recommend.rule.next: this rule goes by a list"),
        ({"rule": {"kind": "x"}}, "baseline.recommend.rule.kind: this rule goes by a list"),
        ({"rule": {"pairs": [{"liked": "차 1", "offer": "차 99"}]}},
         "baseline.recommend.rule.pairs.0.offer: '차 99' is neither chosen"),
        ({"days": 500}, "baseline.recommend.days: the last 500 days hold all choices"),
        ({"title": "nam", "items": "rows"}, "baseline.recommend.title: 'nam' is not a column"),
    ],
)  # fmt: skip
def test_errors_of_the_record_name_their_place(shop, wishes, said, bought):
    case = shop({"rows": bought()}, **(NAMED | wishes))
    with pytest.raises(CasebookError) as error:
        recommend(case, open_table(case))
    assert said in str(error.value)
    assert str(error.value).startswith("case.yaml, line ")


def test_choices_without_a_time_are_refused_with_the_way_out(shop, bought):
    case = shop({"rows": bought().drop(columns="때")}, user="손님", item="물건")
    with pytest.raises(CasebookError, match=r"have no time.*baseline\.recommend\.basket"):
        recommend(case, open_table(case))


def test_a_join_must_be_named_and_name_each_row_once(shop, joined):
    tables = joined()
    case = shop(tables, **(JOINED | {"join": None}))
    with pytest.raises(
        CasebookError, match=r"join: '손님' is in 'visits', not in 'lines'.*have: .*visit"
    ):
        recommend(case, open_table(case))
    tables["visits"] = pd.concat([tables["visits"], tables["visits"].head(1)])
    case = shop(tables, **JOINED)
    with pytest.raises(CasebookError, match=r"join: 'visit' does not name each row of 'visits'"):
        recommend(case, open_table(case))
