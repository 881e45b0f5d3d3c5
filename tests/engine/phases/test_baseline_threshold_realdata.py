"""The threshold of a fitted candidate on real tables, and on the bundled case with costs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from casebook.case import load_case, new_record_text
from casebook.models.crossval import cross_validate
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.phases.baseline_calibration import calibrated
from casebook.phases.baseline_threshold import decide
from casebook.tables import open_table

COSTS = {"true_positive": 0, "false_positive": 1, "false_negative": 4, "true_negative": 0}


def fitted(case, name: str = "linear"):
    """Table, rows and predictions of a candidate."""
    table = open_table(case)
    data = labelled(case, table)
    candidate = next(one for one in CANDIDATES if one.name == name)
    return table, data, cross_validate(candidate, data)


def real(folder: Path, source: str, target: str, **answers):
    text = new_record_text("real", {"rows": source}, target=target, answers=answers)
    (folder / "case.yaml").write_text(text, "utf-8")
    return load_case(folder)


def test_the_restaurant_sends_messages_to_those_who_would_not_come(root, tmp_path):
    folder = tmp_path / "restaurant"
    shutil.copytree(root / "data" / "restaurant", folder)
    case = load_case(folder)
    table, data, out = fitted(case)
    found = decide(case, table, data, out)
    assert found.choice.wanted == pytest.approx(7 / 12)
    assert found.choice.low < 7 / 12 < found.choice.high
    assert found.capacity.acts_on == "no"
    assert found.capacity.limit < found.choice.chosen
    assert {one.against: one.saved.low > 0 for one in found.savings}["none"]
    assert "hardly anything is left" in found.headline[-1]


def test_telco_the_logistic_model_is_true_to_its_word(realdata, tmp_path):
    case = real(
        tmp_path, str(realdata / "telco_churn.csv"), "Churn",
        objectives={"costs": {**COSTS, "true_positive": 1}, "cost_unit": "USD",
                    "capacity": {"amount": 500}},
    )  # fmt: skip
    table, data, out = fitted(case)
    found, told = decide(case, table, data, out), calibrated(data, out)
    assert told.reliability.spread == "about right"
    assert found.choice.chosen == pytest.approx(0.25)
    assert found.choice.low < 0.25 < found.choice.high
    assert found.choice.high - found.choice.low < 0.3
    assert {one.against: one.saved.low > 0 for one in found.savings} == {
        "all": True, "none": True, "half": True, "analytic": False,
    }  # fmt: skip
    assert found.capacity.precision.value > 0.65
    assert len(found.headline) >= 3


def test_creditcard_a_rare_yes_with_amounts(realdata, tmp_path):
    frame = pd.read_csv(realdata / "creditcard_20k.csv.gz")
    target = frame.columns[-1]
    assert frame[target].nunique() == 2
    share = frame[target].mean()
    costs = {"true_positive": 5, "false_positive": 5, "false_negative": 120, "true_negative": 0}
    case = real(
        tmp_path, str(realdata / "creditcard_20k.csv.gz"), target,
        objectives={"costs": costs, "cost_unit": "EUR", "capacity": {"amount": 200}},
    )  # fmt: skip
    table, data, out = fitted(case)
    found = decide(case, table, data, out)
    assert found.curve.positives == pytest.approx(share * len(frame), abs=1)
    assert found.choice.wanted == pytest.approx(5 / 120)
    assert found.choice.low <= found.choice.chosen <= found.choice.high
    none = next(one.saved for one in found.savings if one.against == "none")
    assert none.low > 0
    assert found.capacity.precision.low > 0.9
    assert found.capacity.recall.value == pytest.approx(200 / 492, abs=0.02)
