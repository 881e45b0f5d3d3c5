"""The whole comparison of candidates against a bare loop, and against LazyPredict.

`python tests/bench/bench_baseline.py` makes 20,000 rows of 14 columns and measures, the sides
taking turns and each in a process of its own: the phase (folds, last test, intervals, differences,
latency, learning curves, rules, threshold, calibration); a loop of scikit-learn's `cross_validate`
over the same candidates, folds and metrics; and LazyPredict on the models that both have.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

RESULTS = Path(__file__).with_name("BENCH_BASELINE.md")
ROWS = 20_000
COMMON = ("dummy", "linear", "tree", "boosting")
SIDES = ("phase", "loop", "phase-common", "lazy")
NAMES = {
    "phase": "the phase, all candidates",
    "loop": "a loop of cross_validate over the same candidates and folds",
    "phase-common": "the phase, four candidates",
    "lazy": "LazyPredict, the same four models, one split",
}
SCORES = ["roc_auc", "average_precision", "balanced_accuracy", "neg_log_loss", "accuracy"]
SHOWN = ("casebook", "scikit-learn", "joblib", "pandas")


def frame() -> pd.DataFrame:
    """Numbers, categories and missing values; two classes."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 8))
    table = pd.DataFrame(x, columns=[f"x{n}" for n in range(8)])
    for n, levels in enumerate((3, 5, 12, 30, 60)):
        table[f"c{n}"] = [f"level {level}" for level in rng.integers(0, levels, ROWS)]
    table.loc[rng.random(ROWS) < 0.1, "x1"] = np.nan
    signal = x[:, 0] + np.sin(2 * x[:, 2]) + (table["c0"] == "level 1") - 0.5
    table["y"] = np.where(rng.random(ROWS) < 1 / (1 + np.exp(-signal)), "yes", "no")
    return table


def opened(folder: Path, names: tuple[str, ...]):
    """The case and its table; opening is not measured."""
    from casebook.case import load_case, new_record_text
    from casebook.tables import open_table

    answers = {"baseline": {"candidates": list(names)}} if names else {}
    text = new_record_text("bench", {"rows": "rows.csv"}, target="y", answers=answers)
    (folder / "case.yaml").write_text(text, "utf-8")
    case = load_case(folder)
    return case, open_table(case)


def run_phase(folder: Path, names: tuple[str, ...]) -> float:
    """Seconds of the phase."""
    import duckdb  # noqa: F401 imports are not counted, and these are late
    import skops.io  # noqa: F401

    from casebook.phases import baseline

    case, table = opened(folder, names)
    start = time.perf_counter()
    found = baseline.examine(case, table, {})
    taken = time.perf_counter() - start
    print(*found.headline, sep="\n", file=sys.stderr)
    return taken


def run_loop(folder: Path) -> float:
    """Seconds of scikit-learn's own loop: fit on each fold, predict, score."""
    from sklearn.model_selection import cross_validate

    from casebook.models.labelled import labelled
    from casebook.models.registry import candidates_of

    case, table = opened(folder, ())
    data = labelled(case, table, hold_out=True)
    start = time.perf_counter()
    y = data.y.to_numpy() == "yes"
    for candidate in candidates_of(data.setting):
        if not candidate.lacking(data.setting):
            cross_validate(candidate.make(data.setting), data.X, y, cv=data.splits.folds,
                           scoring=SCORES)  # fmt: skip
    return time.perf_counter() - start


def run_lazy(folder: Path) -> float:
    """Seconds of LazyPredict on one split."""
    from lazypredict.Supervised import LazyClassifier
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier

    warnings.simplefilter("ignore")
    rows = pd.read_csv(folder / "rows.csv")
    X, y = rows.drop(columns="y"), (rows["y"] == "yes").astype(int)
    parts = train_test_split(X, y, test_size=0.2, random_state=0)
    models = [DummyClassifier, LogisticRegression, DecisionTreeClassifier,
              HistGradientBoostingClassifier]  # fmt: skip
    start = time.perf_counter()
    found = LazyClassifier(verbose=0, ignore_warnings=True, classifiers=models).fit(*parts)[0]
    taken = time.perf_counter() - start
    print(found, file=sys.stderr)
    return taken


def one_side(side: str, folder: Path) -> None:
    """Do what a side does, and print its seconds."""
    if side == "loop":
        print(run_loop(folder))
    elif side == "lazy":
        print(run_lazy(folder))
    else:
        print(run_phase(folder, COMMON if side == "phase-common" else ()))


def measured(side: str, folder: Path, lazy: Path) -> float:
    """Seconds of a side in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.fspath(lazy)}
    command = [sys.executable, __file__, "--side", side, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"{side}\n{done.stdout}{done.stderr}")
    return float(done.stdout.split()[-1])


PAGE = """# The comparison of candidates against others

| what | median seconds | least | most | against |
| --- | ---: | ---: | ---: | --- |
{table}

Aim: at most 1.2 times the loop. The phase does more than the loop: a last test on kept rows,
intervals of every metric, paired differences, latency and size, learning curves of the two best,
rules, threshold and calibration. LazyPredict fits each model once, on one split, without intervals.

Made by `tests/bench/bench_baseline.py`: {repeats} turns, the sides taking turns, each in a process
of its own; {rows:,} rows of 13 columns, two classes; reading the table and imports are not counted.

Machine: {machine}, load {load:.1f} at the end; {versions}, lazypredict {lazy}.
"""


def main() -> None:
    """Measure, print, and write the results beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--side", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        one_side(options.side[0], Path(options.side[1]))
        return
    with tempfile.TemporaryDirectory() as place:
        folder, lazy = Path(place) / "case", Path(place) / "lazy"
        folder.mkdir()
        install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target"]
        subprocess.run([*install, str(lazy), "lazypredict"], check=True)
        [version] = [p.name.split("-")[1].removesuffix(".dist") for p in lazy.glob("*.dist-info")]
        frame().to_csv(folder / "rows.csv", index=False)
        found: dict[str, list[float]] = {side: [] for side in SIDES}
        for _turn in range(options.repeats):
            for side in SIDES:
                found[side].append(measured(side, folder, lazy))
                print(f"{side}: {found[side][-1]:.1f} s", flush=True)
    page = PAGE.format(
        table="\n".join(_row(side, found) for side in SIDES),
        repeats=options.repeats,
        rows=ROWS,
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        load=os.getloadavg()[0],
        versions=", ".join(f"{name} {metadata.version(name)}" for name in SHOWN),
        lazy=version,
    )
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


def _row(side: str, found: dict[str, list[float]]) -> str:
    seconds = found[side]
    middle = statistics.median(seconds)
    other = {"phase": "loop", "phase-common": "lazy"}.get(side)
    against = ""
    if other:
        ratio = middle / statistics.median(found[other])
        against = f"{ratio:.2f} times {'the loop' if other == 'loop' else 'LazyPredict'}"
    return f"| {NAMES[side]} | {middle:.1f} | {min(seconds):.1f} | {max(seconds):.1f} | {against} |"


if __name__ == "__main__":
    main()
