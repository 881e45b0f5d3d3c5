"""The ride service: what was planted is in the tables, and the notebooks' phases say it."""

from __future__ import annotations

import filecmp
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casebook.case import load_case
from casebook.phases import business, problem
from casebook.tables import open_table

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "data"))

from make_rides import SEED, write_tables
from rides_simulator import NOTHING, PLANTED, simulate

SEEDS = range(12)


@pytest.fixture(scope="module")
def requests() -> list[pd.DataFrame]:
    return [simulate(seed)["requests"] for seed in SEEDS]


@pytest.fixture(scope="module")
def calm() -> list[pd.DataFrame]:
    return [simulate(seed, NOTHING)["requests"] for seed in SEEDS]


def parts(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    wet = (frame["rain"] != "dry") & (frame["part_of_day"] == "evening")
    after = frame["requested_at"] >= pd.Timestamp(PLANTED.bonus_cut)
    return wet, after, frame["quoted_minutes"] > PLANTED.long_wait


def difference(values: pd.Series, inside: pd.Series) -> tuple[float, float]:
    one, other = values[inside], values[~inside]
    error = math.sqrt(one.var() / len(one) + other.var() / len(other))
    return one.mean() - other.mean(), error


def covered(estimates: list[tuple[float, float]], truth: float) -> float:
    return float(np.mean([abs(value - truth) <= 1.96 * error for value, error in estimates]))


def test_a_long_wait_makes_riders_cancel_as_planted(requests, calm):
    for frames, truth in ((requests, PLANTED.cancel_of_long_wait), (calm, 0.0)):
        found = [difference(frame["cancelled"], parts(frame)[2]) for frame in frames]
        assert covered(found, truth) >= 0.8
        assert np.mean([value for value, _error in found]) == pytest.approx(truth, abs=0.01)


def test_supply_falls_step_by_step_on_rainy_evenings_and_at_no_other_time(requests):
    for frame in requests:
        wet, after, _long = parts(frame)
        supply, month = frame["drivers_per_request"], frame["requested_at"].dt.month
        before = supply[wet & ~after].mean() / PLANTED.rainy_evening_before
        for step, planted in enumerate(PLANTED.rainy_evening_after):
            found = supply[wet & (month == PLANTED.bonus_cut.month + step)].mean() / before
            assert found == pytest.approx(planted, abs=0.1)
        assert supply[~wet & after].mean() == pytest.approx(supply[~wet & ~after].mean(), rel=0.06)


def test_cancellations_rise_on_rainy_evenings_only(requests, calm):
    for frame in requests:
        wet, after, _long = parts(frame)
        assert difference(frame["cancelled"][wet], after[wet])[0] > 0.07
        assert abs(difference(frame["cancelled"][~wet], after[~wet])[0]) < 0.02
    found = [difference(frame["cancelled"][parts(frame)[0]], parts(frame)[1]) for frame in calm]
    assert covered(found, 0.0) >= 0.8


def test_price_does_nothing_but_looks_as_if_it_did(requests):
    naive, tested, alike = [], [], []
    for frame in requests:
        long, dear = parts(frame)[2], frame["price_factor"] >= 1.3
        naive.append(difference(frame["cancelled"], dear))
        tested.append(difference(frame["cancelled"], frame["price_test"] == "plus 10%"))
        alike.append(difference(frame["cancelled"][~long], dear[~long]))
    assert min(value / error for value, error in naive) > 3
    assert covered(tested, 0.0) >= 0.8
    assert covered(alike, 0.0) >= 0.8


def test_rain_is_spread_evenly_over_months(requests):
    for frame in requests[:4]:
        evening = frame[frame["part_of_day"] == "evening"]
        month = evening["requested_at"].dt.month
        days = evening.groupby([month, evening["requested_at"].dt.normalize()])["rain"].first()
        shares = (days != "dry").groupby(level=0).mean()
        assert shares.between(0.28, 0.36).all()


def test_the_ride_can_be_learned_up_to_its_noise(requests):
    """Within dry days outside of rush hours and nights a ride is start + distance / speed."""
    frame = requests[0].dropna(subset=["ride_minutes"])
    hour = frame["requested_at"].dt.hour
    calm_ = frame[(frame["rain"] == "dry") & hour.between(9, 16)]
    line = PLANTED.ride_start + 60 * calm_["distance_km"] / PLANTED.speed
    noise = np.log(calm_["ride_minutes"] / line)
    assert noise.std() == pytest.approx(PLANTED.ride_noise, abs=0.02)
    assert abs(noise.mean()) < 0.01


def test_the_tables_are_those_of_the_seed(data_folder, tmp_path):
    for path in write_tables(simulate(SEED), tmp_path):
        assert filecmp.cmp(path, data_folder / "rides" / path.name, shallow=False), path.name


def test_the_readme_says_what_the_tables_show(data_folder):
    text = (data_folder / "rides" / "README.md").read_text("utf-8")
    frame = pd.read_csv(data_folder / "rides" / "requests.csv", parse_dates=["requested_at"])
    wet, after, long = parts(frame)
    month = frame["requested_at"].dt.month
    spans = [wet & ~after, *(wet & (month == number) for number in (4, 5, 6))]
    shares = [frame["cancelled"][rows].mean() for rows in spans]
    others = [frame["cancelled"][rows].mean() for rows in (~wet & ~after, ~wet & after)]
    assert f"{len(frame):,} requests" in text
    first, *then = (f"{100 * share:.1f}" for share in shares)
    assert f"{first} %, then {', '.join(then)} %" in text
    assert "{:.1f} % before April and {:.1f} % after".format(*(100 * x for x in others)) in text
    assert f"{100 * difference(frame['cancelled'], long)[0]:+.1f} |" in text
    supply = [f"{frame['drivers_per_request'][rows].mean():.2f}" for rows in spans]
    assert f"{supply[0]}, then {', '.join(supply[1:])}" in text
    for path in (data_folder / "rides").glob("*.csv"):
        missing = [name for name in pd.read_csv(path, nrows=0).columns if name not in text]
        assert not missing, path.name


@pytest.fixture(scope="module")
def found():
    case = load_case(Path(__file__).resolve().parents[3] / "data" / "rides")
    return problem.examine(case, open_table(case), {})


def test_the_problem_phase_names_supply_and_not_price(found):
    assert "'Fewer drivers are online on rainy evenings" in found.headline[0]
    verdicts = {box.id: box.tested.verdict for box in found.tree if box.tested}
    assert verdicts == {
        "long waits": "supports",
        "few drivers": "supports",
        "cancellations by price": "does not support",
        "price": "does not support",
    }


def test_intervals_cover_what_was_planted(found):
    told = [one.tested for one in found.hypotheses]
    waited, _naive, alike, test, rain, _supply, _dry = (one.difference for one in told)
    assert waited.low <= PLANTED.cancel_of_long_wait <= waited.high
    for nothing in (alike, test, rain):
        assert nothing.low <= 0 <= nothing.high
    assert [one.verdict for one in told] == [
        "supports", "supports", "does not support", "does not support", "does not support",
        "supports", "does not support",
    ]  # fmt: skip


def test_the_bonus_promises_more_than_a_cap_on_prices(found):
    boxes = {box.id: box for box in found.tree}
    assert boxes["rain bonus"].effect.high < 0  # fewer cancellations
    assert boxes["cap"].effect is None
    assert "'Pay the rain bonus again" in found.headline[-1]


def test_the_business_phase_says_what_the_tables_are(data_folder):
    case = load_case(data_folder / "rides")
    told = business.examine(case, open_table(case), {})
    tables = {one.name: one for one in told.tables}
    assert tables["requests"].key == ("request_id",)
    assert tables["requests"].gaps == ()
    kept = {(link.table, link.target): link.counted for link in told.links}
    share = kept["requests", "trips"].found / kept["requests", "trips"].rows
    assert share == pytest.approx(1 - 2100 / 17259)  # the others were cancelled
    assert kept["trips", "drivers"].found == kept["trips", "drivers"].rows
    trusted = dict(zip(tables, told.trust, strict=True))
    assert trusted["requests"].level == "good"  # a request without a ride is no fault
    assert tables["zones"].key == ("zone",)
    assert tables["hours"].key == ("hour", "zone")
    assert "2 of 7 inputs are only plans yet." in told.headline
