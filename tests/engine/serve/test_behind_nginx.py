"""Fault 39: the recipe of docs/serving.md in front of a server, with a real nginx."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import websocket

from casebook.serve.server import free_port

BASE = "/casebook/"
WAITS = """
import pathlib, time
while not pathlib.Path("go").exists():
    time.sleep(0.05)
print("went on")"""


@pytest.fixture(scope="module")
def nginx() -> str:
    """Nginx's path; tests skip without it unless CI requires it."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        if os.environ.get("CASEBOOK_REQUIRE_NGINX") == "1":
            pytest.fail("nginx is required here, and not found")
        pytest.skip("no nginx here; on Debian: apt-get install nginx-light")
    return found


def recipe(root: Path, port: int, behind: int, folder: Path) -> str:
    """The block of the document, for this machine: no certificate, no passwords, two ports."""
    text = (root / "docs" / "serving.md").read_text("utf-8")
    block = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)[1]
    for pattern, new in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        (r"\n *(ssl_certificate|ssl_certificate_key|auth_basic|auth_basic_user_file) [^\n]*", ""),
        ("127.0.0.1:8866", f"127.0.0.1:{behind}"),
        ("/etc/nginx/casebook-token.conf", str(folder / "token.conf")),
    ):
        block, count = re.subn(pattern, new, block)
        assert count, pattern
    return block


@pytest.fixture(scope="module")
def fronted(case, harness, nginx, root, tmp_path_factory):
    """A server, and the port on which nginx stands in front of it."""
    folder = tmp_path_factory.mktemp("nginx")
    pages = {"form": harness.cells(harness.FORM), "waits": harness.cells(WAITS)}
    with harness.hosting(case, pages, base_url=BASE) as hosted:
        port = free_port(20_000 + os.getpid() % 20_000)
        (folder / "token.conf").write_text(
            f'proxy_set_header Authorization "token {harness.TOKEN}";\n', "utf-8"
        )
        (folder / "nginx.conf").write_text(
            f"pid {folder}/pid; error_log {folder}/errors; worker_processes 1;\nevents {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;"
            f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;"
            f"\n{recipe(root, port, hosted.port, folder)}\n}}\n",
            "utf-8",
        )
        front = subprocess.Popen(
            [nginx, "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"],
            start_new_session=True,
        )
        try:
            harness.until(lambda: (folder / "pid").exists() and asked(port, BASE).status, "nginx")
            yield hosted, port
        finally:
            front.send_signal(signal.SIGTERM)
            front.wait(20)


class Answer(NamedTuple):
    """One answer of nginx, read to its end."""

    status: int
    cache: str | None
    text: str


@contextmanager
def asking(port: int, path: str) -> Iterator[http.client.HTTPResponse]:
    """An answer as it comes, without any token of ours."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=90)) as connection:
        connection.request("GET", path)
        with closing(connection.getresponse()) as reply:
            yield reply


def asked(port: int, path: str) -> Answer:
    """A whole answer."""
    with asking(port, path) as reply:
        text = reply.read().decode("utf-8", errors="replace")
        return Answer(reply.status, reply.getheader("Cache-Control"), text)


def test_case_39_pages_and_files_come_through_without_a_token_of_the_visitor(fronted):
    port = fronted[1]
    landing = asked(port, BASE).text
    assert f'href="{BASE}form"' in landing
    page = asked(port, f"{BASE}form").text
    script = re.search(r'<script src="([^"]+voila\.js)"', page)[1]
    assert script.startswith(BASE)
    reply = asked(port, script)
    assert reply[:2] == (200, "private, max-age=31536000, immutable")
    assert asked(port, "/form").status in {403, 404}  # nginx's own


def test_case_39_what_is_there_is_passed_on_at_once(fronted):
    """The page waits for a file that is made once its first part was seen."""
    hosted, port = fronted
    with asking(port, f"{BASE}waits") as reply:
        first = b""
        while b"cb-skeleton" not in first:
            first += reply.read1(65_536)
        assert b"went on" not in first
        (hosted.runtime / "page" / "go").touch()
        assert b"went on" in first + reply.read()


def test_case_39_a_page_answers_through_its_socket_and_one_from_elsewhere_does_not(
    fronted, harness
):
    port = fronted[1]
    page = asked(port, f"{BASE}form").text
    kernel = re.search(r'"kernel": ?"([\w-]+)"', page)[1]
    address = f"ws://127.0.0.1:{port}{BASE}api/kernels/{kernel}/channels?session_id=x"
    own = {"timeout": 60, "origin": f"http://127.0.0.1:{port}"}
    socket = websocket.create_connection(address, **own)
    client = harness.Client.over(socket, kernel, "x")
    client.set(client.named("Kept"), value="through nginx")
    client.done()
    assert any(state.get("value") == "got through nginx" for state in client.widgets().values())
    client.close()
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(address, timeout=60, origin="http://elsewhere.example")
