"""A server that really runs, with pages of a test's own, and a client that keeps to no rule."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import psutil
import pytest
import websocket

from casebook.case import Case, load_case, new_record_text
from casebook.execute.kernels import runtime_folder
from casebook.serve.outside import asked
from casebook.serve.pages import Page
from casebook.serve.plan import LOOPBACK, PLAN_FILE, Limits, plan_of
from casebook.serve.settings import SHARED, command, environment, settings

TOKEN = "a-token-for-these-tests"
LONG = 90  # seconds; a kernel starts on busy cores

FORM = """\
import ipywidgets as w
kept = w.Text(description="Kept")
shown = w.HTML("nothing yet")
def keep(change):
    shown.value = f"got {change['new']}"
kept.observe(keep, "value")
w.VBox([kept, shown])"""


def until(holds: Callable[[], object], what: str = "it", seconds: float = LONG) -> Any:
    """Wait for something that another process does; what it gave."""
    limit = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < limit, f"{what} does not happen"
        time.sleep(0.1)


@dataclass
class Hosted:
    """A running server. pages: name -> address, without the token."""

    process: subprocess.Popen[bytes]
    port: int
    runtime: Path
    log: Path
    case: Case
    said: Path
    base: str = "/"

    def get(self, path: str, token: str = TOKEN) -> tuple[int, str]:
        """The status and the text of an answer."""
        status, content = asked(LOOPBACK, self.port, f"{self.base}{path}", token, LONG)
        return status, content.decode("utf-8")

    def page(self, path: str = "form") -> str:
        """Open a page as a browser's first request does, and return its kernel's id."""
        status, text = self.get(path)
        assert status == 200, text
        found = json.loads(
            text.partition('id="cb-page" type="application/json">')[2].partition("<")[0]
        )
        return found["kernel"]

    def state(self, kernel_id: str) -> dict[str, Any]:
        """What a page is told of its kernel."""
        return json.loads(self.get(f"casebook/state/{kernel_id}")[1])

    def tree(self) -> list[psutil.Process]:
        """The server's processes."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def kernels(self) -> list[str]:
        """The ids of all kernels that are there, the spare among them."""
        found = sorted(self.runtime.rglob("kernel-*.json"))
        return [one.stem.removeprefix("kernel-") for one in found]

    def spare(self) -> str:
        """The kernel that waits for a visitor, where nobody else has one; waits for it."""

        def found() -> str:
            there = self.kernels()
            return there[0] if len(there) == 1 and listening(there[0]) else ""

        return str(until(found, "a spare, and it alone"))

    def is_left_clean(self) -> bool:
        """Whether of all kernels but the spare nothing is left."""
        there = self.kernels()
        files = [one.name for one in self.runtime.rglob("kernel-*")]
        return len(there) <= 1 and all(any(one in name for one in there) for name in files)

    def pid_of(self, kernel_id: str) -> int:
        """The process of a kernel: the one that listens on its sockets.

        Its command line says nothing: a forked kernel has that of its template.
        """
        return until(lambda: listening(kernel_id), "a kernel that listens")

    def told(self) -> str:
        """What was written to the log of incidents."""
        return self.log.read_text("utf-8") if self.log.exists() else ""


def listening(kernel_id: str) -> int | None:
    """The process that listens on the unix sockets of a kernel."""
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(kernel_id in str(held.laddr) for held in one.net_connections("unix")):
                return one.pid
    return None


def cells(*sources: str) -> nbformat.NotebookNode:
    """A notebook of a sentence and the given cells."""
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_markdown_cell("# A page\n\nWhat is done. And more.")]
    made.cells += [nbformat.v4.new_code_cell(source) for source in sources]
    made.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "x"}
    return made


Pages = dict[str, nbformat.NotebookNode | None]


def _written(pages: Pages, folder: Path) -> tuple[Page, ...]:
    """Pages, once their notebooks are in a folder."""
    for name, notebook in pages.items():
        if notebook is not None:
            nbformat.write(notebook, folder / f"{name}.ipynb")
    return tuple(
        Page(name, name if notebook else "", f"The page {name}", "What it is for.")
        for name, notebook in pages.items()
    )


