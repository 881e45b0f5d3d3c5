"""Rows that models learn from: what is left out is counted, what is wrong is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.exceptions import ModelError
from casebook.models.labelled import labelled
from casebook.tables import open_table


def frame(n: int = 100) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {"x": rng.normal(size=n), "c": rng.choice(list("ab"), n), "y": rng.choice([0, 1], n)}
    )


def test_rows_without_a_label_are_left_out_and_counted(make_case):
    rows = frame().astype({"y": object})
    rows.loc[:9, "y"] = None
    case = make_case(rows, target="y")
    data = labelled(case, open_table(case))
    assert (len(data.y), data.rows_unlabelled, data.rows_available) == (90, 10, 90)
    assert data.classes == ("0", "1")
    assert "10 rows without a label" in data.sample_sentence()


def test_a_sample_is_named_and_the_same_each_time(make_case):
    case = make_case(frame(500), target="y", data={"max_rows": 60})
    table = open_table(case)
    first, second = labelled(case, table, seed=3), labelled(case, table, seed=3)
    assert len(first.y) == 60
    assert first.X.equals(second.X)
    assert "sample of 60 of 500" in first.sample_sentence()


def test_the_positive_class_is_the_records_else_yes_else_the_rarer(make_case):
    rows = frame().assign(y=["churn"] * 20 + ["stay"] * 80)
    case = make_case(rows, target="y")
    assert labelled(case, open_table(case)).positive == "churn"
    case = make_case(rows, target="y", data={"positive": "stay"})
    assert labelled(case, open_table(case)).positive == "stay"
    rows = frame().assign(y=["no"] * 20 + ["Yes"] * 80)
    case = make_case(rows, target="y")
    assert labelled(case, open_table(case)).positive == "Yes"


def test_the_positive_class_must_be_there(make_case):
    case = make_case(frame(), target="y", data={"positive": "maybe"})
    with pytest.raises(ModelError, match=r"case\.yaml, line \d+, data\.positive: 'maybe' is not"):
        labelled(case, open_table(case))


def test_no_target_and_one_class_are_said_with_their_place(make_case):
    case = make_case(frame())
    with pytest.raises(ModelError, match=r"data\.target: there is no column to be predicted"):
        labelled(case, open_table(case))
    case = make_case(frame().assign(y="same"), target="y")
    with pytest.raises(ModelError, match="one value only, 'same'"):
        labelled(case, open_table(case))


def test_rules_must_say_values_that_the_target_has(make_case):
    baseline = {"rules": [{"if": "x > 0", "then": "perhaps"}]}
    case = make_case(frame(), target="y", baseline=baseline)
    with pytest.raises(ModelError, match=r"baseline\.rules.*'perhaps' is not a value"):
        labelled(case, open_table(case))
