"""Error analysis: a planted slice is found and confirmed."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.phases import baseline, error_analysis
from casebook.phases.findings import dump, load, phase_named


def test_errors_are_found_on_the_planted_slice(make_case, signal, examined, plain):
    frame = signal(3000, strength=3.0)
    rng = np.random.default_rng(1)
    flipped = (frame["도시"] == "대구") & (rng.random(len(frame)) < 0.4)
    frame.loc[flipped, "y"] = np.where(frame.loc[flipped, "y"] == "yes", "no", "yes")
    case = make_case(frame, target="y")
    compared = plain(examined(baseline, case))
    found = examined(error_analysis, case, {"baseline": compared})
    assert (found.slices[0].column, found.slices[0].label) == ("도시", "대구")
    assert found.slices[0].confirmed
    assert sum(map(sum, found.confusion.counts)) == found.rows
    assert load(phase_named("error_analysis"), dump(found)) == found


def test_residuals_of_a_regression_are_told_in_the_targets_unit(make_case, signal, examined, plain):
    frame = signal()
    frame["y"] = 10 * frame["x"] + np.random.default_rng(7).normal(size=len(frame))
    case = make_case(frame, target="y")
    found = examined(error_analysis, case, {"baseline": plain(examined(baseline, case))})
    assert found.confusion is None
    assert sum(found.residuals.counts) == found.rows
    assert found.loss.value == pytest.approx(0.8, abs=0.15)
