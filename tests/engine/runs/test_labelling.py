"""Rows to be labelled: planted wrong labels come early, and the order gives nothing away."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ModelError
from casebook.models.about import About
from casebook.models.labelled import labelled
from casebook.models.linear import make as linear
from casebook.pages.model_card import Facts
from casebook.runs.feedback import Label, keep_label
from casebook.runs.folder import RunsFolder
from casebook.runs.labelling import queue_of
from casebook.runs.model import ToSave, keep
from casebook.tables import open_table

FLIPPED = (7, 50, 91, 133)


def planted(*, unlabelled: int = 12, seed: int = 0) -> pd.DataFrame:
    """Two clouds far apart; four rows have the other one's label, the last ones have none."""
    rng = np.random.default_rng(seed)
    side = np.arange(200) % 2
    y = np.where(side == 1, "yes", "no").astype(object)
    for row in FLIPPED:
        y[row] = "no" if y[row] == "yes" else "yes"
    y[200 - unlabelled :] = None
    return pd.DataFrame({
        "key": [f"R{n:03d}" for n in range(200)],
        "x": side * 4 + rng.normal(0, 0.8, 200),
        "gender": np.where(rng.random(200) < 0.5, "f", "m"),
        "when": pd.date_range("2026-01-01", periods=200).astype(str),
        "y": y,
    })  # fmt: skip


def with_model(case) -> None:
    """Save a linear model of the case into its draft."""
    data = labelled(case, open_table(case))
    about = About("case", "linear", "linear model", "rows")
    folder = RunsFolder.of_case(case.folder).draft
    keep(folder, case, ToSave(linear, data, about, lambda file, _fitted: Facts(file)))


@pytest.fixture
def case(make_case):
    return make_case(planted(), target="y", roles={"key": "id"}, time="when")


def test_wrong_labels_come_first_of_those_that_are_doubted(case):
    with_model(case)
    queue = queue_of(case, open_table(case))
    doubted = [row.row for row in queue.rows if row.reason == "doubted"]
    assert set(doubted[:4]) == {f"R{n:03d}" for n in FLIPPED}
    for row in queue.rows:
        if row.reason == "doubted":
            assert row.said != row.label
            assert 0.5 <= row.sure <= 1


def test_reasons_take_turns_so_that_the_order_gives_nothing_away(case):
    with_model(case)
    queue = queue_of(case, open_table(case))
    assert [row.reason for row in queue.rows[:4]] == ["doubted", "unlabelled", "unsure", "random"]
    assert len({row.row for row in queue.rows}) == len(queue.rows) == 50
    assert Counter(row.reason for row in queue.rows)["random"] >= 12


def test_what_has_no_label_comes_by_its_time_the_newest_first(case):
    queue = queue_of(case, open_table(case))
    new = [row.row for row in queue.rows if row.reason == "unlabelled"]
    assert new[:3] == ["R199", "R198", "R197"]
    assert all(row.label is None for row in queue.rows if row.reason == "unlabelled")


def test_sensitive_columns_and_the_label_are_not_among_what_is_shown(case):
    queue = queue_of(case, open_table(case))
    assert queue.left_out == ("gender",)
    for row in queue.rows:
        assert [name for name, _value in row.cells] == ["key", "x", "when"]
    assert "no saved model" in queue.note
    assert {row.said for row in queue.rows} == {None}


def test_rows_that_somebody_has_labelled_are_not_asked_again(case):
    table = open_table(case)
    first = queue_of(case, table).rows[0].row
    keep_label(case, Label("a1", first, "yes", "Kim"))
    assert first not in {row.row for row in queue_of(case, table).rows}


def test_without_ids_rows_are_told_apart_by_their_number(make_case):
    case = make_case(planted().drop(columns="key"), target="y", time="when")
    queue = queue_of(case, open_table(case), most=5)
    assert len(queue.rows) == 5
    assert {row.row for row in queue.rows} <= {str(n) for n in range(200)}


def test_numbers_that_are_far_from_what_the_model_says_are_doubted(make_case):
    rng = np.random.default_rng(1)
    x = rng.normal(size=120)
    y = 10 * x + rng.normal(size=120)
    y[33] += 400
    case = make_case(pd.DataFrame({"x": x, "y": y}), target="y")
    with_model(case)
    queue = queue_of(case, open_table(case))
    assert queue.classes == ()
    assert (queue.rows[0].row, queue.rows[0].reason) == ("33", "doubted")
    assert queue.rows[0].sure is None


def test_without_a_target_it_is_said_what_to_set(make_case):
    case = make_case(pd.DataFrame({"x": range(30)}))
    with pytest.raises(ModelError, match="no column to be predicted"):
        queue_of(case, open_table(case))
