"""What the evidence says of real data whose answers are known from their manifest."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook.case import load_case, new_record_text
from casebook.phases import feasibility
from casebook.tables import open_table


@pytest.fixture(scope="module")
def examined(tmp_path_factory):
    """The findings of a real table, made once: `examined(name, source, target, ...)`."""
    made = {}

    def examine(name, source, target, **record):
        if name in made:
            return made[name]
        folder = tmp_path_factory.mktemp(name)
        if isinstance(source, pd.DataFrame):
            source.to_csv(folder / "rows.csv", index=False)
            source = Path("rows.csv")
        given = {key: record.pop(key) for key in ("time", "roles") if key in record}
        text = new_record_text(name, {"rows": str(source)}, target=target, answers=record, **given)
        (folder / "case.yaml").write_text(text, "utf-8")
        case = load_case(folder)
        made[name] = feasibility.examine(case, open_table(case), {})
        return made[name]

    return examine


def evidence(findings):
    return {item.code: item for check in findings.checks for item in check.evidence}


def first_number(text: str) -> float:
    return float(re.search(r"-?[\d,]*\.?\d+", text)[0].replace(",", ""))


def draws(folder) -> pd.DataFrame:
    """Draws since the rules of 2015: the numbers of the draw before, and what comes next."""
    table = pd.read_csv(folder / "powerball.csv")
    table["day"] = pd.to_datetime(table["Draw Date"], format="%m/%d/%Y")
    table = table[table["day"] >= "2015-10-07"].sort_values("day").reset_index(drop=True)
    balls = table["Winning Numbers"].str.split(" ", expand=True).astype(int)
    balls.columns = [f"ball_{place}" for place in range(1, 7)]
    made = pd.concat([table[["day"]], balls.shift(1).add_prefix("last_")], axis=1)
    made["last_sum"] = balls.iloc[:, :5].sum(axis=1).shift(1)
    made["odd"] = np.where(balls["ball_6"] % 2 == 1, "yes", "no")
    made["low"] = np.where(balls["ball_1"] <= 9, "yes", "no")
    return made.iloc[1:]


@pytest.mark.parametrize("target", ["odd", "low"])
def test_a_real_lottery_has_no_pattern(examined, realdata, target):
    """The parity of the Powerball, and whether a number up to 9 appears."""
    other = {"odd": "low", "low": "odd"}[target]
    found = examined(target, draws(realdata).drop(columns=other), target, time="day")
    assert found.verdict == "stop"
    assert evidence(found)["pattern"].outcome == "no"


def test_a_korean_postcode_is_looked_up(examined, realdata):
    table = pd.read_csv(realdata / "kr_postal.csv.gz", dtype=str)[["zipcode", "province"]].dropna()
    found = examined("postal", table, "province")
    assert found.verdict == "rule first"
    said = evidence(found)["simple"].sentence
    assert "the first 3 characters of zipcode" in said
    assert first_number(said.partition("right in")[2]) > 95


def test_california_is_for_trees(examined, realdata):
    found = examined("california", realdata / "california_housing.csv", "median_house_value")
    said = evidence(found)
    assert found.verdict == "go"
    ahead = said["complexity"].facts[0][1]
    low = float(re.search(r"\[([\d,]+)", ahead)[1].replace(",", ""))
    assert low > 0
    assert "the greatest value, 500,001" in said["metric"].sentence


def test_rare_fraud_is_noticed_and_accuracy_refused(examined, realdata):
    found = examined(
        "card", realdata / "creditcard_20k.csv.gz", "fraud", objectives={"metric": "accuracy"}
    )
    said = evidence(found)["metric"]
    assert "Always saying '0' is right in 97." in said.sentence
    assert "accuracy is refused" in said.sentence
    assert said.outcome == "unclear"


def test_the_bank_knows_the_duration_only_afterwards_and_drifts(examined, realdata):
    found = examined("bank", realdata / "bank_marketing.csv.gz", "y")
    said = evidence(found)
    assert [name for name, _why in said["leaks"].facts] == ["duration"]
    assert "known only afterwards" in said["leaks"].sentence
    assert "along the file" in said["drift"].sentence
    assert found.verdict == "collect data first"
    shares = [point.value for point in said["drift"].picture.points]
    known = [0.028, 0.035, 0.042, 0.066, 0.062, 0.055, 0.101, 0.120, 0.157, 0.459]
    assert shares == pytest.approx(known, abs=0.05)


def test_rates_of_adult_by_sex_are_the_known_ones(examined, realdata):
    """On the official test part: base rates 30.0 and 10.9 %, found 65.4 and 58.5 %."""
    names = pd.read_csv(realdata / "adult_train.csv.gz", nrows=0, skipinitialspace=True).columns
    table = pd.read_csv(
        realdata / "adult_test_raw.csv.gz", header=None, names=list(names),
        skipinitialspace=True, na_values=["?"],
    )  # fmt: skip
    found = evidence(examined("adult", table, "income"))["ethics"]
    rates = {p.label: (p.low, p.value, p.high) for p in found.picture.points}
    for group, known in (("sex: Male", 0.300), ("sex: Female", 0.109)):
        low, value, high = rates[group]
        assert low < known < high
        assert value == pytest.approx(known, abs=0.01)
    facts = dict(found.facts)
    for group, known in (("sex: Male", 65.4), ("sex: Female", 58.5)):
        assert first_number(facts[group].partition("of the yes ")[2]) == pytest.approx(known, abs=5)


def test_telco_loses_nothing_by_a_model_that_can_be_explained(examined, realdata):
    found = evidence(examined("telco", realdata / "telco_churn.csv", "Churn"))["explanation"]
    assert found.outcome == "no"
    assert "loses nothing: the linear model is the best" in found.sentence
