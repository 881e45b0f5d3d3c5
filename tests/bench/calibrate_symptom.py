"""How often the symptom phase names the planted segment, and how often one where there is none.

`python tests/bench/calibrate_symptom.py` simulates restaurants, with the fall of first-time guests
planted and with nothing planted, lets the phase examine each as a new case (no segments named in
the record), and writes the counts beside this file. A quick version is among the tests.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from casebook.case import load_case, new_record_text
from casebook.phases.symptom import Findings, examine
from casebook.stats.intervals import proportion
from casebook.tables import open_table

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data"))  # the simulator is no package of the project

from restaurant_simulator import NOTHING, PLANTED, simulate  # noqa: E402
from restaurant_simulator.truth import Truth  # noqa: E402

RESULTS = Path(__file__).with_name("CALIBRATION_SYMPTOM.md")
SYMPTOM = {"metric": "SUM(spend)", "metric_name": "revenue", "period": "month"}
RIGHT = ("guest", "first-time")
Sums = dict[date, dict[str, float]]


@dataclass(frozen=True)
class Run:
    """What the phase said of one restaurant, and the revenue by month and kind of guest."""

    found: Findings
    sums: Sums


def examined(seed: int, truth: Truth, *, direction: str | None = "falls") -> Run:
    """Simulate a restaurant and examine it as a new case."""
    visits = simulate(seed, truth)["visits"]
    with tempfile.TemporaryDirectory() as folder:
        visits.to_csv(Path(folder, "rows.csv"), index=False)
        text = new_record_text(
            "case", {"rows": "rows.csv"}, target="returned_60d", time="visited_at",
            answers={"symptom": {**SYMPTOM, "direction": direction},
                     "data": {"group": "guest_id"}},
        )  # fmt: skip
        Path(folder, "case.yaml").write_text(text, "utf-8")
        case = load_case(Path(folder))
        found = examine(case, open_table(case), {}, seed=seed)
    months = visits["visited_at"].dt.to_period("M")
    spent = visits.pivot_table(values="spend", index=months, columns="guest", aggfunc="sum")
    sums = {month.start_time.date(): row.to_dict() for month, row in spent.iterrows()}
    return Run(found, sums)


def named(found: Findings) -> tuple[str, str] | None:
    """Column and value of the first carrier; None where none is declared."""
    if found.search is None or not found.search.carriers:
        return None
    first = found.search.carriers[0]
    return " & ".join(first.names), " & ".join(first.labels)


def covered(runs: Iterable[Run]) -> list[bool]:
    """Whether the interval of the first-time guests' share holds the share expected then.

    The expected share of a pair of months is that of the means over all restaurants.
    """
    runs = list(runs)
    hits = []
    for run in runs:
        trend = run.found.trend
        part = next(p for p in run.found.search.parts["guest"] if p.labels == RIGHT[1:])
        if part.share is None:
            continue
        means = [
            pd.DataFrame([other.sums[day] for other in runs]).mean()
            for day in (trend.first, trend.last)
        ]
        moved = means[1] - means[0]
        hits.append(bool(part.share.low <= moved[RIGHT[1]] / moved.sum() <= part.share.high))
    return hits


def departs(found: Findings) -> bool:
    """Whether any single column's value departs from the whole, whatever the whole does."""
    return any(part.clear for parts in found.search.parts.values() for part in parts)


def told(what: str, hits: int, n: int) -> str:
    """A row of the table: a share with its interval."""
    share = proportion(hits, n)
    low, high = (f"{100 * end:.1f}" for end in (share.low, share.high))
    return f"| {what} | {hits} of {n} | {100 * share.value:.1f} % [{low}, {high}] |"


PAGE = """# Whether the symptom phase names the right segment

| what | how often | with a 95 % interval |
| --- | --- | --- |
{rows}

Streaks found with the fall planted (months: restaurants): {streaks}. Instead of `guest` =
`first-time` there came first: {others}. `newness` is first-time in the data, derived from
`guest_id` and `visited_at`. With nothing planted, segments declared: {false}.

Made by `tests/bench/calibrate_symptom.py`: {n} restaurants with the fall planted and {nothing} and
{either} with `NOTHING`, each from its own seed, examined as a new case whose record names no
segments; about {tried} parts of the rows were looked at in each, pairs and derived columns among
them. The compared months are those that the phase chose by itself. A segment is declared where the
whole changed for sure and a part departs for sure, all parts tested together at 5 %; the last row
is that test alone, on single columns, also where the whole did not change.
"""


def report(planted: list[Run], nothing: list[Run], either: list[Run]) -> str:
    """The counts as a page, with how they were made."""
    first = [named(run.found) for run in planted]
    false = [[n for run in runs if (n := named(run.found))] for runs in (nothing, either)]
    inside, both = covered(planted), [*nothing, *either]
    rows = [
        told("planted: `guest` = `first-time` ranks first", first.count(RIGHT), len(first)),
        told("planted: the interval of its share holds the one expected", sum(inside), len(inside)),
        told("nothing planted, the record says it falls: declared", len(false[0]), len(nothing)),
        told("nothing planted, direction left open: declared", len(false[1]), len(either)),
        told("nothing planted: the whole changed for sure",
             sum(bool(run.found.change.clear) for run in both), len(both)),
        told("nothing planted: any part departs",
             sum(departs(run.found) for run in both), len(both)),
    ]  # fmt: skip
    return PAGE.format(
        rows="\n".join(rows),
        streaks=dict(sorted(Counter(run.found.trend.streak for run in planted).items())),
        others=dict(Counter(str(one) for one in first if one != RIGHT)) or "nothing",
        false=dict(Counter(str(one) for one in (*false[0], *false[1]))) or "none",
        n=len(planted),
        nothing=len(nothing),
        either=len(either),
        tried=int(np.median([run.found.search.tried for run in planted])),
    )


def main() -> None:
    """Simulate, examine, print, and write the results beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planted", type=int, default=50)
    parser.add_argument("--nothing", type=int, default=150)
    parser.add_argument("--dry", action="store_true", help="print only")
    options = parser.parse_args()
    planted = [examined(seed, PLANTED) for seed in range(options.planted)]
    print("planted: done", flush=True)
    nothing = [examined(seed, NOTHING) for seed in range(options.nothing)]
    either = [examined(1000 + s, NOTHING, direction=None) for s in range(options.nothing // 3)]
    page = report(planted, nothing, either)
    if not options.dry:
        RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