@contextlib.contextmanager
def hosting(
    case: Case, pages: Pages, limits: Limits | None = None, **more: Any
) -> Iterator[Hosted]:
    """A server of pages, None for one without a notebook; `more` goes to its settings."""
    with runtime_folder() as runtime:
        (runtime / "page").mkdir()
        (runtime / SHARED).mkdir()
        known = _written(pages, runtime / "page")
        plan = plan_of(case, known, runtime / "page", landing=True)
        (runtime / PLAN_FILE).write_text(plan.written(), "utf-8")
        with socket.socket() as free:
            free.bind((LOOPBACK, 0))
            port = free.getsockname()[1]
        made = settings(runtime, port=port, token=TOKEN, limits=limits, **more)
        (runtime / "voila.json").write_text(json.dumps(made), "utf-8")
        log, said = runtime / "app.log", runtime / "said"
        with said.open("wb") as output:
            process = subprocess.Popen(
                command(runtime), env=environment(case.folder, runtime, log=log),
                cwd=runtime / "page", stdout=output, stderr=output,
            )  # fmt: skip
        hosted = Hosted(process, port, runtime, log, case, said, more.get("base_url", "/"))
        try:
            until(lambda: process.poll() is not None or _answers(hosted), "an answer")
            assert process.poll() is None, said.read_text("utf-8")
            yield hosted
        finally:
            process.terminate()
            process.wait(30)


def _answers(hosted: Hosted) -> bool:
    with contextlib.suppress(Exception):
        return hosted.get("casebook/paths")[0] == 200
    return False


class Client:
    """The socket of a page, in the hands of somebody who sends what he likes."""

    def __init__(self, hosted: Hosted, kernel_id: str, **options: Any) -> None:
        address = f"ws://{LOOPBACK}:{hosted.port}/api/kernels/{kernel_id}/channels"
        headers = {"Authorization": f"token {options.pop('token', TOKEN)}"}
        self.kernel, self.session = kernel_id, uuid.uuid4().hex
        self.socket = websocket.create_connection(
            f"{address}?session_id={self.session}", timeout=LONG, header=headers, **options
        )
        self.heard: list[dict[str, Any]] = []

    @classmethod
    def over(cls, opened: websocket.WebSocket, kernel_id: str, session: str) -> Client:
        """A client of a socket that was opened in another way."""
        made = cls.__new__(cls)
        made.socket, made.kernel, made.session, made.heard = opened, kernel_id, session, []
        return made

    def send(self, kind: str, content: dict[str, Any], channel: str = "shell") -> str:
        """Send a message; its id."""
        name = uuid.uuid4().hex
        header = {
            "msg_id": name, "msg_type": kind, "session": self.session, "username": "mallory",
            "version": "5.3", "date": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        message = {
            "header": header, "parent_header": {}, "metadata": {"version": "1.0.0"},
            "content": content,
            "channel": channel, "buffers": [],
        }  # fmt: skip
        self.socket.send(json.dumps(message))
        return name

    def hear(self, ends: Callable[[dict[str, Any]], bool], seconds: float = LONG) -> dict[str, Any]:
        """Listen until a message is as asked for; all of them are kept."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            self.socket.settimeout(max(0.1, limit - time.monotonic()))
            message = json.loads(self.socket.recv())
            self.heard.append(message)
            if ends(message):
                return message
        raise AssertionError("it was not heard")

    def done(self) -> None:
        """Wait until the kernel has dealt with all that was sent."""
        name = self.send("kernel_info_request", {})
        self.hear(lambda one: one["parent_header"].get("msg_id") == name
                  and one["msg_type"] == "kernel_info_reply")  # fmt: skip

    def widgets(self) -> dict[str, dict[str, Any]]:
        """The state of every widget that the kernel has, by id, as a page asks for it."""
        comm = uuid.uuid4().hex
        self.send(
            "comm_open", {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
        )
        self.send("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
        told = self.hear(
            lambda one: one["msg_type"] == "comm_msg" and one["content"]["comm_id"] == comm
        )
        return {name: one["state"] for name, one in told["content"]["data"]["states"].items()}

    def named(self, description: str) -> str:
        """The id of the one widget with a description."""
        found = [name for name, state in self.widgets().items()
                 if state.get("description") == description]  # fmt: skip
        assert len(found) == 1, description
        return found[0]

    def set(self, widget: str, **state: Any) -> None:
        """Set traits of a widget, whatever they are."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        self.send("comm_msg", {"comm_id": widget, "data": data})

    def close(self) -> None:
        """Go away."""
        self.socket.close()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A small case."""
    folder = tmp_path_factory.mktemp("served") / "case"
    folder.mkdir()
    pd.DataFrame({"x": range(60), "y": ["a", "b"] * 30}).to_csv(folder / "rows.csv", index=False)
    (folder / "case.yaml").write_text(
        new_record_text("case", {"rows": "rows.csv"}, target="y"), "utf-8"
    )
    return load_case(folder)


@pytest.fixture(scope="session")
def harness() -> SimpleNamespace:
    """What tests of this folder share."""
    return SimpleNamespace(Client=Client, cells=cells, hosting=hosting, until=until, FORM=FORM,
                           TOKEN=TOKEN, Limits=Limits, listening=listening)  # fmt: skip
