"""The right segment first, and none where nothing is planted: a quick version of the calibration.

`tests/bench/calibrate_symptom.py` counts over many more restaurants; its table is beside it.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from casebook.phases.symptom import examine
from casebook.tables import open_table

SYMPTOM = {"metric": "SUM(spend)", "period": "month", "direction": "falls"}
PLANTED_SEEDS, EMPTY_SEEDS = range(6), range(8)
# Of the loss from March to June, the mean over simulated restaurants.
EXPECTED_SHARE = 0.70


@pytest.fixture(scope="module")
def simulator(root: Path):
    path = str(root / "data")
    sys.path.insert(0, path)
    yield importlib.import_module("restaurant_simulator")
    sys.path.remove(path)


@pytest.fixture
def examined(make_case, simulator):
    def examine_one(seed: int, truth: str):
        visits = simulator.simulate(seed, getattr(simulator, truth))["visits"]
        case = make_case(
            visits, name=f"{truth}{seed}", target="returned_60d", time="visited_at",
            symptom=SYMPTOM, data={"group": "guest_id"},
        )  # fmt: skip
        return examine(case, open_table(case), {}, seed=seed)

    return examine_one


def test_first_time_guests_rank_first_where_they_are_planted(examined):
    found = [examined(seed, "PLANTED") for seed in PLANTED_SEEDS]
    first = [one.search.carriers[:1] for one in found]
    names = [(part.names, part.labels) for parts in first for part in parts]
    assert names.count((("guest",), ("first-time",))) >= 5
    shares = [part.share for parts in first for part in parts]
    assert sum(share.low <= EXPECTED_SHARE <= share.high for share in shares) >= 5
    for one in found:
        change = one.change.after - one.change.before
        for parts in one.search.parts.values():
            assert sum(part.change.value for part in parts) == pytest.approx(change)


def test_no_segment_is_declared_where_nothing_is_planted(examined):
    found = [examined(seed, "NOTHING") for seed in EMPTY_SEEDS]
    assert sum(bool(one.search.carriers) for one in found) <= 1
