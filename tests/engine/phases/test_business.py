"""The business: what was planted in the tables (gaps, repeats, lost keys) is counted and told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.case import load_case, save_answers
from casebook.phases import business
from casebook.phases.findings import dump, load, phase_named
from casebook.tables import open_table
from casebook.tables.overlap import Step, overlap

LOST = 40  # orders whose guest is in no table


def orders(n: int = 2000, seed: int = 0) -> pd.DataFrame:
    """Orders of 100 days from Monday to Saturday; four days lack, 40 have an unknown guest."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2026-01-01", periods=100)
    days = days[(days.day_of_week != 6) & ~days.isin(pd.date_range("2026-02-03", "2026-02-06"))]
    frame = pd.DataFrame(
        {
            "order_id": [f"O{one:05d}" for one in range(n)],
            "on": rng.choice(days, n),
            "guest_id": [f"G{one:03d}" for one in rng.integers(0, 150, n)],
            "spend": rng.gamma(4, 5000, n).round(),
            "stars": np.where(rng.random(n) < 0.4, np.nan, rng.integers(1, 6, n)),
        }
    )
    frame.loc[: LOST - 1, "guest_id"] = "G999"
    return frame


def guests() -> pd.DataFrame:
    return pd.DataFrame(
        {"guest_id": [f"G{one:03d}" for one in range(150)], "city": ["서울", "부산"] * 75}
    )


@pytest.fixture
def case(make_case):
    """Orders, their lines, and guests; the weather is only planned."""
    made = make_case(orders(), name="shop", time="on", roles={"guest_id": "id"})
    lines = orders()[["order_id"]].assign(item=lambda frame: frame.index % 7)
    repeated = pd.concat([lines, lines.head(100)])
    repeated.to_csv(made.folder / "lines.csv", index=False)
    guests().to_csv(made.folder / "guests.csv", index=False)
    answers = {
        "data.tables.lines": {"source": "lines.csv", "continues": "yes"},
        "data.tables.guests": {"source": "guests.csv", "owner": "Lee", "continues": "yes"},
        "business.inputs": [
            {"name": "Orders", "table": "rows"},
            {"name": "Weather", "plan": "Ask the met office", "owner": "Kim"},
        ],
    }
    return save_answers(made, answers, by="Test")


@pytest.fixture
def found(case, examined):
    return examined(business, case)


def by_name(found, name):
    return next(one for one in found.tables if one.name == name)


def trust_of(found, name):
    return next(t for one, t in zip(found.tables, found.trust, strict=True) if one.name == name)


def test_rows_period_and_key_of_each_table(found):
    rows = by_name(found, "rows")
    frame = orders()
    assert (rows.rows, rows.columns, rows.key) == (2000, 5, ("order_id",))
    assert (rows.first, rows.last) == (frame["on"].min().date(), frame["on"].max().date())
    assert by_name(found, "guests").key == ("guest_id",)
    assert by_name(found, "guests").first is None


def test_planted_gaps_are_found_and_closed_sundays_are_none(found):
    rows = by_name(found, "rows")
    assert rows.idle == (6,)
    assert [(gap.first.isoformat(), gap.last.isoformat()) for gap in rows.gaps] == [
        ("2026-02-03", "2026-02-06")
    ]
    assert rows.gaps[0].days == 4
    assert any("4 days in between have no row" in text for text in trust_of(found, "rows").faults)


def test_repeated_rows_make_a_table_that_is_not_to_be_built_on_or_with_care(found):
    lines = by_name(found, "lines")
    assert lines.repeated == 100
    assert trust_of(found, "lines").level == "care"
    assert "100 rows are the same as one before" in trust_of(found, "lines").faults[0]


def test_missing_values_are_told_where_they_are_many(found):
    rows = by_name(found, "rows")
    assert rows.missing[0].column == "stars"
    assert rows.missing[0].share == pytest.approx(orders()["stars"].isna().mean())
    assert any("Much is missing in: stars" in text for text in trust_of(found, "rows").faults)


def test_the_share_of_orders_that_have_a_guest(found):
    link = next(one for one in found.links if (one.table, one.target) == ("rows", "guests"))
    assert (link.column, link.counted.rows, link.counted.found) == ("guest_id", 2000, 2000 - LOST)
    assert any(f"{LOST} of 2,000 rows have no guest_id" in text
               for text in trust_of(found, "rows").faults)  # fmt: skip


def test_lines_have_a_guest_by_way_of_their_order(found):
    link = next(one for one in found.links if (one.table, one.target) == ("lines", "guests"))
    assert link.by == ("rows",)
    assert link.counted.rows == 2100
    assert link.counted.found == 2100 - 2 * LOST  # the first lines are there twice


def test_a_plan_is_shown_as_one_and_tables_nobody_named_are_there(found):
    entries = {one.name: one for one in found.inputs}
    assert entries["Weather"].measured is None
    assert entries["Weather"].table == ""
    assert entries["guests"].owner == "Lee"
    assert "1 of 4 inputs is only a plan yet." in found.headline


def test_a_clean_table_has_no_fault(found):
    assert trust_of(found, "guests").level == "good"
    assert trust_of(found, "guests").faults == ()


def test_a_table_that_ends_early_is_late(case, examined):
    old = orders()[["order_id", "on"]].query("on < '2026-03-01'")
    old.to_csv(case.folder / "old.csv", index=False)
    case = save_answers(case, {"data.tables.old": {"source": "old.csv"}}, by="Test")
    found = examined(business, case)
    behind = (by_name(found, "rows").last - by_name(found, "old").last).days
    assert by_name(found, "old").behind == behind
    assert any(f"{behind} days before" in text for text in trust_of(found, "old").faults)


def test_a_broken_key_is_told(case, examined):
    twice = guests()
    twice.loc[3, "guest_id"] = "G002"
    twice.to_csv(case.folder / "guests.csv", index=False)
    found = examined(business, load_case(case.folder))
    held = by_name(found, "guests")
    assert (held.key, held.near_key, held.key_repeats) == ((), "guest_id", 1)
    assert "comes again in 1 row" in trust_of(found, "guests").faults[0]


def test_a_table_that_cannot_be_read_is_a_finding(case, examined):
    (case.folder / "guests.csv").unlink()
    found = examined(business, load_case(case.folder))
    assert trust_of(found, "guests").level == "poor"
    assert "Not to be built on yet: guests." in found.headline
    assert by_name(found, "rows").rows == 2000


def test_a_day_cuts_every_table_that_has_a_time(case):
    found = business.examine(case, open_table(case, as_of="2026-01-31"), {})
    assert by_name(found, "rows").last.isoformat() == "2026-01-31"


def test_findings_come_back_from_json(found):
    assert load(phase_named("business"), dump(found)) == found


def test_keys_are_compared_as_text_and_empty_ones_are_lost(make_case):
    frame = pd.DataFrame({"guest_id": [1, 2, 3, None], "x": range(4)})
    one = open_table(make_case(frame, name="one"))
    two = open_table(make_case(pd.DataFrame({"guest_id": [1, 2, 9]}), name="two"))
    counted = overlap(one, "guest_id", [Step(two, "guest_id", "guest_id")])
    assert (counted.rows, counted.empty, counted.found) == (4, 1, 2)
    assert (counted.keys, counted.keys_found) == (3, 2)
