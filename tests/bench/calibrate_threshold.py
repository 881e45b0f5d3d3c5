"""How often the threshold's range holds, what choosing costs, and false words on probabilities.

`python tests/bench/calibrate_threshold.py --tables 200` writes CALIBRATION_THRESHOLD.md beside it.
Every table plants each row's true probability, so the best threshold and the true cost of any
other are known; what is stated is the truth, or the truth with its log odds stretched.
"""

from __future__ import annotations

import argparse
import platform
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from casebook.stats.calibration import reliability
from casebook.stats.metrics import Floats
from casebook.stats.stakes import Stakes, analytic, grid, swept
from casebook.stats.threshold import aims, best, crossfitted, recalibrations, saving

RESULTS = Path(__file__).with_name("CALIBRATION_THRESHOLD.md")
WHOLE = 300_000
FOLDS = 5
SPREAD = 1.5


class Kind(NamedTuple):
    """A kind of table.

    middle: mean log odds. miss: what a missed yes costs, where an alarm costs 1. stretch: of the
    stated log odds. block: rows that share their luck.
    """

    name: str
    rows: int
    middle: float
    miss: float
    stretch: float = 1.0
    block: int = 1


KINDS = (
    Kind("500 rows, true probabilities", 500, -1, 4),
    Kind("2,000 rows, true probabilities", 2000, -1, 4),
    Kind("10,000 rows, true probabilities", 10_000, -1, 4),
    Kind("3,000 rows, 2 in 100 are a yes", 3000, -5, 50),
    Kind("2,000 rows in blocks of 20", 2000, -1, 4, block=20),
    Kind("2,000 rows, stated too extreme", 2000, -1, 4, stretch=2.0),
    Kind("2,000 rows, stated too timid", 2000, -1, 4, stretch=0.5),
    Kind("3,000 rows, 2 in 100, too extreme", 3000, -5, 50, stretch=1.6),
)


def expit(odds: Floats) -> Floats:
    """Log odds to probabilities."""
    found: Floats = 1 / (1 + np.exp(-odds))
    return found


class Made(NamedTuple):
    """A table: its stakes, and the luck of its rows."""

    stakes: Stakes
    costs: Floats


