"""Labels: their share, their delay, and which scenario holds."""

from __future__ import annotations

import numpy as np
import pandas as pd


def dated(planted, n=300):
    day = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n) // 3, unit="D")
    return planted(n).assign(day=day)


def test_all_rows_with_a_label(gathered, planted):
    found = gathered("labels", planted())
    assert (found.outcome, dict(found.facts)["Label scenario"]) == ("yes", "labels")
    assert "100.0% of the rows" in found.sentence


def test_no_column_named_and_a_column_of_nothing(gathered, planted):
    assert gathered("labels", planted(), target=None).outcome == "no"
    empty = gathered("labels", planted().assign(y=None))
    assert (empty.outcome, dict(empty.facts)["Label scenario"]) == ("no", "no labels")


def test_few_labels_are_unclear(gathered, planted):
    frame = planted()
    frame.loc[40:, "y"] = None
    assert gathered("labels", frame).outcome == "unclear"


def test_days_until_a_label_are_measured(gathered, planted):
    frame = dated(planted)
    frame["known"] = frame["day"] + pd.Timedelta(days=12)
    frame.loc[frame["day"] > "2026-03-20", ["y", "known"]] = None
    found = gathered(
        "labels", frame, time="day", roles={"known": "ignore"},
        objectives={"label": {"known_at": "known"}},
    )  # fmt: skip
    facts = dict(found.facts)
    assert facts["Days until the label is known"] == "12"
    assert facts["Days at the end without any label"] == "21"
    assert "12 days later" in found.sentence


def test_a_proxy_is_named(gathered, planted):
    found = gathered("labels", planted(), objectives={"label": {"proxy": "stars"}})
    assert dict(found.facts)["Label scenario"] == "proxy labels"
