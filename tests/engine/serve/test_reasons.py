"""Why a page cannot be opened yet: one sentence each, and none once it can be."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from casebook.case import save_answers
from casebook.models.about import About
from casebook.models.labelled import labelled
from casebook.models.linear import make as linear
from casebook.pages.model_card import Facts
from casebook.runs.folder import RunsFolder
from casebook.runs.model import ToSave, keep
from casebook.runs.shared import READ_VARIABLE
from casebook.serve import reasons
from casebook.serve.pages import PAGES, page_named
from casebook.serve.plan import PAGE_VARIABLE, QUERY_VARIABLE, plan_of
from casebook.tables import open_table


@pytest.fixture
def case(make_case):
    frame = pd.DataFrame({"x": range(60), "y": ["a", "b"] * 30, "who": ["p", "q", "r"] * 20})
    return make_case(frame, target="y")


def save_linear(case, folder) -> None:
    """Fit a linear model of a case and save it with its card into a folder."""
    data = labelled(case, open_table(case))
    about = About("case", "linear", "linear model", "rows")
    keep(folder, case, ToSave(linear, data, about, lambda file, _fitted: Facts(file)))


def said(name: str, case) -> str:
    """Why a page cannot be opened."""
    return page_named(name).why_not(case)


def test_of_a_new_case_the_checklist_and_labels_can_be_opened(case):
    able = [page.name for page in PAGES if not page.why_not(case)]
    assert able == ["labels", "feasibility"]
    for page in PAGES:
        assert str(case.folder) not in page.why_not(case), "who has the link need not know where"


def test_what_a_page_needs_is_looked_for_each_time(case):
    runs = RunsFolder.of_case(case.folder)
    save_linear(case, runs.draft)
    assert said("prototype", case) == ""
    (runs.draft / "findings").mkdir()
    (runs.draft / "findings" / "baseline.json").write_text("{}", "utf-8")
    assert said("errors", case) == ""
    run = runs.path / "20261122T184450Z-aaaaaa"
    run.mkdir()
    (run / "index.html").write_text("x", "utf-8")
    assert "No run has been published" in said("report", case)
    runs.publish(run.name)
    assert said("report", case) == ""


def test_a_ranking_needs_a_capacity_and_a_yes_or_no_or_something_to_recommend(case):
    assert "objectives.capacity" in said("ranking", case)
    case = save_answers(case, {"objectives.capacity.amount": 5}, by="Kim")
    assert "No run has saved a model" in said("ranking", case)
    save_linear(case, RunsFolder.of_case(case.folder).draft)
    assert said("ranking", case) == ""
    assert reasons.ranks(case)
    assert not reasons.recommends(case)


def test_something_to_recommend_is_enough(case):
    answers = {"baseline.recommend.item": "x", "baseline.recommend.user": "who"}
    case = save_answers(case, answers, by="Kim")
    assert said("ranking", case) == ""
    assert not reasons.ranks(case)


def test_numbers_are_not_ranked(make_case):
    frame = pd.DataFrame({"x": [n % 7 + 0.5 for n in range(60)], "y": [n * 1.5 for n in range(60)]})
    case = make_case(frame, target="y")
    case = save_answers(case, {"objectives.capacity.amount": 5}, by="Kim")
    save_linear(case, RunsFolder.of_case(case.folder).draft)
    assert "Only a yes or no is ranked" in said("ranking", case)


def test_labels_need_a_column_to_be_predicted(make_case):
    assert "data.target" in said("labels", make_case(pd.DataFrame({"x": range(30)})))


def test_a_kernel_knows_its_page_and_the_published_run(case, tmp_path):
    plan = plan_of(case, PAGES, tmp_path, landing=True)
    told = plan.told("ranking", "token=secret&row=3")
    assert (told[PAGE_VARIABLE], told[QUERY_VARIABLE]) == ("ranking", "row=3")
    assert READ_VARIABLE not in told
    runs = RunsFolder.of_case(case.folder)
    (runs.path / "20261122T184450Z-aaaaaa").mkdir(parents=True)
    runs.publish("20261122T184450Z-aaaaaa")
    told = plan.told("ranking", "")
    assert told[READ_VARIABLE] == str(runs.path.resolve() / "20261122T184450Z-aaaaaa")


def test_of_a_record_that_cannot_be_read_every_page_says_so(case, tmp_path):
    plan = plan_of(case, PAGES, tmp_path, landing=True)
    (case.folder / "case.yaml").write_text("name: [", "utf-8")
    assert {why for _page, why in plan.offers()} == {
        "The record of this case cannot be read just now."
    }
    assert plan.limits() == ""


def test_a_plan_survives_being_written(case, tmp_path):
    plan = plan_of(case, PAGES, tmp_path, landing=True)
    assert [page[1] for page in json.loads(plan.written())["pages"]] == [
        page.notebook for page in PAGES
    ]
