"""Leaks: planted ones are found, a clean strong feature is not called one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from casebook.evidence.leaks import suspects


def with_leak(planted, kind, seed=0):
    frame, rng = planted(500, seed), np.random.default_rng(seed + 100)
    yes = (frame["y"] == "yes").to_numpy()
    if kind == "copy":
        flipped = np.where(rng.random(500) < 0.01, ~yes, yes)
        return frame.assign(leak=np.where(flipped, "closed", "open"))
    if kind == "number":
        return frame.assign(leak=4 * yes + rng.normal(size=500))
    return frame.assign(leak=np.where(yes, rng.normal(size=500), np.nan))


@pytest.mark.parametrize("kind", ["copy", "number", "filled"])
def test_a_column_that_holds_the_answer_is_found(gathered, planted, kind):
    found = gathered("leaks", with_leak(planted, kind))
    assert (found.outcome, [name for name, _why in found.facts]) == ("yes", ["leak"])
    assert "alone it gives nearly everything" in found.sentence


def test_a_strong_clean_feature_is_none(gathered, planted):
    frame, rng = planted(800), np.random.default_rng(1)
    strong = 1.8 * (frame["y"] == "yes") + rng.normal(size=800)
    found = gathered("leaks", frame.assign(strong=strong))
    assert found.outcome == "no"
    assert "the strongest alone, strong" in found.sentence


def test_a_number_that_is_the_target_in_another_unit(gathered):
    y = np.random.default_rng(0).gamma(3, 20, 600)
    found = gathered("leaks", pd.DataFrame({"x": y + 500, "in_euro": y * 1.17, "y": y}))
    assert [name for name, _why in found.facts] == ["x", "in_euro"]


def test_a_name_that_tells_of_afterwards_counts_where_it_says_something(gathered, planted):
    frame, rng = planted(600), np.random.default_rng(1)
    frame["duration"] = (frame["y"] == "yes") + rng.normal(0, 0.7, 600)
    frame["final_code"] = rng.normal(size=600)
    found = gathered("leaks", frame)
    assert [name for name, _why in found.facts] == ["duration"]
    assert "known only afterwards" in found.sentence


def test_times_after_the_row_that_say_something(context_of, planted):
    frame, rng = planted(400), np.random.default_rng(0)
    frame["opened"] = pd.date_range("2026-01-01", periods=400, freq="6h")
    days = np.where(frame["y"] == "yes", 2, 9) + rng.integers(0, 4, 400)
    frame["shut"] = frame["opened"] + pd.to_timedelta(days, unit="D")
    frame["due"] = frame["opened"] + pd.to_timedelta(rng.integers(1, 30, 400), unit="D")
    context = context_of(frame, time="opened")
    assert [(one.column, one.why) for one in suspects(context, {})] == [("shut", "time")]


def test_ids_in_order_of_the_outcome_are_noted(gathered, planted):
    frame = planted(500).sort_values("y").reset_index(drop=True)
    frame["order_id"] = [f"A{k:05d}" for k in range(500)]
    found = gathered("leaks", frame)
    assert (found.outcome, dict(found.facts)["order_id"]) == (
        "unclear", "it is an id and should say nothing",
    )  # fmt: skip


def test_the_time_when_the_label_became_known_is_none_to_learn_from(context_of, planted):
    frame = planted(300).assign(known=np.arange(300) % 17)
    context = context_of(frame, objectives={"label": {"known_at": "known"}})
    alone = {"known": context.shared.scores["dummy"]}
    assert [(one.column, one.why) for one in suspects(context, alone)] == [("known", "known_at")]
