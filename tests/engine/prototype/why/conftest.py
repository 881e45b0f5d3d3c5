"""A table with every kind of column, prototypes of it, and Shapley values by their definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from casebook.models.about import About, ModelFile
from casebook.models.file import SavedModel
from casebook.models.labelled import labelled
from casebook.models.registry import candidates_of
from casebook.models.usual import described
from casebook.prototype.opened import Prototype, opened
from casebook.prototype.values import Trust
from casebook.tables import open_table

ROLES = {"수": "number", "plan": "category", "글": "text", "size": "number"}


def _mixed_rows(n: int = 240, seed: int = 0) -> pd.DataFrame:
    """Numbers, one of them whole and one with holes, a category with holes, a text, a time."""
    rng = np.random.default_rng(seed)
    x, size = rng.normal(size=n), rng.integers(1, 9, n)
    plan = rng.choice(["a", "b", "긴 것", None], n)
    words = rng.choice(["좋은 음식", "late again", "so so"], n)
    frame = pd.DataFrame({
        "x": x.round(2),
        "수": np.where(rng.random(n) < 0.15, np.nan, rng.normal(size=n).round(2)),
        "size": size,
        "plan": plan,
        "글": [f"{word} {k}" for word, k in zip(words, rng.integers(0, 999, n), strict=True)],
        "on": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D"),
    })  # fmt: skip
    pull = 1.5 * x + 0.4 * (size - 4) + (plan == "a") + (words == "late again") - 0.5
    frame["number"] = 10 + 3 * pull + rng.normal(size=n)
    frame["y"] = np.where(pull + rng.logistic(size=n) > 0, "yes", "no")
    frame["three"] = np.where(pull + rng.logistic(size=n) > 1, "high",
                              np.where(pull < -1, "low", "mid"))  # fmt: skip
    return frame


def saved_by_hand(data: Any, estimator: Any, name: str, **about: Any) -> SavedModel:
    """The model as its file describes it, without the way through a file."""
    names = tuple(map(str, data.features.names))
    if data.setting.rules and name == "rule":
        names = ("x", "plan")
    file = ModelFile(
        About("case", name, **about), data.task, data.classes, str(data.y.name),
        described(data.X, names, data.features), (), len(data.y), 0, {}, "", 0, "",
    )  # fmt: skip
    return SavedModel(file, estimator)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small predictions are ten times quicker on one thread where the cores are busy."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def prototype_of(make_case) -> Callable[..., Prototype]:
    """Fits a candidate on the mixed table, or another one, and opens its prototype.

    target: y, three or number. known: how many of the rows are known to the prototype.
    """

    def make(
        name: str = "linear", target: str = "y", *, frame: pd.DataFrame | None = None,
        known: int | None = None, trust: Trust | None = None, about: dict[str, Any] | None = None,
        **sections: Any,
    ) -> Prototype:  # fmt: skip
        rows = _mixed_rows() if frame is None else frame
        left = [c for c in ("y", "three", "number") if c != target and c in rows]
        roles = {k: v for k, v in ROLES.items() if k in rows}
        case = make_case(rows.drop(columns=left), target=target,
                         roles=sections.pop("roles", roles), **sections)  # fmt: skip
        table = open_table(case)
        data = labelled(case, table)
        candidate = next(c for c in candidates_of(data.setting) if c.name == name)
        estimator = candidate.make(data.setting).fit(data.X, data.y)
        made = opened(case, table, saved_by_hand(data, estimator, name, **(about or {})),
                      trust or Trust())  # fmt: skip
        if known is None:
            return made
        few = replace(made.known, X=made.known.X.iloc[:known], y=made.known.y.iloc[:known],
                      ids=made.known.ids.iloc[:known])  # fmt: skip
        return replace(made, known=few)

    return make


@pytest.fixture
def by_definition() -> Callable[..., np.ndarray]:
    """Shapley values as the mean over all permutations, of frames of raw rows."""

    def values(
        said: Callable[[pd.DataFrame], np.ndarray], row: pd.DataFrame, known: pd.DataFrame
    ) -> np.ndarray:
        names = list(known.columns)
        worth: dict[frozenset[str], float] = {}

        def of(inside: frozenset[str]) -> float:
            if inside not in worth:
                columns = {
                    c: pd.concat([row[c]] * len(known), ignore_index=True) if c in inside
                    else known[c].reset_index(drop=True)
                    for c in names
                }  # fmt: skip
                worth[inside] = float(np.mean(said(pd.DataFrame(columns))))
            return worth[inside]

        total = np.zeros(len(names))
        orders = list(permutations(range(len(names))))
        for order in orders:
            before: frozenset[str] = frozenset()
            for place in order:
                after = before | {names[place]}
                total[place] += of(after) - of(before)
                before = after
        return total / len(orders)

    return values


@pytest.fixture
def mixed_rows() -> Callable[..., pd.DataFrame]:
    """The mixed table: numbers, a category, a text, a time, and three targets."""
    return _mixed_rows
