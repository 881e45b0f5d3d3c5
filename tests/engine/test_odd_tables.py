"""Tables that are odd, through every phase: a right result, or one clear sentence."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from casebook import language
from casebook.case import Case
from casebook.exceptions import ModelError
from casebook.phases.registry import PHASES
from casebook.places import notebooks_folder
from casebook.workspace import open_phase

ROWS = 80
HOSTILE = ['a "b" <b>x</b>', "g [1] {z} 'q' `k`; --", "y<script>alert(1)</script>$m$"]


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    # One thread: threads of trees that wait for busy cores take ten times as long.
    with language.using("en"), threadpool_limits(1):
        yield


def rows(count: int = ROWS) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x = rng.normal(size=count)
    frame = pd.DataFrame({"x": x, "g": rng.choice(list("abc"), count)})
    return frame.assign(y=np.where(x + rng.normal(size=count) / 3 > 0, "yes", "no"))


def examined(case: Case, stem: str) -> Any:
    """A phase's findings, saved, so that the next one can read them."""
    work = open_phase(stem, {"case": str(case.folder)})
    findings = work.examine()
    work.save(findings)
    return findings


def shown(case: Case, stem: str) -> str:
    """What the cells of a phase's notebook show, as HTML, without a kernel."""
    phase = next(phase for phase in PHASES if phase.stem == stem)
    cells = json.loads((notebooks_folder() / f"{phase.name}.ipynb").read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    wanted = [
        text for text in sources if text.rsplit("\n", 1)[-1].startswith(("pages.", "figures."))
    ]
    findings = examined(case, stem)
    names = {
        "work": open_phase(stem, {"case": str(case.folder)}),
        "findings": findings,
        "pages": importlib.import_module(f"casebook.pages.{stem}"),
        "figures": importlib.import_module(f"casebook.figures.{stem}"),
    }
    made = [eval(text.rsplit("\n", 1)[-1], names) for text in wanted]
    return "\n".join(part._repr_html_() for part in made if part is not None)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (rows().assign(y="yes"), "one value only, 'yes'"),
        (rows().assign(y=3), "one value only, '3'"),
        (rows().assign(y=None), "'y' has no value in any row"),
        (rows()[["y"]], "No column is left to predict from"),
        (rows().assign(x=None, g="same"), "No column is left to predict from"),
        (
            rows(2001).assign(y=[f"c{i % 2000}" for i in range(2001)]),
            "the target has 2,000 different values; models tell at most 100 classes apart",
        ),
    ],
    ids=["one class", "constant", "no target", "only target", "nothing else", "2,000 classes"],
)
def test_nothing_can_be_learned_and_every_other_phase_says_what_it_can(make_case, frame, said):
    case = make_case(frame, target="y")
    assert f"{len(frame):,} rows" in examined(case, "symptom").headline[0]
    feasible = examined(case, "feasibility")
    assert said in feasible.cannot_fit
    assert feasible.trials == ()
    assert examined(case, "case").rows == len(frame)
    with pytest.raises(ModelError, match=said.replace("(", r"\(")) as told:
        examined(case, "baseline")
    assert told.value.place
    assert ">nan<" not in shown(case, "feasibility")


def test_one_column_and_no_target_says_that_nobody_chose_one(make_case):
    case = make_case(rows()[["x"]])
    assert examined(case, "symptom").headline[0] == "The table has 80 rows."
    assert "no column to be predicted" in examined(case, "feasibility").cannot_fit
    assert "data.target" in examined(case, "baseline").headline[0]
    assert examined(case, "error_analysis").candidate is None


def test_a_column_that_is_missing_everywhere_changes_no_result(make_case):
    with_it = make_case(rows().assign(nothing=None), target="y", name="with")
    without = make_case(rows(), target="y", name="without")
    scores = [
        [candidate.main.value for candidate in examined(case, "baseline").candidates]
        for case in (with_it, without)
    ]
    assert scores[0] == scores[1]


def test_infinite_values_are_missing_in_a_column_that_stays_a_number(make_case):
    frame = rows().astype({"x": object})
    frame.loc[3, "x"], frame.loc[4, "x"] = "inf", "-inf"
    case = make_case(frame, target="y")
    table = open_phase("case", {"case": str(case.folder)}).table
    assert (table.column("x").role, table.column("x").missing) == ("number", 2)
    assert any("missing is read as -inf" in guess.sentence for guess in table.reading)
    linear = next(c for c in examined(case, "baseline").candidates if c.name == "linear")
    assert linear.main.value > 0.8


def test_an_infinite_target_is_a_row_without_a_label(make_case):
    case = make_case(rows().astype({"x": object}).assign(x=["inf", *rows()["x"][1:]]), target="x")
    found = examined(case, "baseline")
    assert (found.task, found.rows) == ("regression", ROWS - 1)
    assert all(math.isfinite(score.value) for c in found.candidates for score in c.scores)


def test_dates_are_features_and_never_the_future(make_case):
    days = pd.date_range("2025-01-01", periods=ROWS)
    # Whoever signed up on a weekend leaves: only the part of a date can tell.
    joined = pd.date_range("1990-01-01", periods=ROWS, freq="37h")
    left = np.where(joined.day_of_week >= 5, "yes", "no")
    frame = pd.DataFrame(
        {"day": days.strftime("%Y-%m-%d"), "joined": joined.astype(str), "y": left}
    )
    case = make_case(frame, target="y", time="day")
    found = examined(case, "baseline")
    assert "trained on the past" in found.split
    boosting, rule = (
        next(c for c in found.candidates if c.name == n) for n in ("boosting", "rule")
    )
    assert max(boosting.main.value, rule.main.value) > 0.9


def test_hangul_names_come_through_every_phase(make_case):
    frame = rows()
    frame.columns = ["값", "지역", "이탈"]
    case = make_case(frame, target="이탈", language="ko")
    pages = {phase.stem: shown(case, phase.stem) for phase in (*PHASES[1:], PHASES[0])}
    assert "이탈" in pages["symptom"]
    assert "값" in pages["baseline"]
    assert all("\\u" not in page and "&#4" not in page for page in pages.values())


def test_hostile_names_are_shown_as_they_are_and_never_run(make_case):
    frame = rows()
    frame.columns = HOSTILE
    case = make_case(frame, target=HOSTILE[2])
    pages = [shown(case, phase.stem) for phase in (*PHASES[1:], PHASES[0])]
    for page in pages:
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
    symptom = pages[[phase.stem for phase in PHASES[1:]].index("symptom")]
    assert "y&lt;script&gt;alert(1)&lt;/script&gt;$m$" in symptom
    found = examined(case, "baseline")
    assert found.candidates[2].main.value > 0.8


def test_three_thousand_columns_run(make_case):
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.normal(size=(120, 3000)).round(3)).add_prefix("v")
    wide["y"] = np.where(wide["v0"] > 0, "yes", "no")
    baseline = {"candidates": ["dummy", "rule", "linear"], "folds": 3}
    case = make_case(wide, target="y", baseline=baseline)
    assert examined(case, "symptom").headline
    assert len(examined(case, "feasibility").trials) == 3
    found = examined(case, "baseline")
    assert [candidate.failed for candidate in found.candidates] == [None] * 3
    assert found.best == "rule"
