"""The report and the model's card by a link: only what was listed, only for who has the token."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from casebook.case import load_case, new_record_text, save_answers
from casebook.pages.base import Html
from casebook.pages.document import document
from casebook.runs.folder import RunsFolder
from casebook.runs.manifest import Manifest, RunStatus
from casebook.runs.report import write_report
from casebook.serve.outside import KNOWN, open_paths
from casebook.serve.published import POLICY, Place, served

NOW = datetime(2026, 11, 22, 18, 44, 50, tzinfo=UTC)
SECRET = "a row of somebody"
KEPT_BACK = ("model.skops", "model.json", "manifest.json", "07_baseline.ipynb",
             "findings/baseline.json")  # fmt: skip
LIMITS = "Not for anybody younger than 18."


def run_of(case, name: str, headline: str) -> Path:
    """A published run with a real front page, and files that hold what is nobody's business."""
    runs = RunsFolder.of_case(case.folder)
    runs.prepare()
    manifest = Manifest(name, "case", "/case", NOW, title=headline, language="en",
                        status=RunStatus.OK)  # fmt: skip
    folder = runs.begin(manifest)
    for kept in KEPT_BACK:
        (folder / kept).write_text(SECRET, "utf-8")
    for page in ("07_baseline.html", "model_card.html"):
        (folder / page).write_text(plain(headline), "utf-8")
    write_report(folder, manifest, case)
    return runs.finish(replace(manifest, ended=NOW))


