"""How often a learned recommender is called better, where tastes are planted and where none are.

`python tests/bench/calibrate_recommend.py --seeds 20` writes CALIBRATION_RECOMMEND.md beside it.
Each seed makes a restaurant in each world: what a guest orders is planted as a taste, as habits, as
both, or as neither. With neither, the most popular dishes are the best that can be offered, and to
choose anything else is a false declaration.
"""

from __future__ import annotations

import argparse
import itertools
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from casebook.case import load_case
from casebook.phases.baseline_recommend import Recommendation, recommend
from casebook.tables import open_table

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("CALIBRATION_RECOMMEND.md")
LEARNED = ("neighbours", "factors")
WORLDS = (
    ("tastes and habits", {}),
    ("tastes only", {"habit": 0.0}),
    ("habits only", {"taste_pull": 1.0}),
    ("neither", {"taste_pull": 1.0, "habit": 0.0}),
)


def compared(seed: int, planted: dict[str, float]) -> Recommendation:
    """The recommenders on a simulated restaurant, under the record of the bundled one."""
    simulator: Any = __import__("restaurant_simulator")
    tables = simulator.simulate(seed, replace(simulator.PLANTED, **planted))
    with tempfile.TemporaryDirectory() as folder:
        for name, table in tables.items():
            table.to_csv(Path(folder) / f"{name}.csv", index=False)
        shutil.copy(ROOT / "data/restaurant/case.yaml", folder)
        case = load_case(folder)
        found = recommend(case, open_table(case), seed=seed)
    assert found is not None
    return found


def line(name: str, results: list[Recommendation]) -> Iterator[str]:
    """The cells of a world: mean recalls, and how often each thing is said."""
    yield name
    recalls = {
        one.name: [found.named(one.name).main.recall.value for found in results]
        for one in results[0].recommenders
    }
    for values in recalls.values():
        yield f"{100 * float(np.mean(values)):.0f}"
    planted = ("rule", "popular", "last")
    order = [
        all(recalls[a][n] < recalls[b][n] for a, b in itertools.pairwise(planted))
        and recalls["last"][n] < max(recalls[one][n] for one in LEARNED)
        for n in range(len(results))
    ]
    yield f"{100 * float(np.mean(order)):.0f} %"
    yield f"{100 * float(np.mean([one.chosen in LEARNED for one in results])):.0f} %"
    yield f"{100 * float(np.mean([one.chosen == 'popular' for one in results])):.0f} %"


def main() -> None:
    """Measure every world and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    sys.path.insert(0, str(ROOT / "data"))
    names = ["planted", "most popular", "offer rule", "last choice", "own favourites",
             "item neighbours", "factorisation", "rule < popular < last < learned",
             "a learned one is chosen", "the most popular is chosen"]  # fmt: skip
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    for name, planted in WORLDS:
        results = [compared(seed, planted) for seed in range(seeds)]
        lines.append(f"| {' | '.join(line(name, results))} |")
        print(lines[-1], flush=True)
    table = "\n".join(lines)
    RESULTS.write_text(
        f"# Recommenders on simulated restaurants\n\n{table}\n\n"
        f"Made by `python tests/bench/calibrate_recommend.py --seeds {seeds}`: {seeds}\n"
        f"restaurants in each world, five offers, tested on the last 42 days. The columns of\n"
        f"recommenders are recall at 5 in percent, of guests who had been there before. In the\n"
        f"last world nothing about a guest can be learned: whatever is chosen there but the most\n"
        f"popular is a false declaration.\n\n"
        f"Python {platform.python_version()}, NumPy {np.__version__}.\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()
