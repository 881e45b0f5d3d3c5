"""Serving: nothing of the machine but the page, and nobody without the link."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from casebook import language
from casebook.exceptions import ParameterError, RunError
from casebook.places import notebooks_folder
from casebook.serve import server as serving
from casebook.serve.chrome import SHARE
from casebook.serve.pages import PAGES, page_named, pages_named
from casebook.serve.plan import Limits
from casebook.serve.server import checked_base, free_port, prepared, read_token
from casebook.serve.settings import EXTENSIONS, command, environment, settings

FOLDER = Path("/somewhere/short")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_but_the_report_has_its_notebook(page):
    assert (page.name == "report") == (not page.notebook)
    if page.notebook:
        assert (notebooks_folder() / f"{page.notebook}.ipynb").is_file()
    assert page_named(page.name) == page


def test_a_page_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(ParameterError, match="there is no page 'feasability'") as told:
        page_named("feasability")
    assert "Did you mean 'feasibility'?" in str(told.value)


def test_the_environment_holds_what_is_allowed_and_no_secret():
    given = {"PATH": "/bin", "LC_ALL": "ko_KR.UTF-8", "PGPASSWORD": "x",
             "CASEBOOK_USER": "Kim", "CASEBOOK_CASE": "other"}  # fmt: skip
    made = environment(Path("/a/case"), FOLDER, given)
    assert made.pop("JUPYTER_PATH") == str(SHARE)
    assert made == {
        "PATH": "/bin",
        "LC_ALL": "ko_KR.UTF-8",
        "CASEBOOK_CASE": "/a/case",
        "CASEBOOK_USER": "",
        "JUPYTER_RUNTIME_DIR": str(FOLDER),
        "CASEBOOK_LOG": str(FOLDER / "app.log"),
        "CASEBOOK_SHARED": str(FOLDER / "shared"),
    }


def test_the_settings_are_those_of_a_page_for_strangers():
    made = settings(FOLDER, port=9, token="t")
    voila, page = made["Voila"], made["VoilaConfiguration"]
    assert (voila["ip"], voila["token"], voila["tornado_settings"]["xsrf_cookies"]) == (
        "127.0.0.1", "t", True,
    )  # fmt: skip
    assert (page["allow_template_override"], page["allow_theme_override"]) == ("NO", "NO")
    assert (page["show_tracebacks"], page["file_allowlist"]) == (False, [])
    assert page["extension_allowlist"] == list(EXTENSIONS)
    assert made["KernelRestarter"]["restart_limit"] == 0
    assert made["KernelManager"]["transport"] == "ipc"
    assert made["Kernels"]["most"] == Limits().kernels
    assert made["WarmProvisioner"]["memory"] == Limits().memory


def test_the_token_is_not_on_the_command_line():
    assert not any("token" in part for part in command(FOLDER))


def test_a_page_is_prepared_alone_in_its_folder_and_in_the_case_s_language(tmp_path):
    with language.using("ko"):
        made = prepared(page_named("feasibility"), tmp_path / "page", "casebook")
    notebook = nbformat.read(made, as_version=4)
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert notebook.metadata.kernelspec.name == "casebook"
    assert not notebook.cells[0].source.startswith("# Feasibility")
    assert made.parent.stat().st_mode & 0o077 == 0


def test_all_pages_are_served_where_none_is_named():
    assert pages_named("all") == PAGES
    assert pages_named(PAGES[0].name) == PAGES[:1]


@pytest.mark.parametrize(
    ("given", "path"), [("/", "/"), ("", "/"), ("casebook", "/casebook/"), ("/a/b/", "/a/b/")]
)
def test_a_path_behind_a_proxy_has_a_slash_at_both_ends(given, path):
    assert checked_base(given) == path


@pytest.mark.parametrize("given", ["/a b/", "/a/../b", "/a?b", "/a/./b", "/a//b"])
def test_what_is_no_plain_path_is_refused(given):
    with pytest.raises(ParameterError, match="is not a path"):
        checked_base(given)


def test_a_token_from_a_file_is_long_and_its_owner_s_alone(tmp_path):
    file = tmp_path / "token"
    file.write_text("a-token-of-some-length\n", "utf-8")
    file.chmod(0o644)
    with pytest.raises(ParameterError, match="everybody on this machine"):
        read_token(file)
    file.chmod(0o600)
    assert read_token(file) == "a-token-of-some-length"
    for bad in ("short", "a token with spaces in it"):
        file.write_text(bad, "utf-8")
        with pytest.raises(ParameterError, match="at least 16"):
            read_token(file)
    with pytest.raises(ParameterError, match="cannot be read"):
        read_token(tmp_path / "missing")


def test_another_address_is_warned_of_in_words_and_a_wrong_one_is_an_error(tmp_path):
    for ip, said in (("0.0.0.0", "travels unencrypted"), ("here", "is not the address")):
        done = subprocess.run(
            [sys.executable, "-m", "casebook", "app", str(tmp_path), "--ip", ip],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert said in " ".join(done.stderr.split()), ip
        assert done.returncode == 1


def test_a_port_in_use_is_passed_over_and_none_left_is_an_error(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
        monkeypatch.setattr(serving, "_PORTS", 1)
        with pytest.raises(RunError, match="is free"):
            free_port(port)


def test_a_case_that_cannot_be_read_is_one_clear_line(tmp_path):
    (tmp_path / "case.yaml").write_text("name: broken\ndata: 5\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "casebook", "app", str(tmp_path)], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "case.yaml" in done.stderr
    assert "Traceback" not in done.stderr


# A real server


@pytest.fixture
def served(make_case, tmp_path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    case = make_case(pd.DataFrame({"x": range(60), "y": ["a", "b"] * 30}), target="y")
    environment = {**os.environ, "HOME": str(tmp_path), "OUR_SECRET": "hidden"}
    server = subprocess.Popen(
        [sys.executable, "-m", "casebook", "app", str(case.folder), "--page", "feasibility"],
        env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    link = re.search(r"http://\S+", server.stdout.readline())
    assert link is not None
    told = "".join(server.stdout.readline() for _line in range(4))
    assert "Reachable without the link, tried just now: /login\n" in told
    yield server, link[0]
    server.stdout.close()
    if server.poll() is None:
        server.kill()
        server.wait()


def children(parent: int) -> list[int]:
    """Processes below one."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text("utf-8").split()
    return [int(one) for one in found] + [deep for one in found for deep in children(int(one))]


