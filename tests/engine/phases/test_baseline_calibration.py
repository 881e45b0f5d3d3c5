"""The quick part of `make calibrate`: how seldom one of two equal candidates is called better."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "calibrate_baseline.py"


@pytest.fixture(scope="module")
def calibrate():
    spec = importlib.util.spec_from_file_location("calibrate_baseline", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.mark.parametrize("numbers", [False, True], ids=["classes", "numbers"])
def test_of_two_equally_good_candidates_none_is_called_better(calibrate, numbers):
    found = calibrate.counted(calibrate.World(numbers=numbers), 300, 15)
    assert found.called_better <= 2
    assert found.difference_covered >= 13
    assert found.held_covered / found.held >= 0.8


def test_the_better_of_two_is_found(calibrate):
    found = calibrate.counted(calibrate.World(edge=1.0), 1000, 8)
    assert found.called_better >= 7
    assert found.chosen_right == 8


def test_the_committed_table_keeps_what_it_promises():
    """False alarms at most 6 %; intervals hold the truth in 90 % and more."""
    text = SCRIPT.with_name("CALIBRATION_BASELINE.md").read_text("utf-8")
    rows = [row.split("|")[1:-1] for row in text.splitlines() if row.startswith("| equally good")]
    assert len(rows) == 4
    for row in rows:
        shares = [float(re.match(r"\s*(\d+(?:\.\d+)?)", cell).group(1)) for cell in row[3:]]
        assert shares[0] <= 6
        assert shares[1] <= 8
        assert min(shares[3:]) >= 90
