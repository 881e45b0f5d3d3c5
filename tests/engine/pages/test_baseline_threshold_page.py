"""The pictures and the page of a threshold: whole, in both languages, and with odd names."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from casebook import language
from casebook.figures.baseline_calibration import calibration_figure
from casebook.figures.baseline_threshold import threshold_figure
from casebook.pages.baseline_threshold import calibration, confusion, threshold
from casebook.phases.baseline_calibration import Calibration
from casebook.phases.baseline_threshold_data import (
    Capacity,
    Choice,
    Curve,
    Decision,
    HandOver,
    Outcomes,
    Saving,
    Volume,
)
from casebook.phases.baseline_threshold_words import with_headline
from casebook.stats.calibration import reliability
from casebook.stats.costs import NEVER
from casebook.stats.estimate import Estimate

THRESHOLDS = (*(one / 20 for one in range(21)), NEVER)
ONE = Estimate(310.0, 280.0, 340.0, 800)
SHARE = Estimate(0.4, 0.3, 0.5, 200)


def curve(scale: float = 1.0) -> Curve:
    """1,000 rows of which 300 are a yes, with true probabilities spread evenly in their square."""
    at = np.array(THRESHOLDS)
    right = tuple(round(300 * max(0.0, 1 - one**2)) for one in at)
    wrong = tuple(round(700 * max(0.0, 1 - one) ** 2) for one in at)
    cost = tuple(float(w + 4 * (300 - r)) for r, w in zip(right, wrong, strict=True))
    shown = tuple(min(1.0, one * scale) for one in THRESHOLDS[:-1])
    return Curve((*shown, NEVER), right, wrong, right, wrong, cost,
                 tuple(one - 30 for one in cost), tuple(one + 30 for one in cost))  # fmt: skip


def found(**more) -> Decision:
    known = Capacity(80, "yes", 0.16, 0.6, True, 0.6, 210.0, SHARE, SHARE,
                     Estimate(120.0, 90.0, 150.0, 800), Estimate(2.0, 1.0, 3.0, 800), 8, 3,
                     (0.5, 0.7))  # fmt: skip
    made = Decision(
        (), "linear model", "churn: yes", "churn: no", "EUR", Outcomes(0, 1, 4, 0), None, curve(),
        Choice(0.2, 0.1, 0.35, 0.25, 0.2, ONE, 300.0),
        (Saving("all", "always “churn: yes”", 0.0, ONE),
         Saving("analytic", "from 0.20 on", 0.2, Estimate(0.0, 0.0, 0.0, 800))),
        Volume(500.0, "week", "There are about 500 rows a week, by their times."), known,
        HandOver("cost", 0.1, 0.5, SHARE, SHARE, None, 0.3, 1.0, (0.05, 0.15), (0.4, 0.6), ONE),
    )  # fmt: skip
    return with_headline(replace(made, **more))


def truths():
    rng = np.random.default_rng(0)
    chance = rng.random(600)
    return Calibration(("About right.",), "linear model", "churn: yes",
                       reliability(rng.random(600) < chance, chance))  # fmt: skip


def test_the_picture_names_the_best_the_capacity_and_the_band():
    drawn = threshold_figure(found()).svg().partition("</desc>")[2]
    for text in ("best: 0.20", "capacity: 0.60", "a person decides", "not clearly worse", "EUR"):
        assert text in drawn


def test_the_picture_without_costs_shows_what_is_found_and_what_is_right():
    bare = replace(curve(), cost=(), low=(), high=())
    decision = found(curve=bare, costs=None, choice=None, savings=(), band=None)
    drawn = threshold_figure(decision).svg()
    assert "found, of all that are" in drawn
    assert "best:" not in drawn
    assert "What does each outcome cost?" in threshold(decision)


@pytest.mark.parametrize("chosen", [0.0, 0.004, NEVER])
def test_a_threshold_at_an_end_or_a_small_one_is_drawn(chosen):
    choice = Choice(chosen, 0.0, NEVER, chosen, chosen, ONE, 300.0)
    decision = found(choice=choice, curve=curve(0.02) if chosen == 0.004 else curve())
    assert "<svg" in threshold_figure(decision).svg()
    assert decision.headline


def test_no_curve_no_picture_and_no_decision_no_page():
    none = Decision(("Every tested row is “no”.",), "linear model")
    assert threshold_figure(none) is None
    assert "Every tested row" in threshold(none)
    assert threshold(None) == ""
    assert calibration(None) == ""


def test_outcomes_add_up_with_and_without_a_band():
    for band in (None, (0.1, 0.5)):
        shown = confusion(found(), 0.2, band)
        cells = [int(one.replace(",", "")) for one in re.findall(r"([\d,]+) \(\d", shown)]
        assert sum(cells[2::3]) == 1000
        assert all(cells[i] + cells[i + 1] == cells[i + 2] for i in range(0, len(cells), 3))
        assert ("a person decides" in shown) == (band is not None)


@pytest.mark.parametrize("spoken", ["en", "ko"])
def test_the_page_is_whole_in_both_languages(spoken):
    with language.using(spoken):
        shown = threshold(found()) + calibration(truths())
    assert shown.count("<svg") == 2
    assert shown.count("<table") == 3
    assert "None" not in re.sub(r"<[^>]*>", " ", shown)


def test_names_are_text():
    odd = found(yes="<b>$x$ 예</b>", no="</table>", unit="<i>€</i>")
    shown = threshold(odd)
    assert "<b>$x$" not in shown
    assert "<i>€" not in shown
    assert "&lt;b&gt;$x$ 예" in shown


def test_the_picture_of_reliability_has_a_point_and_an_interval_for_each_bin():
    told = truths()
    axes = calibration_figure(told).axes[0]
    dots = next(c for c in axes.collections if c.get_offsets().shape[0] == 10)
    assert np.allclose(dots.get_offsets()[:, 0], [one.said for one in told.reliability.bins])
    lines = [c for c in axes.collections if c.get_zorder() == 4]
    assert len(lines) == 10


def test_a_rare_yes_is_not_squeezed_into_a_corner():
    rng = np.random.default_rng(0)
    chance = rng.random(4000) * 0.02
    made = reliability(rng.random(4000) < chance, chance)
    figure = calibration_figure(Calibration(("Said.",), "linear model", "y: yes", made))
    assert figure.axes[0].get_xlim()[1] < 0.1
