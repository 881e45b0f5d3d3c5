"""Faults 26 to 29, 36 and 37: what a page may do to its kernel, and what it is told of it."""

from __future__ import annotations

import contextlib
import re

import pytest
import websocket

PAGES = {
    "form": """
import os
import ipywidgets as w
kept = w.Text(description="Kept")
chosen = w.Dropdown(options=["a", "b"], description="Chosen")
number = w.BoundedFloatText(min=0, max=10, description="Number")
breaking = w.Text(description="Breaking")
def breaks(change):
    print("a secret word")
    raise KeyError("the table of salaries")
breaking.observe(breaks, "value")
w.VBox([kept, chosen, number, breaking])""",
    "fails": "secret = 'hunter2'\nraise RuntimeError('it is ' + secret)",
    "quiet": "'for analysts'",
    "dies": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
}


@pytest.fixture(scope="module")
def hosted(case, harness):
    pages = {name: harness.cells(source) for name, source in PAGES.items()}
    pages["fails"].cells.append(harness.cells("'not reached'").cells[-1])
    pages["quiet"].cells += harness.cells("'for everybody'", "raise KeyError('x')").cells[1:]
    for at in (0, 1, 3):
        pages["quiet"].cells[at].metadata["tags"] = ["analyst"]
    with harness.hosting(case, pages, harness.Limits(memory=700_000_000)) as running:
        yield running


@pytest.fixture
def client(hosted, harness):
    opened = harness.Client(hosted, hosted.page())
    yield opened
    opened.close()


def kinds(client) -> set[str]:
    return {one["msg_type"] for one in client.heard}


def test_case_26_code_that_a_page_sends_is_never_run(hosted, client):
    code = "import pathlib; pathlib.Path('made').write_text('x')"
    for channel in ("shell", "control", "stdin", "iopub"):
        client.send("execute_request", {"code": code, "silent": False}, channel)
    client.send("shutdown_request", {"restart": False}, "control")
    client.send("debug_request", {"type": "request", "command": "initialize"}, "control")
    client.socket.send("{")
    client.socket.send_binary(b"\x00" * 7)
    client.done()
    assert "execute_reply" not in kinds(client)
    assert not (hosted.runtime / "page" / "made").exists()
    assert "a message of type 'execute_request'; dropped" in hosted.said.read_text("utf-8")


def test_case_26_a_page_reaches_no_kernel_without_the_token_nor_from_elsewhere(hosted, harness):
    kernel = hosted.page()
    for options in ({"token": "another"}, {"origin": "http://elsewhere.example"}):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            harness.Client(hosted, kernel, **options)
        assert refused.value.status_code == 403, options


def test_case_27_traits_past_their_limits_are_refused_and_logged(hosted, client, harness):
    number, chosen = client.named("Number"), client.named("Chosen")
    client.set(number, value=1e9)
    client.set(chosen, index=99)
    client.set(client.named("Kept"), value={"a": 1}, rows="x", no_such_trait=1)
    client.done()
    states = client.widgets()
    assert states[number]["value"] == 10.0
    assert states[chosen]["index"] == 0
    harness.until(lambda: hosted.told().count("TraitError") >= 2, "a line in the log")


def test_case_29_a_page_opens_no_widgets_of_its_own(hosted, client, harness):
    before = len(client.widgets())
    for n in range(300):
        client.send("comm_open", {"comm_id": f"d{n}", "target_name": "jupyter.widget.control"})
    client.done()
    assert "more than 100 comms" in hosted.said.read_text("utf-8")
    state = {"_model_name": "TextModel", "_model_module": "@jupyter-widgets/controls",
             "_view_name": "TextView", "_view_module": "@jupyter-widgets/controls",
             "value": "x" * 1000}  # fmt: skip
    with contextlib.suppress(OSError, websocket.WebSocketException):  # it is closed on the way
        for n in range(10_000):
            client.send("comm_open", {"comm_id": f"c{n}", "target_name": "jupyter.widget",
                                      "data": {"state": state, "buffer_paths": []}})  # fmt: skip
    harness.until(lambda: "its socket is closed" in hosted.said.read_text("utf-8"), "the close")
    again = harness.Client(hosted, client.kernel)
    assert len(again.widgets()) == before
    again.close()


def test_case_36_a_cell_that_fails_is_a_card_with_an_id_and_the_log_has_the_rest(hosted):
    status, text = hosted.get("fails")
    assert status == 200
    name = re.search(r'data-incident="(\w+)"', text)[1]
    assert f"error id {name}" in text
    for hidden in ("hunter2", "RuntimeError", "Traceback", "not reached"):
        assert hidden not in text, hidden
    said = hosted.told()
    line = next(one for one in said.splitlines() if name in one)
    assert "RuntimeError" in line
    assert "it is hunter2" in said
    assert text.rstrip().endswith("</html>")


def test_case_36_a_kernel_that_dies_in_a_cell_is_a_card_too(hosted):
    text = hosted.get("dies")[1]
    name = re.search(r'data-incident="(\w+)"', text)[1]
    assert "DeadKernelError" in next(one for one in hosted.told().splitlines() if name in one)
    assert text.rstrip().endswith("</html>")


def test_case_37_a_callback_that_raises_is_told_by_id_and_what_it_says_stays_in_the_log(
    hosted, client, harness
):
    client.set(client.named("Breaking"), value="x")
    client.done()
    told = harness.until(lambda: hosted.state(client.kernel)["incidents"], "an id for the page")
    heard = str(client.heard)
    assert "salaries" not in heard
    assert "a secret word" not in heard
    assert {"error", "stream"} & kinds(client) == set()
    lines = hosted.told()
    assert any(told[-1] in line and "KeyError" in line for line in lines.splitlines())
    assert "the table of salaries" in lines


def test_a_cell_for_analysts_shows_nothing_behind_a_link_unless_it_fails(hosted):
    status, text = hosted.get("quiet")
    assert status == 200
    assert "for everybody" in text
    assert "for analysts" not in text
    assert "<p>What is done." not in text  # as a word of the step it is there
    assert "cb-incident" in text
