"""From a link to a form that can be used, against Voila as it comes; and fifty visitors at once.

`make bench`, or `python tests/bench/bench_page.py --turns 5`. Both serve the feasibility notebook
of the same case in the same run, turn by turn one after the other, each to a Chromium that has
kept nothing: Voila with its default template and the kernel `python3`, and `casebook app`. Usable
is when the first list of answers can be seen. Memory is the proportional set size (PSS) of
everything that belongs to a server; its growth from the second visitor on, for each further one
whose page stays open.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from serving import (
    app,
    chromium,
    family,
    free_port,
    is_open,
    link_in,
    machine,
    memory,
    running,
    until,
    voila,
)

from casebook.serve.outside import asked
from casebook.warm import client

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("BENCH_PAGE.md")
NOTEBOOK = ROOT / "notebooks" / "04_feasibility.ipynb"
USABLE = ".cb-live .cb-row select, .cb-panel .cb-row select"
CAP = 6
SETTLED = (
    4  # seconds; by then `casebook app` has its spare again, which is its own, not a visitor's
)
PAGE = """\
# From a link to a form that can be used

| measured | Voila as it comes | casebook app | ratio |
| --- | ---: | ---: | ---: |
{rows}

Aims: seconds to a usable form and memory of a further visitor at most 0.50 of Voila as it comes.

Made by `make bench`: {turns} turns, each a visitor of the one and then of the other, in a Chromium
that has kept nothing; medians. The first visit of each is told apart: `casebook app` computes the
evidence for it and shares it with those who come after. The page is `04_feasibility` of the bundled
{case}. Memory is the growth of everything that belongs to the server (PSS) for each further
visitor, pages left open, {settled} seconds after the form was usable. `casebook app` keeps a spare
kernel for the next visitor; it is there at each of these moments, and so is no visitor's growth.

## {visitors} visitors at once, kernels killed at random

| measured | found |
| --- | ---: |
{crowd}

Made with a cap of {cap} kernels; a visitor who is turned away tries again. `casebook app` keeps one
kernel, the spare, ready for whoever comes next: it counts under the cap, and in the memory before
and after.

Machine: {machine}; load {load:.1f} when it started.
"""


@contextmanager
def stock(case: Path, folder: Path) -> Iterator[tuple[int, str, Path]]:
    """Voila as it comes: its process, its address and its runtime folder, which is its own."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.write(notebook, folder / "page.ipynb")
    port = free_port()
    own = folder / "stock"
    own.mkdir(mode=0o700)
    told = {"CASEBOOK_CASE": str(case), "XDG_RUNTIME_DIR": str(own)}
    with running(voila(folder / "page.ipynb", port), folder / "stock.log", told) as process:
        until(lambda: is_open(port))
        yield process.pid, f"http://127.0.0.1:{port}/", own


@contextmanager
def ours(case: Path, folder: Path, *options: str) -> Iterator[tuple[int, str, Path]]:
    """`casebook app`: its process, its link and its runtime folder."""
    log = folder / "ours.log"
    with running(app(case, "feasibility", *options), log, {"CASEBOOK_CASE": str(case)}) as process:
        yield process.pid, link_in(log), Path(os.environ["XDG_RUNTIME_DIR"])


def visit(browser: Browser, link: str) -> tuple[float, float, Page]:
    """Seconds to the first paint and to a usable form, and the page, left open."""
    page = browser.new_context().new_page()
    start = time.perf_counter()
    page.goto(link, wait_until="commit", timeout=180_000)
    page.wait_for_selector(USABLE, state="visible", timeout=180_000)
    seconds = time.perf_counter() - start
    paints = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint').map(one => one.startTime)"
    )
    return (paints or [float("nan")])[0] / 1000, seconds, page


