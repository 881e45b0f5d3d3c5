"""Visits of a made-up shop and a model of them, for tests of files of rows."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from casebook.case import load_case, new_record_text
from casebook.models.about import About
from casebook.models.file import load_model, save_model
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.prototype.answer import answer
from casebook.prototype.batch import Batch
from casebook.prototype.opened import Prototype, opened
from casebook.prototype.values import Conformal, Trust, Width
from casebook.tables import open_table

N = 240
FIELDS = [{"column": "나이", "label": "Age", "low": 0, "high": 120, "unit": "years"}]
OBJECTIVES = {"capacity": {"amount": 2, "period": "day", "acts_on": "no"}}


def rows(n: int = N) -> pd.DataFrame:
    """Visits: numbers, one with gaps; a category in Hangul; a time; two classes."""
    rng = np.random.default_rng(0)
    age, spend = rng.integers(18, 80, n), rng.gamma(2.0, 20.0, n).round(2)
    wait = np.where(rng.random(n) < 0.1, np.nan, rng.integers(0, 40, n))
    time = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 90 * 24, n), unit="h")
    return pd.DataFrame(
        {
            "visit_id": [f"V{one:04d}" for one in range(n)],
            "나이": age,
            "spend": spend,
            "wait minutes": wait,
            "city": rng.choice(["서울", "부산", "Jeju Island"], n),
            "visited_at": np.sort(time),
            "came": np.where(spend + rng.normal(0, 15, n) > 35, "yes", "no"),
        }
    )


def made(folder: Path, *, fields=FIELDS, **sections) -> Prototype:
    """Saves a linear model of these rows, and opens it as a prototype."""
    folder.mkdir()
    rows().to_csv(folder / "rows.csv", index=False)
    answers = {"prototype": {"form": {"fields": fields}}, **sections}
    record = new_record_text(
        "visits", {"rows": "rows.csv"}, target="came", time="visited_at",
        roles={"visit_id": "id"}, answers=answers,
    )  # fmt: skip
    (folder / "case.yaml").write_text(record, "utf-8")
    case = load_case(folder)
    table = open_table(case)
    data = labelled(case, table)
    candidate = next(c for c in CANDIDATES if c.name == "linear")
    with threadpool_limits(1):
        fitted = candidate.make(data.setting).fit(data.X, data.y)
    save_model(folder, fitted, data, about=About("visits", "linear", threshold=0.5))
    return opened(case, table, load_model(folder), Trust())


def some(n: int = 6) -> pd.DataFrame:
    return rows().drop(columns="came").iloc[:n].reset_index(drop=True)


def text(frame: pd.DataFrame, **how) -> bytes:
    return frame.to_csv(index=False, **{"lineterminator": "\n", **how}).encode()


def book(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_excel(out, index=False)
    return out.getvalue()


def balanced(batch: Batch) -> None:
    """Rows in are rows out: each has an answer or is listed."""
    lines = {one.line for one in batch.problems}
    for line, said in zip(batch.lines, batch.answers, strict=True):
        assert (said is None) == (line in lines)
    assert batch.predicted + batch.listed == len(batch.lines) == len(batch.cells)


def one_by_one(prototype: Prototype, frame: pd.DataFrame) -> list[float]:
    """Probabilities of rows that are asked for one at a time."""
    found = []
    for _n, row in frame.iterrows():
        plain = {
            "나이": int(row["나이"]),
            "spend": float(row["spend"]),
            "wait minutes": None if pd.isna(row["wait minutes"]) else float(row["wait minutes"]),
            "city": row["city"],
            "visited_at": row["visited_at"].isoformat(),
        }
        found.append(answer(prototype, plain).probability)
    return found


def said(batch: Batch) -> list[float | None]:
    return [None if one is None else one.probability for one in batch.answers]


def real(folder: Path, path: Path, target: str, **data) -> Prototype:
    """A linear model of real rows, as a prototype; intervals of numbers are half a unit wide."""
    text_ = new_record_text("real", {"rows": str(path)}, target=target, **data)
    (folder / "case.yaml").write_text(text_, "utf-8")
    case = load_case(folder)
    table = open_table(case)
    found = labelled(case, table, most=2_000)
    candidate = next(c for c in CANDIDATES if c.name == "linear")
    with threadpool_limits(1):
        fitted = candidate.make(found.setting).fit(found.X, found.y)
    save_model(folder, fitted, found, about=About("real", "linear"))
    trust = Trust(conformal=Conformal(0.9, (Width(None, 1000.0, 500),)))
    return opened(case, table, load_model(folder), trust)
