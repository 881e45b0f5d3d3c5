"""How often the evidence is wrong, on tables with a planted truth: `make calibrate`.

Writes CALIBRATION_EVIDENCE.md beside this file. The same seeds make the same tables; a quick part
of it is a test (tests/engine/evidence/test_calibration.py).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from casebook.case import Case, load_case, new_record_text
from casebook.evidence import leaks, pattern
from casebook.evidence.base import Found
from casebook.evidence.context import Context
from casebook.evidence.shared import Shared
from casebook.models.features import Features
from casebook.models.labelled import Labelled
from casebook.models.setting import Setting
from casebook.stats.intervals import proportion
from casebook.stats.metrics import MANY, NUMBER, TWO, metrics_for
from casebook.stats.splits import make_splits
from casebook.tables import Table, open_table

HERE = Path(__file__).resolve().parent
NULLS, POWERED, LEAKY = 200, 40, 100
ROWS = (100, 300, 1000)
SIZES = {"small (d = 0.2)": 0.2, "medium (d = 0.5)": 0.5, "large (d = 0.8)": 0.8}
KINDS = ("shuffled", "time", "groups", "numbers", "three classes")
LEAKS = ("copy with 1 % wrong", "number set afterwards", "filled in for one class only")

Record = dict[str, object]


def columns(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Five numbers, one of them heavy tailed, two categories; a tenth of one column is missing."""
    table = pd.DataFrame(rng.normal(size=(n, 4)), columns=["a", "b", "c", "d"])
    table["heavy"] = rng.standard_t(3, n)
    table["kind"] = rng.choice(["p", "q", "r", "s"], n)
    table["flag"] = rng.choice(["on", "off"], n)
    table.loc[rng.random(n) < 0.1, "d"] = np.nan
    return table


