"""How often the three words of the problem phase are right, over many made-up tables.

`python tests/bench/calibrate_problem.py --tables 60` writes CALIBRATION_PROBLEM.md beside it. Each
table has seven claims, as the bundled record has, on rows that come in units which depend on each
other; the intervals hold for all seven together. With nothing planted a claim is false when it is
supported; with an effect planted in all, it is wrong when the data are said not to support it.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from casebook.stats.comparison import SMALL, compare, verdict
from casebook.stats.metrics import Floats

RESULTS = Path(__file__).with_name("CALIBRATION_PROBLEM.md")
CLAIMS = 7


class Kind(NamedTuple):
    """A kind of table.

    spread: of the units' own means. inside: chance that a row, or a whole unit where `whole`, is
    in the group. outcome: "share", "rare" or "skewed".
    """

    name: str
    units: int
    rows: int
    spread: float
    inside: float
    whole: bool
    outcome: str


KINDS = (
    Kind("guests with few visits, a share", 2000, 2, 0.5, 0.2, False, "share"),
    Kind("guests with many visits, a share", 300, 12, 1.0, 0.2, False, "share"),
    Kind("days, the whole day in the group, a share", 180, 40, 0.4, 0.3, True, "share"),
    Kind("few days, the whole day in the group, a share", 55, 40, 0.4, 0.5, True, "share"),
    Kind("rows with a rare outcome", 3000, 1, 0.0, 0.2, False, "rare"),
    Kind("guests, amounts with a long tail", 800, 5, 0.5, 0.3, False, "skewed"),
)


def table(kind: Kind, effect: float, rng: np.random.Generator) -> tuple[Floats, float, float]:
    """(n_units, 4) sums as `compare` takes them, the outcome's deviation, the true difference."""
    own = rng.normal(0, kind.spread, (kind.units, 1))
    shape = (kind.units, kind.rows)
    drawn = rng.random((kind.units, 1)) if kind.whole else rng.random(shape)
    group = np.broadcast_to(drawn < kind.inside, shape)
    base = {"share": 0.0, "rare": -3.0, "skewed": 0.0}[kind.outcome]
    if kind.outcome == "skewed":
        outcome = np.exp(0.4 * own + rng.normal(0, 0.8, shape))
        spread = float(outcome.std())
        outcome = outcome + effect * spread * group
        truth = effect * spread
    else:
        chance = 1 / (1 + np.exp(-(base + own)))
        step = effect * float(np.sqrt(chance.mean() * (1 - chance.mean())))
        outcome = (rng.random(shape) < np.clip(chance + step * group, 0, 1)).astype(float)
        truth = step
    columns = [np.where(part, values, 0.0).sum(axis=1)
               for part in (group, ~group) for values in (np.ones(shape), outcome)]  # fmt: skip
    return np.column_stack(columns), float(outcome.std()), truth


def measured(kind: Kind, tables: int) -> Iterator[str]:
    """The cells of a line of the result."""
    rng = np.random.default_rng(11)
    false, misses, found, covered, silent, told = 0, 0, 0, 0, 0, 0
    for number in range(tables):
        said = []
        for claim in range(CLAIMS):
            for effect in (0.0, 0.3):
                units, deviation, truth = table(kind, effect, rng)
                one = compare(units, deviation, comparisons=CLAIMS, seed=number * CLAIMS + claim)
                assert one is not None
                low, high = one.difference.low, one.difference.high
                word = verdict(one, "higher")
                said.append((effect, word))
                if low is not None and high is not None:
                    told += 1  # too few units give none
                    covered += low <= truth <= high
        false += any(word == "supports" for effect, word in said if not effect)
        silent += sum(word == "does not support" for effect, word in said if not effect)
        misses += sum(word == "does not support" for effect, word in said if effect)
        found += sum(word == "supports" for effect, word in said if effect)
    claims = tables * CLAIMS
    yield kind.name
    yield f"{100 * false / tables:.1f} %"
    yield f"{100 * silent / claims:.0f} %"
    yield f"{100 * found / claims:.0f} %"
    yield f"{100 * misses / claims:.2f} %"
    yield f"{100 * covered / told:.1f} %"


def main() -> None:
    """Measure every kind and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=60)
    tables = parser.parse_args().tables
    names = ["rows come as", "a claim of 7 supported, nothing planted",
             "a claim not supported, nothing planted", "supported, 0.3 deviations planted",
             "not supported, though planted", "interval covers the truth"]  # fmt: skip
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    for kind in KINDS:
        lines.append(f"| {' | '.join(measured(kind, tables))} |")
        print(lines[-1], flush=True)
    text = "\n".join(lines)
    level = 100 * (1 - 0.05 / CLAIMS)
    RESULTS.write_text(
        f"# The three words of the problem phase\n\n{text}\n\n"
        f"Made by `python tests/bench/calibrate_problem.py --tables {tables}`: {tables} tables of\n"
        f"each kind with {CLAIMS} claims each, with nothing planted and with a difference of 0.3\n"
        f"standard deviations. Intervals at {level:.2f} % each, so that all hold together in 95\n"
        f"of 100 tables; a difference under {SMALL} deviations counts as none. A claim that is\n"
        f"neither is one of which the data cannot tell.\n\n"
        f"Python {platform.python_version()}, NumPy {np.__version__}.\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()
