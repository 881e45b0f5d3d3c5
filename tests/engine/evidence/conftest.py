"""Tables with a planted truth, and one kind of evidence gathered on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.evidence.context import make_context
from casebook.evidence.registry import EVIDENCE
from casebook.tables import open_table


@pytest.fixture
def context_of(make_case):
    """Writes a table and its record, and fits what all kinds of evidence share."""

    def made(frame, *, target="y", **record):
        case = make_case(frame, target=target, **record)
        return make_context(case, open_table(case))

    return made


@pytest.fixture
def gathered(context_of):
    """Gathers one kind of evidence, by its code, on a table."""

    def found(code, frame, **record):
        kind = next(kind for kind in EVIDENCE if kind.code == code)
        return kind.gather(context_of(frame, **record))

    return found


@pytest.fixture
def planted():
    return _planted


def _planted(n=400, seed=0, strength=1.5, **columns) -> pd.DataFrame:
    """Two numbers, a category and two classes; only x and the category say anything."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    city = rng.choice(["north", "south", "west"], n)
    chance = 1 / (1 + np.exp(-strength * (x + (city == "south"))))
    y = np.where(rng.random(n) < chance, "yes", "no")
    return pd.DataFrame({"x": x.round(4), "z": z.round(4), "city": city, "y": y, **columns})
