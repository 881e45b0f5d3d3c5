"""Tables with a planted signal, and a phase examined on a case."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from casebook.case import load_case, new_record_text
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


@pytest.fixture
def shop(tmp_path):
    """Writes tables and a record that says who chose what; opens the case."""

    def made(tables: dict[str, pd.DataFrame], language: str = "en", data=None, **wishes):
        for name, frame in tables.items():
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
        answers = {"baseline": {"recommend": wishes}, "data": data or {}}
        sources = {name: f"{name}.csv" for name in tables}
        text = new_record_text("shop", sources, language=language, answers=answers)
        (tmp_path / "case.yaml").write_text(text, "utf-8")
        return load_case(tmp_path)

    return made


@pytest.fixture
def bought():
    return _bought


def _bought(users: int = 60, days: int = 100, seed: int = 0) -> pd.DataFrame:
    """Everyone buys an own favourite on most days that they come, else anything of 15 things."""
    rng = np.random.default_rng(seed)
    who = rng.integers(0, users, users * 12)
    what = np.where(rng.random(len(who)) < 0.7, who % 15, rng.integers(0, 15, len(who)))
    day = rng.integers(0, days, len(who))
    rows = pd.DataFrame(
        {
            "손님": [f"김{one}" for one in who],
            "물건": [f"차 {one}" for one in what],
            "때": pd.Timestamp("2026-01-01") + pd.to_timedelta(day, unit="D"),
        }
    )
    return rows.sort_values("때", ignore_index=True)


@pytest.fixture
def joined(bought):
    return lambda: _joined(bought())


def _joined(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The same choices in a table of lines and one of visits, and a list of things."""
    visits = rows[["손님", "때"]].drop_duplicates().reset_index(drop=True)
    visits["visit"] = [f"V{n:04d}" for n in range(len(visits))]
    lines = rows.merge(visits, on=["손님", "때"])[["visit", "물건"]].drop_duplicates()
    things = pd.DataFrame({"물건": [f"차 {n}" for n in range(16)], "kind": ["a", "b"] * 8})
    things = things.assign(
        name=[f"Tea {n}" for n in range(16)], name_ko=[f"맛 {n}" for n in range(16)]
    )
    return {"visits": visits, "lines": lines, "things": things}