def asked(opener: urllib.request.OpenerDirector, address: str) -> tuple[int, str]:
    """The status of an answer, and the address that it came from at last."""
    try:
        with opener.open(address, timeout=60) as reply:
            return reply.status, reply.geturl()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, address


def runtime_of(below: list[int], token: str) -> Path:
    """The private folder of a server, from its command line, on which no secret stands."""
    written = " ".join(Path(f"/proc/{one}/cmdline").read_text("utf-8") for one in below)
    assert token not in written.replace("\0", " ")
    assert not any(b"OUR_SECRET" in Path(f"/proc/{one}/environ").read_bytes() for one in below)
    return Path(re.search(r"config_file_paths=([^\0]+)", written)[1])


def ended(below: list[int]) -> bool:
    """Whether all of these processes end within half a minute."""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        if not any(Path(f"/proc/{one}").exists() for one in below):
            return True
        time.sleep(0.2)
    return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at processes as Linux has")
def test_a_server_lets_in_who_has_the_link_and_ends_with_its_command(served):
    server, link = served
    plain = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
    )
    top, _mark, token = link.partition("?token=")
    for path in ("", "voila/files/04_feasibility.ipynb", "voila/files/x.png", "api/kernels"):
        status, address = asked(plain, top + path)
        assert status in {401, 403, 404} or "login" in address, path
    with plain.open(link, timeout=120) as reply:  # a cookie is kept, as by a browser
        assert "cb-check-sentence" in reply.read().decode("utf-8")
    below = children(server.pid)
    runtime = runtime_of(below, token)
    assert runtime.stat().st_mode & 0o077 == 0
    kernels = [json.loads(one.read_text("utf-8")) for one in runtime.rglob("kernel-*.json")]
    assert {one["transport"] for one in kernels} == {"ipc"}
    with pytest.raises(urllib.error.HTTPError) as refused:  # no proof that our page has sent it
        plain.open(urllib.request.Request(f"{top}voila/api/shutdown/x", method="POST"), timeout=60)
    assert refused.value.code == 403
    refused.value.close()

    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 128 + signal.SIGTERM
    assert ended(below), "the server or a kernel outlives the command"
    assert not runtime.exists()
