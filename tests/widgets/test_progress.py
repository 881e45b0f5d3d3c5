"""The bar follows what the engine tells, and is gone afterwards."""

from __future__ import annotations

import pytest

from casebook.progress import tell
from widgets import ProgressBar


def test_the_bar_follows_the_steps_and_closes():
    with ProgressBar() as shown:
        tell(1, 4, "Fitting candidates")
        assert (shown.bar.value, shown.bar.max) == (1, 4)
        assert shown.said.value == "Fitting candidates 1/4"
        tell(4, 4, "Fitting candidates")
        assert shown.bar.value == 4
    tell(1, 2, "nobody listens")
    assert shown.bar.value == 4
    assert shown.box.comm is None


def test_an_error_comes_through_and_the_bar_closes():
    bar = ProgressBar()
    with pytest.raises(ValueError, match="out of order"):
        failing(bar)
    assert bar.box.comm is None


def failing(bar: ProgressBar) -> None:
    with bar:
        tell(1, 2, "")
        raise ValueError("out of order")
