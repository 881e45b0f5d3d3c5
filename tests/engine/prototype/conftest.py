"""Prototypes over planted tables: fitted, saved, read back, and opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from casebook.models.about import About
from casebook.models.file import load_model, save_model
from casebook.models.labelled import labelled
from casebook.models.registry import candidates_of
from casebook.phases import prototype as phase
from casebook.prototype.opened import Prototype, opened
from casebook.prototype.values import Trust
from casebook.tables import open_table

NOTHING_MEASURED = Trust()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small fits are ten times quicker on one thread where the cores are busy."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def open_case(tmp_path: Path) -> Callable[..., Prototype]:
    """Fits a candidate on a case's rows, saves it, reads it back and opens it.

    trust: None measures it, as the phase does.
    """

    def make(
        case, candidate: str = "linear", *, trust: Trust | None = NOTHING_MEASURED
    ) -> Prototype:
        table = open_table(case)
        data = labelled(case, table)
        kind = next(c for c in candidates_of(data.setting) if c.name == candidate)
        record, yes = case.record.prototype, bool(data.positive)
        band = record.hand_over
        about = About(
            "case",
            candidate,
            threshold=record.threshold if yes else None,
            band=(band.low, band.high) if band and yes else None,
        )
        folder = tmp_path / f"model of {candidate} for {case.record.name}"
        folder.mkdir(exist_ok=True)
        save_model(folder, kind.make(data.setting).fit(data.X, data.y), data, about=about)
        if trust is None:
            baseline = {"chosen": candidate, "seed": 0, "candidates": [], "target": table.target}
            trust = phase.examine(case, table, {"baseline": baseline}).trust
        return opened(case, table, load_model(folder), trust)

    return make


@pytest.fixture
def open_rows(make_case, open_case) -> Callable[..., Prototype]:
    """As `open_case`, of a frame; sections of the record by name."""

    def make(
        frame: pd.DataFrame,
        candidate: str = "linear",
        *,
        trust: Trust | None = NOTHING_MEASURED,
        target: str = "y",
        **sections,
    ) -> Prototype:
        return open_case(make_case(frame, target=target, **sections), candidate, trust=trust)

    return make


@pytest.fixture
def rows_of() -> Callable[..., pd.DataFrame]:
    """Two numbers and a category with Hangul; kind of target: two, many or number."""
    return planted


def planted(n: int = 400, seed: int = 0, kind: str = "two") -> pd.DataFrame:
    """A target that depends on a number and a category, not on the other number."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    city = rng.choice(["서울", "부산", "대구"], n)
    signal = 1.5 * (x + (city == "부산"))
    if kind == "number":
        y = 10 + 2 * signal + rng.normal(size=n)
    elif kind == "many":
        y = np.array(["a", "b", "c"])[np.digitize(signal + rng.normal(size=n), [-1, 1.5])]
    else:
        y = np.where(rng.random(n) < 1 / (1 + np.exp(-signal)), "yes", "no")
    return pd.DataFrame({"키 (cm)": x, "z": z, "도시": city, "y": y})
