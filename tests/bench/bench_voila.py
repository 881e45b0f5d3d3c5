"""What a visitor of a Voila page costs: seconds and memory, warm kernels against ordinary ones.

`make bench`, or `python tests/bench/bench_voila.py --visitors 6`. Plain `voila` serves the same
notebook twice, once with the kernel `python3` and once with `casebook`. Seconds are from the
request to the last byte of the page, as a browser's first request gets it. Memory is the
proportional set size (PSS) of everything that belongs to the server: Voila, kernels, keepers and
template; its growth from the second visitor to the last, divided by how many came in between.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import nbformat
import psutil

from casebook.warm import client
from casebook.warm.limits import proportional_memory

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("BENCH_VOILA.md")
STACK = """\
import matplotlib.pyplot as plt, numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
import ipywidgets as w
w.VBox([w.FloatSlider(description=name) for name in "abcdef"])"""
PAGES = {"form": None, "case": ROOT / "notebooks" / "00_case.ipynb"}
KERNELS = ("python3", "casebook")

PAGE = """\
# What a visitor of a Voila page costs

| page | measured | python3 | casebook | ratio |
| --- | --- | ---: | ---: | ---: |
{rows}

Aims: seconds at most 0.30, memory at most 0.45 of stock.

Made by `make bench`: {visitors} visitors one after the other for each page and kernel, one before
them that is not counted; medians of seconds. *form* imports pandas, scikit-learn, matplotlib and
ipywidgets and shows six sliders; *case* is `00_case` of the bundled restaurant. Memory is the
growth of everything that belongs to the server (PSS) for each further visitor.

Machine: {machine}, Python {python}; voila {voila}, ipykernel {ipykernel}.
"""


def notebook(folder: Path, page: str, kernel: str) -> Path:
    """The page's notebook, for one kernel."""
    source = PAGES[page]
    if source is None:
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(STACK)])
    else:
        made = nbformat.read(source, as_version=4)
    made.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    path = folder / f"{page}.ipynb"
    nbformat.write(made, path)
    return path


@contextmanager
def served(path: Path, case: Path) -> Iterator[tuple[int, psutil.Process]]:
    """Voila on a free port, and its process."""
    with socket.socket() as found:
        found.bind(("localhost", 0))
        port = found.getsockname()[1]
    voila = Path(sys.executable).with_name("voila")
    process = subprocess.Popen(
        [voila, path, "--no-browser", f"--port={port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=path.parent,
        env={**os.environ, "CASEBOOK_CASE": str(case)},
    )  # fmt: skip
    try:
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def visit(port: int) -> float:
    """Seconds from the request to the page's last byte."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("localhost", port, timeout=120)
    connection.request("GET", "/")
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - start
    if answer.status != 200 or b"Traceback" in body or b"jupyter-widgets" not in body:
        raise SystemExit(f"the page failed with status {answer.status}")
    return took


def memory(server: psutil.Process) -> float:
    """Megabytes of the server, its kernels, their keepers and the template."""
    pids = {server.pid, *(child.pid for child in server.children(recursive=True))}
    for answer in client.status():
        template = psutil.Process(answer["pid"])
        pids |= {template.pid, *(child.pid for child in template.children(recursive=True))}
    return sum(proportional_memory(pid) or 0 for pid in pids) / 1e6


def measured(path: Path, case: Path, visitors: int) -> tuple[float, float]:
    """Median seconds of a page, and megabytes for each further visitor."""
    with served(path, case) as (port, server):
        visit(port)
        time.sleep(1)
        before, times = memory(server), []
        for _ in range(visitors):
            times.append(visit(port))
            print(f"{path.stem} {times[-1]:.2f} s", flush=True)
        time.sleep(2)
        return statistics.median(times), (memory(server) - before) / visitors


def main() -> None:
    """Measure, print, and write the results beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=6)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder  # templates of this bench alone
        case = Path(folder, "restaurant")
        shutil.copytree(ROOT / "data" / "restaurant", case)
        for page in PAGES:
            found = {
                kernel: measured(notebook(Path(folder), page, kernel), case, options.visitors)
                for kernel in KERNELS
            }
            client.stop()
            for n, (what, unit) in enumerate((("complete page", "s"), ("a visitor more", "MB"))):
                stock, warm = (found[kernel][n] for kernel in KERNELS)
                row = f"| {page} | {what} | {stock:.2f} {unit} | {warm:.2f} {unit} "
                rows.append(f"{row}| {warm / stock:.2f} |")
    page = PAGE.format(
        rows="\n".join(rows),
        visitors=options.visitors,
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        python=platform.python_version(),
        voila=metadata.version("voila"),
        ipykernel=metadata.version("ipykernel"),
    )
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
