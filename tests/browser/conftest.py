"""The distribution's Chromium for tests that look at pages as a person would."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

sys.path.append(str(Path(__file__).parent))
tried = __import__("tried")

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (  # no look-ups of its own: these tests need no network
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
NO_LOOK_UP = "jupyterlab.NeverCheckForUpdate"  # of a newer JupyterLab


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder, so that `-m browser` chooses them."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Chromium's path; tests skip without it unless CI requires it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CASEBOOK_REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium is required here, and not found")
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless browser, a module's own: its event loop must not outlive the module."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, with nothing kept from another test."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


class Server:
    """`casebook app` of a case; it can be stopped and started again at the same place."""

    def __init__(self, case: Path, page: str = "all") -> None:
        self.top, self.case, self.page = case.parent, case, page
        self.token = self.top / "token"
        self.token.write_text("a-token-for-these-tests", "utf-8")
        self.token.chmod(0o600)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it; the link that it prints."""
        port = ["--port", str(self.port)] if self.port else []
        log = self.top / "log"
        with log.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "casebook", "app", str(self.case), "--page", self.page,
                 *port, "--token-file", str(self.token)],
                env={**os.environ, "HOME": str(self.top)}, stdout=said, stderr=said,
            )  # fmt: skip
        link = until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/\?token=\S+", log.read_text()))
        self.port = int(link[1])
        return link[0]

    def stop(self) -> None:
        """Stop it as a person does, and wait for its end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


def until(holds: Callable[[], Any], seconds: float = 90) -> Any:
    """Wait for something that happens behind the page; what it gave."""
    limit = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < limit, "it does not happen"
        time.sleep(0.2)
    return found


def kernel_of(page: Page) -> int:
    """The process of a served page's kernel: the one that listens on its sockets."""
    told = json.loads(page.locator("#cb-page").text_content() or "{}")
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(told["kernel"] in str(held.laddr) for held in one.net_connections("unix")):
                return int(one.pid)
    raise AssertionError("there is no such kernel")


NAMED = """[...document.querySelectorAll('[role=slider]')]
    .every(one => one.getAttribute('aria-label'))"""


def serious(page: Page) -> list[tuple[str, str, list[str]]]:
    """What axe-core finds on a page, from serious on: rule, impact, elements.

    A slider gets its name a moment after it is drawn; one that never does is found.
    """
    with suppress(PlaywrightTimeout):
        page.wait_for_function(NAMED, timeout=10_000)
    found = Axe().run(page)
    return [
        (one["id"], one["impact"], [node["html"][:200] for node in one["nodes"]][:5])
        for one in found.response["violations"]
        if one["impact"] in {"serious", "critical"} or one["id"] == "heading-order"
    ]


@pytest.fixture(scope="session")
def serving() -> type[Server]:
    """Makes a server of a case's folder, `casebook app` as a person starts it."""
    return Server


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., Any]:
    """Waits for something that happens behind a page."""
    return until


@pytest.fixture(scope="session")
def pid_of() -> Callable[[Page], int]:
    """The process of a served page's kernel."""
    return kernel_of


@pytest.fixture(scope="session")
def faults() -> Callable[[Page], list[tuple[str, str, list[str]]]]:
    """What axe-core finds on a page, from serious on, and headings that leave out a level."""
    return serious


Links = Callable[[str], tuple[str, Path]]


@pytest.fixture(scope="session")
def links(root: Path, realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Links]:
    """Makes and serves a case's prototype when it is first asked for; its link and its folder."""
    servers: dict[str, tuple[Server, str]] = {}

    def link(name: str) -> tuple[str, Path]:
        if name not in servers:
            top = tmp_path_factory.mktemp(name)
            server = Server(tried.case_with_model(name, root, realdata, top), "prototype")
            servers[name] = (server, server.start())
        server, found = servers[name]
        return found, server.case

    yield link
    for server, _link in servers.values():
        server.stop()


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody with a browser of their own."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(60_000)
    yield context
    context.close()


Serving = Callable[[Path, Sequence[str]], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def voila() -> Serving:
    """Serves a notebook of some cells in a folder, with plain Voila; gives its address."""
    return _voila


@contextmanager
def _voila(folder: Path, cells: Sequence[str]) -> Iterator[str]:
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(nb, folder / "panel.ipynb")
    port = free_port()
    command = [sys.executable, "-m", "voila", "panel.ipynb", "--no-browser", f"--port={port}"]
    with started(command, port, folder, {"HOME": str(folder), "CASEBOOK_USER": "Kim"}):
        yield f"http://127.0.0.1:{port}/"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def started(
    command: Sequence[str], port: int, folder: Path, environment: Mapping[str, str]
) -> Iterator[None]:
    """A server that listens on a port while the block runs; its log is in the folder."""
    log = folder / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=out, stderr=out
        )
        try:
            _wait_for(port, log)
            yield
        finally:
            server.terminate()
            server.wait(60)


def _wait_for(port: int, log: Path) -> None:
    limit = time.monotonic() + 90
    while time.monotonic() < limit:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(log.read_text("utf-8")[-3000:])


@pytest.fixture
def casebook_lab(tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Starts JupyterLab on a case as `casebook lab` does, without a password; gives its address."""
    with contextlib.ExitStack() as stack:

        def opened(case: Path) -> str:
            port = free_port()
            options = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
                       f"--ServerApp.port={port}", "--IdentityProvider.token=",
                       f"--LabApp.check_for_updates_class={NO_LOOK_UP}"]  # fmt: skip
            command = [sys.executable, "-m", "casebook", "lab", str(case), "--", *options]
            environment = {"HOME": str(tmp_path / "home"), "CASEBOOK_USER": "Kim"}
            stack.enter_context(started(command, port, tmp_path, environment))
            return f"http://127.0.0.1:{port}/lab/tree"

        yield opened
