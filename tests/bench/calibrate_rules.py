"""How often proposed rules are noise, or the planted ones; and how often blocks' intervals hold.

`python tests/bench/calibrate_rules.py --tables 200` writes CALIBRATION_RULES.md beside it. Nothing
is planted in the first tables: a rule proposed there is a false alarm. In the others customers
leave who are new and have a monthly contract, or who called often; found means a rule on both the
contract and the tenure, its threshold at most two months from the planted twelve.
"""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn

from casebook.expressions.terms import terms_of
from casebook.models.features import Features
from casebook.models.rules_proposed import Proposal, propose
from casebook.stats.blocks import share

RESULTS = Path(__file__).with_name("CALIBRATION_RULES.md")
FEATURES = Features(number=("tenure", "calls", "x"), category=("contract", "city"))
TWO = ("no", "yes")


def rows(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Customers."""
    return pd.DataFrame({
        "tenure": rng.integers(0, 72, n),
        "contract": rng.choice(["month", "year", "two years"], n),
        "calls": rng.poisson(3, n),
        "x": rng.normal(size=n),
        "city": rng.choice(list("abcdefgh"), n),
    })  # fmt: skip


def alarms(kind: str, n: int, tables: int) -> float:
    """The share of tables without any pattern in which a rule is proposed."""
    proposed = 0
    for seed in range(tables):
        rng = np.random.default_rng(seed)
        X = rows(n, rng)
        if kind == "number":
            y, classes = pd.Series(rng.normal(size=n)), ()
        else:
            chance = 0.1 if kind == "rare class" else 0.5
            y, classes = pd.Series(np.where(rng.random(n) < chance, "yes", "no")), TWO
        proposed += bool(propose(X, y, FEATURES, classes=classes, seed=seed).rules)
    return proposed / tables


def found(n: int, noise: float, tables: int) -> float:
    """The share of tables in which the planted rule is proposed."""
    hits = 0
    for seed in range(tables):
        rng = np.random.default_rng(seed)
        X = rows(n, rng)
        leaves = ((X["tenure"] <= 12) & (X["contract"] == "month")) | (X["calls"] >= 8)
        y = pd.Series(np.where(leaves ^ (rng.random(n) < noise), "yes", "no"))
        hits += is_planted(propose(X, y, FEATURES, classes=TWO, seed=seed))
    return hits / tables


def is_planted(proposal: Proposal) -> bool:
    """Whether a rule is on a monthly contract and a tenure near twelve."""
    for text, _value in proposal.rules:
        terms = terms_of(text) or ()
        contract = any((t.column, t.comparison) == ("contract", "is") for t in terms)
        ends = [float(tuple(t.values)[-1]) for t in terms if t.column == "tenure"]
        if contract and ends and abs(ends[0] - 12) <= 2:
            return True
    return False


def coverage(blocks: int, size: int, tables: int) -> float:
    """How often the interval of a share holds the truth, rows of a block being alike."""
    held = 0
    for seed in range(tables):
        rng = np.random.default_rng(seed)
        units = np.repeat(np.arange(blocks), size)
        own = np.repeat(rng.beta(1.2, 0.8, blocks), size)
        one = share(rng.random(len(units)) < own, units)
        held += one.low is not None and one.high is not None and one.low <= 0.6 <= one.high
    return held / tables


def main() -> None:
    """Measure all and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=200)
    tables = parser.parse_args().tables
    lines = ["| what | share of tables |", "| --- | ---: |"]
    for kind in ("two classes", "rare class", "number"):
        for n in (400, 2000):
            name = f"a rule is proposed, nothing planted: {kind}, {n} rows"
            lines.append(f"| {name} | {100 * alarms(kind, n, tables):.1f} % |")
    for n, noise in ((800, 0.05), (1500, 0.05), (1500, 0.15)):
        name = f"the planted rule is found: {n} rows, {100 * noise:.0f} % of labels wrong"
        lines.append(f"| {name} | {100 * found(n, noise, tables):.1f} % |")
    for blocks, size in ((10, 20), (40, 10), (200, 4)):
        name = f"the 95 % interval holds the truth: {blocks} blocks of {size} rows"
        lines.append(f"| {name} | {100 * coverage(blocks, size, 5 * tables):.1f} % |")
    text = "\n".join(lines)
    print(text)
    RESULTS.write_text(
        f"# Rules proposed by the data\n\n{text}\n\n"
        f"Made by `python tests/bench/calibrate_rules.py --tables {tables}`: {tables} tables of\n"
        f"each kind, five times as many for intervals.\n\n"
        f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn "
        f"{sklearn.__version__}.\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()
