"""The bundled cases that show each verdict: their tables, their records, what is said of them."""

from __future__ import annotations

import hashlib
import re

import pandas as pd
import pytest

from casebook.case import load_case, save_answers
from casebook.phases import feasibility
from casebook.tables import open_table

VERDICTS = {
    "lottery": "stop",
    "share_prices": "stop",
    "postcode": "rule first",
    "houses": "go",
    "fraud": "collect data first",
}
TABLES = {"lottery": "draws", "share_prices": "days", "postcode": "parcels", "houses": "sales",
          "fraud": "payments"}  # fmt: skip


@pytest.fixture(params=VERDICTS)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def found():
    """The findings of each case, made once."""
    made = {}

    def examined(folder, name):
        if name not in made:
            case = load_case(folder / name)
            made[name] = feasibility.examine(case, open_table(case), {})
        return made[name]

    return examined


def test_each_case_gives_its_verdict(found, data_folder, name):
    said = found(data_folder, name)
    assert said.verdict == VERDICTS[name], said.reasons


def test_what_the_readme_says_is_the_verdict(data_folder, name):
    text = (data_folder / name / "README.md").read_text("utf-8")
    assert f"**{VERDICTS[name]}**" in text
    assert "CC0" in text


def test_the_readme_names_every_column(data_folder, name):
    folder = data_folder / name
    text = (folder / "README.md").read_text("utf-8")
    for path in folder.glob("*.csv"):
        columns = pd.read_csv(path, nrows=0).columns
        plain = [re.sub(r"_\d$", "", column) for column in columns]
        assert [column for column in plain if column not in text] == []


def test_the_script_makes_the_same_bytes(data_folder, tmp_path, name):
    module = __import__(f"make_{name}")
    module.main(tmp_path)
    table = f"{TABLES[name]}.csv"
    made, kept = (tmp_path / table).read_bytes(), (data_folder / name / table).read_bytes()
    assert hashlib.sha256(made).digest() == hashlib.sha256(kept).digest()
    assert len(kept) < 300_000


def test_columns_of_the_record_are_in_the_table(data_folder, name):
    case = load_case(data_folder / name)
    columns = set(pd.read_csv(case.folder / f"{TABLES[name]}.csv", nrows=0).columns)
    data = case.record.data
    assert {data.target, data.time, *data.roles} <= columns


def test_an_answer_keeps_the_comments(data_folder, tmp_path, name):
    (tmp_path / "case.yaml").write_bytes((data_folder / name / "case.yaml").read_bytes())
    before = re.findall(r"^\s*# .*$", (tmp_path / "case.yaml").read_text("utf-8"), re.MULTILINE)
    save_answers(load_case(tmp_path), {"feasibility.value.answer": "unsure"}, by="Test")
    text = (tmp_path / "case.yaml").read_text("utf-8")
    assert re.findall(r"^\s*# .*$", text, re.MULTILINE) == before


def test_hope_is_marked_as_contradicted(found, data_folder):
    said = found(data_folder, "lottery")
    assert said.blocking == ("pattern",)
    assert [check.sign for check in said.checks if check.contradicts] == ["pattern"]
    assert said.rests_on == "answers and evidence"


@pytest.mark.parametrize("case", ["share_prices", "fraud"])
def test_an_unanswered_checklist_rests_on_the_data_alone(found, data_folder, case):
    said = found(data_folder, case)
    assert said.rests_on == "evidence"
    assert said.unanswered == 12


def test_the_postcode_is_looked_up_by_three_digits(found, data_folder):
    said = {e.code: e for check in found(data_folder, "postcode").checks for e in check.evidence}
    assert "the first 3 characters of postcode" in said["simple"].sentence
    assert said["complexity"].outcome == "no"


def test_trees_see_in_houses_what_a_line_does_not(found, data_folder):
    said = {e.code: e for check in found(data_folder, "houses").checks for e in check.evidence}
    assert said["complexity"].outcome == "yes"
    assert "boosted tree model" in said["complexity"].sentence


def test_frauds_are_few_and_late(found, data_folder):
    said = {e.code: e for check in found(data_folder, "fraud").checks for e in check.evidence}
    assert "rows are 'yes'" in said["quality"].sentence
    assert "days later" in said["labels"].sentence
    assert "accuracy is refused" in said["metric"].sentence
