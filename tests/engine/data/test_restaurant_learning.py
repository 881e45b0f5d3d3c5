"""What can be learned from the restaurant: who comes again, and which dishes a guest orders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["party_size", "wait_minutes", "choosing_minutes", "spend", "satisfaction"]
WORDS = ["guest", "comes_from", "age_band", "channel", "server", "weather"]
AT_ONCE = 5


def _known(visits: pd.DataFrame) -> pd.DataFrame:
    known = visits.dropna(subset=["returned_60d"]).copy()
    known[NUMBERS] = known[NUMBERS].astype(float)
    known[WORDS] = known[WORDS].astype(object).fillna("missing")
    return known


@pytest.mark.parametrize("place", [0, 1])
def test_a_model_beats_the_rule_and_the_rule_beats_chance(planted, place):
    known = _known(planted[place]["visits"])
    came = known["returned_60d"].astype(int)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer((numbers, NUMBERS), (OneHotEncoder(), WORDS))
    model = make_pipeline(columns, LogisticRegression(max_iter=500))
    chances = cross_val_predict(model, known, came, cv=5, method="predict_proba")[:, 1]
    learned = roc_auc_score(came, chances)
    rule = roc_auc_score(came, known["choosing_minutes"] <= 8)
    assert 0.70 <= learned <= 0.78
    assert 0.53 <= rule <= learned - 0.1


def _similar(orders: pd.DataFrame) -> pd.DataFrame:
    """Cosine similarity of dishes by the guests who ordered them."""
    ordered = pd.crosstab(orders["guest_id"], orders["item_id"]).clip(upper=1)
    together = ordered.T @ ordered
    size = np.sqrt(np.diag(together))
    return together / np.outer(size, size)


def _recommend(past: pd.DataFrame, guest: pd.DataFrame, popular: list[str], similar: pd.DataFrame):
    """Five dishes by each way; `guest` holds the past orders of one guest."""
    last = guest.loc[guest["visited_at"] == guest["visited_at"].max(), "item_id"]
    habits = guest["item_id"].value_counts().reindex(similar.index, fill_value=0)
    score = habits @ similar + 2 * habits.clip(upper=3)
    following = [similar.index[(similar.index.get_loc(item) + 1) % len(similar)] for item in last]
    newest = list(similar.index[::-1])
    return {
        "learned": list(score.sort_values(ascending=False, kind="stable").index),
        "last choice": list(dict.fromkeys([*last, *popular])),
        "most popular": popular,
        "menu rule": list(dict.fromkeys([*following, *newest])),
    }


@pytest.mark.parametrize("place", [0, 1, 2])
def test_recommenders_come_in_the_planted_order(planted, place):
    """Recall at 5 in the last six weeks, for guests who had been there before."""
    tables = planted[place]
    visits = tables["visits"][["visit_id", "guest_id", "visited_at"]]
    orders = tables["orders"].merge(visits, on="visit_id")
    past = orders[orders["visited_at"] < "2026-06-01"]
    recent = past[past["visited_at"] >= "2026-01-01"]
    popular, similar = list(recent["item_id"].value_counts().index), _similar(recent)
    by_guest = dict(iter(past.groupby("guest_id")))
    recall: dict[str, list[float]] = {}
    for guest, rows in orders[orders["visited_at"] >= "2026-06-01"].groupby("guest_id"):
        if guest not in by_guest:
            continue
        wanted = set(rows["item_id"])
        offers = _recommend(past, by_guest[guest], popular, similar)
        for name, offer in offers.items():
            hit = len(wanted & set(offer[:AT_ONCE])) / min(len(wanted), AT_ONCE)
            recall.setdefault(name, []).append(hit)
    means = {name: np.mean(values) for name, values in recall.items()}
    assert means["learned"] > means["last choice"] + 0.05
    assert means["last choice"] > means["most popular"] + 0.05
    assert means["most popular"] > means["menu rule"] + 0.05
