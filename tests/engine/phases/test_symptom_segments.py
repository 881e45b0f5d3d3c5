"""Which segment: planted in one column, in a pair, in what is derived, in a rate, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from casebook.phases.symptom import examine
from casebook.tables import open_table

SYMPTOM = {"metric": "SUM(spend)", "metric_name": "revenue", "period": "month"}


@dataclass(frozen=True)
class Planted:
    """Which rows of May are left out: a condition on them and how many of those."""

    rows: str = ""
    share: float = 0.0


def sales(seed: int, planted: Planted, days: int = 151) -> pd.DataFrame:
    """January to May, about 60 rows a day: four columns, and 150 customers who come again."""
    rng = np.random.default_rng(seed)
    n = 60 * days
    at = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.sort(rng.uniform(0, days * 86400, n)), "s")
    frame = pd.DataFrame(
        {
            "at": at.floor("min"),
            "customer_id": [f"C{x:03d}" for x in rng.integers(0, 150, n)],
            "city": rng.choice(["north", "south", "east", "west"], n),
            "channel": rng.choice(["app", "web", "phone"], n, p=[0.5, 0.3, 0.2]),
            "wait": rng.gamma(3, 5, n).round(1),
            "payment": rng.choice(["card", "cash"], n),
            "spend": rng.gamma(4, 5, n).round(2),
        }
    )
    if planted.rows:
        lost = frame.eval(planted.rows) & (frame["at"].dt.month == 5)
        frame = frame[~(lost & (rng.random(len(frame)) < planted.share))]
    return frame


@pytest.fixture
def found(make_case):
    def examine_one(planted: Planted, seed: int = 0, **symptom):
        case = make_case(
            sales(seed, planted), name=f"case{seed}", time="at",
            symptom={**SYMPTOM, "direction": "falls", **symptom},
            data={"group": "customer_id"},
        )  # fmt: skip
        return examine(case, open_table(case), {}, seed=seed)

    return examine_one


def first(found) -> tuple[tuple[str, ...], tuple[str, ...]]:
    part = found.search.carriers[0]
    return part.names, part.labels


def test_a_value_of_a_column(found):
    told = found(Planted("city == 'west'", 0.7))
    assert first(told) == (("city",), ("west",))
    part = told.search.carriers[0]
    assert part.share.low <= 1.0 <= part.share.high
    assert part.base == pytest.approx(0.25, abs=0.03)
    assert part.mix < 0
    assert abs(part.rate) < abs(part.mix) / 3


def test_a_pair_of_columns(found):
    told = found(Planted("city == 'west' and channel == 'app'", 0.9))
    names, labels = first(told)
    assert dict(zip(names, labels, strict=True)) == {"city": "west", "channel": "app"}
    assert "with" in told.headline[2]


def test_a_range_of_numbers(found):
    told = found(Planted("wait > 22", 0.8))
    (name,), (label,) = first(told)
    assert name == "wait"
    assert float(label.split(" – ")[0]) > 15


def test_a_time_of_day(found):
    told = found(Planted("at.dt.hour >= 18 and at.dt.hour < 21", 0.9))
    assert first(told) == (("hours",), ("18:00–20:59",))
    assert "'18:00–20:59' (time of day)" in told.headline[2]


def test_first_time_customers_without_a_column_that_says_so(make_case):
    """Eighty customers go on as they were; of new ones, each with one row, few come in May."""
    rng = np.random.default_rng(5)
    known = sales(1, Planted())
    known = known[known["customer_id"] < "C080"]
    new = sales(2, Planted())[["at", "city", "channel", "wait", "payment", "spend"]]
    month = new["at"].dt.month
    new = new[rng.random(len(new)) < np.where(month == 5, 0.1, 0.5)]
    new = new.assign(customer_id=[f"N{x}" for x in range(len(new))])
    frame = pd.concat([known, new]).sort_values("at")
    case = make_case(frame, time="at", symptom={**SYMPTOM, "direction": "falls"},
                     data={"group": "customer_id"})  # fmt: skip
    told = examine(case, open_table(case), {})
    assert first(told) == (("newness",), ("first-time",))
    assert told.key == "customer_id"
    coming = {one.start.month: one.new for one in told.newcomers}
    assert coming[5] < coming[4] / 3


def test_a_rate_that_falls_is_told_from_a_mix_that_shifts(found):
    shifted = found(Planted("channel == 'app'", 0.6), metric="AVG(CASE WHEN channel = 'app' THEN "
                    "9.0 ELSE 1.0 END)", segments=["city"])  # fmt: skip
    for parts in shifted.search.parts.values():
        total = shifted.change.after - shifted.change.before
        assert sum(part.mix + part.rate for part in parts) == pytest.approx(total)
    cities = shifted.search.parts["city"]
    assert all(abs(part.rate) > 5 * abs(part.mix) for part in cities)


def test_nothing_planted(found):
    told = [found(Planted(), seed) for seed in range(6)]
    assert sum(bool(one.search.carriers) for one in told) <= 1


def test_all_alike_names_nobody(found):
    """Half of all rows are gone: a clear fall that no part carries."""
    told = [found(Planted("spend > -1", 0.5), seed) for seed in range(10, 14)]
    assert all(one.change.clear for one in told)
    assert sum(bool(one.search.carriers) for one in told) <= 1
    assert "No column says who carries the change" in told[0].headline[2] or told[0].search.carriers


def test_a_column_that_names_the_time_is_left_out_and_that_is_said(make_case):
    frame = sales(0, Planted("city == 'west'", 0.7))
    frame["quarter of the year"] = "Q" + (frame["at"].dt.month // 2).astype(str)
    case = make_case(frame, time="at", symptom=SYMPTOM, data={"group": "customer_id"})
    told = examine(case, open_table(case), {})
    assert "quarter of the year" not in told.search.parts
    assert any("quarter of the year" in note for note in told.notes)
    view = next(view for view in told.profile if view.name == "quarter of the year")
    assert "other values in each period" in view.says
    assert told.profile[0].name == "city"
    assert told.profile[0].clear
