"""Quality: rows, missing cells, rows twice, and too few of a class."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def test_a_full_table_is_enough(gathered, planted):
    found = gathered("quality", planted())
    assert found.outcome == "yes"
    assert "400 rows and 4 columns; 0.0% of the cells are missing." in found.sentence
    assert found.picture is None


@pytest.mark.parametrize(("yes", "outcome"), [(30, "no"), (60, "yes")])
def test_too_few_of_a_class(gathered, planted, yes, outcome):
    frame = planted(600)
    frame["y"] = np.where(np.arange(600) < yes, "yes", "no")
    found = gathered("quality", frame)
    assert found.outcome == outcome
    assert (f"Only {yes} rows are 'yes'." in found.sentence) == (outcome == "no")


def test_missing_cells_and_rows_twice_are_counted(gathered, planted):
    frame = planted(300)
    frame.loc[:99, "z"] = None
    found = gathered("quality", pd.concat([frame, frame[:60]]))
    assert dict(found.facts)["Rows that are there twice or more"] == "60"
    assert "16.7% of the rows repeat another one." in found.sentence
    assert [(p.label, round(p.value, 3)) for p in found.picture.points] == [("z", 0.444)]


def test_history_is_told_by_the_time_column(gathered, planted):
    frame = planted(300).assign(day=pd.date_range("2025-01-01", periods=300))
    facts = dict(gathered("quality", frame, time="day").facts)
    assert (facts["Days of history"], facts["Newest row"]) == ("300", "Oct 27, 2025")
