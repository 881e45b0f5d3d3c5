"""The threshold of a candidate: planted truths, records that are odd, and real tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from casebook.exceptions import ExpressionError, ModelError, RecordError
from casebook.models.crossval import OutOfFold
from casebook.models.labelled import labelled
from casebook.phases.baseline_calibration import Calibration, calibrated
from casebook.phases.baseline_threshold import decide
from casebook.phases.baseline_threshold_data import Decision
from casebook.phases.findings import dump
from casebook.stats.costs import NEVER
from casebook.stats.metrics import Predictions
from casebook.tables import open_table

COSTS = {"true_positive": 0, "false_positive": 1, "false_negative": 4, "true_negative": 0}


def planted(n: int = 1500, seed: int = 0, days: int | None = None) -> pd.DataFrame:
    """Rows whose true chance of a yes is in the column p; an amount; a day where wanted."""
    rng = np.random.default_rng(seed)
    chance = 1 / (1 + np.exp(-rng.normal(-1, 1.5, n)))
    frame = pd.DataFrame({"p": chance, "amount": rng.uniform(1, 9, n)})
    frame["y"] = np.where(rng.random(n) < chance, "yes", "no")
    if days is not None:
        frame["on"] = pd.Timestamp("2025-01-06") + pd.to_timedelta(np.arange(n) % days, unit="D")
    return frame


def predicted(data, *, chance=None) -> OutOfFold:
    """What a candidate that knows the truth says; or other probabilities."""
    yes = data.X["p"].to_numpy() if chance is None else chance
    truth = (data.y == data.classes[1]).to_numpy().astype(int)
    rows = np.arange(len(truth))
    said = Predictions(truth, (yes > 0.5).astype(int), np.column_stack([1 - yes, yes]))
    return OutOfFold("linear", rows, said, rows % 5, (0.1,) * 5)


def decided(case, *, chance=None) -> Decision:
    table = open_table(case)
    data = labelled(case, table)
    found = decide(case, table, data, predicted(data, chance=chance))
    assert found is not None
    return found


def objectives(**more):
    return {"costs": {**COSTS, **more.pop("costs", {})}, "cost_unit": "EUR", **more}


def test_the_planted_threshold_is_found_and_said(make_case):
    found = decided(make_case(planted(), target="y", objectives=objectives()))
    assert found.choice.chosen == pytest.approx(0.2)
    assert found.choice.low < 0.2 < found.choice.high
    assert "Say “y: yes” from a probability of 0.20 on" in found.headline[0]
    assert "EUR" in found.headline[0]
    by = {one.against: one.saved for one in found.savings}
    assert by["none"].low > 0
    assert by["half"].low > 0
    assert by["analytic"].value == pytest.approx(0, abs=3)


def test_findings_are_small_and_come_back_as_they_were(make_case):
    case = make_case(planted(), target="y", objectives=objectives(capacity={"amount": 90}))
    found = decided(case)
    text = dump(found)
    assert len(found.curve.threshold) <= 210
    assert len(text) < 60_000
    assert TypeAdapter(Decision).validate_json(text) == found


def test_the_curve_counts_and_costs_as_the_rows_do(make_case):
    frame = planted()
    case = make_case(frame, target="y", objectives=objectives(costs={"per_row": "amount"}))
    found = decided(case)
    is_yes = (frame["y"] == "yes").to_numpy()
    for threshold in (0.0, 0.13, 0.5, 1.0):
        said = (frame["p"] >= threshold).to_numpy()
        wrong = (said & ~is_yes) * 1.0 + (~said & is_yes) * 4.0
        assert found.curve.counts(threshold).right_yes == (said & is_yes).sum()
        cost = found.curve.cost_of(threshold, found.costs)
        assert cost == pytest.approx(1000 * (wrong * frame["amount"]).mean(), rel=1e-6)
        place = found.curve.place(threshold)
        assert found.curve.cost[place] == pytest.approx(cost, rel=1e-6)
        assert found.curve.low[place] <= cost <= found.curve.high[place]


def test_amounts_that_are_missing_or_negative_are_counted_and_left_out(make_case):
    frame = planted()
    frame.loc[:4, "amount"] = np.nan
    frame.loc[5, "amount"] = -3
    case = make_case(frame, target="y", objectives=objectives(costs={"per_row": "amount"}))
    found = decided(case)
    assert found.curve.rows == len(frame) - 6
    assert "5 tested rows have no amount" in found.notes[0]
    assert "1 tested row has a negative amount" in found.notes[1]


def test_amounts_that_are_no_numbers_are_refused_with_their_place(make_case):
    case = make_case(planted(), target="y", objectives=objectives(costs={"per_row": "y"}))
    with pytest.raises(ModelError, match=r"objectives\.costs\.per_row: 'y' gives no numbers"):
        decided(case)
    case = make_case(planted(), target="y", objectives=objectives(costs={"per_row": "amonut"}))
    with pytest.raises(ExpressionError, match="amonut"):
        decided(case)


def test_a_capacity_moves_the_threshold_and_its_price_is_told(make_case):
    said = objectives(capacity={"amount": 30, "period": "week"})
    found = decided(make_case(planted(days=70), target="y", time="on", objectives=said))
    limit = found.capacity
    assert found.volume.rows == pytest.approx(150)
    assert limit.share == pytest.approx(0.2)
    assert limit.binding
    assert limit.used == limit.limit > found.choice.chosen
    beyond = found.curve.acted(found.choice.chosen, on_yes=True)
    assert limit.wanted == pytest.approx(150 * beyond, rel=0.02)
    acted = found.curve.acted(limit.limit, on_yes=True) * found.volume.rows
    assert 28 < acted <= 30
    assert limit.cost.low > 0
    assert limit.one_more.low > 0
    assert (limit.periods, limit.over > 0) == (8, True)
    assert limit.spread[0] <= limit.limit <= limit.spread[1]
    assert any("30" in text and "a week" in text for text in found.headline)


def test_a_capacity_for_a_no_holds_the_threshold_down(make_case):
    said = objectives(capacity={"amount": 600, "acts_on": "no"})
    found = decided(make_case(planted(), target="y", objectives=said))
    assert found.capacity.used == found.capacity.limit < found.choice.chosen
    assert found.curve.acted(found.capacity.limit, on_yes=False) * 1500 <= 600
    assert "taken for all 1,500 rows" in found.volume.said


@pytest.mark.parametrize("amount", [1500, 10_000])
def test_a_capacity_above_the_rows_binds_nothing(make_case, amount):
    case = make_case(planted(), target="y", objectives=objectives(capacity={"amount": amount}))
    found = decided(case)
    assert (found.capacity.limit, found.capacity.share) == (0.0, 1.0)
    assert not found.capacity.binding
    assert (found.capacity.cost, found.capacity.one_more) == (None, None)


def test_a_capacity_below_one_tested_row_names_nobody(make_case):
    said = objectives(capacity={"amount": 1, "period": "week"})
    people = {"decisions_per_day": 5000}
    found = decided(make_case(planted(), target="y", objectives=said, feasibility=people))
    assert found.capacity.limit == NEVER
    assert found.capacity.precision.low is None
    assert found.headline


def test_a_capacity_of_nothing_is_no_capacity(make_case):
    with pytest.raises(RecordError, match=r"capacity\.amount"):
        make_case(planted(), target="y", objectives=objectives(capacity={"amount": 0}))


@pytest.mark.parametrize("text", ["amount * 0", "amount > 5", "1e9 * amount"])
def test_amounts_may_be_nothing_yes_or_no_and_large(make_case, text):
    case = make_case(planted(400), target="y", objectives=objectives(costs={"per_row": text}))
    found = decided(case)
    assert found.headline
    assert found.choice.low <= found.choice.chosen <= found.choice.high
    assert np.isfinite(found.choice.cost.value)


def test_without_costs_there_is_no_best_and_the_capacity_is_still_filled(make_case):
    case = make_case(planted(), target="y", objectives={"capacity": {"amount": 300}})
    found = decided(case)
    assert (found.choice, found.savings, found.band) == (None, (), None)
    assert "Nobody has said what errors cost" in found.headline[0]
    at = found.curve.counts(found.capacity.limit)
    assert at.right_yes + at.wrong_yes == 300
    assert found.capacity.precision.value == pytest.approx(at.right_yes / 300)
    assert found.capacity.recall.value == pytest.approx(at.right_yes / found.curve.positives)


def test_a_band_by_cost_where_an_hour_has_a_price(make_case):
    people = {"minutes_per_decision": 6, "cost_per_hour": 3}
    found = decided(make_case(planted(), target="y", objectives=objectives(), feasibility=people))
    assert found.band.by == "cost"
    assert found.band.low == pytest.approx(0.075)
    assert found.band.high == pytest.approx(0.7)
    assert found.band.saved.low > 0
    assert found.band.wrong_no.value < 0.1
    assert "always right" in found.headline[-1]
    people["right_by_hand"] = 0.9
    found = decided(make_case(planted(), target="y", objectives=objectives(), feasibility=people))
    assert "right in 90% of cases" in found.headline[-1]


def test_a_band_by_doubt_where_nobody_says_what_a_person_costs(make_case):
    found = decided(make_case(planted(), target="y", objectives=objectives()))
    assert found.band.by == "doubt"
    assert found.band.low <= 0.25
    assert "cannot tell which answer is cheaper" in found.headline[-1]


def test_hours_in_another_currency_are_not_used_and_that_is_told(make_case):
    case = make_case(
        planted(), target="y", objectives=objectives(), evaluation={"currency": "USD"},
        feasibility={"minutes_per_decision": 6, "cost_per_hour": 3},
    )  # fmt: skip
    found = decided(case)
    assert found.band.by == "doubt"
    assert "USD" in found.notes[-1]


@pytest.mark.parametrize(
    ("costs", "chosen", "words"),
    [({"false_negative": 0}, NEVER, "never worth saying"),
     ({"false_positive": 0}, 0.0, "never worth saying")],
)  # fmt: skip
def test_costs_that_make_one_answer_worthless(make_case, costs, chosen, words):
    found = decided(make_case(planted(), target="y", objectives=objectives(costs=costs)))
    assert found.choice.chosen == chosen
    assert words in found.headline[0]


def test_costs_that_reward_what_is_wrong_are_not_used(make_case):
    said = objectives(costs={"false_negative": -4, "false_positive": -1})
    found = decided(make_case(planted(), target="y", objectives=said))
    assert found.costs is None
    assert "wrong ones are better" in found.notes[0]


def test_one_class_only_in_the_tested_rows_is_told(make_case):
    case = make_case(planted(), target="y", objectives=objectives())
    table = open_table(case)
    data = labelled(case, table)
    out = predicted(data)
    kept = np.flatnonzero(out.predictions.truth == 0)
    part = out.predictions
    said = Predictions(part.truth[kept], part.label[kept], part.probability[kept])
    found = decide(case, table, data, OutOfFold("linear", kept, said, out.fold[kept], (1.0,) * 5))
    assert found.headline == ("Every tested row is “y: no”: no threshold can be judged.",)
    assert found.curve is None


@pytest.mark.parametrize("digits", [0, 1])
def test_ties_and_equal_probabilities_are_no_matter(make_case, digits):
    frame = planted()
    case = make_case(frame, target="y", objectives=objectives(capacity={"amount": 50}))
    chance = np.round(frame["p"].to_numpy(), digits)
    assert decided(case, chance=chance).curve.rows == len(frame)
    found = decided(case, chance=np.full(len(frame), 0.3))
    assert found.headline
    assert found.capacity.limit == NEVER


def test_numbers_and_many_classes_have_no_threshold(make_case):
    frame = planted().assign(y=np.arange(1500) / 7)
    case = make_case(frame, target="y")
    table = open_table(case)
    data = labelled(case, table)
    numbers = Predictions(data.y.to_numpy(), data.y.to_numpy())
    rows = np.arange(1500)
    out = OutOfFold("linear", rows, numbers, rows % 5, (0.1,) * 5)
    assert decide(case, table, data, out) is None
    assert calibrated(data, out) is None


def test_true_and_stretched_probabilities_are_told_apart(make_case):
    frame = planted(3000)
    case = make_case(frame, target="y")
    data = labelled(case, open_table(case))
    found = calibrated(data, predicted(data))
    assert "about right" in found.headline[0]
    assert TypeAdapter(Calibration).validate_json(dump(found)) == found
    odds = np.log(frame["p"] / (1 - frame["p"]))
    off = calibrated(data, predicted(data, chance=(1 / (1 + np.exp(-2 * odds))).to_numpy()))
    assert "says too much" in off.headline[0]
