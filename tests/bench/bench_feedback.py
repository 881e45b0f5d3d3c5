"""What it costs to keep feedback: writes a second, and the time from a write to its receipt.

`python tests/bench/bench_feedback.py`. So many processes, forked from one that has everything
loaded, write one item after the other for some seconds into the same case: with its store in
SQLite, with its store in a PostgreSQL that the bench starts itself, and, as the plain alternative,
as lines appended to one CSV file, each synced. The three take turns. After each turn what was
acknowledged is held against what is there.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from casebook.case import Case, load_case, new_record_text
from casebook.runs.entry import Kept
from casebook.runs.feedback import PATIENCE, Feedback, drain, keep_feedback, read_feedback
from casebook.runs.journal_mode import journal_mode

sys.path.insert(0, str(Path(__file__).parents[1]))
from postgres import PostgresServer, binaries

RESULTS = Path(__file__).with_name("BENCH_FEEDBACK.md")
SIDES = ("SQLite", "PostgreSQL", "CSV, appended and synced")
CROWDS = (1, 10, 50)
INPUTS = {f"column_{n}": n * 1.5 for n in range(12)}
COMMENT = "It was not the price, they had waited for a table. " * 3

PAGE = """\
# Keeping feedback: writes a second, and the time until the receipt

| store | processes | writes a second | until the receipt, median | p95 | spooled first | \
acknowledged | lost |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

Made by `tests/bench/bench_feedback.py`: {repeats} turns of {seconds:g} s, the sides taking turns;
writes a second are the median of the turns, times are over all writes. All processes write to one
case as fast as they can, each item with a comment, twelve inputs and a prediction. Each write of
ours opens a connection, looks for its id, commits to the disk and closes the connection. What was
"spooled first" went into a synced file when the store was busy for longer than {patience:g} s, and
then into the store. A line of the CSV is appended to a file that is opened for it, and synced; it
knows no id, so that what is sent twice is there twice.

