"""Tables with a planted signal, and a phase examined on a case."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from casebook.phases.findings import dump
from casebook.tables import open_table


@pytest.fixture
def signal():
    return _signal


def _signal(n: int = 600, seed: int = 0, strength: float = 1.5) -> pd.DataFrame:
    """Two numbers and a category; both classes; `strength` 0 plants nothing."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    city = rng.choice(["서울", "부산", "대구"], n)
    chance = 1 / (1 + np.exp(-strength * (x + (city == "부산"))))
    return pd.DataFrame(
        {"x": x, "z": z, "도시": city, "y": np.where(rng.random(n) < chance, "yes", "no")}
    )


@pytest.fixture
def examined():
    return _examined


def _examined(module, case, upstream=None):
    return module.examine(case, open_table(case), upstream or {})


@pytest.fixture
def plain():
    return _plain


def _plain(findings):
    return json.loads(dump(findings))
