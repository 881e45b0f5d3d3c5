"""The quick part of `make calibrate`: how seldom the evidence is wrong where truth is planted."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from casebook.evidence import leaks, pattern

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "calibrate_evidence.py"


@pytest.fixture(scope="module")
def calibrate():
    spec = importlib.util.spec_from_file_location("calibrate_evidence", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_signal_is_seldom_called_a_pattern(calibrate):
    said = [calibrate.outcome(pattern.gather, calibrate.null_table(seed)) for seed in range(25)]
    assert said.count("yes") <= 1


def test_a_large_signal_is_nearly_always_found(calibrate):
    made = [calibrate.signal_table(seed, 300, 0.8) for seed in range(8)]
    assert [calibrate.outcome(pattern.gather, one) for one in made].count("yes") >= 7


def test_planted_leaks_are_found(calibrate):
    made = [calibrate.leak_table(seed, kind) for kind in calibrate.LEAKS for seed in range(4)]
    assert sum(calibrate.leak_found(one) for one in made) >= 11


def test_clean_strong_columns_are_no_leaks(calibrate):
    made = [calibrate.strong_table(seed, 1.5, "strong") for seed in range(8)]
    assert [calibrate.outcome(leaks.gather, one) for one in made].count("yes") == 0


def test_the_committed_table_keeps_what_it_promises():
    """False alarms at most 5 %, leaks found in 95 %, clean columns called one in at most 5 %."""
    text = SCRIPT.with_name("CALIBRATION_EVIDENCE.md").read_text("utf-8")
    rates = {
        row.split("|")[1].strip(): float(row.split("|")[2].partition(": ")[2].split()[0])
        for row in text.splitlines()
        if row.startswith("|") and ": " in row
    }
    assert rates["all"] <= 5
    assert (
        min(rates[kind] for kind in rates if kind.startswith(("copy", "number set", "filled")))
        >= 95
    )
    assert max(rate for kind, rate in rates.items() if kind.startswith("none")) <= 5
