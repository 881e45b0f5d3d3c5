"""Past values are the right ones, and none that was not known yet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.models.crossval import cross_validate
from casebook.models.labelled import labelled
from casebook.models.registry import candidates_of
from casebook.tables import open_table

DAY = pd.Timedelta(days=1)


def opened(case, **wanted):
    return labelled(case, open_table(case), **wanted)


def daily(n: int = 400, seed: int = 0) -> pd.DataFrame:
    """A number a day that repeats exactly every week, in rows that do not stand in order."""
    rng = np.random.default_rng(seed)
    day = np.arange(n)
    frame = pd.DataFrame({"on": pd.Timestamp("2024-01-01") + day * DAY, "z": rng.normal(size=n)})
    frame["y"] = np.array([5.5, 1.5, 4.5, 2.5, 3.5, 9.5, 8.5])[day % 7]
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def said(data, name):
    """What a candidate says of the tested rows, beside the truth."""
    candidate = next(c for c in candidates_of(data.setting) if c.name == name)
    assert not candidate.lacking(data.setting)
    predictions = cross_validate(candidate, data).predictions
    return predictions.label, predictions.truth


def lacking(data):
    return {c.name: why for c in candidates_of(data.setting) if (why := c.lacking(data.setting))}


def test_a_planted_weekly_pattern_is_said_without_an_error(make_case):
    data = opened(make_case(daily(), target="y", time="on"))
    label, truth = said(data, "season")
    assert (label == truth).all()
    label, truth = said(data, "last")
    assert (label != truth).all()
    assert data.setting.past.said[1] == "The same period before is 7 days before."


def test_a_year_of_whole_weeks_keeps_the_day_of_the_week(make_case):
    data = opened(make_case(daily(1500), target="y", time="on"))
    label, truth = said(data, "year")
    late = data.X[data.setting.past.columns["year"]].notna()
    assert late.all() or late.mean() > 0.99
    assert (label == truth).mean() > 0.9  # rows of the first year say the last value


def test_labels_that_were_not_known_yet_are_not_said(make_case):
    """The label is a coin toss that stays for three days: who peeks over the delay is right."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"on": pd.Timestamp("2024-01-01") + np.arange(900) * DAY})
    frame["z"] = rng.normal(size=900)
    frame["y"] = np.repeat(rng.choice(["no", "yes"], 300), 3)
    prompt = opened(make_case(frame, name="prompt", target="y", time="on"))
    label, truth = said(prompt, "last")
    assert (label == truth).mean() > 0.8
    late = {"label": {"delay_days": 3}}
    data = opened(make_case(frame, name="late", target="y", time="on", objectives=late))
    label, truth = said(data, "last")
    assert (label == truth).mean() == pytest.approx(0.5, abs=0.06)
    y = pd.Series(data.y.to_numpy(), data.X["on"])
    past = data.X.set_index("on")["past last"]
    assert (past.iloc[4:].to_numpy() == y.shift(4).iloc[4:].to_numpy()).all()
    assert "Labels come 3 days late" in data.setting.past.said[0]


@pytest.mark.parametrize(("delay", "days"), [(6, 7), (7, 14), (20, 21)])
def test_the_same_period_before_is_the_newest_that_was_known(delay, days, make_case):
    late = {"label": {"delay_days": delay}}
    data = opened(make_case(daily(), target="y", time="on", objectives=late))
    label, truth = said(data, "season")
    assert (label == truth).all()
    assert f"{days} days before" in data.setting.past.said[1]


def panel(n: int = 120) -> pd.DataFrame:
    """Two rows a day, a shop each: each says its own number, and numbers of others are far off."""
    day = np.repeat(np.arange(n), 2)
    shop = np.tile(["east", "west"], n)
    level = np.where(shop == "east", 100.5, 900.5)
    frame = pd.DataFrame({"on": pd.Timestamp("2024-01-01") + day * DAY, "shop": shop})
    frame["y"] = level + day % 7
    frame["staff"] = np.random.default_rng(0).integers(0, 500, 2 * n)
    return frame


@pytest.mark.parametrize("group", [None, "shop"])
def test_rows_of_one_day_are_told_apart_by_a_column(group, make_case):
    case = make_case(
        panel(), target="y", time="on", roles={"shop": "category"}, data={"group": group}
    )
    data = opened(case)
    label, truth = said(data, "season")
    assert (label == truth).all()
    assert "with the same shop" in data.setting.past.said[1]
    label, truth = said(data, "last")
    assert np.abs(label - truth).max() < 10


def test_a_column_that_tells_rows_apart_by_chance_is_no_key(make_case):
    """Two houses a day seldom have the same floor area, and are not the same house a week later."""
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(200), 2)
    frame = pd.DataFrame({"on": pd.Timestamp("2024-01-01") + day * DAY})
    frame["area"] = rng.permuted(np.tile(np.arange(150), (200, 1)), axis=1)[:, :2].ravel()
    frame["y"] = frame["area"] + rng.normal(size=400)
    data = opened(make_case(frame, target="y", time="on"))
    assert "no columns tell them apart" in lacking(data)["last"]


