"""`casebook new` makes a case of every file of the real data, with the manifest's counts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casebook import language
from casebook.case import load_case
from casebook.cli.main import main
from casebook.tables import open_table

ADULT = (
    "age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,"
    "capital-gain,capital-loss,hours-per-week,native-country,income"
)
OPTIONS = {"adult_test_raw.csv.gz": ["--header", "0", "--columns", ADULT]}
"""All that the manifest's rows make necessary: one file has no header."""

ROW = re.compile(r"^\| (\S+\.(?:csv|tsv)(?:\.gz)?) \| ([\d,]+) \| (\d+) \|", re.MULTILINE)


def manifest(realdata: Path) -> list[tuple[str, int, int]]:
    """Name, rows and columns of every file, as the manifest's first table says."""
    text = (realdata / "MANIFEST.md").read_text("utf-8")
    return [(name, int(rows.replace(",", "")), int(n)) for name, rows, n in ROW.findall(text)]


def test_every_file_becomes_a_case_with_the_counts_of_its_manifest(
    realdata, tmp_path, monkeypatch, capsys
):
    files = manifest(realdata)
    assert len(files) == 28
    monkeypatch.chdir(tmp_path)
    wrong = {}
    for name, rows, columns in files:
        case = name.split(".")[0]
        arguments = ["new", case, "--data", str(realdata / name), *OPTIONS.get(name, [])]
        with language.using("en"), pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 0, (name, capsys.readouterr().err)
        table = open_table(load_case(tmp_path / case))
        found = (table.rows + table.rejects.count, len(table.columns))
        if found != (rows, columns):
            wrong[name] = found
    assert wrong == {}
