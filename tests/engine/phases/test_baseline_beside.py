"""What is found beside: the same in forks as here, and nobody is ruled out by other work."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import pytest

from casebook.exceptions import ExpressionError
from casebook.models import contest as contests
from casebook.models import forks
from casebook.models.contest import contest
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.phases import baseline, baseline_beside
from casebook.phases.baseline_limits import checked_alone, speed_of
from casebook.tables import open_table

QUICK = {"candidates": ["dummy", "linear", "tree"], "rules": [{"if": "x > 0", "then": "yes"}]}


def told(value):
    """Findings without what a clock says."""
    if is_dataclass(value):
        names = [
            field.name for field in fields(value) if field.name not in ("speed", "fit_seconds")
        ]
        return {name: told(getattr(value, name)) for name in names}
    return [told(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.skipif(not forks.possible(), reason="nothing can be forked here")
def test_forks_find_what_one_process_finds(make_case, signal, examined, monkeypatch):
    case = make_case(signal(), target="y", baseline=QUICK)
    there = examined(baseline, case)
    monkeypatch.setattr(contests, "FORK_ROWS", 10**9)
    here = examined(baseline, case)
    assert all(one.speed for one in there.candidates)
    assert there.curves
    assert told(there) == told(here)


def test_a_rule_that_cannot_be_computed_is_told(make_case, signal, examined, monkeypatch):
    def broken(*_args, **_named):
        raise ExpressionError("no such function")

    monkeypatch.setattr(baseline_beside, "examine_rules", broken)
    with pytest.raises(ExpressionError, match="no such function"):
        examined(baseline, make_case(signal(), target="y", baseline=QUICK))


def test_who_seems_too_slow_is_measured_again_alone(make_case, signal):
    case = make_case(signal(), target="y", constraints={"max_latency_ms": 1000})
    data = labelled(case, open_table(case), hold_out=True)
    entrants = contest([c for c in CANDIDATES if c.name in ("dummy", "linear")], data)
    speeds = {one.candidate.name: speed_of(one, data, seed=0) for one in entrants}
    disturbed = {**speeds, "linear": replace(speeds["linear"], one_slow=5000.0)}
    found = checked_alone(case, entrants, data, disturbed, seed=0)
    assert found["dummy"] is speeds["dummy"]
    assert found["linear"].one_slow < 1000
