"""What evidence costs beside the scikit-learn fits inside it: `make bench`.

A table of 20,000 rows and 20 columns; all evidence from the opened table on, against the same fits
and predictions on the same rows and folds by plain scikit-learn calls. Both take turns; medians.
Writes BENCH_EVIDENCE.md beside this file.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from casebook.case import Case, load_case, new_record_text
from casebook.evidence import learning_curve
from casebook.evidence.context import Context, make_context
from casebook.evidence.registry import EVIDENCE, gather_all
from casebook.models.crossval import ONE_THREAD_ROWS
from casebook.models.registry import CANDIDATES
from casebook.stats.splits import Fold
from casebook.tables import Table, open_table

HERE = Path(__file__).resolve().parent
ROWS, NUMBERS, CATEGORIES = 20_000, 14, 6
REPEATS = 3
TARGET = 2.5


def table(seed: int = 0) -> pd.DataFrame:
    """Two classes by a sum, a product and a category among 20 columns; a little is missing."""
    rng = np.random.default_rng(seed)
    made = pd.DataFrame(rng.normal(size=(ROWS, NUMBERS))).add_prefix("n")
    for place in range(CATEGORIES):
        made[f"c{place}"] = rng.choice([f"k{k}" for k in range(3 + 4 * place)], ROWS)
    signal = made["n0"] + made["n1"] * made["n2"] + (made["c0"] == "k1")
    made["y"] = np.where(rng.random(ROWS) < 1 / (1 + np.exp(-signal)), "yes", "no")
    made.loc[rng.random(ROWS) < 0.05, "n3"] = np.nan
    return made


def case_in(folder: Path) -> Case:
    """The table as a case in a folder."""
    table().to_csv(folder / "rows.csv", index=False)
    text = new_record_text("bench", {"rows": "rows.csv"}, target="y")
    (folder / "case.yaml").write_text(text, "utf-8")
    return load_case(folder)


def evidence(case: Case, opened: Table) -> tuple[float, Context]:
    """Seconds of all evidence, and what it shared."""
    start = time.perf_counter()
    context = make_context(case, opened)
    gather_all(context)
    return time.perf_counter() - start, context


def fits(context: Context) -> list[tuple[str, Fold]]:
    """The fits that the evidence makes: candidates on folds, the best model on parts of them."""
    shared = context.shared
    assert shared is not None
    wanted = [(name, fold) for name in shared.outs for fold in shared.data.splits.folds]
    name = learning_curve._model(shared)
    for part in learning_curve.SHARES:
        rng = np.random.default_rng(context.seed)
        wanted += [
            (name or "linear", learning_curve.smaller(shared.data, fold, part, rng))
            for fold in shared.data.splits.folds
        ]
    return wanted


def bare(context: Context, wanted: list[tuple[str, Fold]]) -> float:
    """Seconds of the same fits and predictions by scikit-learn alone, with as many threads."""
    assert context.shared is not None
    data = context.shared.data
    make = {candidate.name: candidate.make for candidate in CANDIDATES}
    start = time.perf_counter()
    with threadpool_limits(1 if len(data.y) <= ONE_THREAD_ROWS else None):
        for name, (train, test) in wanted:
            model = make[name](data.setting).fit(data.X.iloc[train], data.y.iloc[train])
            model.predict(data.X.iloc[test])
            model.predict_proba(data.X.iloc[test])
    return time.perf_counter() - start


def main() -> None:
    """Measure, write the table and print it."""
    with tempfile.TemporaryDirectory() as folder:
        case = case_in(Path(folder))
        opened = open_table(case)
        pairs = []
        for _turn in range(REPEATS):
            whole, context = evidence(case, opened)
            pairs.append((whole, bare(context, fits(context))))
    ratio = statistics.median(whole / alone for whole, alone in pairs)
    whole, alone = (statistics.median(side) for side in zip(*pairs, strict=True))
    assert context.shared is not None
    text = [
        "# What evidence costs", "",
        "Made by `make bench` (`tests/bench/bench_evidence.py`): a table of 20,000 rows and 20",
        f"columns, of which {len(context.shared.data.y):,} rows are looked at. Medians of",
        f"{REPEATS} turns on the machine at hand, which other work may share; the ratio is what",
        "counts.", "",
        "| | |", "| --- | --- |",
        f"| all {len(EVIDENCE)} kinds of evidence, reading the rows included | {whole:.1f} s |",
        f"| the {len(fits(context))} fits inside it, by scikit-learn alone | {alone:.1f} s |",
        f"| ratio, median of the turns | {ratio:.2f} |",
        f"| target | at most {TARGET} |", "",
    ]  # fmt: skip
    (HERE / "BENCH_EVIDENCE.md").write_text("\n".join(text), "utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
