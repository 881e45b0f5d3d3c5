"""Every kind of evidence keeps the contract, on tables of every sort."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook.evidence.registry import EVIDENCE, gather_all
from casebook.phases.feasibility_signs import SIGNS

ROOT = Path(__file__).resolve().parents[3]
OUTCOMES = {"yes", "no", "unclear", "none"}


def numbers(n=120):
    rng = np.random.default_rng(0)
    return pd.DataFrame({"x": rng.normal(size=n), "y": rng.normal(size=n) * 100})


def many(n=150):
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    return pd.DataFrame({"x": x, "y": np.array(["a", "b", "c"])[np.digitize(x, [-0.4, 0.4])]})


TABLES = {
    "two classes": lambda planted: planted(120),
    "three classes": lambda _planted: many(),
    "numbers": lambda _planted: numbers(),
    "no label": lambda planted: planted(120).assign(y=None),
    "one class": lambda planted: planted(120).assign(y="yes"),
    "few rows": lambda planted: planted(12),
    "texts only": lambda _planted: pd.DataFrame(
        {"note": [f"word{i % 7} other{i % 5} {i} more" for i in range(90)],
         "y": ["yes" if i % 7 < 3 else "no" for i in range(90)]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_kind_says_something_of_every_table(context_of, planted, table):
    found = gather_all(context_of(TABLES[table](planted)))
    assert [item.code for item in found] == [kind.code for kind in EVIDENCE]
    for item in found:
        assert item.outcome in OUTCOMES
        assert item.sentence
        assert (item.reason is not None) == (item.outcome == "none")
        if item.picture is not None:
            assert item.picture.kind in {"intervals", "bars", "curve"}
            assert item.picture.alt
            assert all(np.isfinite(point.value) for point in item.picture.points)


def test_every_sign_has_evidence_and_every_kind_a_file_and_a_test():
    assert {kind.sign for kind in EVIDENCE} == {sign.name for sign in SIGNS}
    for kind in EVIDENCE:
        assert kind.gather.__module__ == f"casebook.evidence.{kind.code}"
        assert (ROOT / "casebook" / "evidence" / f"{kind.code}.py").is_file()
        assert (ROOT / "tests" / "engine" / "evidence" / f"test_{kind.code}.py").is_file()


def test_the_same_seed_gathers_the_same(context_of, planted):
    frame = planted(150)
    assert gather_all(context_of(frame)) == gather_all(context_of(frame))
