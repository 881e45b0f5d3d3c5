"""Findings made by hand, so that rules and views of panels are tested without fitting models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from casebook.evidence.base import Evidence, Picture, Point
from casebook.phases.feasibility import Check, Findings
from casebook.phases.feasibility_signs import SIGNS
from casebook.tables import open_table
from widgets.rules_model import RulesModel, rows_of

CLEAR = {"unethical", "simple", "no_data", "fatal", "explain", "cost"}
OUTCOMES = {sign.name: "no" if sign.name in CLEAR else "yes" for sign in SIGNS}
PICTURE = Picture(
    "intervals", (Point("model", 0.8, 0.7, 0.9), Point("dummy", 0.5)), 0.5, "ROC AUC", "A model."
)


def _examined(**outcomes: str) -> Findings:
    """Findings whose evidence clears every sign, but for the outcomes that are given."""
    said = {**OUTCOMES, **outcomes}
    checks = tuple(
        Check(s.name, s.title, f"{s.title}?", s.good, None, None, None, None, said[s.name],
              f"Evidence on {s.name} [1, 2].", (_evidence(s.name, said[s.name]),),
              contradicts=False)
        for s in SIGNS
    )  # fmt: skip
    return Findings(
        ("Said.",), "go", (), "evidence", None, (), checks, 9, 2, 9, (), "ROC AUC", (), None, ""
    )


def _evidence(sign: str, outcome: str) -> Evidence:
    facts = (("rows", "9"),)
    return Evidence(sign, sign, sign, outcome, f"Evidence on {sign} [1, 2].", None, facts, PICTURE)


@pytest.fixture
def examined() -> Callable[..., Findings]:
    """Makes findings whose evidence clears every sign, but for the outcomes that are given."""
    return _examined


@pytest.fixture
def frame():
    rng = np.random.default_rng(1)
    return pd.DataFrame({"x": rng.normal(size=60), "y": ["a", "b"] * 30})


@pytest.fixture
def case(make_case, frame):
    return make_case(frame, target="y")


# Rules: customers who leave, with odd names and values


RULES = (
    {"if": "tenure <= 6", "then": "yes"},
    {"if": "\"if\" = 'it''s'", "then": "no", "note": "Lee"},
)


@pytest.fixture
def churn():
    """400 customers: the new ones on plan `a` leave, as do a few others; ten have no tenure."""
    rng, n = np.random.default_rng(0), 400
    made = pd.DataFrame({
        "tenure": rng.integers(0, 60, n).astype(float),
        "if": rng.choice(["a", "it's", 'say "b"'], n),
        "요금 (원).1": rng.gamma(2.0, 100.0, n).round(1),
        "on": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 999, n), unit="h"),
    })  # fmt: skip
    made["churn"] = np.where((made["tenure"] <= 30) & (made["if"] == "a"), "yes", "no")
    made.loc[rng.random(n) < 0.02, "churn"] = "yes"
    made.loc[:9, "tenure"] = np.nan
    return made


@pytest.fixture
def ruled(make_case, churn):
    """A case of these customers with two rules."""
    return make_case(churn, target="churn", baseline={"rules": [dict(rule) for rule in RULES]})


@pytest.fixture
def rules_model(ruled):
    """What Kim can do to these rules."""
    return RulesModel(ruled, rows_of(ruled, open_table(ruled)), by="Kim")
