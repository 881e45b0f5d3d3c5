"""Real data from the file to the figure: what is measured in the manifest is found again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_limits

from casebook import language
from casebook.case import load_case, save_answers
from casebook.cli.main import main
from casebook.runs.folder import RunsFolder
from casebook.workspace import open_phase

KEPT = "InvoiceNo NOT LIKE 'C%' AND Quantity > 0 AND UnitPrice > 0 AND CustomerID IS NOT NULL"


@pytest.fixture
def new(realdata, tmp_path, monkeypatch, capsys) -> Callable[..., Path]:
    """Makes a case of a real file by the command; returns its folder."""

    def made(name: str, file: str, *options: str) -> Path:
        monkeypatch.chdir(tmp_path)
        arguments = ["new", name, "--data", str(realdata / file), *options]
        with language.using("en"), pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 0, capsys.readouterr()
        return tmp_path / name

    return made


def examine(folder: Path, stem: str, answers: Mapping[str, Any] | None = None) -> Any:
    """A phase's findings, after these answers were given."""
    if answers:
        save_answers(load_case(folder), dict(answers), by="test")
    # One thread: threads of trees that wait for busy cores take ten times as long.
    with language.using("en"), threadpool_limits(1):
        return open_phase(stem, {"case": str(folder)}).examine()


def score(found: Any, candidate: str, metric: str) -> float:
    """A candidate's value of a metric."""
    place = [one.name for one in found.metrics].index(metric)
    return next(c for c in found.candidates if c.name == candidate).scores[place].value


def test_telco_by_two_commands_logistic_regression_is_not_beaten(new):
    folder = new("churn", "telco_churn.csv", "--target", "Churn")
    command = [sys.executable, "-m", "casebook", "run", "churn", "--phases", "baseline"]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [run] = RunsFolder.of_case(folder).folders()
    assert str(run / "index.html") in done.stdout
    found = json.loads((run / "findings" / "baseline.json").read_text("utf-8"))
    auc = {c["name"]: c["scores"][0]["value"] for c in found["candidates"]}
    assert found["metrics"][0]["name"] == "roc_auc"
    assert auc["linear"] == pytest.approx(0.845, abs=0.01)
    assert auc["boosting"] == pytest.approx(0.834, abs=0.01)
    assert auc["dummy"] == 0.5
    assert found["chosen"] == "linear"
    assert (found["rows"], found["positive"]) == (7043, "Yes")
    assert "ROC AUC" in (run / "07_baseline.html").read_text("utf-8")


def test_online_retail_monthly_revenue_after_cleaning(new):
    folder = new("sales", "online_retail.csv.gz", "--time", "InvoiceDate")
    answers = {
        "data.filter": KEPT,
        "symptom.metric": "SUM(Quantity * UnitPrice)",
        "symptom.metric_name": "revenue",
        "symptom.period": "month",
    }
    found = examine(folder, "symptom", answers)
    months = {f"{one.start:%Y-%m}": one for one in found.trend.series}
    for month, thousands in {"2011-05": 678.6, "2011-06": 661.2, "2011-07": 600.1}.items():
        assert months[month].value / 1000 == pytest.approx(thousands, abs=0.05)
        assert months[month].complete
    assert not months["2011-12"].complete  # the data end on the 9th
    assert found.trend.additive
    table = open_phase("symptom", {"case": str(folder)}).table
    assert (table.rows, table.rows_read) == (397_884, 541_909)


def test_california_housing_is_a_regression_of_money(new):
    folder = new("houses", "california_housing.csv", "--target", "median_house_value")
    found = examine(folder, "baseline", {"objectives.metric": "rmse"})
    assert found.task == "regression"
    assert "shuffled" in found.split
    assert score(found, "linear", "rmse") == pytest.approx(68_900, rel=0.02)
    assert score(found, "boosting", "rmse") == pytest.approx(47_800, rel=0.02)
    assert found.chosen == "boosting"


def test_seoul_bikes_have_days_first_and_are_split_in_time(new):
    folder = new("bikes", "seoul_bike.csv", "--target", "Rented Bike Count", "--time", "Date")
    table = open_phase("symptom", {"case": str(folder)}).table
    days = table.aggregate({"first": 'MIN("Date")', "last": 'MAX("Date")'}).iloc[0]
    assert [str(day)[:10] for day in days] == ["2017-12-01", "2018-11-30"]
    assert examine(folder, "symptom").trend.period == "month"
    found = examine(folder, "baseline", {"baseline.candidates": ["dummy", "linear"]})
    assert "trained on the past" in found.split
    assert [c.failed for c in found.candidates] == [None, None]


def test_bank_marketing_auc_without_the_column_that_knows_the_answer(new):
    folder = new("bank", "bank_marketing.csv.gz", "--target", "y")
    answers = {"baseline.candidates": ["dummy", "linear"]}
    assert score(examine(folder, "baseline", answers), "linear", "roc_auc") == pytest.approx(
        0.935, abs=0.01
    )
    found = examine(folder, "baseline", {"data.roles.duration": "ignore"})
    assert score(found, "linear", "roc_auc") == pytest.approx(0.791, abs=0.01)


def test_adult_with_question_marks_as_missing(new):
    folder = new("adult", "adult_train.csv.gz", "--target", "income", "--missing", "?")
    table = open_phase("case", {"case": str(folder)}).table
    assert table.rows == 32_561
    assert table.column("workclass").missing == 1836
    found = examine(folder, "baseline", {"baseline.candidates": ["dummy", "linear"]})
    assert found.positive == ">50K"
    assert score(found, "linear", "roc_auc") == pytest.approx(0.905, abs=0.01)
