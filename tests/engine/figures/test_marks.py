"""The marks: labels that keep clear of each other, intervals where there are any."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.figures import marks
from casebook.figures.base import new_figure
from casebook.stats.estimate import Estimate

places = st.lists(st.floats(-500, 500), min_size=1, max_size=12)


@given(places)
def test_labels_keep_clear_and_keep_their_order(wanted: list[float]) -> None:
    found = marks._spread(wanted, gap=10)
    in_order = [found[i] for i in np.argsort(wanted, kind="stable")]
    assert all(b - a >= 10 - 1e-6 for a, b in itertools.pairwise(in_order))


def test_labels_that_are_clear_stay_where_they_are() -> None:
    assert marks._spread([0, 50, 100], gap=10) == [0, 50, 100]
    assert marks._spread([10, 10], gap=10) == [5, 15]


def test_line_ends_are_labelled_in_a_colour_that_reads() -> None:
    figure = new_figure()
    marks.lines(figure.subplots(), [1, 2], {"guests": [1, 2], "groups": [1, 2.01]})
    svg = figure.svg()
    assert "--cb-blue-text" in svg
    assert re.search(r">guests<.*>groups<", svg, re.DOTALL)


def test_lines_without_the_point_turn_grey() -> None:
    figure = new_figure()
    axes = figure.subplots()
    marks.lines(axes, [1, 2], {"a": [1, 2], "b": [2, 1]}, highlight=["b"])
    svg = figure.svg()
    assert "--cb-context" in svg
    assert svg.count("--cb-vermillion") == 0


@pytest.mark.parametrize("kind", ["bar", "dot"])
def test_bars_write_values_with_intervals_and_draw_them(kind: str) -> None:
    figure = new_figure(*marks.bar_size(2))
    axes = figure.subplots()
    estimates = [Estimate(0.845, 0.835, 0.856, 7043), Estimate(0.5, None, None, 7043)]
    marks.bars(axes, ["logistic", "always $No <b>"], estimates, kind=kind)  # type: ignore[arg-type]
    svg = figure.svg()
    assert ">0.845 [0.835, 0.856]<" in svg
    assert ">always $No &lt;b&gt;<" in svg
    whiskers = [c for c in axes.collections if c.__class__.__name__ == "LineCollection"]
    assert len(whiskers) == 1


def test_an_incomplete_period_is_hatched_and_says_so() -> None:
    figure = new_figure()
    axes = figure.subplots()
    axes.plot([1, 2, 3], [1, 2, 3])
    marks.incomplete(axes, 2.5, 3)
    assert "<pattern" in figure.svg()
    assert ">incomplete<" in figure.svg()


def test_tiles_hold_a_matrix_with_holes() -> None:
    figure = new_figure()
    marks.tiles(
        figure.subplots(), np.array([[4650, 524], [846, np.nan]]), ["no", "yes"], ["no", "yes"]
    )
    assert ">4,650<" in figure.svg()
    assert ">–<" in figure.svg()


def test_tiles_of_nothing_but_zeros() -> None:
    figure = new_figure()
    marks.tiles(figure.subplots(), np.zeros((1, 1)), ["a"], ["b"])
    assert ">0<" in figure.svg()


def test_a_label_of_a_thousand_characters_is_cut_in_one_line() -> None:
    assert marks.short("a\x00b\n" * 400) == "a b " * 8 + "a b…"
