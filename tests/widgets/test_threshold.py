"""The threshold in one's hands: what follows at once from the findings, and what is saved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import traitlets as tr

from casebook.case import load_case, read_journal, save_answers
from casebook.models.crossval import OutOfFold
from casebook.models.labelled import labelled
from casebook.phases.baseline_threshold import decide
from casebook.phases.baseline_threshold_data import Decision
from casebook.stats.metrics import Predictions
from casebook.tables import open_table
from widgets.threshold import ThresholdPanel
from widgets.threshold_model import CAPACITY, HAND_OVER, THRESHOLD, ThresholdModel, rounded

COSTS = {"true_positive": 0, "false_positive": 1, "false_negative": 4, "true_negative": 0}
CAPACITY_SAID = {"amount": 50, "period": None}
PEOPLE = {"minutes_per_decision": 6, "cost_per_hour": 3}  # 0.3 a decision


def planted(n: int = 800) -> pd.DataFrame:
    """Rows whose chance of a yes is in a column."""
    rng = np.random.default_rng(3)
    chance = 1 / (1 + np.exp(-rng.normal(-1, 1.5, n)))
    return pd.DataFrame({"p": chance, "y": np.where(rng.random(n) < chance, "yes", "no")})


@pytest.fixture
def case(make_case):
    objectives = {"costs": COSTS, "capacity": CAPACITY_SAID, "cost_unit": "EUR"}
    return make_case(planted(), target="y", objectives=objectives, feasibility=PEOPLE)


MADE: list[Decision] = []
"""The findings of the one planted table, made once."""


@pytest.fixture
def found(case) -> Decision:
    if not MADE:
        MADE.append(decided(case))
    return MADE[0]


def decided(case) -> Decision:
    table = open_table(case)
    data = labelled(case, table)
    chance = data.X["p"].to_numpy()
    truth = (data.y == "yes").to_numpy().astype(int)
    said = Predictions(truth, (chance > 0.5).astype(int), np.column_stack([1 - chance, chance]))
    rows = np.arange(len(truth))
    made = decide(case, table, data, OutOfFold("linear", rows, said, rows % 5, (0.1,) * 5))
    assert made is not None
    return made


@pytest.fixture
def model(case, found):
    return ThresholdModel(case, found, by="Kim")


@pytest.fixture
def panel(case, found):
    return ThresholdPanel(case, found, by="Kim")


def record(case):
    return load_case(case.folder).record


def test_the_outcomes_and_the_cost_follow_the_threshold_at_once(model):
    frame = planted()
    for threshold in (0.1, 0.37, 0.9):
        model.threshold = threshold
        said, is_yes = frame["p"] >= threshold, frame["y"] == "yes"
        counted = [(said & is_yes).sum(), (said & ~is_yes).sum(), (~said & is_yes).sum(),
                   (~said & ~is_yes).sum()]  # fmt: skip
        assert list(model.confusion) == counted
        assert model.cost == pytest.approx(1000 * (counted[1] + 4 * counted[2]) / len(frame))
        assert model.flagged == pytest.approx(said.sum())
    assert model.least <= model.cost


def test_it_starts_where_the_capacity_allows(model, found):
    assert found.choice.chosen == pytest.approx(0.2)
    assert found.capacity.binding
    assert model.threshold == rounded(found.capacity.limit)
    assert model.flagged <= 50


def test_other_costs_move_the_least_one(model):
    before = model.cheapest
    assert not model.changed
    assert model.give("wrong_no", "1")
    assert model.changed
    assert model.cheapest > before
    assert model.give("wrong_no", "")
    assert (model.cost, model.least) == (None, None)


def test_a_band_by_hand_takes_rows_and_costs(model):
    frame = planted()
    model.threshold = 0.2
    model.hand(0.1, 0.7)
    inside = frame["p"].between(0.1, 0.7, inclusive="left")
    assert model.handed == pytest.approx(inside.mean())
    outside, is_yes = ~inside, frame["y"] == "yes"
    wrong = 4 * (outside & is_yes & (frame["p"] < 0.1)).sum()
    wrong += (outside & ~is_yes & (frame["p"] >= 0.7)).sum()
    assert model.cost == pytest.approx(1000 * (wrong + 0.3 * inside.sum()) / len(frame))
    model.effort = None
    assert model.cost is None
    model.hand(None, None)
    assert model.handed == 0


@pytest.mark.parametrize("given", ["much", "2", "-0.1", "nan"])
def test_what_is_no_threshold_is_refused_and_told(model, given):
    before = model.threshold
    assert not model.give("threshold", given)
    assert model.threshold == before
    assert (model.status, given in model.message) == ("refused", True)
    with pytest.raises(tr.TraitError):
        model.threshold = 1.5


def test_what_is_used_is_saved_and_nothing_else(model, case):
    before = record(case)
    model.threshold = 0.37
    assert record(case) == before
    assert model.use()
    held = record(case)
    assert held.prototype.threshold == 0.37
    assert held.objectives == before.objectives
    assert held.prototype.hand_over is None
    [change] = read_journal(case.folder)
    assert (change.who, change.field) == ("Kim", THRESHOLD)


def test_band_costs_and_capacity_are_saved_where_they_were_changed(model, case):
    model.threshold = 0.3
    model.hand(0.2, 0.6)
    model.give("wrong_no", "7")
    model.give("capacity", "80")
    assert model.use()
    held = record(case)
    assert (held.prototype.hand_over.low, held.prototype.hand_over.high) == (0.2, 0.6)
    assert held.objectives.costs.false_negative == 7
    assert held.objectives.costs.false_positive == 1
    assert held.objectives.capacity.amount == 80


def test_a_threshold_outside_of_the_band_is_not_saved(model, case):
    model.threshold = 0.9
    model.hand(0.2, 0.6)
    assert not model.use()
    assert "within the band" in model.message
    model.hand(0.2, None)
    assert not model.use()
    assert "one end only" in model.message
    assert record(case).prototype.threshold is None


def test_two_people_choose_and_the_second_is_told(model, case):
    save_answers(load_case(case.folder), {THRESHOLD: 0.4}, by="Lee")
    model.threshold = 0.3
    assert not model.use()
    assert (model.clashes[THRESHOLD].theirs, model.clashes[THRESHOLD].by) == (0.4, "Lee")
    assert record(case).prototype.threshold == 0.4
    assert model.settle(THRESHOLD, mine=True)
    assert record(case).prototype.threshold == 0.3


def test_what_others_changed_beside_it_stays(model, case):
    save_answers(load_case(case.folder), {CAPACITY: 70}, by="Lee")
    model.threshold = 0.3
    assert model.use()
    assert (record(case).objectives.capacity.amount, record(case).prototype.threshold) == (70, 0.3)


def test_the_panel_shows_slides_types_and_saves(panel, case):
    panel.fields["threshold"].value = "0.5"
    place = panel.slider.index
    assert panel.model.curve.threshold[place] == 0.5
    panel.slider.index = place + 1
    assert panel.model.threshold > 0.5
    assert panel.fields["threshold"].value != "0.5"
    assert "1,000 rows cost" in panel.sums.value
    assert 'role="status"' in panel.sums.value
    panel.fields["threshold"].value = "no"
    assert "does not fit" in panel.status.value
    assert panel.fields["threshold"].value != "no"
    panel.using.click()
    assert record(case).prototype.threshold == rounded(panel.model.threshold)
    assert "Saved." in panel.status.value


def test_leaving_theirs_takes_it_into_the_panel(panel, case):
    save_answers(load_case(case.folder), {THRESHOLD: 0.4}, by="Lee")
    panel.model.refresh()
    box = next(box for box in panel.clashes if box.path == THRESHOLD)
    assert box.layout.display == "flex"
    box.theirs.click()
    assert (panel.model.threshold, panel.fields["threshold"].value) == (0.4, "0.4")


def test_suggestions_and_the_band_are_a_button_each(panel, found):
    names = [mark.description for mark in panel.marks]
    assert names[0] == "Best: 0.20"
    panel.marks[0].click()
    assert panel.model.threshold == pytest.approx(0.2)
    panel.marks[2].click()
    assert panel.model.band == (rounded(found.band.low), rounded(found.band.high))
    assert "A person decides" in panel.sums.value
    panel.marks[3].click()
    assert panel.model.band is None


def test_the_record_in_use_is_where_it_starts(case, found):
    save_answers(case, {THRESHOLD: 0.6, HAND_OVER: {"low": 0.5, "high": 0.7}}, by="Lee")
    model = ThresholdModel(load_case(case.folder), found, by="Kim")
    assert (model.threshold, model.band) == (0.6, (0.5, 0.7))


def test_without_a_threshold_to_judge_there_is_nothing_to_play_with(case):
    for decision in (None, Decision(("Every row is “yes”.",), "linear model")):
        panel = ThresholdPanel(case, decision, by="Kim")
        shown = panel.static()
        assert "<table" not in shown
        assert len(shown) > 20


def test_markup_in_names_is_text(case, found):
    odd = Decision(**{**vars(found), "yes": "<b>yes</b>", "unit": "<i>EUR</i>"})
    panel = ThresholdPanel(case, odd, by="Kim")
    for shown in (panel.static(), panel.sums.value, panel.table.value):
        assert "<b>yes" not in shown
        assert "<i>EUR" not in shown