def test_a_panel_of_months_has_a_last_value_and_a_season_in_rows(make_case):
    month = np.repeat(pd.date_range("2015-01-01", periods=96, freq="MS"), 3)
    frame = pd.DataFrame({"on": month, "shop": np.tile(["a", "b", "c"], 96)})
    frame["y"] = frame["on"].dt.month + frame["shop"].map({"a": 0.5, "b": 100.5, "c": 200.5})
    data = opened(make_case(frame, name="plain", target="y", time="on"))
    label, truth = said(data, "last")
    assert np.abs(label - truth).max() <= 11
    assert "baseline.season" not in lacking(data)["season"]
    counted = opened(
        make_case(frame, name="counted", target="y", time="on", data={"group": "shop"},
                  baseline={"season": 12})
    )  # fmt: skip
    label, truth = said(counted, "season")
    assert (label == truth).all()


def test_a_season_counted_in_rows_is_within_the_group_and_in_order(make_case):
    frame = pd.DataFrame({"who": np.tile(["a", "b"], 200), "z": np.arange(400) % 13})
    frame["y"] = (
        np.where(frame["who"] == "a", frame.index // 2 % 5, 50 + frame.index // 2 % 5) + 0.5
    )
    case = make_case(
        frame, target="y", data={"ordered": True, "group": "who"}, baseline={"season": 5}
    )
    data = opened(case)
    label, truth = said(data, "season")
    assert (label == truth).all()
    assert "year" in lacking(data)


def test_the_values_of_a_sample_come_from_the_whole_table(make_case):
    case = make_case(daily(1000), target="y", time="on", data={"max_rows": 300})
    data = opened(case)
    assert len(data.y) == 300
    label, truth = said(data, "season")
    assert (label == truth).all()


def test_without_an_order_or_a_partner_the_reason_is_said(make_case):
    frame = daily(200)
    reasons = lacking(opened(make_case(frame.drop(columns="on"), name="a", target="y")))
    assert "no order in time" in reasons["last"]
    both = opened(make_case(frame.drop(columns="on"), name="b", target="y", data={"ordered": True}))
    assert "last" not in lacking(both)
    assert "baseline.season" in lacking(both)["season"]
    late = {"label": {"delay_days": 2}}
    told = make_case(frame.drop(columns="on"), name="c", target="y", data={"ordered": True},
                     objectives=late)  # fmt: skip
    assert "Labels come late" in lacking(opened(told))["last"]
    crowded = frame.assign(on=frame["on"].dt.to_period("M").dt.start_time)
    reasons = lacking(opened(make_case(crowded, name="d", target="y", time="on")))
    assert "no columns tell them apart" in reasons["last"]
    rare = frame.assign(on=frame["on"].min() + pd.to_timedelta(np.arange(200) * 5, unit="D"))
    reasons = lacking(opened(make_case(rare, name="f", target="y", time="on")))
    assert "Only 0% of the tested rows" in reasons["season"]


def test_a_column_of_the_table_with_the_reserved_name_stays_what_it_is(make_case):
    data = opened(make_case(daily().rename(columns={"z": "past last"}), target="y", time="on"))
    assert data.setting.past.columns["last"] == "past last_"
    assert "past last" in data.features.number


def test_evidence_is_gathered_without_past_values(make_case):
    data = opened(make_case(daily(), target="y", time="on"), past=False)
    assert not data.setting.past.columns
    assert list(data.X) == ["on", "z", "y"]


def test_repeating_the_last_label_is_hard_to_beat_on_elec2(real_case):
    case = real_case("elec2.csv.gz", target="class", baseline={"season": 48},
                     data={"ordered": True, "task": "classification"})  # fmt: skip
    data = opened(case)
    past = data.X[data.setting.past.columns["last"]]
    assert (past.iloc[1:] == data.y.iloc[1:]).mean() == pytest.approx(0.8533, abs=0.0001)
    label, truth = said(data, "last")
    assert (label == truth).mean() == pytest.approx(0.853, abs=0.005)
    label, truth = said(data, "season")
    assert 0.6 < (label == truth).mean() < 0.7


def test_seoul_bikes_of_the_same_hour_a_week_ago_are_272_off(real_case):
    """272 are the 1,450 rows with a partner; with the 223 that say the day before it is 280."""
    case = real_case("seoul_bike.csv", target="Rented Bike Count", time="Date",
                     data={"filter": "\"Functioning Day\" = 'Yes'"})  # fmt: skip
    data = opened(case)
    assert "with the same Hour. 2" in data.setting.past.said[1]
    late = data.X["Date"] >= "2018-09-12"
    off = (data.X[data.setting.past.columns["season"]] - data.y)[late].abs()
    assert (len(off), off.mean()) == (1673, pytest.approx(279.7, abs=0.1))
    functioning = data.X.set_index(["Date", "Hour"])["Rented Bike Count"]
    before = pd.MultiIndex.from_arrays([data.X["Date"] - 7 * DAY, data.X["Hour"]])
    there = before.isin(functioning.index)[late]
    assert (there.sum(), off[there].mean()) == (1450, pytest.approx(272, abs=0.5))


def test_bases_of_one_day_are_told_apart(real_case):
    data = opened(real_case("uber_bases_2015.csv", target="trips"))
    assert "with the same dispatching_base_number" in data.setting.past.said[1]
    label, truth = said(data, "season")
    assert np.median(np.abs(label - truth) / truth) < 0.15


def test_days_entered_twice_do_not_hide_the_week_of_chicagos_trains(real_case):
    data = opened(real_case("cta_ridership.csv", target="total_rides"))
    spring = data.X["service_date"].between("2019-03-01", "2019-05-31")
    past = data.X[data.setting.past.columns["season"]]
    assert ((past - data.y).abs() / data.y)[spring].mean() == pytest.approx(0.083, abs=0.0005)
    assert "year" not in lacking(data)
