"""Rules proposed from a shallow tree: the planted ones again, none from noise, the tree exactly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.expressions.terms import terms_of
from casebook.models.features import Features
from casebook.models.rule_boxes import roundest
from casebook.models.rules_proposed import propose, said


def table(n=1500, seed=0, noise=0.05):
    """Churn of new customers with monthly contracts, and of those who called often."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "tenure": rng.integers(0, 72, n),
        "계약": rng.choice(["월간", "1년", "it's 2"], n),
        "calls": rng.poisson(3, n),
        "x": rng.normal(size=n),
        "city": rng.choice(list("abcdefgh"), n),
    })  # fmt: skip
    truth = ((frame["tenure"] <= 12) & (frame["계약"] == "월간")) | (frame["calls"] >= 8)
    flipped = truth ^ (rng.random(n) < noise)
    return frame, pd.Series(np.where(flipped, "yes", "no"))


FEATURES = Features(number=("tenure", "calls", "x"), category=("계약", "city"))
TWO = ("no", "yes")


def terms(found):
    listed = [terms_of(text) for text, _value in found.rules]
    return [{(t.column, t.comparison, tuple(t.values)) for t in one} for one in listed]


def test_planted_rules_are_found_again():
    hits = 0
    for seed in range(8):
        found = propose(*table(seed=seed), FEATURES, classes=TWO, seed=seed)
        by_contract = [one for one in terms(found) if ("계약", "is", ("월간",)) in one]
        near = [t for one in by_contract for t in one if t[0] == "tenure"]
        hits += bool(near) and 10 <= near[0][2][-1] <= 14 and found.default == "no"
    assert hits >= 7


def test_noise_proposes_nothing():
    proposed = 0
    for seed in range(20):
        frame, _y = table(400, seed)
        labels = pd.Series(np.random.default_rng(seed + 100).choice(["no", "yes"], 400))
        proposed += bool(propose(frame, labels, FEATURES, classes=TWO, seed=seed).rules)
    assert proposed <= 2


def test_what_only_tells_guests_apart_is_no_rule():
    """Each guest has one age and one habit: over shuffled rows age seems to tell the habit."""
    alone = whole = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        guest = np.repeat(np.arange(40), 25)
        frame = pd.DataFrame({"age": rng.uniform(18, 90, 40).round(1)[guest]})
        y = pd.Series(np.where(rng.random(1000) < rng.choice([0.1, 0.9], 40)[guest], "yes", "no"))
        features = Features(number=("age",))
        alone += bool(propose(frame, y, features, classes=TWO, seed=seed).rules)
        whole += bool(propose(frame, y, features, classes=TWO, seed=seed, units=guest).rules)
    assert alone >= 8
    assert whole <= 2


def mixed(n=2000, seed=0):
    """Missing and infinite values, several classes, times, truth values."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "x": rng.normal(size=n).round(2),
        "amount": rng.gamma(2.0, 50.0, n),
        "plan": rng.choice(["a", "b", "c"], n).astype(object),
        "flag": rng.choice([True, False], n),
        "on": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 24 * 60, n), unit="h"),
    })  # fmt: skip
    frame.loc[rng.random(n) < 0.1, "x"] = np.nan
    frame.loc[rng.random(n) < 0.1, "plan"] = None
    frame.loc[:9, "amount"] = np.inf
    frame.loc[10:19, "x"] = -np.inf
    weekend = frame["on"].dt.day_of_week >= 5
    score = (frame["x"].fillna(2) > 0.5) * 1 + (frame["plan"].isna() | weekend) * 1
    return frame, score + frame["flag"] * (frame["amount"] > 100)


ALL = Features(number=("x", "amount"), category=("plan", "flag"), time=("on",))


@pytest.mark.parametrize("kind", ["two", "many", "number"])
@pytest.mark.parametrize("seed", range(4))
def test_rules_say_exactly_what_the_tree_says_before_rounding(kind, seed):
    frame, score = mixed(seed=seed)
    fresh = mixed(seed=seed + 50)[0]
    rng = np.random.default_rng(seed)
    if kind == "number":
        truth, classes = score * 10.0 + rng.normal(size=len(score)), ()
    else:
        names = np.array(["l", "m", "h", "h"] if kind == "many" else ["no", "yes", "yes", "yes"])
        truth, classes = pd.Series(names[score.clip(0, 3).to_numpy(dtype=int)]), tuple({*names})
    found = propose(frame, truth, ALL, classes=classes, seed=seed)
    assert found.rules
    assert len(found.rules) <= 5
    for rows in (frame, fresh):
        assert (said(found.exact, found.default, rows) == found.as_tree(rows)).all()
    assert found.changed(fresh) / len(fresh) < 0.03
    assert all(terms_of(text) for text, _value in found.rules), "each can be picked in the panel"


def test_one_class_everywhere_names_where_the_other_is_twice_as_frequent():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 10, 4000)
    y = pd.Series(np.where(rng.random(4000) < np.where(x >= 8, 0.3, 0.04), "yes", "no"))
    found = propose(pd.DataFrame({"x": x}), y, Features(number=("x",)), classes=TWO)
    assert found.lifted
    assert found.rules == (('"x" >= 8', "yes"),)


def test_thresholds_are_round_where_that_changes_next_to_nothing():
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 100, 3000)
    y = pd.Series(np.where(x > 37.0213, "yes", "no"))
    found = propose(pd.DataFrame({"x": x}), y, Features(number=("x",)), classes=TWO)
    assert found.rules[0][0] in ('"x" <= 37', '"x" > 37')


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(29.85, 31.2, 30), (-0.4, 0.3, 0), (0.0, 1.0, 0), (-31.2, -29.9, -30), (1e9, 2.5e9, 2e9),
     (93.65, 93.7, 93.65), (-np.inf, 5.0, 0.0), (7.0, np.inf, 14.0)],
)  # fmt: skip
def test_the_roundest_number_lies_between(low, high, expected):
    assert roundest(low, high) == expected
    assert low <= roundest(low, high) < high


def test_few_rows_one_column_and_nothing_but_missing_values_propose_nothing_and_do_not_break():
    frame = pd.DataFrame({"x": [np.nan] * 30, "c": [None] * 30})
    y = pd.Series(["yes", "no"] * 15)
    features = Features(number=("x",), category=("c",))
    assert propose(frame, y, features, classes=TWO).rules == ()
    assert propose(frame, pd.Series(range(30)), features, classes=()).default == 14.5
    lone = pd.Series(["yes"] + ["no"] * 29)
    assert propose(frame, lone, features, classes=TWO).default == "no"


def test_real_tables_have_short_rules(realdata):
    telco = pd.read_csv(realdata / "telco_churn.csv")
    text = [name for name in telco if telco[name].nunique() < 10 and name != "Churn"]
    features = Features(number=("tenure", "MonthlyCharges"), category=tuple(text))
    found = propose(telco, telco["Churn"], features, classes=("No", "Yes"))
    assert any(("Contract", "is", ("Month-to-month",)) in one for one in terms(found))
    assert (found.says_of(telco) == telco["Churn"]).mean() > 0.78
    bank = pd.read_csv(realdata / "bank_marketing.csv.gz", sep=";").drop(columns="duration")
    numbers = bank.select_dtypes("number").columns
    category = tuple(name for name in bank if name not in numbers and name != "y")
    features = Features(number=tuple(numbers), category=category)
    found = propose(bank, bank["y"], features, classes=TWO)
    assert found.default == "no"
    taken = found.says_of(bank) == "yes"
    assert (bank["y"][taken] == "yes").mean() > 4 * (bank["y"] == "yes").mean()
