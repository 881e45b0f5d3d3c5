"""Faults 25 and 30 to 35, 38: what a server lets in, how many, for how long, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple

import psutil
import pytest

from casebook.exceptions import RunError
from casebook.serve.inside.kernels import Stand, due
from casebook.serve.outside import KNOWN, open_paths
from casebook.serve.server import check_voila

CAP = 3
WAITS = """
import pathlib, time
while not pathlib.Path("go").exists():
    time.sleep(0.05)"""


@pytest.fixture(scope="module")
def hosted(case, harness):
    """Three kernels at most; a page that is away for some seconds ends."""
    limits = harness.Limits(kernels=CAP, away=5.0, idle=9.0)
    pages = {"form": harness.cells(harness.FORM), "waits": harness.cells(WAITS)}
    (case.folder / "secret.png").write_bytes(b"x")
    with harness.hosting(case, pages, limits) as running:
        yield running


def free(hosted) -> str:
    """Wait until nobody has a kernel; the spare that is left."""
    return hosted.spare()


class Answer(NamedTuple):
    """One answer, read to its end."""

    status: int
    retry: str | None
    text: str


def answer(hosted, path: str, token: str = "", method: str = "GET") -> Answer:
    """One answer, with a header that says when to try again."""
    with closing(http.client.HTTPConnection("127.0.0.1", hosted.port, timeout=60)) as connection:
        headers = {"Authorization": f"token {token}"} if token else {}
        connection.request(method, path, headers=headers)
        with closing(connection.getresponse()) as reply:
            text = reply.read().decode("utf-8")
            return Answer(reply.status, reply.getheader("Retry-After"), text)


def test_case_25_nothing_but_the_login_is_reachable_without_the_link(hosted, harness):
    assert open_paths("127.0.0.1", hosted.port, "/", harness.TOKEN) == ("/login",)


def test_case_25_a_server_with_a_hole_is_told_so(hosted, harness, monkeypatch):
    """The paths are tried, not listed: one that answers is found."""
    monkeypatch.setattr("casebook.serve.outside.KNOWN", (*KNOWN, "login?x=1"))
    found = open_paths("127.0.0.1", hosted.port, "/", harness.TOKEN)
    assert found == ("/login", "/login?x=1")


def test_case_25_with_the_link_no_file_of_the_case_and_nothing_of_jupyter_is_there(hosted):
    for path in [*KNOWN, "voila/files/secret.png", "files/secret.png", "secret.png"]:
        assert hosted.get(path)[0] in {403, 404}, path


def test_case_30_the_look_is_not_the_visitor_s_to_choose(hosted):
    status, text = hosted.get("form?template=lab&theme=dark&voila-theme=dark")
    assert status == 200
    assert 'class="cb notebook served"' in text
    assert "voila-style" not in text


@pytest.mark.parametrize(
    "path",
    ["../voila.json", "..%2fvoila.json", "%2e%2e/%2e%2e/etc/passwd", "form.ipynb", "form.IPYNB",
     "casebook/files/{digest}/../../../voila.json", "casebook/files/{digest}/voila/..%2f..%2fx.py",
     "casebook/files/{digest}/casebook/../server.PY", "casebook/files/{digest}//etc/passwd",
     "voila/files/form.IPYNB", "voila/files/..%2fvoila.json"],
)  # fmt: skip
def test_case_31_a_path_leads_nowhere_else(hosted, path):
    files = json.loads(hosted.get("casebook/paths")[1])
    digest = next(one for one in files if "casebook/files/" in one).split("/")[2]
    status, text = hosted.get(path.format(digest=digest))
    assert status in {403, 404}
    assert "a-token-for" not in text


@pytest.mark.parametrize("version", ["0.5.10", "0.4.9", "0.6.0", "1.0"])
def test_case_31_another_voila_is_not_started(version):
    with pytest.raises(RunError, match="was not tried with these pages"):
        check_voila(version)


@pytest.mark.parametrize("version", ["0.5.11", "0.5.13", "0.5.20", ""])
def test_case_31_the_voila_that_is_installed_is_one_that_was_tried(version):
    check_voila(version)


def test_case_32_past_the_cap_it_is_said_in_plain_words_when_to_try_again(hosted, harness):
    free(hosted)
    with ThreadPoolExecutor(12) as many:  # at once, so that most of them are still starting
        asking = [many.submit(hosted.get, "waits") for _n in range(12)]
        harness.until(lambda: sum(one.done() for one in asking) >= 12 - CAP, "an answer to most")
        reply = answer(hosted, "/form", harness.TOKEN)
        running = len(hosted.kernels())
        (hosted.runtime / "page" / "go").touch()
        found = [one.result()[0] for one in asking]
    assert set(found) == {200, 503}
    assert found.count(200) <= CAP  # one that is ending still has its seat
    assert running <= CAP
    assert reply.status == 503
    assert int(reply.retry or 0) > 0
    assert "All seats are taken" in reply.text
    (hosted.runtime / "page" / "go").unlink()
    free(hosted)
    before = hosted.kernels()
    assert answer(hosted, "/form", harness.TOKEN, "HEAD").status in {404, 405}
    assert hosted.kernels() == before
    assert hosted.get("form")[0] == 200


def test_case_32_who_leaves_while_the_page_is_made_frees_a_seat(hosted, harness):
    spare = free(hosted)
    connection = http.client.HTTPConnection("127.0.0.1", hosted.port, timeout=60)
    connection.request("GET", "/waits", headers={"Authorization": f"token {harness.TOKEN}"})
    connection.getresponse().close()
    connection.close()
    harness.until(lambda: spare not in hosted.kernels(), "the end of what was begun")
    free(hosted)


def test_case_33_a_closed_page_is_ended_whether_or_not_it_says_so(hosted, harness):
    kernel = hosted.page()
    client = harness.Client(hosted, kernel)
    refused = answer(hosted, f"/voila/api/shutdown/{kernel}", harness.TOKEN, "POST")
    assert refused.status == 403  # without the page's own proof, whoever has the token
    process = psutil.Process(hosted.pid_of(kernel))
    client.close()
    harness.until(lambda: hosted.state(kernel)["state"] == "ended", "the end of a closed page")
    assert hosted.state(kernel)["why"] == "away"
    harness.until(lambda: not process.is_running(), "the end of its process")


def test_case_34_an_open_page_that_nobody_uses_is_ended_and_told_so(hosted, harness):
    kernel = hosted.page()
    client = harness.Client(hosted, kernel)
    harness.until(lambda: hosted.state(kernel)["state"] == "ended", "the end of an idle page")
    assert hosted.state(kernel)["why"] == "idle"
    client.close()


@pytest.mark.parametrize(
    ("stand", "why"),
    [
        (Stand(connections=0, away=11, idle=0, busy=False), "away"),
        (Stand(connections=0, away=11, idle=0, busy=True), "away"),
        (Stand(connections=0, away=9, idle=999, busy=False), ""),
        (Stand(connections=1, away=999, idle=99, busy=False), ""),
        (Stand(connections=1, away=999, idle=101, busy=False), "idle"),
        (Stand(connections=1, away=999, idle=101, busy=True), ""),
    ],
)
def test_case_34_which_kernels_are_due(stand, why):
    assert due(stand, away=10, idle=100) == why


def test_case_35_a_dead_kernel_is_known_to_the_page_and_not_replaced(hosted, harness):
    kernel = hosted.page()
    client = harness.Client(hosted, kernel)
    os.kill(hosted.pid_of(kernel), signal.SIGKILL)
    harness.until(lambda: hosted.state(kernel)["state"] == "ended", "word of its death")
    assert hosted.state(kernel)["why"] == "died"
    client.close()
    harness.until(lambda: not list(hosted.runtime.rglob(f"*{kernel}*")), "the end of its files")
    assert hosted.get(f"api/kernels/{kernel}")[0] == 404


def test_case_38_a_stopped_server_leaves_no_process_and_no_socket(case, harness):
    with harness.hosting(case, {"form": harness.cells(harness.FORM)}) as hosted:
        pids = [hosted.pid_of(hosted.page()) for _n in range(2)]
        below = hosted.tree()
        hosted.process.terminate()
        assert hosted.process.wait(30) is not None
        gone = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)] + below
        harness.until(lambda: not any(one.is_running() for one in gone), "the end of its kernels")
        assert list(hosted.runtime.rglob("kernel-*")) == []
