"""The batch panel without a browser: files are answered, refused in words, and taken away."""

from __future__ import annotations

import base64
import io
import re
import sys
from pathlib import Path

import pandas as pd
import pytest

from casebook.prototype import batch as batches
from widgets import batch_model
from widgets.batch import BatchPanel
from widgets.batch_model import BatchModel

sys.path.append(str(Path(__file__).parents[1] / "engine" / "prototype"))
made_up = __import__("visits")


@pytest.fixture(scope="module")
def prototype(tmp_path_factory):
    return made_up.made(tmp_path_factory.mktemp("panel") / "visits", objectives=made_up.OBJECTIVES)


@pytest.fixture
def model(prototype) -> BatchModel:
    return BatchModel(prototype.case, prototype)


def test_a_file_is_answered_and_can_be_taken_away(model):
    frame = made_up.some(5)
    said = []
    model.observe(lambda change: said.append(change["new"]), "doing")
    assert model.take("visits.xlsx", memoryview(made_up.book(frame)))
    assert model.status == "done"
    assert said[-1] == ""
    assert any("Predicting" in text for text in said)
    names = [one.name for one in model.files()]
    assert names == ["visits-predictions.xlsx", "visits-predictions.csv"]
    back = pd.read_csv(io.BytesIO(model.files()[1].content))
    assert len(back) == 5


def test_a_file_that_is_refused_leaves_nothing_of_an_earlier_one(model):
    assert model.take("x.csv", made_up.text(made_up.some()))
    assert not model.take("x.csv", b"")
    assert model.batch is None
    assert model.status == "refused"
    assert "no bytes" in model.message
    assert model.files() == []


@pytest.mark.parametrize("sent", [("x.csv", None), (None, b"a"), (["x"], b"a"), ("x", "text")])
def test_what_is_no_file_is_refused(model, sent):
    assert not model.take(*sent)
    assert model.status == "refused"


def test_a_large_result_is_packed_and_a_larger_one_told(model, monkeypatch):
    monkeypatch.setattr(batch_model, "MOST_BOOK", 3)
    monkeypatch.setattr(batch_model, "MOST_LINKED", 1500)
    assert model.take("x.csv", made_up.text(pd.concat([made_up.some(1)] * 20)))
    assert [one.name for one in model.files()] == ["x-predictions.csv.zip"]
    monkeypatch.setattr(batch_model, "MOST_LINKED", 100)
    assert model.files() == []
    assert "too large for a link" in model.left_out()


def test_the_panel_shows_what_came_of_a_file(prototype):
    panel = BatchPanel(prototype.case, prototype)
    assert "Open the notebook" in panel.static()
    assert "template.xlsx" in panel.start.value
    frame = made_up.some(4).astype(object)
    frame.loc[2, "spend"] = "<b>much</b>"
    panel.upload.value = ({
        "name": "x.csv", "type": "text/csv", "size": 9, "content": memoryview(made_up.text(frame)),
        "last_modified": pd.Timestamp("2026-01-01", tz="UTC"),
    },)  # fmt: skip
    assert "3 of 4 rows of x.csv are predicted" in panel.result.value
    assert "&lt;b&gt;much" in panel.result.value
    assert "<b>much" not in panel.result.value
    found = re.search(r'download="x-predictions.csv" href="data:[^,]*,([^"]*)"', panel.result.value)
    assert len(pd.read_csv(io.BytesIO(base64.b64decode(found[1])))) == 4
    assert "3 of 4 rows" in panel.static()


def test_what_fails_without_being_expected_has_an_id(prototype, monkeypatch):
    def broken(*_given):
        raise ZeroDivisionError

    monkeypatch.setattr(batches, "read_lines", broken)
    panel = BatchPanel(prototype.case, prototype)
    panel.upload.value = ({
        "name": "x.csv", "type": "", "size": 9, "content": memoryview(b"a"),
        "last_modified": pd.Timestamp("2026-01-01", tz="UTC"),
    },)  # fmt: skip
    assert "error id" in panel.told.value