def measured(browser: Browser, case: Path, folder: Path, turns: int) -> list[str]:
    """Rows of the table."""
    found: dict[str, list[tuple[float, float, float]]] = {"stock": [], "ours": []}
    pages = []
    with stock(case, folder) as one, ours(case, folder, "--kernels", str(turns + 2)) as other:
        for _turn in range(turns + 1):
            for name, (pid, link, runtime) in (("stock", one), ("ours", other)):
                paint, seconds, page = visit(browser, link)
                pages.append(page)
                time.sleep(SETTLED)
                found[name].append((paint, seconds, memory(pid, runtime)))
        for page in pages:
            page.context.close()
    rows = []
    for what, unit, of in (
        ("first paint", "s", lambda v: statistics.median(one[0] for one in v[1:])),
        ("usable form, first visit", "s", lambda v: v[0][1]),
        ("usable form", "s", lambda v: statistics.median(one[1] for one in v[1:])),
        ("a visitor more", "MB", lambda v: (v[-1][2] - v[1][2]) / (len(v) - 2)),
    ):
        before, after = of(found["stock"]), of(found["ours"])
        rows.append(f"| {what} | {before:.2f} {unit} | {after:.2f} {unit} | {after / before:.2f} |")
    return rows


def crowd(case: Path, folder: Path, visitors: int) -> list[str]:
    """Rows on many visitors at once, while kernels are killed."""
    options = ("--kernels", str(CAP), "--away", "0.1")
    with ours(case, folder, *options) as (pid, link, runtime):
        port, token = int(link.split(":")[2].split("/")[0]), link.partition("token=")[2]
        asked("127.0.0.1", port, "/", token, 180)
        until(lambda: len(kernels()) <= 1)  # the spare
        before = memory(pid, runtime)
        with ThreadPoolExecutor(visitors) as many:
            waiting = [many.submit(patient, port, token) for _n in range(visitors)]
            most, killed = harassed(waiting)
        turned = [one.result() for one in waiting]
        until(lambda: len(kernels()) <= 1)
        time.sleep(SETTLED)
        after, below = memory(pid, runtime), family(pid, runtime)
        spare = tuple(one.stem for one in runtime.rglob("kernel-*.json"))
        sockets = [o for o in runtime.rglob("kernel-*-ipc-*") if not o.name.startswith(spare)]
    # What is forked has its template's command line, so they are told apart by the templates' ids.
    time.sleep(1)
    templates = {answer["pid"] for answer in client.status()}
    left = [one for one in below if one.is_running() and one.pid not in templates]
    told = [
        ("visitors who got a page", f"{len(turned)} of {visitors}"),
        ("times somebody was told to try again", str(sum(turned))),
        (f"kernels at once, of at most {CAP}", str(most)),
        ("kernels killed at random", str(killed)),
        ("memory of the server before and after", f"{before:.0f} MB, {after:.0f} MB"),
        ("sockets left while it runs, but for the spare's", str(len(sockets))),
        ("processes left when it is stopped", str(len(left))),
    ]
    return [f"| {what} | {value} |" for what, value in told]


def harassed(waiting: list[Future[int]]) -> tuple[int, int]:
    """The most kernels at once while visitors wait, and how many of them were killed."""
    most, killed, rng = 0, 0, random.Random(0)
    while not all(one.done() for one in waiting):
        alive = kernels()
        most = max(most, len(alive))
        if alive and rng.random() < 0.2:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(alive), signal.SIGKILL)
                killed += 1
        time.sleep(0.2)
    return most, killed


def kernels() -> list[int]:
    """The kernels of the server: the processes that listen on its unix sockets."""
    found, runtime = [], os.environ["XDG_RUNTIME_DIR"]
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            held = [str(pair.laddr) for pair in one.net_connections("unix")]
            if any(runtime in path and "kernel-" in path and "-ipc-" in path for path in held):
                found.append(one.pid)
    return found


def patient(port: int, token: str) -> int:
    """How often a visitor is turned away before there is a page."""
    turned = 0
    while asked("127.0.0.1", port, "/", token, 300)[0] == 503:
        turned += 1
        time.sleep(1)
    return turned


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--case", default="breast_cancer")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir="/tmp") as name, sync_playwright() as playwright:
        folder = Path(name)
        runtime = folder / "own"  # templates and sockets of this bench alone
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        case = folder / options.case
        shutil.copytree(ROOT / "data" / options.case, case)
        browser = chromium(playwright)
        rows = measured(browser, case, folder, options.turns)
        measured_on = machine(browser.version)
        browser.close()
        told = crowd(case, folder, options.visitors)
        client.stop()
    text = PAGE.format(
        rows="\n".join(rows), crowd="\n".join(told), turns=options.turns, case=options.case,
        visitors=options.visitors, cap=CAP, settled=SETTLED, load=load, machine=measured_on,
    )  # fmt: skip
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
