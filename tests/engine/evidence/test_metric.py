"""Metric: a rare class is noticed, and accuracy refused."""

from __future__ import annotations

import numpy as np
import pandas as pd


def test_a_rare_class_refuses_accuracy(gathered, planted):
    frame = planted(600)
    frame["y"] = np.where(np.arange(600) % 30 == 0, "yes", "no")
    found = gathered("metric", frame, objectives={"metric": "accuracy"})
    assert found.outcome == "unclear"
    assert "Always saying 'no' is right in 96.7%" in found.sentence
    assert "accuracy is refused" in found.sentence
    assert gathered("metric", frame, objectives={"metric": "roc_auc"}).outcome == "yes"


def test_classes_of_like_size_pass(gathered, planted):
    assert "No class is rare" in gathered("metric", planted()).sentence


def test_a_cut_off_number_is_noticed(gathered):
    y = np.clip(np.random.default_rng(0).normal(100, 20, 300), None, 120).round(2)
    found = gathered("metric", pd.DataFrame({"x": y + 1, "y": y}))
    assert "the greatest value, 120" in found.sentence
