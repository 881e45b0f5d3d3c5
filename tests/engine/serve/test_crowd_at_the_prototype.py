"""Fifty visitors of the prototype, with kernels killed at random: what is acknowledged is kept."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import psutil
import pytest
import websocket
from threadpoolctl import threadpool_limits

from casebook import language
from casebook.case import Case, load_case, new_record_text
from casebook.places import notebooks_folder
from casebook.runs.feedback import read_feedback
from casebook.workspace import open_phase

VISITORS, AT_ONCE, CAP = 50, 10, 6
EVERY = 6  # visitors that are served, for each kernel that is killed
_NOBODY = 2**22 + 1  # more than a process id can be
RECEIPT = re.compile(r"receipt ([0-9a-f]{12}-[0-9a-f]{10})")
GROWN = 80_000_000  # bytes that the server itself may have grown by


class Gone(Exception):
    """A visitor's kernel has ended; the visitor comes again."""


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case of few rows with a model in its run."""
    folder = tmp_path_factory.mktemp("crowd") / "case"
    folder.mkdir()
    rng, n = np.random.default_rng(0), 200
    tenure = rng.integers(0, 60, n)
    left = np.where(tenure + rng.normal(0, 10, n) < 30, "yes", "no")
    pd.DataFrame({"tenure": tenure, "left": left}).to_csv(folder / "rows.csv", index=False)
    answers = {"baseline": {"candidates": ["linear"]}}
    text = new_record_text("case", {"rows": "rows.csv"}, target="left", answers=answers)
    (folder / "case.yaml").write_text(text, "utf-8")
    with language.using("en"), threadpool_limits(1):
        work = open_phase("baseline", {"case": str(folder)})
        findings = work.examine()
        work.save(findings)
        work.save_chosen(findings)
    return load_case(folder)


@pytest.fixture(scope="module")
def hosted(tried: Case, harness: Any) -> Iterator[Any]:
    page = nbformat.read(notebooks_folder() / "08_prototype.ipynb", as_version=4)
    page.metadata["kernelspec"]["name"] = "python3"
    del page.cells[4:]  # the form and its answer; files and figures are not needed here
    limits = harness.Limits(kernels=CAP, away=2.0)
    with harness.hosting(tried, {"prototype": page}, limits) as running:
        yield running


def impatient(client: Any, hosted: Any) -> Any:
    """A client that looks, while it listens, whether its kernel is still there."""
    listen = client.hear

    def hear(ends: Callable[[Any], bool], seconds: float = 90) -> Any:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            try:
                return listen(ends, 2)
            except (websocket.WebSocketTimeoutException, AssertionError):
                if hosted.state(client.kernel)["state"] != "alive":
                    raise Gone from None
            except (websocket.WebSocketException, OSError) as error:
                raise Gone from error
        raise Gone

    client.hear = hear
    return client


def visit(hosted: Any, harness: Any, comment: str) -> str:
    """Open the page, type, say something of the answer; the id of the receipt. Raises Gone."""
    status, text = hosted.get("prototype")
    if status == 503 or "cb-incident" in text:
        raise Gone
    assert status == 200, text
    kernel = re.search(r'"kernel": ?"([0-9a-f-]{36})"', text)[1]
    try:
        client = impatient(harness.Client(hosted, kernel), hosted)
    except (websocket.WebSocketException, OSError) as error:
        raise Gone from error
    with contextlib.closing(client):
        try:
            return say(client, comment)
        except (websocket.WebSocketException, OSError) as error:
            raise Gone from error


def say(client: Any, comment: str) -> str:
    """Type a number, a verdict and a comment, and press the button; the id of the receipt."""
    states = client.widgets()
    named = {state.get("description"): name for name, state in states.items()}
    [verdict] = [name for name, state in states.items()
                 if state.get("_model_name") == "RadioButtonsModel"]  # fmt: skip
    client.set(named["tenure"], value=str(random.Random(comment).randint(1, 59)))
    client.set(verdict, index=0)
    client.set(named["Anything else?"], value=comment)
    client.set(named["Your name"], value="Lee")
    click = {"method": "custom", "content": {"event": "click"}}
    client.send("comm_msg", {"comm_id": named["Send"], "data": click})
    heard = client.hear(lambda one: one["msg_type"] == "comm_msg" and receipt_in(one))
    return receipt_in(heard)


def receipt_in(message: Any) -> str:
    """The id of a receipt that a message shows; empty without one."""
    state = message["content"]["data"].get("state", {})
    found = RECEIPT.search(str(state.get("value", "")))
    return found[1] if found else ""


def listeners(kernels: set[str]) -> int:
    """Bytes that the processes of these kernels hold."""
    held = 0
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            sockets = " ".join(str(at.laddr) for at in one.net_connections("unix"))
            if any(kernel in sockets for kernel in kernels):
                held += one.memory_info().rss
    return held


def come_until_kept(hosted: Any, harness: Any, comment: str) -> tuple[str, str]:
    """Visit until a receipt is there; its id, and what was said."""
    while True:
        try:
            return visit(hosted, harness, comment), comment
        except Gone:
            time.sleep(0.3)


def disturb(hosted: Any, harness: Any, waiting: list[Future[Any]]) -> tuple[int, int, set[str]]:
    """Kill kernels at random until all are served; how many, the most that there were, all ids."""
    rng, seen, killed, most = random.Random(7), set[str](), 0, 0
    while (served := sum(one.done() for one in waiting)) < len(waiting):
        there = hosted.kernels()
        seen.update(there)
        most = max(most, len(there))
        if there and served >= EVERY * killed:
            pid = harness.listening(rng.choice(there))
            with contextlib.suppress(ProcessLookupError):
                killed += bool(pid)
                os.kill(pid or _NOBODY, signal.SIGKILL)
        time.sleep(0.1)
    return killed, most, seen


def test_fifty_visitors_lose_nothing_that_was_acknowledged(hosted, harness, tried):
    server = psutil.Process(hosted.process.pid)
    before = server.memory_info().rss
    with ThreadPoolExecutor(AT_ONCE) as many:
        waiting = [many.submit(come_until_kept, hosted, harness, f"visitor {n}")
                   for n in range(VISITORS)]  # fmt: skip
        killed, most, seen = disturb(hosted, harness, waiting)
    acknowledged = dict(one.result() for one in waiting)
    assert len(acknowledged) == VISITORS
    stored = read_feedback(tried)
    assert stored["id"].is_unique
    kept = stored.set_index("id")["comment"].to_dict()
    assert {name: kept.get(name) for name in acknowledged} == acknowledged
    assert killed >= VISITORS // EVERY - 1
    assert 1 < most <= CAP
    harness.until(hosted.is_left_clean, "the end of their files")
    harness.until(lambda: not listeners(seen - {hosted.spare()}), "the end of what they held")
    assert server.memory_info().rss < before + GROWN
    assert not server.children()
