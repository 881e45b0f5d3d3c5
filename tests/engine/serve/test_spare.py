"""The kernel that waits for the next visitor, and the template that it is forked from."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import psutil
import pytest
from threadpoolctl import threadpool_limits

from casebook import language
from casebook.case import Case, load_case, new_record_text
from casebook.models.about import ABOUT, MODEL
from casebook.places import notebooks_folder
from casebook.workspace import open_phase

SAYS = """\
import os
print("page", os.environ["CASEBOOK_PAGE"], "query", os.environ["QUERY_STRING"], "pid", os.getpid())
seen = [name for name in ("mine",) if name in globals()]
print("before me", seen)
mine = 1"""
OTHER = "import os\nprint('another page', os.environ['CASEBOOK_PAGE'])"


@pytest.fixture(scope="module")
def hosted(case: Case, harness: Any) -> Iterator[Any]:
    pages = {"says": harness.cells(SAYS), "other": harness.cells(OTHER)}
    with harness.hosting(case, pages, harness.Limits(kernels=2, away=600.0)) as running:
        yield running


def shown(hosted: Any, path: str) -> tuple[str, str]:
    """The kernel of a page that is opened, and the page."""
    status, text = hosted.get(path)
    assert status == 200, text
    return text.partition('"kernel": "')[2][:36], text


def test_a_visitor_gets_the_spare_with_a_state_of_its_own_and_the_cap_holds(hosted, harness):
    spare = hosted.spare()
    kernel, text = shown(hosted, "says?tenure=7")
    assert kernel == spare
    assert "page says query tenure=7 pid" in text
    assert "before me []" in text
    harness.until(lambda: len(hosted.kernels()) == 2, "another spare")
    [second] = [one for one in hosted.kernels() if one != spare]
    harness.until(lambda: harness.listening(second), "its start")
    kernel, text = shown(hosted, "says?tenure=8")
    assert kernel == second  # the last seat is not the spare's
    assert "query tenure=8 pid" in text
    assert "before me []" in text  # nobody had it before
    assert hosted.get("says")[0] == 503
    assert set(hosted.kernels()) == {spare, second}
    assert [hosted.state(one)["state"] for one in (spare, second)] == ["alive", "alive"]


def test_what_ends_makes_room_for_a_spare_which_is_any_page_s(hosted, harness):
    for kernel in hosted.kernels():
        os.kill(hosted.pid_of(kernel), signal.SIGKILL)
    spare = hosted.spare()
    kernel, text = shown(hosted, "other")
    assert kernel == spare
    assert "another page other" in text


def test_a_spare_that_has_died_is_nobody_s(hosted, harness):
    harness.until(lambda: len(hosted.kernels()) == 2, "a spare beside the visitor's")
    for kernel in hosted.kernels():
        os.kill(hosted.pid_of(kernel), signal.SIGKILL)
    assert "page says query" in shown(hosted, "says")[1]  # whether or not it is known yet


@contextmanager
def counted(case: Case, harness: Any, **limits: Any) -> Iterator[Any]:
    with harness.hosting(case, {"says": harness.cells(SAYS)}, harness.Limits(**limits)) as hosted:
        yield hosted


def test_two_who_come_at_once_never_share_one(case, harness):
    with counted(case, harness, kernels=4) as hosted:
        hosted.spare()
        with ThreadPoolExecutor(6) as many:
            found = [one for one in many.map(hosted.get, ["says"] * 6) if one[0] == 200]
        pids = [text.partition(" pid ")[2].split()[0] for _status, text in found]
        kernels = [text.partition('"kernel": "')[2][:36] for _status, text in found]
        assert len(found) == 4
        assert len(set(pids)) == len(set(kernels)) == 4
        assert all("before me []" in text for _status, text in found)


def test_a_spare_waits_longer_than_pages_may_be_away_and_idle(case, harness):
    with counted(case, harness, away=1.0, idle=1.0) as hosted:
        spare = hosted.spare()
        kernel, _text = shown(hosted, "says")
        harness.until(lambda: hosted.state(kernel)["state"] == "ended", "the end of the first")
        following = hosted.spare()
        assert kernel == spare != following
        again, _text = shown(hosted, "says")  # some looks at who is idle later
        assert again == following


def test_no_spare_where_none_is_wanted(case, harness):
    with counted(case, harness, spare=False) as hosted:
        kernel, _text = shown(hosted, "says")
        assert hosted.kernels() == [kernel]


def test_the_spare_has_the_limit_of_all_and_ends_with_the_server(case, harness):
    with counted(case, harness, memory=900_000_000) as hosted:
        process = psutil.Process(hosted.pid_of(hosted.spare()))
        assert process.rlimit(psutil.RLIMIT_DATA) == (900_000_000, 900_000_000)
        [listens] = hosted.runtime.rglob("pages*.s")
        beside = str(listens).removesuffix("s")  # it was bound there, then renamed
        ours = [one for one in psutil.process_iter() if holds(one, beside)]
        assert ours
        hosted.process.terminate()
        assert hosted.process.wait(30) is not None
        harness.until(
            lambda: not any(one.is_running() for one in [process, *ours]), "the end of all"
        )
        assert list(hosted.runtime.rglob("kernel-*")) == []


def holds(process: psutil.Process, socket: str) -> bool:
    """Whether a process listens at an address."""
    try:
        return any(socket in str(held.laddr) for held in process.net_connections("unix"))
    except psutil.Error:
        return False


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case with a model, and a draft with another one for the same columns."""
    folder = tmp_path_factory.mktemp("spare") / "case"
    folder.mkdir()
    rng = np.random.default_rng(0)
    tenure = rng.integers(0, 60, 200)
    left = np.where(tenure < 30, "yes", "no")
    pd.DataFrame({"tenure": tenure, "left": left}).to_csv(folder / "rows.csv", index=False)
    model(folder, "linear")
    return load_case(folder)


