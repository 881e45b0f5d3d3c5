"""How long one row and a thousand take: `make bench`.

Our candidates against the same model behind a plain ColumnTransformer of scikit-learn and in
skrub's tabular pipeline, all on the same raw rows, fitted on the same 5,000, in turns. Beside it
what it costs to fit them and to predict every row, since folds do that.
Writes BENCH_LATENCY.md beside this file. Needs the folder of real data.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from skrub import tabular_pipeline
from threadpoolctl import threadpool_limits

from casebook.case import load_case, new_record_text
from casebook.models.labelled import Labelled, labelled
from casebook.models.latency import Speed, measured
from casebook.models.registry import candidates_of
from casebook.tables import open_table

HERE = Path(__file__).resolve().parent
REALDATA = HERE.parents[2] / "shared" / "realdata"
TABLES = (
    ("telco churn", "telco_churn.csv", "Churn"),
    ("hotel bookings", "hotel_bookings.csv.gz", "is_canceled"),
    ("California housing", "california_housing.csv", "median_house_value"),
    ("bank marketing", "bank_marketing.csv.gz", "y"),
)
ROWS, TURNS, TARGET = 5_000, 1, 20.0


def rows_of(file: str, target: str) -> Labelled:
    """The labelled rows of a table of the real data, 5,000 at most."""
    with tempfile.TemporaryDirectory() as folder:
        text = new_record_text("bench", {"rows": str(REALDATA / file)}, target=target)
        (Path(folder) / "case.yaml").write_text(text, "utf-8")
        case = load_case(folder)
        return labelled(case, open_table(case), most=ROWS)


def ours(data: Labelled) -> Iterator[tuple[str, Any]]:
    """Our candidates that have what they need."""
    for candidate in candidates_of(data.setting):
        if not candidate.lacking(data.setting):
            yield candidate.title, candidate.make(data.setting)


def plain(model: Any, name: str) -> Pipeline:
    """What one writes by hand: a ColumnTransformer by type, then the model."""
    if name == "boosted tree model":
        codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
        texts, numbers = codes, "passthrough"
        model = clone(model).set_params(categorical_features=None)
    else:
        texts = OneHotEncoder(handle_unknown="ignore")
        numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    by_type = make_column_transformer(
        (texts, make_column_selector(dtype_exclude=["number", "datetime"])),
        (numbers, make_column_selector(dtype_include="number")),
    )
    return make_pipeline(by_type, model)


def skrubbed(model: Any, _name: str) -> Pipeline:
    """The same model in the pipeline that skrub makes."""
    if hasattr(model, "categorical_features"):
        model = clone(model).set_params(categorical_features="from_dtype")
    return tabular_pipeline(model)


def timed(estimator: Any, data: Labelled, X: Any) -> tuple[float, float, Any]:
    """Seconds to fit, seconds to predict every row, and the fitted estimator."""
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        fitted = clone(estimator).fit(X, data.y)
        middle = time.perf_counter()
        fitted.predict(X)
        return middle - start, time.perf_counter() - middle, fitted


def compared(data: Labelled) -> Iterator[list[str]]:
    """A line for each candidate: milliseconds of one row and of a thousand, three ways."""
    X = data.X[list(data.features.names)]
    rivals: tuple[Callable[[Any, str], Any], ...] = (plain, skrubbed)
    for name, own in ours(data):
        model = own[-1] if isinstance(own, Pipeline) else own
        ways = [own, *(rival(model, name) for rival in rivals)]
        taken: list[list[tuple[float, float, Speed]]] = [[] for _way in ways]
        for _turn in range(TURNS):
            for way, estimator in enumerate(ways):
                fit, every, fitted = timed(estimator, data, X)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    taken[way].append((fit, every, measured(fitted, X, seconds=0.4)))
        yield [name, *(cell for way in taken for cell in _cells(way))]


def _cells(turns: list[tuple[float, float, Speed]]) -> list[str]:
    def middle(values: Iterator[float]) -> float:
        return statistics.median(values)

    one = middle(speed.one for _fit, _every, speed in turns)
    slow = middle(speed.one_slow for _fit, _every, speed in turns)
    many = middle(speed.many for _fit, _every, speed in turns)
    fit, every = middle(turn[0] for turn in turns), middle(turn[1] for turn in turns)
    return [f"{one:.2f} ({slow:.2f})", f"{many:.1f}", f"{fit:.2f} + {every:.2f}"]


def main() -> None:
    """Measure, write the tables and print them."""
    text = [
        "# How long an answer takes", "",
        "Made by `make bench` (`tests/bench/bench_latency.py`): raw rows of real tables, models",
        f"fitted on {ROWS:,} of them, one thread. One row: milliseconds, median (95th percentile);",
        "a thousand: median; seconds to fit and to predict all rows. Ours, then the same model",
        "behind a plain ColumnTransformer, then in skrub's tabular pipeline. Median of turns:",
        f"{TURNS}, on the machine at hand, which other work may share. Target: one row",
        f"of ours at most {TARGET:.0f} ms at the median.", "",
    ]  # fmt: skip
    worst = 0.0
    for title, file, target in TABLES:
        data = rows_of(file, target)
        ways = [
            f"{w}: {c}" for w in ("ours", "plain", "skrub") for c in ("1 row", "1,000", "fit + all")
        ]
        text += [f"## {title}, {len(data.features.names)} columns", ""]
        text += ["| " + " | ".join(["candidate", *ways]) + " |", "| --- |" + " ---: |" * len(ways)]
        for cells in compared(data):
            worst = max(worst, float(cells[1].split()[0]))
            text.append("| " + " | ".join(cells) + " |")
        text.append("")
        (HERE / "BENCH_LATENCY.md").write_text("\n".join(text), "utf-8")  # as far as it is
    text += [f"The slowest of ours takes {worst:.2f} ms for one row.", ""]
    (HERE / "BENCH_LATENCY.md").write_text("\n".join(text), "utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
