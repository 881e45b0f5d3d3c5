"""How often a learned recommender is called better, where tastes are planted and where none are.

`python tests/bench/calibrate_recommend.py` writes CALIBRATION_RECOMMEND.md beside it.
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
import pandas as pd

from casebook.case import load_case, new_record_text
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


def completed(seed: int, pull: float) -> Recommendation:
    """The recommenders on 1,800 baskets of a few of 40 things, popular ones more often.

    pull: how much oftener a thing of the basket's own kind, of four, is in it; 1 plants nothing.
    """
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, 1_800)
    kinds = np.where(np.arange(40) % 4 == np.arange(4)[:, None], pull, 1.0) * 0.9 ** np.arange(40)
    shares = kinds / kinds.sum(axis=1, keepdims=True)
    things = [rng.choice(40, n, replace=False, p=shares[rng.integers(4)]) for n in sizes]
    rows = pd.DataFrame(
        {"order": np.repeat(np.arange(1_800), sizes), "thing": np.concatenate(things)}
    )
    wishes = {"basket": "order", "item": "thing", "k": 5}
    with tempfile.TemporaryDirectory() as folder:
        rows.to_csv(Path(folder) / "rows.csv", index=False)
        text = new_record_text("baskets", {"rows": "rows.csv"},
                               answers={"baseline": {"recommend": wishes}})  # fmt: skip
        (Path(folder) / "case.yaml").write_text(text, "utf-8")
        case = load_case(folder)
        found = recommend(case, open_table(case), seed=seed)
    assert found is not None
    return found


def basket_line(name: str, results: list[Recommendation]) -> Iterator[str]:
    """The cells of a world of baskets."""
    yield name
    for one in ("popular", "rule", *LEARNED):
        mean = np.mean([found.named(one).main.recall.value for found in results])
        yield f"{100 * float(mean):.0f}"
    for one in (LEARNED, ("popular",)):
        yield f"{100 * float(np.mean([found.chosen in one for found in results])):.0f} %"


def basket_table(seeds: int) -> str:
    """Both worlds of baskets."""
    names = ["planted in baskets", "most popular", "offer rule", "item neighbours",
             "factorisation", "a learned one is chosen", "the most popular is chosen"]  # fmt: skip
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    for name, pull in (("four kinds of baskets", 4.0), ("nothing", 1.0)):
        results = [completed(seed, pull) for seed in range(seeds)]
        lines.append(f"| {' | '.join(basket_line(name, results))} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


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
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--baskets", type=int, default=40)
    wanted = parser.parse_args()
    seeds = wanted.seeds
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
    others = basket_table(wanted.baskets)
    RESULTS.write_text(
        f"# Recommenders on simulated restaurants\n\n{table}\n\n{others}\n\n"
        f"Made by `python tests/bench/calibrate_recommend.py --seeds {seeds}`: {seeds}\n"
        f"restaurants in each world, five offers, tested on the last 42 days. The columns of\n"
        f"recommenders are recall at 5 in percent, of guests who had been there before. In the\n"
        f"last world nothing about a guest can be learned: whatever is chosen there but the most\n"
        f"popular is a false declaration. Baskets: {wanted.baskets} tables in each world, each\n"
        f"thing left out in turn of the last fifth of 1,800 orders.\n\n"
        f"Python {platform.python_version()}, NumPy {np.__version__}.\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()
