"""Each planted truth is visible in the data, and intervals cover its size over many seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from restaurant_simulator import PLANTED
from restaurant_simulator.days import make_days
from scipy import stats

MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06")
LEVEL = 0.95
Z = stats.norm.ppf((1 + LEVEL) / 2)


def _month(visits: pd.DataFrame) -> pd.Series:
    return visits["visited_at"].dt.strftime("%Y-%m")


def _answered(visits: pd.DataFrame, column: str) -> pd.DataFrame:
    return visits.dropna(subset=[column]).astype({column: float})


def _difference(inside: pd.Series, outside: pd.Series) -> tuple[float, float]:
    """The difference of two means and its standard error."""
    parts = inside.var() / len(inside) + outside.var() / len(outside)
    return inside.mean() - outside.mean(), math.sqrt(parts)


def _of_long(visits: pd.DataFrame, column: str) -> tuple[float, float]:
    rows = _answered(visits, column)
    long = rows["choosing_minutes"] > PLANTED.long_minutes
    return _difference(rows.loc[long, column], rows.loc[~long, column])


def _covered(estimates: Iterable[tuple[float, float]], truth: float) -> float:
    return float(np.mean([abs(value - truth) <= Z * error for value, error in estimates]))


def _mean(estimates: Iterable[tuple[float, float]]) -> float:
    return float(np.mean([value for value, _ in estimates]))


def test_revenue_falls_three_months_in_a_row_and_only_then(planted, nothing):
    def falls(tables):
        visits = tables["visits"]
        revenue = visits["spend"].groupby(_month(visits)).sum()[list(MONTHS)]
        return bool((revenue.diff().dropna() < 0).all())

    assert np.mean([falls(tables) for tables in planted]) >= 0.9
    assert np.mean([falls(tables) for tables in nothing]) <= 0.3


def test_first_time_guests_fall_as_planted(planted):
    """Poisson counts over what a restaurant without a fall would expect of those days."""
    calm = make_days(PLANTED, np.random.default_rng(0))
    months = calm.dates.strftime("%Y-%m")
    season = np.array(PLANTED.weekday)[calm.weekday] * np.array(PLANTED.month)[calm.dates.month - 1]
    exposure = pd.Series(season * calm.open).groupby(months).sum()
    for place, fall in enumerate(PLANTED.first_time_falls):
        before, after = MONTHS[place], MONTHS[place + 1]
        estimates = []
        for tables in planted:
            visits = tables["visits"]
            count = _month(visits[visits["guest"] == "first-time"]).value_counts()
            ratio = count[after] / exposure[after] / (count[before] / exposure[before])
            estimates.append((math.log(ratio), math.sqrt(1 / count[after] + 1 / count[before])))
        assert _covered(estimates, math.log(1 - fall)) >= 0.8
        assert _mean(estimates) == pytest.approx(math.log(1 - fall), abs=0.06)


def test_returning_guests_fall_less_than_first_time_guests(planted):
    for tables in planted:
        visits = tables["visits"]
        counts = pd.crosstab(_month(visits), visits["guest"])
        change = counts.loc[MONTHS[-1]] / counts.loc[MONTHS[0]] - 1
        assert change["first-time"] < change["returning"] - 0.2
        assert change["returning"] < 0


def test_first_time_guests_explain_more_than_their_share_of_the_fall(planted):
    """They bring 4 of 10 won before the fall; they carry clearly more than 4 of 10 of it."""
    for tables in planted:
        visits = tables["visits"].assign(month=_month)
        before = visits[visits["month"].isin(["2026-01", "2026-02", "2026-03"])]
        after = visits[visits["month"].isin(MONTHS[1:])]
        spend = [part.groupby("guest")["spend"].sum() for part in (before, after)]
        lost = spend[0] - spend[1]
        share_before = spend[0]["first-time"] / spend[0].sum()
        assert lost["first-time"] / lost.sum() > share_before + 0.1


def test_long_choosing_costs_return_and_satisfaction_as_planted(planted):
    effects = {
        "returned_60d": PLANTED.return_of_long,
        "satisfaction": PLANTED.satisfaction_of_long,
    }
    for column, truth in effects.items():
        estimates = [_of_long(tables["visits"], column) for tables in planted]
        assert _covered(estimates, truth) >= 0.8
        assert _mean(estimates) == pytest.approx(truth, abs=0.01)


def test_long_choosing_costs_nothing_where_nothing_is_planted(nothing):
    for column in ("returned_60d", "satisfaction"):
        estimates = [_of_long(tables["visits"], column) for tables in nothing]
        assert _covered(estimates, 0.0) >= 0.8
        assert _mean(estimates) == pytest.approx(0.0, abs=0.015)


def test_choosing_takes_longer_from_the_day_the_menu_grew(planted):
    for tables in planted:
        visits = tables["visits"]
        grown = visits["visited_at"] >= pd.Timestamp(PLANTED.menu_day)
        minutes = visits["choosing_minutes"]
        planted_step = PLANTED.choosing_after - PLANTED.choosing_before
        step, error = _difference(minutes[grown], minutes[~grown])
        assert abs(step - planted_step) < 4 * error + 0.02


def test_added_dishes_are_poorly_described(planted):
    menu = planted[0]["menu"]
    added = menu["added_on"] == PLANTED.menu_day
    assert added.sum() == 22
    assert menu.loc[~added, "description_words"].min() >= 7
    assert menu.loc[added, "description_words"].max() <= 3


@pytest.mark.parametrize("decoy", ["weather", "channel", "server", "age_band"])
def test_decoys_change_neither_with_time_nor_return(planted, decoy):
    """P values are uniform where there is no effect: few are small."""
    moved, returned = [], []
    for tables in planted:
        visits = tables["visits"]
        window = visits[_month(visits).isin(["2026-01", "2026-02", *MONTHS])]
        late = window["visited_at"] >= pd.Timestamp(PLANTED.falls_from)
        moved.append(stats.chi2_contingency(pd.crosstab(window[decoy], late)).pvalue)
        known = _answered(visits, "returned_60d")
        # A guest's age is that of all visits, so only the first ones are independent.
        known = known[known["guest"] == "first-time"]
        table = pd.crosstab(known[decoy], known["returned_60d"])
        returned.append(stats.chi2_contingency(table).pvalue)
    assert np.mean(np.array(moved) < 0.01) <= 0.2
    assert np.mean(np.array(returned) < 0.05) <= 0.25


def test_waiting_costs_satisfaction_but_did_not_change(planted):
    slopes, changes = [], []
    for tables in planted:
        rows = _answered(tables["visits"], "satisfaction").dropna(subset=["wait_minutes"])
        rows = rows[rows["wait_minutes"] < 120]
        wait = rows["wait_minutes"].astype(float)
        fit = stats.linregress(wait, rows["satisfaction"])
        slopes.append((fit.slope, fit.stderr))
        late = rows["visited_at"] >= pd.Timestamp(PLANTED.falls_from)
        changes.append(_difference(wait[late], wait[~late]))
    assert _covered(slopes, PLANTED.satisfaction_of_wait) >= 0.8
    assert _covered(changes, 0.0) >= 0.8


def test_saturday_has_as_many_more_new_guests_as_planted(planted):
    estimates = []
    for tables in planted:
        visits = tables["visits"]
        days = visits.loc[visits["guest"] == "first-time", "visited_at"].dt.day_of_week
        count = days.value_counts()
        ratio = math.log(count[5] / count[0])
        estimates.append((ratio, math.sqrt(1 / count[5] + 1 / count[0])))
    truth = math.log(PLANTED.weekday[5] / PLANTED.weekday[0])
    assert _mean(estimates) == pytest.approx(truth, abs=0.06)


def test_spend_per_visit_and_party_do_not_change(planted):
    """The fall is one of guests: nobody orders less."""
    for column in ("spend", "party_size"):
        changes = []
        for tables in planted:
            rows = _answered(tables["visits"], column)
            rows = rows[rows["visited_at"] >= pd.Timestamp(date(2026, 1, 1))]
            late = rows["visited_at"] >= pd.Timestamp(PLANTED.falls_from)
            changes.append(_difference(rows.loc[late, column], rows.loc[~late, column]))
        assert _covered(changes, 0.0) >= 0.8
