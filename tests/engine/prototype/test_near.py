"""Which known rows are near, and what a distance is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from casebook.models.about import Column
from casebook.prototype.alike import alike_of, level_of
from casebook.prototype.near import Ranks, neighbours, space_of, weights_of
from casebook.prototype.rows import frame, plain_rows
from casebook.prototype.values import Distances, Trust


def rows(values):
    return pd.Series(values, name="a", dtype=float)


def test_a_rank_is_the_share_of_rows_below_and_goes_on_beyond():
    ranks = Ranks.of(rows([0, 10, 20, 30]), beyond=True)
    places = ranks.place(rows([0, 10, 15, 30, 60, -30, np.nan, np.inf]))
    assert places[:, 0] == pytest.approx([0.125, 0.375, 0.5, 0.875, 1.875, -0.875, 0.5, 0.5])
    assert list(places[:, 1]) == [0, 0, 0, 0, 0, 0, 0.5, 0.5]


def test_times_beyond_the_last_one_are_as_the_last_one():
    days = pd.Series(pd.date_range("2026-01-01", periods=5), name="a")
    places = Ranks.of(days, beyond=False).place(
        pd.Series(pd.to_datetime(["2026-01-05", "2030-01-01"]))
    )
    assert places[0, 0] == places[1, 0]


def test_the_very_same_rows_come_first_then_the_others_in_order(open_rows, rows_of):
    data = pd.concat([rows_of(300), rows_of(300).iloc[[17, 17]]], ignore_index=True)
    data["id"] = [f"R{i:04d}" for i in range(len(data))]
    prototype = open_rows(data, roles={"id": "id"})
    [row] = plain_rows(data.iloc[[17]][["키 (cm)", "z", "도시"]])
    found = neighbours(prototype, row, k=6)
    assert [one.id for one in found[:3]] == ["R0017", "R0300", "R0301"]
    assert [one.distance for one in found[:3]] == pytest.approx([0, 0, 0])
    assert 0 < found[3].distance <= found[4].distance <= found[5].distance
    assert found[0].truth == data["y"][17]
    assert found[0].row == row


def test_the_nearest_rows_are_those_of_a_plain_loop(open_rows, rows_of):
    data = rows_of(200)
    data.loc[::9, "z"] = np.nan
    data.loc[::11, "도시"] = None
    prototype = open_rows(data)
    X, space = prototype.known.X.reset_index(drop=True), prototype.space
    found = space.distances(frame(prototype.model.file, plain_rows(X.iloc[:20])))
    rank = {name: X[name].rank() / X[name].notna().sum() for name in ("키 (cm)", "z")}
    for i in range(20):
        for j in range(200):
            parts = []
            for values in rank.values():
                one, other = values[i], values[j]
                if np.isnan(one) and np.isnan(other):
                    parts.append(0.0)
                elif np.isnan(one) or np.isnan(other):
                    parts.append(0.5 + abs(0.5 - (other if np.isnan(one) else one)))
                else:
                    parts.append(abs(one - other))
            same = X["도시"][i] == X["도시"][j] or (pd.isna(X["도시"][i]) and pd.isna(X["도시"][j]))
            parts.append(0.0 if same else 1.0)
            assert found[i, j] == pytest.approx(np.mean(parts), abs=0.01)


def test_texts_are_near_that_share_words():
    texts = pd.DataFrame({"t": ["좋은 음식 친절한 서비스", "너무 늦게 왔어요", None, ""]})
    space = space_of([Column("t", "text", "text", "object")], texts)
    far = space.distances(pd.DataFrame({"t": ["친절한 서비스", None]}))
    assert far[0].argmin() == 0
    assert far[0][1:] == pytest.approx([1, 1, 1])
    assert far[1] == pytest.approx([1, 1, 0, 0])


@pytest.mark.parametrize("candidate", ["linear", "tree", "boosting", "rule"])
def test_columns_on_which_the_model_depends_count_more(open_rows, rows_of, candidate):
    prototype = open_rows(rows_of(800), candidate)
    weights = dict(
        weights_of(prototype.model.estimator, prototype.model.file.columns, prototype.known.X)
    )
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["키 (cm)"] > 1.4 * weights["z"]
    assert weights["z"] >= 1 / 6 - 1e-9


def test_sensitive_columns_are_not_shown_of_other_people(open_rows, rows_of):
    data = rows_of(200)
    data["id"] = [f"{i:03d}" for i in range(200)]
    prototype = open_rows(data, roles={"id": "id"})
    hidden = tuple(replace(one, sensitive=one.column == "도시") for one in prototype.fields)
    shown = neighbours(replace(prototype, fields=hidden), {"키 (cm)": 0, "z": 0, "도시": "서울"})
    assert all(set(one.row) == {"키 (cm)", "z"} for one in shown)
    assert all(one.id for one in shown)


def test_weights_of_the_measurement_are_those_of_the_answer(open_rows, rows_of):
    weights = (("키 (cm)", 1.0), ("z", 0.0), ("도시", 0.0))
    prototype = open_rows(rows_of(200), trust=Trust(distances=Distances(0.1, 99, weights)))
    X = prototype.known.X.iloc[[0]]
    moved = X.assign(z=99.0, 도시="부산")
    assert prototype.space.nearest(moved) == pytest.approx([0])


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(["a", None, "b", "a"]),
        pd.Series([1, True, "1", None], dtype=object),
        pd.Series([1, None, 3, 1], dtype="Int64"),
        pd.Series([True, None, False, True], dtype="boolean"),
        pd.Series([1.0, 2.5, np.nan, 1.0]),
        pd.Series(["x", None, "y", "x"], dtype="category"),
    ],
    ids=lambda values: str(values.dtype),
)
def test_levels_are_alike_as_their_texts_are(values):
    X = values.to_frame("x")
    found = np.broadcast_to(alike_of(X, [("x", 1.0)]).apart(X), (4, 4))
    texts = [level_of(value) for value in values]
    assert found.tolist() == [[float(one != other) for other in texts] for one in texts]
    far = np.broadcast_to(alike_of(X.iloc[:1], [("x", 1.0)]).apart(X), (4, 1))
    assert far[:, 0].tolist() == [float(one != texts[0]) for one in texts]