def plain(text: str) -> str:
    """A page in the look of a report, with links that can be followed and one that cannot."""
    links = '<a href="model.skops">the model</a> <a href="index.html#model">up</a>'
    return document("card.html.j2", scripts=False, language="en", title=text, name=text,
                    lead="", body=Html(links))  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A case with a published run."""
    folder = tmp_path_factory.mktemp("report") / "a-secret-place"
    folder.mkdir()
    pd.DataFrame({"x": range(60), "y": ["a", "b"] * 30}).to_csv(folder / "rows.csv", index=False)
    text = new_record_text("case", {"rows": "rows.csv"}, target="y")
    (folder / "case.yaml").write_text(text, "utf-8")
    made = load_case(folder)
    run_of(made, "20261122T184450Z-aaaaaa", "The first report")
    return save_answers(made, {"prototype.texts.limits": LIMITS}, by="Kim")


@pytest.fixture(scope="module")
def hosted(case, harness):
    pages = {"report": None, "form": harness.cells(harness.FORM)}
    with harness.hosting(case, pages) as running:
        yield running


def answer(hosted, path: str, token: str = "") -> http.client.HTTPResponse:
    """One answer, read to its end, with its headers."""
    with closing(http.client.HTTPConnection("127.0.0.1", hosted.port, timeout=60)) as connection:
        headers = {"Authorization": f"token {token}"} if token else {}
        connection.request("GET", path, headers=headers)
        reply = connection.getresponse()
        reply.read()
        return reply


def test_the_front_page_is_shown_with_links_home_and_to_the_card(hosted, harness):
    status, text = hosted.get("report/")
    assert status == 200
    assert "The first report" in text
    assert '<a class="tool" href="/">All pages</a>' in text
    assert '<a class="tool" href="/card">Model card</a>' in text
    assert 'href="07_baseline.html"' in text
    assert hosted.get("report/index.html") == (200, text)
    assert SECRET not in text
    bare = answer(hosted, "/report", harness.TOKEN)
    assert (bare.status, bare.getheader("Location")) == (302, "/report/")


def test_a_report_loads_nothing_and_is_not_kept_by_browsers(hosted, harness):
    reply = answer(hosted, "/report/", harness.TOKEN)
    assert reply.getheader("Content-Security-Policy") == POLICY
    assert reply.getheader("Cache-Control") == "no-store"
    assert reply.getheader("X-Content-Type-Options") == "nosniff"
    assert "connect-src" not in POLICY  # 'none' by default
    assert "'self'" not in POLICY.replace("frame-ancestors 'self'", "")


def test_what_cannot_be_read_by_the_link_is_no_link(hosted):
    status, text = hosted.get("report/07_baseline.html")
    assert status == 200
    assert "<span>the model</span>" in text
    assert 'href="index.html#model"' in text


@pytest.mark.parametrize(
    "path",
    [*KEPT_BACK, "../../case.yaml", "..%2f..%2fcase.yaml", "%2e%2e/%2e%2e/case.yaml",
     "....//case.yaml", "/etc/passwd", "%2fetc%2fpasswd", "index.html/../model.skops",
     "index.html%00.ipynb", "INDEX.HTML", "index.html/", "07_baseline", "findings/",
     ".", "..", "latest/index.html", "file:///etc/passwd", "index.html;x", "~root/index.html",
     "C:%5cindex.html", "..%5c..%5ccase.yaml", "%252e%252e/case.yaml"],
)  # fmt: skip
def test_case_31_no_other_file_is_reached_through_the_report(hosted, path):
    status, text = hosted.get(f"report/{path}")
    assert status in {400, 403, 404}, path
    assert SECRET not in text
    assert "root:x:" not in text
    assert "a-secret-place" not in text


def test_case_31_a_file_that_is_a_link_to_elsewhere_is_not_served(hosted, case):
    outside = case.folder / "outside.html"
    outside.write_text(SECRET, "utf-8")
    link = RunsFolder.of_case(case.folder).latest() / "02_symptom.html"
    link.symlink_to(outside)
    assert hosted.get("report/02_symptom.html")[0] == 404


def test_case_25_nothing_of_the_report_is_reachable_without_the_link(hosted, harness):
    assert open_paths("127.0.0.1", hosted.port, "/", harness.TOKEN) == ("/login",)
    listed = json.loads(hosted.get("casebook/paths")[1])
    assert {"report", "report/", "card"} <= set(listed)
    for path in ("/report/index.html", "/report/07_baseline.html", "/card"):
        assert answer(hosted, path).status in {302, 403}, path
    assert not {"report", "card"} & set(KNOWN)


def test_the_card_is_one_click_away_from_every_page(hosted):
    for path in ("", "form"):
        text = hosted.get(path)[1]
        assert 'href="/card" target="_blank" rel="noopener"' in text, path
    status, text = hosted.get("card")
    assert status == 200
    assert "<span>the model</span>" in text


def test_the_landing_page_says_what_the_model_is_not_for(hosted):
    assert LIMITS in hosted.get("")[1]


def test_the_run_that_is_published_next_is_the_one_that_is_shown(hosted, case):
    run_of(case, "20261123T184450Z-bbbbbb", "The second report")
    assert "The second report" in hosted.get("report/")[1]


# Before there is anything


@pytest.fixture(scope="module")
def empty(tmp_path_factory, harness):
    """A server of a case of which nothing has run."""
    folder = tmp_path_factory.mktemp("empty") / "case"
    folder.mkdir()
    pd.DataFrame({"x": range(60), "y": ["a", "b"] * 30}).to_csv(folder / "rows.csv", index=False)
    text = new_record_text("case", {"rows": "rows.csv"}, target="y")
    (folder / "case.yaml").write_text(text, "utf-8")
    pages = {"report": None, "prototype": harness.cells(harness.FORM)}
    with harness.hosting(load_case(folder), pages) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "said"),
    [("report/", "No run has been published yet"), ("prototype", "No run has saved a model yet")],
)
def test_a_page_that_cannot_be_opened_yet_says_why_and_starts_no_kernel(empty, path, said):
    status, text = empty.get(path)
    assert status == 404
    assert said in text
    assert "casebook run CASE" in text
    assert list(empty.runtime.rglob("kernel-*.json")) == []


def test_the_landing_page_says_so_too_and_links_nothing_that_is_not_there(empty):
    text = empty.get("")[1]
    assert "No run has saved a model yet" in text
    assert 'href="/prototype"' not in text
    assert 'href="/card"' not in text
    assert "should not be used for" not in text
    assert empty.get("card")[0] == 404


# What is done to a page


def test_links_elsewhere_and_within_a_page_stay():
    page = '<div class="bar-end"></div><a href="https://x.org/">a</a><a class="b" href="#c">d</a>'
    assert served(page, (), ()) == page


def test_a_page_of_another_form_gets_its_links_on_top():
    assert served("<p>x", (), [Place("/?a&b", "<All>")]).startswith(
        '<a class="tool" href="/?a&amp;b">&lt;All&gt;</a>'
    )
