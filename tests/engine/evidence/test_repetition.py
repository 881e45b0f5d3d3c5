"""Repetition: decisions a day from the table's own times, hours a year by the record's minutes."""

from __future__ import annotations

import numpy as np
import pandas as pd


def daily(planted, per_day, days=70):
    n = per_day * days
    return planted(n).assign(day=np.repeat(pd.date_range("2026-01-01", periods=days), per_day))


def test_days_are_those_of_the_calendar(gathered, planted):
    found = gathered("repetition", daily(planted, 4), time="day")
    assert found.outcome == "yes"
    assert found.sentence == "4 decisions a day."


def test_days_without_a_row_count(gathered, planted):
    frame = daily(planted, 10)
    frame = frame[frame["day"].dt.day_of_week < 5]
    found = gathered("repetition", frame, time="day")
    assert dict(found.facts)["Decisions a year"].startswith("2,6")


def test_hours_a_year_by_the_minutes_of_the_record(gathered, planted):
    record = {"minutes_per_decision": 6.0, "decisions_per_day": 10.0}
    found = gathered("repetition", planted(), feasibility=record)
    assert "365 hours a year" in found.sentence


def test_seldom_is_no(gathered, planted):
    found = gathered("repetition", planted(), feasibility={"decisions_per_day": 0.05})
    assert found.outcome == "no"


def test_nothing_to_count_by(gathered, planted):
    assert "decisions_per_day" in gathered("repetition", planted()).reason
