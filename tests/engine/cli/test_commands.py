"""The command as people type it: what it says, what it leaves behind, its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook import language
from casebook.case import load_case, open_questions, save_answers
from casebook.cli.main import COMMANDS, main


@pytest.fixture
def casebook(capsys, monkeypatch, tmp_path):
    """Calls the command in a folder of its own; returns status, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        with language.using("en"), pytest.raises(SystemExit) as stop:
            main(list(arguments))
        said = capsys.readouterr()
        return int(stop.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def table(tmp_path) -> Path:
    rng = np.random.default_rng(0)
    n = 80
    frame = pd.DataFrame(
        {
            "id": [f"G{i:04}" for i in range(n)],
            "x": rng.normal(size=n),
            "도시": ["서울", "부산"] * 40,
        }
    )
    frame["Churn"] = np.where(frame["x"] > 0, "Yes", "No")
    frame.to_csv(tmp_path / "churn.csv", index=False)
    return tmp_path / "churn.csv"


def test_every_command_has_help(casebook):
    assert casebook("--help")[0] == 0
    for name in COMMANDS:
        status, out, _err = casebook(name, "--help")
        assert status == 0
        assert "Usage" in out


def test_new_writes_a_record_that_loads_with_every_question_unanswered(casebook, table):
    status, out, err = casebook("new", "churn", "--data", str(table), "--target", "Churn")
    assert (status, err) == (0, "")
    assert "80 rows, 4 columns" in out
    assert "도시: category" in out
    case = load_case(Path("churn"))
    assert case.record.data.target == "Churn"
    assert case.record.data.roles["id"] == "id"
    assert case.record.symptom.statement is None
    assert "# " in case.path.read_text("utf-8")


def test_new_in_korean_comments_in_korean(casebook, table):
    assert casebook("new", "이탈", "--data", str(table), "--language", "ko")[0] == 0
    text = Path("이탈/case.yaml").read_text("utf-8")
    assert load_case(Path("이탈")).record.language == "ko"
    assert sum("가" <= letter <= "힣" for letter in text) > 500


def test_new_never_overwrites_a_case(casebook, table):
    casebook("new", "churn", "--data", str(table))
    before = Path("churn/case.yaml").read_bytes()
    status, _out, err = casebook("new", "churn", "--data", str(table))
    assert status == 1
    assert "there is a case already" in err
    assert Path("churn/case.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", "chrun.csv"), "Did you mean 'churn.csv'"),
        (("--data", "churn.csv", "--target", "Chrun"), "Did you mean 'Churn'?"),
        (("--data", "empty.csv"), "empty"),
        (("--data", "churn.csv", "--time", "when"), "'when'"),
        (("--data", "."), "folder"),
    ],
)
def test_what_cannot_become_a_case_is_one_line_and_leaves_nothing(casebook, table, arguments, said):
    Path("empty.csv").touch()
    status, _out, err = casebook("new", "case", *arguments)
    assert status == 1
    assert said in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    assert not Path("case").exists()


def test_check_lists_open_questions_and_strict_fails(casebook, table):
    casebook("new", "churn", "--data", str(table), "--target", "Churn")
    status, out, _err = casebook("check", "churn")
    waiting = open_questions(load_case(Path("churn")).record)
    assert status == 0
    assert f"{len(waiting)} of " in out
    assert "symptom.statement: " in out
    assert casebook("check", "--strict", "churn")[0] == 1


def test_check_names_file_line_field_and_nearest(casebook, table):
    casebook("new", "churn", "--data", str(table), "--target", "Churn")
    path = Path("churn/case.yaml")
    path.write_text(path.read_text("utf-8").replace("  target: Churn", "  tagret: Churn"), "utf-8")
    status, _out, err = casebook("check", "churn")
    assert status == 1
    assert "case.yaml, line " in err
    assert "Did you mean 'target'?" in err


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("symptom.metric", "SUM(spent)", "spent"),
        ("symptom.segments", ["도사"], "symptom.segments"),
        ("baseline.rules", [{"if": "x >", "then": "Yes"}], "baseline.rules.0.if"),
    ],
)
def test_check_holds_the_records_expressions_against_the_table(casebook, table, field, wrong, said):
    casebook("new", "churn", "--data", str(table), "--target", "Churn")
    save_answers(load_case(Path("churn")), {field: wrong}, by="Kim")
    status, _out, err = casebook("check", "churn")
    assert status == 1
    assert said in err
    assert "Traceback" not in err


def test_check_without_a_case_says_how_to_make_one(casebook):
    status, _out, err = casebook("check", "nowhere")
    assert status == 1
    assert "nowhere" in err


def test_schema_is_json_schema(casebook):
    assert json.loads(casebook("schema")[1])["properties"]["data"]


def test_an_unknown_command_and_option_are_usage_errors(casebook):
    assert casebook("rnu")[0] == 2
    assert casebook("run", "--fazes", "x")[0] == 2


def test_an_ill_formed_parameter_is_said(casebook, table):
    casebook("new", "churn", "--data", str(table))
    status, _out, err = casebook("run", "churn", "-p", "seed")
    assert status == 1
    assert "'seed' is not name=value" in err


def test_the_command_speaks_korean_where_the_environment_does():
    done = subprocess.run(
        [sys.executable, "-m", "casebook", "--help"],
        env={**os.environ, "CASEBOOK_LANGUAGE": "ko"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert any("가" <= letter <= "힣" for letter in done.stdout)


def test_output_into_a_closed_pipe_is_no_traceback():
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m casebook schema | head -1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr


def test_an_answer_makes_one_question_fewer(casebook, table):
    casebook("new", "churn", "--data", str(table))
    case = load_case(Path("churn"))
    save_answers(case, {"symptom.statement": "Customers leave."}, by="Kim")
    after = casebook("check", "churn")[1]
    assert "symptom.statement" not in after
