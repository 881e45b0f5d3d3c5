"""The symptom: planted falls are told with the segment that carries them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import CasebookError, ExpressionError
from casebook.phases.findings import dump, load, phase_named
from casebook.phases.symptom import examine
from casebook.tables import open_table

METRIC = {"metric": "SUM(spend)", "metric_name": "revenue", "unit": "won", "period": "month"}


def visits(seed: int = 0, first_rates=(60, 50, 40, 30), days: int = 120) -> pd.DataFrame:
    """About `first_rates` first-time and 40 returning visits a day, January to April and 5 days."""
    rng = np.random.default_rng(seed)
    rows = []
    for day in pd.date_range("2026-01-01", periods=days + 5):
        rate = first_rates[min(day.month, 4) - 1]
        for kind, mean in (("first", rate), ("returning", 40)):
            n = rng.poisson(mean)
            rows.append(pd.DataFrame({"on": day, "guest": kind, "spend": rng.gamma(4, 5, n)}))
    return pd.concat(rows, ignore_index=True)


@pytest.fixture
def falling(make_case):
    case = make_case(visits(), time="on", symptom={**METRIC, "segments": ["guest"]})
    return examine(case, open_table(case), {})


def test_the_planted_fall_is_told(falling):
    assert falling.trend.streak == 3
    assert falling.trend.direction == "falls"
    assert "Revenue fell 3 months in a row" in falling.headline[0]
    relative = falling.change.relative
    assert relative.low <= 70 / 100 * 30 / 31 - 1 <= relative.high


def test_the_incomplete_month_is_marked_and_left_out(falling):
    assert [period.complete for period in falling.trend.series] == [True] * 4 + [False]
    assert falling.trend.last.month == 4


def test_the_planted_segment_carries_the_fall(falling):
    top = falling.contributions[0]
    assert (falling.segment, top.labels) == ("guest", ("first",))
    assert falling.search.carriers[0].names == ("guest",)
    assert top.share.low <= 1.0
    assert top.share.value > 0.85
    assert sum(part.share.value for part in falling.contributions) == pytest.approx(1)
    assert sum(part.base for part in falling.contributions) == pytest.approx(1)
    assert "of the fall comes from guest 'first'" in " ".join(falling.headline)


def test_findings_come_back_from_json(falling):
    assert load(phase_named("symptom"), dump(falling)) == falling


def test_with_nothing_planted_no_segment_is_named(make_case):
    named = 0
    for seed in range(12):
        case = make_case(
            visits(seed, (40, 40, 40, 40), days=90),
            name=f"flat{seed}",
            time="on",
            symptom={**METRIC, "segments": ["guest"], "since": "2026-01-01"},
        )
        found = examine(case, open_table(case), {})
        named += bool(found.search.carriers)
    assert named <= 1


def test_an_average_is_shared_out_by_mix_and_rate(make_case):
    symptom = {"metric": "AVG(spend)", "segments": ["guest"], "period": "month"}
    case = make_case(visits(), time="on", symptom=symptom)
    found = examine(case, open_table(case), {})
    assert found.trend.additive
    total = found.change.after - found.change.before
    parts = found.contributions
    assert sum(part.change.value for part in parts) == pytest.approx(total)
    assert sum(part.mix + part.rate for part in parts) == pytest.approx(total)
    assert all(part.volume == 0 for part in parts)


def test_a_median_has_no_parts_that_add_up(make_case):
    symptom = {"metric": "MEDIAN(spend)", "segments": ["guest"], "period": "month"}
    case = make_case(visits(), time="on", symptom=symptom)
    found = examine(case, open_table(case), {})
    assert not found.trend.additive
    assert found.contributions == ()
    assert found.change.relative.low is None
    assert {one.label for one in found.segments} == {"first", "returning"}
    assert any("no sum of days" in note for note in found.notes)


def test_a_new_case_counts_rows_and_says_so(make_case):
    case = make_case(visits(), time="on")
    found = examine(case, open_table(case), {})
    assert found.metric.expression == "COUNT(*)"
    assert any("names no metric yet" in note for note in found.notes)


def test_without_a_time_the_metric_is_told_by_segment(make_case):
    frame = pd.DataFrame({"plan": ["a", "b"] * 50, "y": (["yes"] * 9 + ["no"]) * 10})
    frame.loc[frame["plan"] == "b", "y"] = "no"
    case = make_case(frame, target="y", data={"positive": "yes"})
    found = examine(case, open_table(case), {})
    assert found.trend is None
    assert found.segment == "plan"
    assert any("no time column" in text for text in found.headline)


def test_one_period_cannot_fall(make_case):
    frame = visits(days=10).query("on < '2026-01-12'")
    case = make_case(frame, time="on", symptom={**METRIC, "period": "month"})
    assert "fewer than two whole periods" in examine(case, open_table(case), {}).headline[0]


def test_a_metric_that_is_no_aggregate_is_refused_with_its_place(make_case):
    case = make_case(visits(days=40), time="on", symptom={"metric": "spend + 1"})
    with pytest.raises(ExpressionError, match=r"case\.yaml, line \d+, symptom\.metric"):
        examine(case, open_table(case), {})


def test_a_segment_that_is_not_there_is_named(make_case):
    symptom = {**METRIC, "segments": ["gest"]}
    case = make_case(visits(days=70), time="on", symptom=symptom)
    with pytest.raises(CasebookError, match="Did you mean 'guest'"):
        examine(case, open_table(case), {})
