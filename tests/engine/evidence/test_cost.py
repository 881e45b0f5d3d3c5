"""Cost: the saving of a year against building and running, and the day on which it breaks even."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

COSTS = {"true_positive": 0.0, "false_positive": 10.0, "false_negative": 10.0, "true_negative": 0.0}


def perfect():
    x = np.random.default_rng(0).permutation(np.repeat([-1.0, 1.0], 300))
    return pd.DataFrame({"x": x, "y": np.where(x > 0, "yes", "no"),
                         "day": pd.date_range("2025-01-01", periods=600)})  # fmt: skip


def asked(build, run=0.0, **more):
    return {"build_cost": build, "run_cost_per_month": run, "decisions_per_day": 1.0, **more}


@pytest.mark.parametrize(
    ("build", "run", "outcome"),
    [(1000.0, 10.0, "no"), (100_000.0, 10.0, "yes"), (1000.0, 500.0, "yes")],
)
def test_it_must_pay_for_itself_within_three_years(gathered, build, run, outcome):
    """One decision a day saves 5, which is 1,826 a year."""
    found = gathered("cost", perfect(), time="day", feasibility=asked(build, run),
                     objectives={"costs": COSTS})  # fmt: skip
    assert found.outcome == outcome, found.sentence


def test_the_break_even_day_counts_from_the_newest_row(gathered):
    found = gathered("cost", perfect(), time="day", feasibility=asked(1826.25),
                     objectives={"costs": COSTS})  # fmt: skip
    assert dict(found.facts)["Break-even, if it started on Aug 23, 2026"].endswith("2027")


def test_without_a_matrix_the_time_saved_is_the_most(gathered):
    record = asked(1e6, 0.0, minutes_per_decision=60.0, cost_per_hour=10.0)
    found = gathered("cost", perfect(), feasibility=record)
    assert found.outcome == "yes"
    assert "At most" in found.sentence
    cheap = asked(10.0, 0.0, minutes_per_decision=60.0, cost_per_hour=10.0)
    assert gathered("cost", perfect(), feasibility=cheap).outcome == "unclear"


def test_unknown_costs_are_not_applicable(gathered, planted):
    assert "feasibility.build_cost" in gathered("cost", planted()).reason
