"""Is it real, and which factor: planted seasons, steps, gaps and factors."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ExpressionError
from casebook.phases.symptom import examine
from casebook.phases.symptom_real_words import sentences
from casebook.tables import open_table

FACTORS = [
    {"name": "guests", "metric": "COUNT(DISTINCT guest_id)"},
    {"name": "visits per guest", "metric": "COUNT(*) / COUNT(DISTINCT guest_id)"},
    {"name": "spend per visit", "metric": "AVG(spend)", "unit": "won"},
]


def visits(level, first: str = "2024-01-01", days: int = 600, seed: int = 0) -> pd.DataFrame:
    """Poisson visits of 400 guests; level: mean of a day, of its date."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range(first, periods=days)
    counts = rng.poisson([level(day) for day in dates])
    on = np.repeat(dates, counts)
    guests = [f"G{x}" for x in rng.integers(0, 400, len(on))]
    return pd.DataFrame({"on": on, "guest_id": guests, "spend": rng.gamma(4, 5, len(on))})


@pytest.fixture
def found(make_case):
    def examine_one(frame: pd.DataFrame, **symptom):
        answers = {"metric": "SUM(spend)", "period": "month", **symptom}
        case = make_case(frame, time="on", symptom=answers, data={"group": "guest_id"})
        return examine(case, open_table(case), {})

    return examine_one


def said(one) -> str:
    return " ".join(sentences(one.metric, one.trend, one.reality))


def test_a_season_is_told_from_a_fall(found):
    """Every autumn is a third lower: September to November move as a year before."""
    one = found(
        visits(lambda day: 40 if day.month < 9 else 60 - 4 * (day.month - 4), days=700),
        until="2025-11-30", direction="falls",
    )  # fmt: skip
    ago = one.reality.year_ago
    assert one.trend.streak >= 2
    assert ago.last.relative.low <= 0.0 <= ago.last.relative.high
    assert ago.beyond.low <= 0.0 <= ago.beyond.high
    assert "without that season" in said(one)


def test_a_step_has_its_day(found):
    one = found(visits(lambda day: 40 if day < pd.Timestamp("2025-03-10") else 28, seed=1))
    level = one.reality.level
    assert level.earliest <= date(2025, 3, 10) <= level.latest
    assert (level.latest - level.earliest).days < 30
    assert "The level of days changed on" in said(one)


def test_days_without_rows_are_gaps_but_for_closed_weekdays(found):
    frame = visits(lambda day: 0 if day.day_of_week == 6 else 30, days=300)
    frame = frame[~frame["on"].between("2024-05-06", "2024-05-09")]
    real = found(frame).reality
    assert real.closed == (6,)
    assert [(gap.first, gap.last) for gap in real.gaps] == [(date(2024, 5, 5), date(2024, 5, 9))]
    assert real.gap_days == 5


def test_a_level_that_stays_is_not_said_to_be_more_than_noise(found):
    clear = []
    for seed in range(6):
        one = found(visits(lambda _day: 30, days=400, seed=seed))
        clear.append(one.reality.noise is not None and one.reality.noise.clear)
    assert sum(clear) <= 2


def test_without_a_streak_there_is_nothing_to_test(found):
    one = found(visits(lambda day: 20 + 2 * day.month, days=121), direction="falls")
    assert one.trend.streak == 0
    assert "no streak" in one.headline[1]


def test_a_rise_is_worded_as_one(found):
    one = found(visits(lambda day: 30 if day.month < 6 else 60, days=213), direction="rises")
    assert one.trend.direction == "rises"
    assert "as steep" in one.headline[1]


def test_parts_by_factors_add_up_and_name_the_one_that_moved(found):
    def fewer(day):
        return 40 if day < pd.Timestamp("2025-06-01") else 24

    frame = visits(fewer, days=546)
    one = found(frame, factors=FACTORS, direction="falls")
    parts = one.factors.parts
    total = one.change.after - one.change.before
    assert one.factors.whole
    assert one.factors.unit == "id"
    assert sum(part.change.value for part in parts) == pytest.approx(total)
    assert sum(part.share.value for part in parts) == pytest.approx(1)
    assert parts[2].share.low <= 0.0 <= parts[2].share.high
    assert {part.name for part in parts[:2] if part.share.low > 0} != set()


def test_factors_that_do_not_make_up_the_metric_leave_a_rest(found):
    frame = visits(lambda day: 40 if day.month < 4 else 30, days=120)
    one = found(frame, factors=FACTORS[:2], direction="falls")
    assert not one.factors.whole
    assert one.factors.parts[-1].name == ""
    total = one.change.after - one.change.before
    assert sum(part.change.value for part in one.factors.parts) == pytest.approx(total)
    assert any("do not make up the metric" in note for note in one.notes)


def test_a_factor_that_is_no_aggregate_is_refused_with_its_place(found):
    with pytest.raises(ExpressionError, match=r"symptom\.factors\.1\.metric"):
        found(
            visits(lambda _day: 30, days=120),
            factors=[FACTORS[0], {"name": "spend", "metric": "spend + 1"}],
        )


def test_single_days_are_compared_by_groups_of_ids(found):
    one = found(visits(lambda _day: 60, days=20), period="day")
    assert one.search.units == ("id",)
    assert one.change.relative.low is not None
    assert [scale.period for scale in one.reality.scales] == ["day", "week"]


def test_weeks_are_compared_too(found):
    one = found(visits(lambda _day: 30, days=70), period="week")
    assert one.search.units == ("day", "id")
    assert one.trend.period == "week"
