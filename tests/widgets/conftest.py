"""Findings made by hand, so that rules and views of panels are tested without fitting models."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from casebook.case import Case
from casebook.evidence.base import Evidence, Picture, Point
from casebook.models.about import About
from casebook.models.file import save_model
from casebook.models.labelled import labelled
from casebook.models.registry import candidates_of
from casebook.phases.feasibility import Check, Findings
from casebook.phases.feasibility_signs import SIGNS
from casebook.phases.findings import phase_named
from casebook.runs.model_files import CARD
from casebook.tables import open_table
from casebook.workspace import Workspace
from widgets.prototype import PrototypePanel
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


# Prototype: customers of a service, and a model of who leaves in a run

LEAVING = {
    "texts": {"positive": "Will leave", "negative": "Will stay", "title": "Who leaves?",
              "limits": "Not for prices.", "unknown": "Never seen the like."},
    "form": {
        "fields": [
            {"column": "tenure", "label": "Months here", "unit": "months", "low": 0, "high": 99},
            {"column": "plan", "label": "Plan"},
        ],
        "examples": ["C3"],
    },
    "feedback": {"reasons": ["I know them"]},
}  # fmt: skip


def _leavers(n: int = 300, kind: str = "two") -> pd.DataFrame:
    rng = np.random.default_rng(0)
    tenure, plan = rng.integers(0, 60, n).astype(float), rng.choice(["basic", "<b>plus</b>"], n)
    signal = (30 - tenure) / 10 + (plan == "basic")
    y = np.where(signal + rng.normal(size=n) > 0.5, "yes", "no")
    return pd.DataFrame({
        "id": [f"C{i}" for i in range(n)],
        "tenure": np.where(rng.random(n) < 0.1, np.nan, tenure),
        "plan": plan,
        "since": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 200, n), unit="D"),
        "gender": rng.choice(["f", "m"], n),
        "y": 10 * signal + rng.normal(size=n) if kind == "number" else y,
    })  # fmt: skip


@pytest.fixture
def leavers() -> Callable[..., pd.DataFrame]:
    """Makes customers; kind of what is predicted: two classes or a number."""
    return _leavers


def _saved(case: Case) -> Workspace:
    table = open_table(case)
    data = labelled(case, table)
    kind = next(one for one in candidates_of(data.setting) if one.name == "linear")
    about = About(case.record.name, "linear", "linear model", fingerprint=table.fingerprint)
    folder = case.folder / "runs" / "draft"
    (folder / "findings").mkdir(parents=True, exist_ok=True)
    with threadpool_limits(1):
        save_model(folder, kind.make(data.setting).fit(data.X, data.y), data, about=about)
    (folder / CARD).write_text("<!DOCTYPE html><title>Card</title><p>A & B</p>", "utf-8")
    return Workspace(case, phase_named("prototype"), folder)


@pytest.fixture
def saved_work() -> Callable[[Case], Workspace]:
    """Saves a linear model of a case into its draft run, with a card; gives the phase, opened."""
    return _saved


@pytest.fixture
def leaving(make_case) -> Case:
    """A case of these customers, with words of its own."""
    return make_case(_leavers(), target="y", roles={"id": "id"}, prototype=LEAVING,
                     monitoring={"log_allowed": "yes"})  # fmt: skip


@pytest.fixture(scope="session")
def runs_of_leavers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the run with a model of these customers is, made once."""
    return tmp_path_factory.mktemp("leavers") / "runs"


@pytest.fixture
def work(leaving, runs_of_leavers) -> Workspace:
    """The phase of this case, with a model in its run."""
    folder = leaving.folder / "runs"
    if not runs_of_leavers.exists():
        _saved(leaving)
        shutil.copytree(folder, runs_of_leavers)
    elif not folder.exists():
        shutil.copytree(runs_of_leavers, folder)
    return Workspace(leaving, phase_named("prototype"), folder / "draft")


@pytest.fixture
def panel(work) -> PrototypePanel:
    """The prototype in Kim's hands."""
    return PrototypePanel(work, by="Kim", query="")
