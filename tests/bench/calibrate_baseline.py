"""How often the comparison of candidates is wrong where the truth is known.

`python tests/bench/calibrate_baseline.py` makes many tables in which two columns tell the same of
a target, fits a logistic regression (or a linear one) on each, and counts: how often one of two
equally good candidates is called better; how often intervals hold the truth, which is computed on
200,000 further rows; and how often a candidate that really is better is found so.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from casebook.models.contest import contest
from casebook.models.features import Features
from casebook.models.labelled import Labelled
from casebook.models.registry import Candidate
from casebook.models.setting import Setting
from casebook.phases.baseline_better import flagged
from casebook.phases.baseline_scores import choice, clearly_behind, scored
from casebook.stats.metrics import NUMBER, TWO, mean_of, metrics_for
from casebook.stats.splits import Wanted, make_splits

RESULTS = Path(__file__).with_name("CALIBRATION_BASELINE.md")
ROWS = (300, 1000)
MANY = 200_000


@dataclass(frozen=True)
class World:
    """Rows of which two columns tell: the first as much as the second, or more.

    edge: how much more the first tells. numbers: a regression instead of two classes.
    """

    edge: float = 0.0
    numbers: bool = False

    def rows(self, n: int, seed: int) -> pd.DataFrame:
        """N rows with the columns a, b and y."""
        rng = np.random.default_rng(seed)
        a, b = rng.normal(size=(2, n))
        signal = (1 + self.edge) * a + b
        if self.numbers:
            return pd.DataFrame({"a": a, "b": b, "y": signal + rng.normal(size=n)})
        yes = rng.random(n) < 1 / (1 + np.exp(-signal))
        return pd.DataFrame({"a": a, "b": b, "y": np.where(yes, "yes", "no")})


def on_column(setting: Setting, column: str) -> BaseEstimator:
    """A linear model that sees one column."""
    model = LogisticRegression() if setting.classes else LinearRegression()
    return make_pipeline(ColumnTransformer([("one", "passthrough", [column])]), model)


PAIR = tuple(
    Candidate(name, name, partial(on_column, column=name), explainable=True, kind="simple")
    for name in ("a", "b")
)


def data_of(frame: pd.DataFrame, *, numbers: bool, seed: int) -> Labelled:
    """A table as the comparison sees it, in shuffled folds and with rows kept for the last test."""
    classes, task = ((), NUMBER) if numbers else (("no", "yes"), TWO)
    wanted = Wanted(holdout=0.2, seed=seed)
    splits = make_splits(frame["y"], classes=bool(classes), wanted=wanted)
    setting = Setting(task, Features(number=("a", "b")), seed=seed)
    return Labelled(frame, frame["y"], task, classes, setting, splits, 0, len(frame))


@dataclass
class Counts:
    """How often what happened, of how many tables."""

    tables: int = 0
    called_better: int = 0
    chosen_right: int = 0
    sentence_clear: int = 0
    difference_covered: int = 0
    held_covered: int = 0
    held: int = 0


def true_score(entrant: Any, far: pd.DataFrame, *, numbers: bool) -> float:
    """The deciding metric of a fitted candidate on very many rows."""
    if numbers:
        return float(np.mean(np.abs(entrant.estimator.predict(far) - far["y"])))
    return float(roc_auc_score(far["y"] == "yes", entrant.estimator.predict_proba(far)[:, 1]))


def one_table(world: World, n: int, seed: int, far: pd.DataFrame, counts: Counts) -> None:
    """Compare the pair on one table and count."""
    data = data_of(world.rows(n, seed), numbers=world.numbers, seed=seed)
    metric = metrics_for(data.task)[0]
    entrants = contest(PAIR, data)
    found = scored(entrants, data, [metric], {}, {})
    behind = next(one for one in found if one.behind is not None)
    counts.tables += 1
    counts.called_better += clearly_behind(behind, 1)
    chosen = choice(found)
    counts.chosen_right += chosen is not None and chosen.name == "a"
    truth = [true_score(one, far, numbers=world.numbers) for one in entrants]
    sign = 1 if metric.greater_is_better else -1
    if behind.behind is not None and behind.behind.difference.low is not None:
        gap = sign * (truth[0] - truth[1]) * (1 if behind.name == "b" else -1)
        inside = behind.behind.difference
        counts.difference_covered += inside.low <= gap <= inside.high
    for one, value in zip(found, truth, strict=True):
        counts.held += 1
        counts.held_covered += one.held[0].low <= value <= one.held[0].high
    counts.sentence_clear += clear_on_held(entrants, data)


def clear_on_held(entrants: Any, data: Labelled) -> bool:
    """Whether the sentence in units would call one of the two better."""
    from casebook.models.crossval import estimated

    first, second = entrants[0].held, entrants[1].held
    if not data.classes:
        errors = [np.abs(o.predictions.truth - o.predictions.label) for o in (first, second)]
        values = errors[1] - errors[0]
    else:
        truth = (first.predictions.truth == 1).astype(float)
        share = float(np.mean(second.predictions.label == 1))
        values = (flagged(first, share) - flagged(second, share)) * truth
    difference = estimated(mean_of(values), first, data)
    return difference.low is not None and (difference.low > 0 or difference.high < 0)


def counted(world: World, n: int, tables: int, start: int = 0) -> Counts:
    """The counts over so many tables."""
    far, counts = world.rows(MANY, 10_000_019), Counts()
    for seed in range(start, start + tables):
        one_table(world, n, seed, far, counts)
    return counts


def share(part: int, whole: int) -> str:
    """A share with its Wilson interval."""
    from casebook.formats import interval
    from casebook.stats.intervals import proportion

    return interval(proportion(part, whole), 100, " %")


PAGE = """# The comparison of candidates where the truth is known

{table}

Made by `tests/bench/calibrate_baseline.py` in {minutes:.0f} minutes: each line is {tables} tables
made by a generator, in each of which a model sees one of two columns, and another model sees the
other one; five shuffled folds, a fifth of the rows kept for the last test. Called better: by the
corrected test over folds, or by more than one standard error together with the bootstrap on the
rows, as the phase does; where both are equally good that is a false alarm. In a sentence: the
difference in rows or errors on the rows of the last test has an interval without zero. Truth is
computed on {many:,} further rows. Intervals are 95 %; those beside the shares are Wilson's.

Machine: {cores} cores, {system}, Python {python}.
"""


def main() -> None:
    """Count, print, and write the results beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=300)
    options = parser.parse_args()
    begun = time.time()
    columns = ("truth", "target", "rows", "called better", "in a sentence", "first chosen",
               "folds cover", "last test covers")  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", f"| --- | --- |{' ---: |' * 6}"]
    for edge in (0.0, 1.0):
        for numbers in (False, True):
            for n in ROWS:
                found = counted(World(edge, numbers), n, options.tables)
                told = "equally good" if not edge else "the first is better"
                kind = "a number" if numbers else "two classes"
                t = found.tables
                shown = [
                    share(found.called_better, t), share(found.sentence_clear, t),
                    share(found.chosen_right, t), share(found.difference_covered, t),
                    share(found.held_covered, found.held),
                ]  # fmt: skip
                lines.append(f"| {told} | {kind} | {n:,} | {' | '.join(shown)} |")
                print(lines[-1], flush=True)
    page = PAGE.format(
        table="\n".join(lines), minutes=(time.time() - begun) / 60, tables=options.tables,
        many=MANY, cores=os.cpu_count(), system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )  # fmt: skip
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
