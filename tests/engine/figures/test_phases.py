"""Pictures of phases: what they say in words, and what keeps clear of what."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from casebook.figures import baseline, symptom
from casebook.figures.base import new_figure
from casebook.figures.waterfall import waterfall
from casebook.phases.baseline import Findings as Comparison
from casebook.phases.baseline import MetricName, Scored
from casebook.phases.symptom import Findings
from casebook.phases.symptom_data import Metric, Period
from casebook.phases.symptom_trend import Trend
from casebook.stats.estimate import Estimate


def test_steps_lead_from_the_total_before_to_the_total_after() -> None:
    axes = new_figure().subplots()
    parts = [("a", Estimate(-30.0, -40.0, -20.0, 9)), ("b", Estimate(10.0, 5.0, 15.0, 9))]
    waterfall(axes, (100.0, 80.0), ("before", "after"), parts, ["100", "-30", "10", "80"])
    ends = {(bar.get_y() + bar.get_height() / 2): bar.get_x() + bar.get_width()
            for bar in axes.patches}  # fmt: skip
    assert [ends[row] for row in (0, 1, 2, 3)] == pytest.approx([100, 70, 80, 80])
    drawn = [c.get_segments()[0] for c in axes.collections if c.get_zorder() == 4]
    assert np.allclose([segment[:, 0] for segment in drawn], [[60, 80], [75, 85]])


def compared(first: float, last: float) -> list[tuple[str, bool]]:
    """The labels of the two periods compared, and whether each lies below its point."""
    series = tuple(
        Period(date(2026, month, 1), value, month < 4)
        for month, value in enumerate((9.0, first, last, 1.0), 1)
    )
    direction = "rises" if last > first else "falls"
    trend = Trend("month", series, direction, 1, date(2026, 2, 1), date(2026, 3, 1), True)
    metric = Metric("SUM(x)", "revenue", "EUR", False)
    figure = symptom.trend_figure(Findings(("It fell.",), metric, trend))
    assert figure is not None
    figure.svg()
    labels = [text for text in figure.axes[0].texts if "2026" in text.get_text()]
    return [(text.get_text(), text.get_verticalalignment() == "top") for text in labels]


@pytest.mark.parametrize(("first", "last"), [(8.0, 4.0), (4.0, 8.0), (5.0, 5.0)])
def test_compared_periods_are_named_on_opposite_sides(first: float, last: float) -> None:
    (one, below), (other, other_below) = compared(first, last)
    assert one.startswith("Feb 2026")
    assert other.startswith("Mar 2026")
    assert below != other_below


def test_a_single_number_gets_no_picture() -> None:
    metric = Metric("AVG(x)", "share", "", False)
    assert symptom.trend_figure(Findings(("0.4.",), metric, None)) is None


def test_a_change_is_written_at_its_end() -> None:
    assert "(-50%)" in compared(8.0, 4.0)[1][0]
    assert "(+100%)" in compared(4.0, 8.0)[1][0]
    assert "%" not in compared(0.0, 8.0)[1][0]


KINDS = {"dummy": "reference", "rule": "reference", "linear": "simple"}


@pytest.mark.parametrize("greater", [True, False])
def test_scores_say_what_to_use_what_to_beat_and_which_way_is_better(greater: bool) -> None:
    sign = 1 if greater else -1
    candidates = tuple(
        Scored(
            name,
            name,
            True,
            kind,
            (Estimate(5 + sign * step, 4 + sign * step, 6 + sign * step, 9),),
        )
        for step, (name, kind) in enumerate(KINDS.items())
    )
    metrics = (MetricName("m", "cost" if not greater else "score", greater),)
    found = Comparison(("Said.",), 0, "y", metrics=metrics, candidates=candidates, chosen="linear")
    drawn = baseline.scores_figure(found).svg()
    assert "linear (choice)" in drawn
    assert "to beat: rule" in drawn
    assert ("more is better →" if greater else "less is better") in drawn
