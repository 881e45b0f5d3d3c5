"""How often the prototype's intervals hold, and how often ordinary rows are called unlike.

`python tests/bench/calibrate_prototype.py --tables 20` writes CALIBRATION_PROTOTYPE.md beside it.
Truths are planted: intervals meet 2,000 new rows each time, and prototypes meet 400 new rows of
the same kind, and 400 whose values are each usual but were never together.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from casebook.case import load_case, new_record_text
from casebook.models.about import About
from casebook.models.file import load_model, save_model
from casebook.models.labelled import labelled
from casebook.models.registry import candidates_of
from casebook.phases import prototype as phase
from casebook.prototype.answer import answers
from casebook.prototype.conformal import half_width, held, widths_of
from casebook.prototype.opened import Prototype, opened
from casebook.tables import open_table

RESULTS = Path(__file__).with_name("CALIBRATION_PROTOTYPE.md")
DRAWS = 400
ENDS = (4.8, 8.6, 12.4, 16.2)
TABLES = ((300, "normal"), (1000, "normal"), (4000, "normal"), (1000, "heavy"), (1000, "levels"))


def drawn(n: int, rng: np.random.Generator, *, growing: bool) -> tuple[np.ndarray, np.ndarray]:
    """Truths and predictions; errors of one size, or from a tenth to twice as large."""
    said = rng.uniform(1, 20, n)
    return said + (said / 10 if growing else 1.0) * rng.standard_t(4, n), said


def intervals(n: int, *, growing: bool) -> list[str]:
    """What intervals by n errors hold: of all, of the size held least, and with one width."""
    rng = np.random.default_rng(n)
    shares = []
    for _draw in range(DRAWS):
        truth, said = drawn(n, rng, growing=growing)
        new, stated = drawn(2000, rng, growing=growing)
        place = np.digitize(stated, ENDS)
        inside = held(widths_of(truth, said), new, stated)
        flat = np.abs(new - stated) <= (half_width(np.abs(truth - said)) or np.inf)
        by_size = [[one[place == k].mean() for k in range(5)] for one in (inside, flat)]
        shares.append([inside.mean(), *by_size[0], *by_size[1]])
    mean = np.mean(shares, axis=0)
    kind = "grow with the prediction" if growing else "of one size"
    told = (mean[0], mean[1:6].min(), mean[1:6].max(), mean[6:].min(), mean[6:].max())
    return [f"{n:,} errors, {kind}", *(f"{100 * one:.1f} %" for one in told)]


def table(n: int, kind: str, seed: int, *, broken: bool = False) -> pd.DataFrame:
    """Six columns, the first two nearly the same; broken: no longer so, each as usual."""
    rng = np.random.default_rng(seed)
    size = rng.normal(size=n)
    rooms = size + 0.15 * rng.normal(size=n)
    if broken:  # half of all rows away, each still among the usual ones
        order = np.argsort(rooms)
        rooms[order] = np.roll(np.sort(rooms), n // 2)
    other = rng.normal(size=(3, n))
    if kind == "heavy":
        size, rooms, other = np.exp(1.5 * size), np.exp(1.5 * rooms), np.exp(1.5 * other)
    share = 1 / np.arange(1, 61) if kind == "levels" else np.ones(4)
    city = rng.choice([f"c{i}" for i in range(len(share))], n, p=share / share.sum())
    frame = pd.DataFrame({"size": size, "rooms": rooms, "a": other[0], "b": other[1],
                          "c": other[2], "city": city})  # fmt: skip
    return frame.assign(y=size + rooms + other[0] + rng.normal(size=n))


def prototype(frame: pd.DataFrame, folder: Path) -> Prototype:
    """A linear model on a table, measured as the phase does, and opened."""
    frame.to_csv(folder / "rows.csv", index=False)
    text = new_record_text("case", {"rows": "rows.csv"}, target="y")
    (folder / "case.yaml").write_text(text, "utf-8")
    case = load_case(folder)
    rows = open_table(case)
    data = labelled(case, rows)
    linear = next(c for c in candidates_of(data.setting) if c.name == "linear")
    fitted = linear.make(data.setting).fit(data.X, data.y)
    save_model(folder, fitted, data, about=About("case", "linear"))
    baseline = {"chosen": "linear", "seed": 0, "target": "y", "candidates": []}
    trust = phase.examine(case, rows, {"baseline": baseline}).trust
    return opened(case, rows, load_model(folder), trust)


def alarms(n: int, kind: str, tables: int) -> list[str]:
    """The shares of ordinary rows with an alarm and that are far, and of broken ones found far."""
    shares = []
    for seed in range(tables):
        with tempfile.TemporaryDirectory() as folder:
            made = prototype(table(n, kind, seed), Path(folder))
            fine = answers(made, table(400, kind, 10_000 + seed))
            odd = answers(made, table(400, kind, 20_000 + seed, broken=True))
        alarm = [any(one.alarm for one in each.unlike) for each in fine]
        far = [any(not one.column for one in each.unlike) for each in fine]
        found = [any(not one.column for one in each.unlike) for each in odd]
        inside = [abs(one.said - truth) <= (one.interval.high - one.interval.low) / 2
                  for one, truth in zip(fine, table(400, kind, 10_000 + seed)["y"], strict=True)
                  if one.interval]  # fmt: skip
        shares.append([np.mean(alarm), np.mean(far), np.mean(found), np.mean(inside)])
    return [f"{n:,} rows, {kind}", *(f"{100 * one:.1f} %" for one in np.mean(shares, axis=0))]


def lines(names: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [names, ["---"] * len(names), *rows])


def main() -> None:
    """Measure and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=20)
    tables = parser.parse_args().tables
    first = lines(
        ["rows that measured", "held", "of the size held least", "of the size held most",
         "one width: held least", "one width: held most"],
        [intervals(n, growing=growing) for growing in (False, True) for n in (30, 200, 500, 2000)],
    )  # fmt: skip
    with threadpool_limits(1):
        second = lines(
            ["table", "rows with an alarm", "called far", "never together: called far",
             "interval holds, after the fit on all rows"],
            [alarms(n, kind, tables) for n, kind in TABLES],
        )  # fmt: skip
    RESULTS.write_text(
        f"# What the prototype's answers may be trusted with\n\n## Intervals\n\n{first}\n\n"
        "Intervals are meant to hold 90 of 100 new rows; errors have heavy tails (t with 4\n"
        f"degrees of freedom). Means of {DRAWS} draws.\n\n## Unlike anything seen\n\n{second}\n\n"
        "One ordinary row in 100 is meant to be called far. Rows of the fourth column have two\n"
        "values that belong together and are each usual, but half of all rows apart.\n\n"
        f"Made by `python tests/bench/calibrate_prototype.py --tables {tables}`.\n"
        f"Python {platform.python_version()}, NumPy {np.__version__}.\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()