Machine: {machine}, load {load:.1f} before and {after:.1f} at the end; SQLite {sqlite} (journal:
{journal}), PostgreSQL {postgres}; {versions}.
"""


@dataclass
class Measured:
    """What was measured of a side and a crowd, over all turns."""

    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    spooled: int = 0
    acknowledged: int = 0
    lost: int = 0


def csv_line(path: Path, said: Feedback) -> Kept:
    """The plain alternative: a line at the end of a file, synced."""
    text = io.StringIO()
    row = [said.id, time.time(), said.kind, said.comment, json.dumps([said.inputs, said.output])]
    csv.writer(text).writerow(row)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(descriptor, text.getvalue().encode())
    os.fsync(descriptor)
    os.close(descriptor)
    return Kept.STORED


def write_on(keep: Callable[[Feedback], Kept], number: int, seconds: float) -> list[list[float]]:
    """Write for so long: of each item when it began and ended, and whether it was spooled."""
    took, end = [], time.monotonic() + seconds
    while (begun := time.monotonic()) < end:
        said = Feedback(
            f"{number}-{len(took)}", "wrong", comment=COMMENT, inputs=INPUTS, output=0.5
        )
        kept = keep(said)
        took.append([begun, time.monotonic(), kept is Kept.SPOOLED])
    return took


def crowd(
    keep: Callable[[Feedback], Kept], processes: int, seconds: float, folder: Path
) -> list[list[list[float]]]:
    """What each process of a crowd measured; they are let go together."""
    gate, opened = os.pipe()
    pids = []
    for number in range(processes):
        pid = os.fork()
        if pid == 0:
            os.close(opened)
            os.read(gate, 1)
            took = write_on(keep, number, seconds)
            (folder / f"{number}.json").write_text(json.dumps(took))
            os._exit(0)
        pids.append(pid)
    os.close(opened)
    os.close(gate)
    if any(os.waitpid(pid, 0)[1] for pid in pids):
        raise SystemExit("a process of the crowd did not end well")
    return [json.loads((folder / f"{n}.json").read_text()) for n in range(processes)]


def made_case(folder: Path, url: str | None) -> Case:
    """A case that keeps inputs, in a new folder."""
    folder.mkdir()
    (folder / "rows.csv").write_text("x,y\n1,2\n")
    answers = {"store": url, "monitoring": {"log_allowed": "yes"}}
    text = new_record_text("bench", {"rows": "rows.csv"}, answers=answers)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return load_case(folder)


def turn(side: str, processes: int, seconds: float, folder: Path, url: str | None) -> Measured:
    """One side and one crowd, in a case of their own."""
    case, path = made_case(folder, url), folder / "said.csv"
    if side == SIDES[-1]:
        found = crowd(lambda said: csv_line(path, said), processes, seconds, folder)
        with path.open(newline="") as file:
            there = {row[0] for row in csv.reader(file)}
    else:
        keep_feedback(case, Feedback("first", "right"))  # makes the tables
        found = crowd(lambda said: keep_feedback(case, said).kept, processes, seconds, folder)
        drain(case)
        there = set(read_feedback(case)["id"])
    acknowledged = {f"{n}-{i}" for n, took in enumerate(found) for i in range(len(took))}
    items = [item for took in found for item in took]
    wall = max(end for _, end, _ in items) - min(begun for begun, _, _ in items)
    return Measured(
        [len(items) / wall], [end - begun for begun, end, _ in items],
        sum(bool(spooled) for _, _, spooled in items),
        len(acknowledged), len(acknowledged - there),
    )  # fmt: skip


def measure(repeats: int, seconds: float, server: PostgresServer) -> Iterable[str]:
    """The rows of the table."""
    found: dict[tuple[str, int], Measured] = defaultdict(Measured)
    with tempfile.TemporaryDirectory() as folder:
        for n in range(repeats):
            for processes in CROWDS:
                for side in SIDES:
                    name = f"turn_{n}_{processes}"
                    url = server.create(name) if side == SIDES[1] else None
                    place = Path(folder) / f"{name}_{side[0]}"
                    add(found[side, processes], turn(side, processes, seconds, place, url))
                    print(side, processes, found[side, processes].rates, flush=True)
    for (side, processes), all_of_it in sorted(found.items(), key=lambda item: item[0][1]):
        yield row(side, processes, all_of_it)


def add(total: Measured, one: Measured) -> None:
    """Bring a turn to the others."""
    total.rates += one.rates
    total.times += one.times
    total.spooled += one.spooled
    total.acknowledged += one.acknowledged
    total.lost += one.lost


def row(side: str, processes: int, of: Measured) -> str:
    """A line of the table."""
    p95 = statistics.quantiles(of.times, n=20)[-1]
    return (
        f"| {side} | {processes} | {statistics.median(of.rates):.0f} "
        f"| {1000 * statistics.median(of.times):.1f} ms | {1000 * p95:.1f} ms "
        f"| {100 * of.spooled / len(of.times):.1f} % | {of.acknowledged} | {of.lost} |"
    )


def main() -> None:
    """Measure, print, and write the results beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    programs = binaries()
    if programs is None:
        raise SystemExit("no PostgreSQL here; on Debian: apt-get install postgresql")
    load, server = os.getloadavg()[0], PostgresServer(programs)
    try:
        server.start()
        rows = "\n".join(measure(options.repeats, options.seconds, server))
    finally:
        server.remove()
    page = PAGE.format(
        rows=rows, repeats=options.repeats, seconds=options.seconds, patience=PATIENCE,
        load=load, after=os.getloadavg()[0], sqlite=sqlite3.sqlite_version,
        journal=journal_mode(Path(tempfile.gettempdir())), postgres=programs.parts[-2],
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        versions=", ".join(f"{n} {metadata.version(n)}" for n in ("SQLAlchemy", "psycopg")),
    )  # fmt: skip
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
