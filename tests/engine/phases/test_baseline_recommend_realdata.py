"""Recommenders on real tables: what is true there, whether or not it flatters a model."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from casebook.case import Case, load_case, new_record_text
from casebook.phases.baseline_recommend import recommend
from casebook.tables import open_table

KEPT = "InvoiceNo NOT LIKE 'C%' AND Quantity > 0 AND UnitPrice > 0"


@pytest.fixture
def real(realdata: Path, tmp_path: Path):
    """A record of a few lines over a file of the real data."""

    def made(file: str, data: dict | None = None, **wishes) -> Case:
        answers = {"baseline": {"recommend": wishes}, "data": data or {}}
        text = new_record_text("real", {"rows": str(realdata / file)}, answers=answers)
        (tmp_path / "case.yaml").write_text(text, "utf-8")
        return load_case(tmp_path)

    return made


def test_online_retail_customers_buy_again_what_they_bought(real):
    """Shops of gifts reorder: own favourites are not beaten, and far from the most popular."""
    case = real("online_retail.csv.gz", {"filter": KEPT}, user="CustomerID", item="StockCode",
                items="rows", title="Description", days=30)  # fmt: skip
    found = recommend(case, open_table(case))
    assert found.users == 4_338  # as the manifest counts them
    assert found.items == 3_922  # 3,665 of them were sold to somebody known
    recalls = {one.name: one.main.recall.value for one in found.recommenders}
    expected = {"popular": 0.090, "last": 0.301, "favourites": 0.346}
    assert {name: recalls[name] for name in expected} == pytest.approx(expected, abs=0.01)
    assert recalls["popular"] < recalls["rule"] < recalls["last"] < recalls["favourites"]
    assert recalls["neighbours"] > recalls["last"]
    assert recalls["factors"] > recalls["last"]
    assert found.chosen == "favourites"
    assert found.named("favourites").main.users == 1_376
    assert "WHITE HANGING HEART T-LIGHT HOLDER" in found.popular
    assert any("lack who, what or when" in note for note in found.notes)


def test_chipotle_orders_are_baskets_which_neighbours_complete_a_little_better(real, realdata):
    """Nobody is known by name and no time is there: orders stand in the order of their ids."""
    rows = pd.read_csv(realdata / "chipotle_orders.tsv", sep="\t")
    assert rows["order_id"].is_monotonic_increasing
    case = real("chipotle_orders.tsv", basket="order_id", item="item_name", k=5)
    found = recommend(case, open_table(case))
    assert (found.baskets, found.users, found.items) == (True, 1_834, 50)
    last = rows[rows["order_id"] > 1_834 - 367].groupby("order_id")["item_name"].nunique()
    assert found.named("popular").main.users == (last > 1).sum()
    assert "the order of the table" in found.split
    recalls = {one.name: one.main.recall.value for one in found.recommenders if one.standing}
    assert recalls["popular"] == pytest.approx(0.592, abs=0.01)
    assert recalls["neighbours"] == pytest.approx(0.623, abs=0.01)
    more = found.named("neighbours").beyond[0]
    assert (more.name, found.chosen) == ("popular", "neighbours")
    assert more.hits.difference.low > 0
    assert found.named("last").does_not_apply
