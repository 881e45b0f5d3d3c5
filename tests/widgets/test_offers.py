"""The offers and ranking panels without a browser: lists for people, and a word on each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from casebook.case import load_case
from casebook.prototype.offers import offers_of
from casebook.runs.feedback import read_feedback
from casebook.runs.folder import RunsFolder
from casebook.runs.shared import READ_VARIABLE
from casebook.tables import open_table
from casebook.workspace import Workspace, open_phase
from widgets.offers import OffersPanel
from widgets.offers_model import OffersModel


@pytest.fixture(scope="module")
def folder(tmp_path_factory, root: Path) -> Path:
    """A copy of the restaurant's record and tables, into which feedback may go."""
    target = tmp_path_factory.mktemp("offers") / "restaurant"
    target.mkdir()
    for path in (root / "data" / "restaurant").iterdir():
        if path.suffix in (".yaml", ".csv"):
            shutil.copy(path, target)
    return target


@pytest.fixture(scope="module")
def offering(folder: Path):
    case = load_case(folder)
    return offers_of(case, open_table(case), "neighbours")


@pytest.fixture
def model(offering) -> OffersModel:
    return OffersModel(offering.case, offering, by="Kim")


@pytest.fixture
def work(folder: Path) -> Workspace:
    return open_phase("case", {"case": str(folder)})


def test_a_user_is_offered_their_list_and_others_beside(model):
    assert model.choose(f" {model.offering.users[7]} ")
    assert list(model.lists) == ["neighbours", "popular", "rule"]
    assert len(model.offers) == 5


def test_nobody_is_offered_nothing(model):
    before = model.shown
    assert not model.choose("nobody at all")
    assert model.status == "refused"
    assert "has chosen before" in model.message
    assert model.shown == before


def test_somebody_new_is_offered_what_goes_with_what_they_like(model):
    first = [one.item for one in model.offers]
    item = model.offering.items[4][1]
    assert model.like(item)
    assert model.liked == (item,)
    assert item not in [one.item for one in model.offers]
    assert not model.like("<b>")
    assert model.liked == (item,)
    assert model.start_again()
    assert [one.item for one in model.offers] == first


def test_a_word_on_a_list_is_kept_once_and_only_then_there_is_a_receipt(model):
    model.choose(model.offering.users[3])
    assert not model.send()
    assert model.receipt is None
    model.verdict, model.comment = "wrong", "too much tea"
    assert model.send()
    assert model.receipt.id in model.message
    first = model.receipt
    assert model.send()
    assert model.receipt == first
    kept = read_feedback(model.case)
    mine = kept[kept["prediction"] == model.shown]
    assert len(mine) == 1
    assert mine["output"].iloc[0]["offers"] == [one.item for one in model.offers]
    assert mine["inputs"].iloc[0] == {"user": model.user, "liked": []}
    model.choose(model.offering.users[4])
    assert (model.receipt, model.verdict, model.comment) == (None, "", "")


def test_what_cannot_be_kept_is_told_and_has_no_receipt(model):
    model.verdict, model.comment = "comment", "  "
    assert not model.send()
    assert model.receipt is None
    assert "needs words" in model.message
    model.verdict = "<script>"
    assert not model.send()


def test_the_panel_shows_lists_reasons_and_a_receipt(work):
    panel = OffersPanel(work, by="Kim")
    assert "baseline phase has not run" in panel.note
    panel.who.value = panel.model.offering.users[7]
    assert "people in the last 90 days" in panel.list.value
    assert "Offered to" in panel.list.value
    assert "offer rule" in panel.more.value
    panel.verdict.value = "right"
    panel.sending.click()
    assert "receipt" in panel.receipt.value
    panel.likes.value = next(iter(panel.titles))
    assert panel.likes.value == ""
    assert panel.who.value == ""
    assert "somebody new" in panel.list.value
    assert panel.receipt.value == ""
    assert "somebody new" in panel.static()


def test_a_case_without_choices_says_so(make_case, frame):
    case = make_case(frame, target="y")
    panel = OffersPanel(open_phase("case", {"case": str(case.folder)}))
    assert "does not say who chose what" in panel.static()


def test_what_the_published_run_chose_is_read_where_the_draft_has_nothing(
    make_case, frame, monkeypatch
):
    case = make_case(frame, target="y")
    phase = open_phase("baseline", {"case": str(case.folder)})
    phase.save(phase.examine())
    runs = RunsFolder.of_case(case.folder)
    shutil.move(runs.draft, runs.path / "20261122T184450Z-aaaaaa")
    runs.publish("20261122T184450Z-aaaaaa")
    work = open_phase("case", {"case": str(case.folder)})
    assert "has not run" in OffersPanel(work).note
    monkeypatch.setenv(READ_VARIABLE, str(runs.latest()))
    assert "Too little was known" in OffersPanel(work).note