def null_table(seed: int, kind: str | None = None) -> tuple[pd.DataFrame, Record]:
    """A table in which nothing says anything of y, and its record: kinds take turns by seed.

    time: both a column and y drift slowly. groups: rows of a group are alike in `a` and in y.
    """
    rng = np.random.default_rng(10_000 + seed)
    kind = kind or KINDS[seed % len(KINDS)]
    n = int(rng.integers(100, 800))
    table, record = columns(rng, n), {}
    chance = np.full(n, rng.uniform(0.2, 0.8))
    if kind == "time":
        slow = np.sin(np.linspace(0, 3, n)) * 0.8
        table["day"] = pd.date_range("2022-01-01", periods=n)
        table["a"] += slow
        chance = 1 / (1 + np.exp(-slow))
        record = {"time": "day"}
    table["y"] = np.where(rng.random(n) < chance, "yes", "no")
    if kind == "groups":
        group = np.sort(rng.integers(0, n // 8, n))
        table["who"] = [f"w{k:03d}" for k in group]
        table["a"] = rng.normal(size=n)[group] + 0.1 * table["a"]
        table["y"] = np.where(rng.random(n) < 0.5, "yes", "no")[group]
        record = {"data": {"group": "who"}, "roles": {"who": "id"}}
    if kind == "numbers":
        table["y"] = rng.gamma(2, 30, n)
    if kind == "three classes":
        table["y"] = rng.choice(["low", "middle", "high"], n, p=[0.5, 0.3, 0.2])
    return table, record


def signal_table(seed: int, n: int, size: float) -> tuple[pd.DataFrame, Record]:
    """Two classes whose means in column `a` differ by `size` standard deviations."""
    rng = np.random.default_rng(20_000 + seed)
    table = columns(rng, n)
    yes = rng.random(n) < 0.4
    table["a"] += size * yes
    return table.assign(y=np.where(yes, "yes", "no")), {}


def leak_table(seed: int, kind: str) -> tuple[pd.DataFrame, Record]:
    """Two classes with a real pattern, and a column `leak` that holds the answer."""
    table, record = strong_table(seed, 1.0, "x1")
    rng = np.random.default_rng(30_000 + seed)
    yes, n = (table["y"] == "yes").to_numpy(), len(table)
    if kind == LEAKS[0]:
        table["leak"] = np.where(yes != (rng.random(n) < 0.01), "closed", "open")
    elif kind == LEAKS[1]:
        table["leak"] = 4 * yes + rng.normal(size=n)
    else:
        table["leak"] = np.where(yes, rng.normal(size=n), np.nan)
    return table, record


def strong_table(seed: int, size: float, name: str) -> tuple[pd.DataFrame, Record]:
    """Two classes and one clean column that differs by `size` standard deviations."""
    rng = np.random.default_rng(40_000 + seed)
    n = int(rng.integers(300, 1500))
    table = columns(rng, n)
    yes = rng.random(n) < rng.uniform(0.1, 0.5)
    table[name] = size * yes + rng.normal(size=n)
    return table.assign(y=np.where(yes, "yes", "no")), {}


def context_of(table: pd.DataFrame, record: Record) -> Context:
    """The table with its folds and without fits, which these kinds of evidence do not use."""
    y, data = table["y"], record.get("data", {})
    group = data.get("group") if isinstance(data, dict) else None
    task = NUMBER if y.dtype.kind == "f" else TWO if y.nunique() == 2 else MANY
    names = [name for name in table if name not in ("y", "day", group)]
    kinds = {name: "number" if table[name].dtype.kind in "fi" else "category" for name in names}
    features = Features(
        number=tuple(name for name in names if kinds[name] == "number"),
        category=tuple(name for name in names if kinds[name] == "category"),
        time=("day",) if "day" in table else (),
    )
    splits = make_splits(
        y, classes=task != NUMBER, time=table.get("day"), groups=table[group] if group else None
    )
    classes = () if task == NUMBER else tuple(sorted(y.unique()))
    setting = Setting(task, features)
    rows = Labelled(table, y, task, classes, setting, splits, 0, len(table))
    shared = Shared(rows, metrics_for(task)[0], {}, (), {}, {})
    case, opened = empty_case()
    return Context(case, opened, shared, None, None)


@cache
def empty_case() -> tuple[Case, Table]:
    """A record that answers nothing, and a table without ids and times, for all contexts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pd.DataFrame({"x": [0.5, 1.5], "y": ["yes", "no"]}).to_csv(folder / "rows.csv", index=False)
        text = new_record_text("case", {"rows": "rows.csv"}, target="y")
        (folder / "case.yaml").write_text(text, "utf-8")
        case = load_case(folder)
        return case, open_table(case)


def outcome(kind: Callable[[Context], object], made: tuple[pd.DataFrame, Record]) -> str:
    """What a kind of evidence says of one table."""
    found = kind(context_of(*made))
    assert isinstance(found, Found)
    return found.outcome


def leak_found(made: tuple[pd.DataFrame, Record]) -> bool:
    """Whether the column `leak`, and it alone, is named."""
    found = leaks.gather(context_of(*made))
    return isinstance(found, Found) and [name for name, _why in found.facts] == ["leak"]


def share(hits: Iterable[bool]) -> str:
    """Hits of all in words, with a Wilson interval."""
    all_of_them = list(hits)
    found = proportion(sum(all_of_them), len(all_of_them))
    return (
        f"{sum(all_of_them)} of {len(all_of_them)}: {100 * found.value:.1f} % "
        f"[{100 * (found.low or 0):.1f}, {100 * (found.high or 0):.1f}]"
    )


def nulls() -> list[str]:
    """The lines on tables without a signal."""
    said = {seed: outcome(pattern.gather, null_table(seed)) for seed in range(NULLS)}
    lines = ["| tables without a signal | called a pattern | called none |", "| --- | --- | --- |"]
    for kind in (*KINDS, "all"):
        own = [o for s, o in said.items() if kind in ("all", KINDS[s % len(KINDS)])]
        lines.append(
            f"| {kind} | {share(o == 'yes' for o in own)} | {share(o == 'no' for o in own)} |"
        )
    return lines


def power() -> list[str]:
    """The lines on tables with a signal of a stated size."""
    lines = [
        f"| signal | {' | '.join(f'{n} rows' for n in ROWS)} |",
        "| --- |" + " --- |" * len(ROWS),
    ]
    for name, size in SIZES.items():
        cells = [
            share(
                outcome(pattern.gather, signal_table(s, n, size)) == "yes" for s in range(POWERED)
            )
            for n in ROWS
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def leaking() -> list[str]:
    """The lines on planted leaks, and on strong columns that are none."""
    lines = ["| planted | named as a leak |", "| --- | --- |"]
    lines += [
        f"| {kind} | {share(leak_found(leak_table(s, kind)) for s in range(LEAKY))} |"
        for kind in LEAKS
    ]
    for size in (1.5, 2.0):
        false = (
            outcome(leaks.gather, strong_table(s, size, "strong")) == "yes" for s in range(LEAKY)
        )
        lines.append(f"| none, but a clean column of d = {size} | {share(false)} |")
    return lines


def main(path: Path = HERE / "CALIBRATION_EVIDENCE.md") -> None:
    """Write the three tables."""
    text = [
        "# How often the evidence is wrong", "",
        "Made by `make calibrate` (`tests/bench/calibrate_evidence.py`), which plants the truth;",
        "in brackets Wilson intervals at 95 %. A second run makes the same figures.", "",
        "## Pattern: false alarms", "",
        "100 to 800 rows, seven columns. In `time` a column and the target drift slowly together,",
        "in `groups` rows of a group share a column and the target: neither is a pattern.", "",
        *nulls(), "", "## Pattern: power", "",
        "Two classes that differ in one of seven columns by d standard deviations.", "",
        *power(), "", "## Leaks", "",
        "300 to 1,500 rows. A leak counts as found when it is named and nothing else is.", "",
        *leaking(), "",
    ]  # fmt: skip
    path.write_text("\n".join(text), "utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
