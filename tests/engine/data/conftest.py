"""The simulated restaurants that the tests of this room share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

DATA = Path(__file__).resolve().parents[3] / "data"
sys.path.insert(0, str(DATA))  # the scripts of data/ are no package: they run by themselves

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = range(16)
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    return DATA


@pytest.fixture(scope="session")
def planted() -> list[Tables]:
    """One restaurant a seed, with everything planted."""
    return _simulate_all("PLANTED")


@pytest.fixture(scope="session")
def nothing() -> list[Tables]:
    """The same with no fall and no cause."""
    return _simulate_all("NOTHING")


def _simulate_all(truth: str) -> list[Tables]:
    simulator = __import__("restaurant_simulator")
    simulate: Callable[..., Tables] = simulator.simulate
    return [simulate(seed, getattr(simulator, truth)) for seed in SEEDS]
