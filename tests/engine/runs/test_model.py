"""A run keeps its model with its card, and its front page and manifest know of it."""

from __future__ import annotations

import hashlib
import importlib
import resource
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ModelError, RunError
from casebook.language import using
from casebook.models.about import About
from casebook.models.dummy import make
from casebook.models.file import load_model
from casebook.models.labelled import labelled
from casebook.models.latency import measured
from casebook.pages.model_card import Facts
from casebook.runs import manifest as manifests
from casebook.runs.manifest import Manifest
from casebook.runs.model import ToSave, keep, saved_model
from casebook.runs.model_files import FILES, digests, links, model_of
from casebook.runs.report import write_report
from casebook.tables import open_table
from casebook.workspace import open_phase

NOW = datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC)


@pytest.fixture
def work(make_case):
    """The baseline phase of a small case in Korean."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    frame = pd.DataFrame({"x": x, "y": np.where(x + rng.normal(size=60) > 0, "예", "no")})
    case = make_case(frame, target="y", language="ko", business={"service": "전화와 인터넷"})
    with using("en"):  # opening a case sets its language for all that follows
        yield open_phase("baseline", {"case": str(case.folder)})


@pytest.fixture
def wanted(work) -> ToSave:
    """The dummy, with its speed on the card."""
    table = open_table(work.case)
    data = labelled(work.case, table)

    def facts(file, estimator) -> Facts:
        return Facts(file, speed=measured(estimator, data.X, seconds=0.01), explainable=True)

    about = About("case", "dummy", "더미", table.name, table.fingerprint)
    return ToSave(make, data, about, facts)


def test_a_notebook_saves_a_model_in_one_line_and_links_what_it_saved(work, wanted):
    shown = work.save_model(wanted)
    assert sorted(p.name for p in work.folder.iterdir() if p.is_file()) == sorted(FILES)
    for name in FILES:
        assert f'href="{name}"' in shown
    model = load_model(work.folder)
    assert model.file.rows == 60
    assert set(model.predict(wanted.data.X)) <= {"예", "no"}
    page = (work.folder / "model_card.html").read_text("utf-8")
    assert 'lang="ko"' in page
    assert "전화와 인터넷" in page
    assert "전화와 인터넷" in (work.folder / "model_card.md").read_text("utf-8")


def test_the_front_page_links_the_model_and_the_manifest_has_its_digests(work, wanted):
    work.save_model(wanted)
    folder: Path = work.folder
    found = digests(folder)
    assert found["model.skops"] == load_model(folder).file.sha256
    assert set(found) == set(FILES)
    told = Manifest("20261122T184450Z-a1b2c3", "case", "/case", NOW, model=found)
    told.save(folder)
    assert manifests.load(folder).model == found
    page = write_report(folder, told, None).read_text("utf-8")
    places = [page.index(f'href="{name}"') for name in FILES]
    assert places == sorted(places), "the card comes first"
    assert "60" in page[page.index('id="model"') : places[0]]


OWN = """
from sklearn.dummy import DummyClassifier

class Often(DummyClassifier):
    pass
"""


def test_the_record_says_which_types_of_ones_own_candidate_may_be_loaded(
    work, wanted, tmp_path, monkeypatch, make_case
):
    (tmp_path / "our_often.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    often = importlib.import_module("our_often").Often(strategy="prior")
    mine = replace(wanted, estimator=often, about=About("case", "often"))
    with pytest.raises(ModelError, match=r"our_often\.Often.*trust"):
        work.save_model(mine)
    own = {"name": "often", "path": "our_often.Often", "trust": ["our_often.Often"]}
    case = make_case(wanted.data.X, name="own", target="y", baseline={"estimators": [own]})
    keep(work.folder, case, mine)
    with pytest.raises(ModelError, match=r"our_often\.Often"):
        saved_model(work.folder, work.case)
    assert len(saved_model(work.folder, case).predict(wanted.data.X)) == 60


def test_a_run_without_a_model_has_no_word_of_one(work, tmp_path):
    told = Manifest("20261122T184450Z-a1b2c3", "case", "/case", NOW)
    assert digests(tmp_path) == {}
    assert links(tmp_path) == ()
    assert 'id="model"' not in write_report(tmp_path, told, None).read_text("utf-8")
    (tmp_path / "model.skops").write_bytes(b"what is this")
    assert model_of(tmp_path) is None
    assert digests(tmp_path) == {"model.skops": hashlib.sha256(b"what is this").hexdigest()}


def test_a_model_that_cannot_be_saved_leaves_the_old_one(work, wanted):
    work.save_model(wanted)
    before = digests(work.folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(RunError):
            work.save_model(wanted)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert digests(work.folder) == before
    with pytest.raises(ModelError):
        load_model(work.folder.parent)
