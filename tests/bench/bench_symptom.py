"""The symptom phase on a large CSV against pandas with skrub's report: time and peak memory.

`python tests/bench/bench_symptom.py` makes 2,000,000 rows of 20 columns and measures, in turns and
each in a process of its own: a case opened for the first time (the CSV is read, checked and kept
as Parquet) and examined; the same case examined again; and `pandas.read_csv` with skrub's
`TableReport`. `--large` adds 20,000,000 rows, for the phase alone.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import metadata
from pathlib import Path

RESULTS = Path(__file__).with_name("BENCH_SYMPTOM.md")
SIDES = ("first", "again", "pandas")
NAMES = {
    "first": "symptom phase, CSV opened for the first time",
    "again": "symptom phase, from the cache",
    "pandas": "pandas.read_csv and TableReport",
}
SHOWN = ("casebook", "duckdb", "pandas", "skrub")
ROWS = """
COPY (SELECT i AS order_id, (random() * {n} / 8)::BIGINT AS customer_id,
  TIMESTAMP '2024-01-01' + to_seconds((i * (365.0 * 86400) / {n})::BIGINT) AS ordered_at,
  ['north', 'south', 'east', 'west'][1 + (random() * 3.999)::INT % 4] AS region,
  ['app', 'web', 'phone'][1 + (random() * 2.999)::INT % 3] AS channel,
  'p' || (random() * 40)::INT AS product, 'c' || (random() * 300)::INT AS city,
  (random() * 5)::INT AS party, round(random() * 100, 2) AS wait,
  round(20 + random() * 80, 2) AS spend, round(random() * 10, 3) AS x1,
  round(random() * 10, 3) AS x2, round(random() * 10, 3) AS x3,
  CASE WHEN random() < 0.1 THEN NULL ELSE round(random() * 5, 1) END AS rating,
  random() < 0.3 AS member,
  ['card', 'cash', 'transfer'][1 + (random() * 2.999)::INT % 3] AS payment,
  (random() * 60)::INT AS age, 's' || (random() * 12)::INT AS staff,
  ['clear', 'cloud', 'rain'][1 + (random() * 2.999)::INT % 3] AS weather,
  random() < 0.4 AS returned
FROM range({n}) t(i) WHERE NOT (i > {n} * 0.5 AND i % 4 = 0 AND i % 3 = 0)) TO '{path}' (HEADER)
"""
PAGE = """# The symptom phase against pandas with skrub's report

{table}

Made by `tests/bench/bench_symptom.py`: {repeats} turns, the sides taking turns, each in a process
of its own; medians of wall time and of the greatest resident memory. The CSV has {rows} rows, 20
columns and {megabytes:.0f} MB; the metric is the sum of a column by month, and the record that says
so is there before. Opened for the first time means that the CSV is read, every cell checked, and
typed Parquet kept; all later runs of any phase begin with the cache. `TableReport` is made with its
defaults.

Aims: at most half of pandas' time and memory; 20,000,000 rows in less than 4 GB.

Machine: {machine}, load {load:.1f} at the end; {versions}.
"""


def make(path: Path, rows: int) -> None:
    """Write the CSV, the same for the same number of rows."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.execute("SELECT setseed(0.42)")
        connection.execute(ROWS.format(n=rows, path=path))


def make_case(folder: Path, csv: Path) -> None:
    """The record that a person writes before: which file, which metric."""
    from casebook.case import new_record_text

    folder.mkdir()
    symptom = {"metric": "SUM(spend)", "period": "month"}
    text = new_record_text("big", {"rows": str(csv)}, time="ordered_at",
                           answers={"symptom": symptom})  # fmt: skip
    (folder / "case.yaml").write_text(text, "utf-8")


def run_phase(folder: Path) -> None:
    """Open the case and examine its symptom."""
    from casebook.case import load_case
    from casebook.phases.symptom import examine
    from casebook.tables import open_table

    case = load_case(folder)
    found = examine(case, open_table(case), {})
    print(*found.headline, sep="\n", file=sys.stderr)


def run_pandas(csv: Path) -> None:
    """Read the CSV and make the report's HTML."""
    import pandas as pd
    import skrub

    warnings.simplefilter("ignore")
    print(len(skrub.TableReport(pd.read_csv(csv), verbose=0).html()), file=sys.stderr)


def one_side(side: str, folder: str, csv: str) -> None:
    """Do what a side does, and print its seconds of processor and its megabytes."""
    run_pandas(Path(csv)) if side == "pandas" else run_phase(Path(folder))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measured(side: str, folder: Path, csv: Path) -> tuple[float, float, float]:
    """Seconds, seconds of processor and megabytes of one side, in a process of its own."""
    start = time.perf_counter()
    command = [sys.executable, __file__, "--side", side, str(folder), str(csv)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"{side}\n{done.stdout}{done.stderr}")
    cpu, memory = (float(text) for text in done.stdout.split()[-2:])
    return seconds, cpu, memory


def turns(rows: int, repeats: int, sides: tuple[str, ...], place: Path) -> tuple[dict, float]:
    """Measurements of each side, and the megabytes of the CSV."""
    csv = place / f"rows{rows}.csv"
    make(csv, rows)
    found: dict[str, list[tuple[float, float, float]]] = {side: [] for side in sides}
    for turn in range(repeats):
        folder = place / f"case{rows}_{turn}"
        make_case(folder, csv)
        for side in sides:
            found[side].append(measured(side, folder, csv))
            seconds, cpu, memory = found[side][-1]
            print(f"{rows:,} {side}: {seconds:.1f} s ({cpu:.1f}), {memory:.0f} MB", flush=True)
    size = csv.stat().st_size / 1e6
    csv.unlink()
    return found, size


def table(found: dict[str, list[tuple[float, float, float]]], rows: int) -> list[str]:
    """Rows of the results: medians, and against pandas where it was measured."""
    medians = {
        side: tuple(statistics.median(one[n] for one in values) for n in range(3))
        for side, values in found.items()
    }
    base = medians.get("pandas")
    lines = []
    for side, (seconds, cpu, memory) in medians.items():
        against = " | ".join(
            f"{one / other:.2f}" if base else "–"
            for one, other in zip((seconds, cpu, memory), base or (1, 1, 1), strict=True)
        )
        shown = f"{seconds:.1f} | {cpu:.1f} | {memory:,.0f} | {against}"
        lines.append(f"| {rows:,} | {NAMES[side]} | {shown} |")
    return lines


def main() -> None:
    """Measure, print, and write the results beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="20,000,000 rows as well")
    parser.add_argument("--side", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        one_side(*options.side)
        return
    lines = [
        "| rows | what | seconds | processor | MB at most | time : pandas | processor | memory |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as place:
        found, size = turns(2_000_000, options.repeats, SIDES, Path(place))
        lines += table(found, 2_000_000)
        if options.large:
            lines += table(turns(20_000_000, 1, SIDES[:2], Path(place))[0], 20_000_000)
    page = PAGE.format(
        table="\n".join(lines),
        repeats=options.repeats,
        rows="2,000,000",
        megabytes=size,
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        load=os.getloadavg()[0],
        versions=", ".join(f"{name} {metadata.version(name)}" for name in SHOWN),
    )
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