def made(kind: Kind, seed: int) -> Made:
    """A table with planted probabilities; rows of a block go one way by the same draw in part."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(kind.middle, SPREAD, kind.rows)
    units = np.arange(kind.rows) // kind.block
    luck = rng.random(kind.rows)
    if kind.block > 1:  # half of the rows take the draw of their block: the margins stay
        shared = rng.random(units.max() + 1)[units]
        luck = np.where(rng.random(kind.rows) < 0.5, shared, luck)
    costs = np.tile([0.0, 1.0, kind.miss, 0.0], (kind.rows, 1))
    fold = (units * 7919) % FOLDS
    blocks = units if kind.block > 1 else None
    stated = expit(kind.stretch * odds)
    return Made(Stakes.of(luck < expit(odds), stated, costs, fold=fold, units=blocks), costs)


@cache
def whole(kind: Kind) -> tuple[Floats, Floats]:
    """Stated probabilities, ascending, and the true cost of a row at each, (WHOLE + 1,)."""
    odds = np.sort(np.random.default_rng(987).normal(kind.middle, SPREAD, WHOLE))
    true = expit(odds)
    more = (1 - true) - true * kind.miss
    above = np.concatenate([np.cumsum(more[::-1])[::-1], [0.0]])
    return expit(kind.stretch * odds), (above + (true * kind.miss).sum()) / WHOLE


def true_cost(kind: Kind, threshold: float) -> float:
    """Of 1,000 rows to come."""
    stated, cost = whole(kind)
    return 1000 * float(cost[np.searchsorted(stated, threshold)])


class Seen(NamedTuple):
    """What one table showed; costs are of 1,000 rows.

    lost: true cost above the best one, by the choice, by the least on the rows, by the costs'
    break-even. apparent: the least on the rows less its true cost; honest: the same cross-fitted.
    """

    inside: bool
    plain: bool
    width: float
    lost: tuple[float, float, float]
    apparent: float
    honest: float
    saved: bool


def seen(kind: Kind, seed: int, right: float) -> Seen:
    """One table, and what is true of it. right: the best threshold."""
    stakes, costs = made(kind, seed)
    even = 1 / (1 + kind.miss)
    wanted = aims(analytic(costs), recalibrations(stakes))
    sweep = swept(stakes, grid(stakes, [0.5, right, wanted[0] or 0.5]), times=200, seed=seed)
    found, picked = best(sweep, wanted[0]), crossfitted(sweep, wanted)
    drawn = sweep.thresholds[np.argmin(sweep.means, axis=1)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    least = true_cost(kind, right)
    chosen, at, alone = (true_cost(kind, one) for one in (found.chosen, found.at, even))
    later = float(np.mean([true_cost(kind, float(sweep.thresholds[one])) for one in picked]))
    none = saving(sweep, picked, len(sweep.thresholds) - 1, 1000.0)
    truth = true_cost(kind, 2.0) - later
    return Seen(
        found.low <= right <= found.high,
        bool(low <= right <= high),
        found.high - found.low,
        (chosen - least, at - least, alone - least),
        1000 * sweep.at(sweep.place(found.at))[0] - at,
        1000 * sweep.at(picked)[0] - later,
        none.low is not None and none.high is not None and none.low <= truth <= none.high,
    )


def measured(kind: Kind, tables: int) -> Iterator[str]:
    """The cells of a line on thresholds."""
    even = 1 / (1 + kind.miss)
    right = float(expit(kind.stretch * np.log(np.array(even / (1 - even)))))
    each = [seen(kind, seed, right) for seed in range(tables)]
    yield kind.name
    yield f"{100 * np.mean([one.inside for one in each]):.1f} %"
    yield f"{100 * np.mean([one.plain for one in each]):.1f} %"
    yield f"{np.median([one.width for one in each]):.3f}"
    yield from (f"{part:.1f}" for part in np.mean([one.lost for one in each], axis=0))
    yield f"{true_cost(kind, right):.0f}"
    yield f"{np.mean([one.apparent for one in each]):+.1f}"
    yield f"{np.mean([one.honest for one in each]):+.1f}"
    yield f"{100 * np.mean([one.saved for one in each]):.1f} %"


def words(kind: Kind, tables: int) -> Iterator[str]:
    """The cells of a line on what is said of probabilities."""
    spread: Counter[str] = Counter()
    level: Counter[str] = Counter()
    wrong = 0
    for seed in range(tables):
        stakes = made(kind, seed).stakes
        found = reliability(stakes.truth, stakes.probability, stakes.units)
        spread[found.spread] += 1
        level[found.level] += 1
        wrong += found.spread.startswith("too") or found.level.startswith("too")
    yield kind.name
    for word in ("too much", "too little", "about right", "cannot tell"):
        yield f"{100 * spread[word] / tables:.1f} %"
    yield f"{100 * (level['too high'] + level['too low']) / tables:.1f} %"
    yield f"{100 * wrong / tables:.1f} %"


def lines(names: list[str], rows: list[Iterator[str]]) -> str:
    """A table in Markdown; each line is printed as it is made."""
    shown = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    for row in rows:
        shown.append(f"| {' | '.join(row)} |")
        print(shown[-1], flush=True)
    return "\n".join(shown)


def main() -> None:
    """Measure every kind and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=200)
    tables = parser.parse_args().tables
    thresholds = lines(
        ["table", "range holds the best threshold", "percentiles of the resamples' best hold it",
         "width of the range", "lost by the choice", "lost by the least on the rows",
         "lost by the costs' break-even", "least cost", "least on the rows, less its true cost",
         "cross-fitted, less its true cost", "saving against none is covered"],
        [measured(kind, tables) for kind in KINDS],
    )  # fmt: skip
    said = lines(
        ["table", "too much", "too little", "about right", "cannot tell", "mean is off",
         "either is called off"],
        [words(kind, tables) for kind in KINDS],
    )  # fmt: skip
    RESULTS.write_text(
        f"# Thresholds and probabilities\n\n{thresholds}\n\n"
        "Costs are of 1,000 rows, where an alarm costs 1 and a missed yes 4 (50 where a yes is\n"
        "rare). What is lost is the true cost above that of the best threshold. Ranges and\n"
        f"intervals are meant to hold in 95 of 100 tables.\n\n## Words\n\n{said}\n\n"
        "Stated probabilities are the true ones but in the last three lines, in which the log\n"
        "odds are stretched; calling the others off is a false alarm, meant to happen in at\n"
        "most 5 of 100 tables.\n\n"
        f"Made by `python tests/bench/calibrate_threshold.py --tables {tables}`.\n"
        f"Python {platform.python_version()}, NumPy {np.__version__}.\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()