def model(folder: Any, candidate: str) -> None:
    """Have a candidate saved as the model of the draft."""
    answers = {"baseline": {"candidates": [candidate]}}
    text = new_record_text("case", {"rows": "rows.csv"}, target="left", answers=answers)
    (folder / "case.yaml").write_text(text, "utf-8")
    with language.using("en"), threadpool_limits(1):
        for stem in ("baseline", "prototype"):
            work = open_phase(stem, {"case": str(folder)})
            findings = work.examine()
            work.save(findings)
            if stem == "baseline":
                work.save_chosen(findings)


MADE = """
import casebook.runs.tried as tried
print("made ahead", len(tried._ahead), "found", any(
    panel.tried is made for _asked, made in tried._ahead.values()))
from ipywidgets import Widget
print("others", [one for one in Widget.widgets.values() if one.comm.kernel is None])"""


def test_the_spare_and_its_template_are_made_anew_when_the_model_changes(tried, harness):
    page = nbformat.read(notebooks_folder() / "08_prototype.ipynb", as_version=4)
    page.metadata["kernelspec"]["name"] = "python3"
    del page.cells[4:]
    page.cells.append(nbformat.v4.new_code_cell(MADE))
    with harness.hosting(tried, {"prototype": page}, harness.Limits(away=4.0)) as hosted:
        first = hosted.spare()
        text = shown(hosted, "prototype?tenure=3")[1]
        assert "made ahead 1 found True" in text
        assert "others []" in text  # of widgets that were shown to nobody
        draft = tried.folder / "runs" / "draft"
        kept = {name: (draft / name).read_bytes() for name in (MODEL, ABOUT)}
        stale = next(one for one in wait_for_two(hosted, harness) if one != first)
        shutil.copy(draft / MODEL, draft / "copy")
        (draft / "copy").replace(draft / MODEL)  # the same content, another file
        found = shown(hosted, "prototype")
        assert found[0] == stale
        assert "made ahead 1 found False" in found[1]  # what it found made does not hold
        assert "cb-incident" not in found[1]
        harness.until(lambda: "pages2.s" in names(hosted), "another template")
        harness.until(lambda: "pages1.s" not in names(hosted), "the end of the first")
        harness.until(lambda: len(hosted.kernels()) == 1, "the end of what was opened")
        hosted.spare()
        assert "made ahead 1 found True" in shown(hosted, "prototype")[1]
        assert {name: (draft / name).read_bytes() for name in kept} == kept


def wait_for_two(hosted: Any, harness: Any) -> list[str]:
    harness.until(
        lambda: len([k for k in hosted.kernels() if harness.listening(k)]) == 2, "another spare"
    )
    return hosted.kernels()


def names(hosted: Any) -> list[str]:
    return [one.name for one in hosted.runtime.rglob("pages*.s")]
