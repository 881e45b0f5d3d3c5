"""What carrying notebooks costs: a whole `casebook run` against the same calls in one process.

`make bench`, or `python tests/bench/bench_run.py --repeats 9`. The bare side executes the code
cells of the notebooks in order, in one plain Python process: the same engine calls, figures and
pages, without papermill, kernels, HTML conversion and the run's folder. Both sides start a new
process, find the table's cache warm, and take turns, so that other load falls on both.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from importlib import metadata
from pathlib import Path

from casebook.phases.registry import PHASES

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("RESULTS.md")
CASE = "restaurant"
SHOWN = ("casebook", "papermill", "nbconvert", "duckdb", "pandas", "scikit-learn")

PAGE = """\
# Whole run against the same engine calls

| seconds | median | least | most |
| --- | --- | --- | --- |
{rows}

Ratio of the medians: {ratio:.2f}.

Made by `make bench`: {repeats} turns each after one that is not counted, the sides taking turns.
`casebook run` executes every notebook of the bundled restaurant in a kernel of its own, saves
findings, and makes the report. The bare process executes the same code cells one after
the other: the same engine calls, figures and pages, and no report.

Machine: {machine}, Python {python}; {versions}.
"""


def notebooks() -> Iterator[Path]:
    """The notebooks, each after those that it needs or reads."""
    names = {phase.stem: phase.name for phase in PHASES}
    order = TopologicalSorter({p.stem: {*p.needs, *p.reads} for p in PHASES}).static_order()
    return (ROOT / "notebooks" / f"{names[stem]}.ipynb" for stem in order)


def run_bare(case: str, run: str) -> None:
    """Execute the code cells of all notebooks here, showing what each cell ends with."""
    for path in notebooks():
        space: dict[str, object] = {}
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                _show(_value("".join(cell["source"]), space))
            if "parameters" in cell["metadata"].get("tags", []):
                space |= {"case": case, "run": run}


def _value(source: str, space: dict[str, object]) -> object:
    """Execute a cell; the value of its last expression, as a notebook would show it."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), space)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), space)


def _show(value: object) -> None:
    if hasattr(value, "_repr_html_"):
        value._repr_html_()


def seconds(command: list[str]) -> float:
    """Wall time of a command that must succeed."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def measure(sides: dict[str, Callable[[int], list[str]]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each side, taking turns; a first turn that warms caches is not counted."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(repeats + 1):
        for name, command in sides.items():
            took = seconds(command(turn))
            if turn:
                times[name].append(took)
                print(f"{turn}/{repeats} {name}: {took:.2f} s", flush=True)
    return times


def report(times: dict[str, list[float]]) -> str:
    """The results as a page, with how they were made."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    whole, bare = medians["casebook run"], medians["bare process"]
    repeats = len(times["casebook run"])
    rows = [
        f"| {name} | {medians[name]:.2f} | {min(values):.2f} | {max(values):.2f} |"
        for name, values in times.items()
    ]
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in SHOWN)
    return PAGE.format(
        rows="\n".join(rows),
        ratio=whole / bare,
        repeats=repeats,
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        python=platform.python_version(),
        versions=versions,
    )


def main() -> None:
    """Measure, print, and write the results beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--bare", nargs=2, metavar=("CASE", "RUN"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        run_bare(*options.bare)
        return
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder, CASE)
        shutil.copytree(ROOT / "data" / CASE, case, ignore=shutil.ignore_patterns("runs"))
        command = Path(sys.executable).with_name("casebook")
        sides = {
            "casebook run": lambda _: [str(command), "run", str(case)],
            "bare process": lambda turn: [
                *(sys.executable, __file__, "--bare"),
                *(str(case), str(Path(folder, f"bare{turn}"))),
            ],
        }
        page = report(measure(sides, options.repeats))
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
