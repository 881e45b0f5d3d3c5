"""Business and problem on real tables: what they say is what the manifest measured by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.case import Case, load_case, new_record_text
from casebook.phases import business, problem
from casebook.tables import open_table


@pytest.fixture
def real(realdata: Path, tmp_path: Path):
    """A record of a few lines over a file of the real data."""

    def made(file: str, *claims: dict, **data: str) -> Case:
        answers = {"symptom": {"hypotheses": list(claims)}, "data": data}
        text = new_record_text("real", {"rows": str(realdata / file)}, language="en",
                               answers=answers)  # fmt: skip
        (tmp_path / "case.yaml").write_text(text, "utf-8")
        return load_case(tmp_path)

    return made


def claim(group: str, outcome: str, expect: str, **more) -> dict:
    comparison = {"group": group, "outcome": outcome, "expect": expect, **more}
    return {"statement": group, "comparison": comparison}


def test_hotel_bookings(real):
    case = real(
        "hotel_bookings.csv.gz",
        claim("is_repeated_guest = 1", "is_canceled", "lower"),
        claim("hotel = 'City Hotel'", "is_canceled", "higher"),
    )
    table = open_table(case)
    repeated, city = (one.tested for one in problem.examine(case, table, {}).hypotheses)
    assert (repeated.verdict, city.verdict) == ("supports", "supports")
    assert repeated.inside.mean == pytest.approx(0.145, abs=5e-4)
    assert repeated.outside.mean == pytest.approx(0.378, abs=5e-4)
    assert city.inside.mean == pytest.approx(0.417, abs=5e-4)
    assert city.outside.mean == pytest.approx(0.278, abs=5e-4)
    told = business.examine(case, table, {})
    assert told.tables[0].repeated == 31_994
    assert told.trust[0].level == "poor"


def test_cookie_cats(real):
    """An A/B test with a published result; as one of two claims it still holds."""
    case = real(
        "cookie_cats.csv.gz",
        claim("version = 'gate_40'", "retention_7", "lower", matters=0.005),
        claim("version = 'gate_40'", "retention_1", "lower", matters=0.005),
    )
    week, day = (one.tested for one in problem.examine(case, open_table(case), {}).hypotheses)
    assert (week.verdict, week.together) == ("supports", "")
    assert week.difference.value == pytest.approx(-0.0082, abs=1e-4)
    assert day.verdict == "cannot tell"
    assert day.difference.low < 0 < day.difference.high


def test_online_retail(real):
    case = real("online_retail.csv.gz", group="CustomerID")
    told = business.examine(case, open_table(case), {})
    held, missing = told.tables[0], {one.column: one.share for one in told.tables[0].missing}
    assert (held.rows, held.repeated) == (541_909, 5_268)
    assert missing["CustomerID"] == pytest.approx(135_080 / 541_909)
    assert (held.first.isoformat(), held.last.isoformat()) == ("2010-12-01", "2011-12-09")
    assert held.idle == (5,)  # never a Saturday
    longest = max(held.gaps, key=lambda gap: gap.days)
    assert (longest.first.isoformat(), longest.last.isoformat()) == ("2010-12-24", "2011-01-03")


@pytest.mark.parametrize(
    "file", ["cta_ridership.csv", "elec2.csv.gz", "seoul_bike.csv", "garak_market_price.csv"]
)
def test_other_tables_are_told_with_nothing_answered(real, file):
    case = real(file)
    table = open_table(case)
    told = business.examine(case, table, {})
    assert told.tables[0].rows == table.rows
    assert problem.examine(case, table, {}).headline == ("The problem tree names no cause yet.",)
