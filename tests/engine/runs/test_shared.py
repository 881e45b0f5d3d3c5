"""Findings that visitors share: computed once, and again as soon as anything is another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from casebook import language
from casebook.case import save_answers
from casebook.phases.findings import phase_named
from casebook.runs.shared import FOLDER_VARIABLE, key_of, once
from casebook.workspace import Workspace


@pytest.fixture
def case(make_case):
    return make_case(pd.DataFrame({"x": range(60), "y": ["a", "b"] * 30}), target="y")


def test_it_is_computed_once_however_many_come_at_once(tmp_path):
    made: list[int] = []

    def compute() -> str:
        made.append(1)
        return "found"

    given = {FOLDER_VARIABLE: str(tmp_path)}
    with ThreadPoolExecutor(6) as many:
        found = list(many.map(lambda _n: once("key", compute, given), range(6)))
    assert found == ["found"] * 6
    assert len(made) == 1
    assert once("another", compute, given) == "found"
    assert len(made) == 2


def test_nothing_is_kept_of_what_failed_or_has_no_key_or_no_folder(tmp_path):
    def fail() -> str:
        raise ValueError("no luck")

    given = {FOLDER_VARIABLE: str(tmp_path)}
    with pytest.raises(ValueError, match="no luck"):
        once("key", fail, given)
    assert once("key", lambda: "now", given) == "now"
    assert once(None, lambda: "fresh", given) == "fresh"
    assert once("key", lambda: "fresh", {}) == "fresh"


def test_the_key_changes_with_the_record_the_file_the_language_and_what_is_given(case):
    keys = {key_of(case, seed=0), key_of(case, seed=1)}
    with language.using("ko"):
        keys.add(key_of(case, seed=0))
    keys.add(key_of(save_answers(case, {"problem.statement": "x"}, "Lee"), seed=0))
    (case.folder / "rows.csv").write_text("x,y\n1,a\n", "utf-8")
    keys.add(key_of(case, seed=0))
    assert len(keys) == 5
    assert None not in keys
    assert key_of(case, seed=0) == key_of(case, seed=0)


def test_shared_findings_are_those_that_would_be_computed(case, tmp_path, monkeypatch):
    work = Workspace(case, phase_named("feasibility"), case.folder / "runs" / "draft")
    fresh = work.examine()
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert work.examine() == fresh
    assert len(list(tmp_path.glob("*.json"))) == 1
    assert work.examine() == fresh
