"""What carrying notebooks costs: a whole `casebook run` against other ways of doing the same.

`make bench`, or `python tests/bench/bench_run.py --repeats 9`. Four sides, which start new
processes, find the table's cache warm, and take turns, so that other load falls on all of them:

- `casebook run`, with warm kernels; its templates run already, as after the first run of a day
- `casebook run --kernel python3` with `CASEBOOK_WARM=0`: ordinary kernels and processes
- a shell loop of plain `papermill` over the same notebooks, one after the other
- the code cells of the notebooks in order in one plain Python process: the same engine calls,
  figures and pages, without papermill, kernels, HTML conversion and the run's folder
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from importlib import metadata
from pathlib import Path

from casebook.phases.registry import PHASES

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("BENCH_RUN.md")
CASE = "restaurant"
SHOWN = ("casebook", "papermill", "nbconvert", "duckdb", "pandas", "scikit-learn")
WARM, PLAIN, LOOP, BARE = "warm kernels", "python3 kernels", "papermill loop", "bare process"
TARGETS = {LOOP: 0.25, BARE: 1.3}

PAGE = """\
# A whole run against other ways of doing the same

| seconds | median | least | most | `casebook run` with warm kernels takes |
| --- | ---: | ---: | ---: | --- |
{rows}

Aims: at most {loop} of the loop, at most {bare} of the bare process.

Made by `make bench`: {repeats} turns each after one that is not counted, the sides taking turns.
`casebook run` executes every notebook of the bundled restaurant ({n}) in a kernel of its own, as
many at once as there are cores, saves findings, and makes the report. The loop runs plain papermill
on the same notebooks, one after the other. The bare process executes the same code cells one after
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


def loop(case: Path, run: Path) -> str:
    """A shell's loop of papermill over the notebooks."""
    papermill = Path(sys.executable).with_name("papermill")
    lines = [f"set -e; mkdir -p {shlex.quote(str(run))}"]
    for path in notebooks():
        words = [papermill, "--no-progress-bar", "-k", "python3", "-p", "case", case]
        words += ["-p", "run", run, path, run / path.name]
        lines.append(shlex.join(map(str, words)))
    return "\n".join(lines)


def seconds(command: list[str], environment: Mapping[str, str]) -> float:
    """Wall time of a command that must succeed."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False,
                          env={**os.environ, **environment})  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


Side = Callable[[int], tuple[list[str], Mapping[str, str]]]


def measure(sides: Mapping[str, Side], repeats: int) -> dict[str, list[float]]:
    """Seconds of each side, taking turns; a first turn that warms caches is not counted."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(repeats + 1):
        for name, side in sides.items():
            took = seconds(*side(turn))
            print(f"{turn}/{repeats} {name}: {took:.2f} s", flush=True)
            if turn:
                times[name].append(took)
    return times


def sides_in(folder: Path) -> dict[str, Side]:
    """What is compared, on a copy of the case."""
    case = folder / CASE
    shutil.copytree(ROOT / "data" / CASE, case, ignore=shutil.ignore_patterns("runs", ".cache"))
    command = [str(Path(sys.executable).with_name("casebook")), "run", str(case)]
    bare = [sys.executable, __file__, "--bare", str(case)]
    return {
        WARM: lambda _: (command, {}),
        PLAIN: lambda _: ([*command, "--kernel", "python3"], {"CASEBOOK_WARM": "0"}),
        LOOP: lambda turn: (["sh", "-c", loop(case, folder / f"loop{turn}")], {}),
        BARE: lambda turn: ([*bare, str(folder / f"bare{turn}")], {}),
    }


def report(times: dict[str, list[float]]) -> str:
    """The results as a page, with how they were made."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    rows = [
        f"| {name} | {medians[name]:.2f} | {min(values):.2f} | {max(values):.2f} | "
        f"{medians[WARM] / medians[name]:.2f} of it |"
        for name, values in times.items()
    ]
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in SHOWN)
    return PAGE.format(
        rows="\n".join(rows).replace("| 1.00 of it |", "| |"),
        n=len(PHASES),
        loop=TARGETS[LOOP],
        bare=TARGETS[BARE],
        repeats=len(times[WARM]),
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
        page = report(measure(sides_in(Path(folder)), options.repeats))
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
