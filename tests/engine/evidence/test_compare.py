"""A lead is clear where it is planted, and noise is none."""

from __future__ import annotations

from casebook.evidence.base import Evidence, together
from casebook.evidence.compare import lead, turned
from casebook.stats.estimate import Estimate


def test_a_model_that_sees_the_pattern_is_ahead_of_the_dummy(context_of, planted):
    shared = context_of(planted()).shared
    ahead = lead(shared.outs["linear"], shared.outs["dummy"], shared.metric, shared.data)
    assert ahead.clear
    back = lead(shared.outs["dummy"], shared.outs["linear"], shared.metric, shared.data)
    assert not back.clear
    assert back.rows.value == -ahead.rows.value


def test_a_difference_is_turned_with_its_interval():
    assert turned(Estimate(1.0, 0.5, 2.0, 9)) == Estimate(-1.0, -2.0, -0.5, 9)


def test_the_least_favourable_evidence_counts():
    def said(*outcomes):
        return [Evidence("c", "s", "t", outcome, "Said.") for outcome in outcomes]

    assert together(said("yes", "no", "none"), good=True) == "no"
    assert together(said("yes", "no"), good=False) == "yes"
    assert together(said("yes", "unclear"), good=True) == "unclear"
    assert together(said("none"), good=True) == "none"
