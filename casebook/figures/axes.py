"""Axes with numbers and dates as the reader's language writes them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import datetime

from babel.dates import format_skeleton
from babel.numbers import format_compact_decimal
from matplotlib.axes import Axes
from matplotlib.axis import Axis, YAxis
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.ticker import Formatter, MaxNLocator

from casebook.formats import number, percent
from casebook.language import current
from casebook.theme import colour

_COMPACT_FROM = 100_000


def number_axis(axis: Axis, *, unit: str = "", share: bool = False, ticks: int = 6) -> None:
    """Write an axis's numbers with thousands, or as percentages where `share` is true.

    unit: said once: above a vertical axis, under a horizontal one. On a logarithmic axis call
    this too: matplotlib's own labels there are formulas, which our figures do not set.
    """
    if axis.get_scale() == "linear":
        axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(_Numbers(share=share))
    if unit:
        name_axis(axis, unit)


def compact(value: float) -> str:
    """A number in few characters, as `46.1M`; below 100,000 as texts have it.

    >>> compact(46_059_000), compact(0.84512)
    ('46.1M', '0.845')
    """
    return _compact(value) if abs(value) >= _COMPACT_FROM else number(value)


def name_axis(axis: Axis, name: str) -> None:
    """Name an axis where it is read without turning the head."""
    if isinstance(axis, YAxis):
        axis.axes.set_title(
            name, loc="left", fontsize=9.5, fontweight="normal", color=colour("muted")
        )
    else:
        axis.set_label_text(name)


def date_axis(axis: Axis, *, ticks: int = 7) -> None:
    """Write an axis's dates: days, months or years by what fits, with the year where it is new."""
    # With few ticks two must do, else some spans have no step that fits.
    locator = AutoDateLocator(minticks=min(3, ticks // 2), maxticks=ticks)  # type: ignore[no-untyped-call]
    axis.set_major_locator(locator)
    axis.set_major_formatter(_Dates())


def bare(axes: Axes) -> None:
    """Take away the grid, the lines and the ticks; for tiles and labelled bars."""
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


class _Numbers(Formatter):
    """As many decimals as tell neighbouring ticks apart, the same on every tick."""

    def __init__(self, *, share: bool) -> None:
        self._share = share

    def __call__(self, value: float, pos: int | None = None) -> str:  # noqa: ARG002 matplotlib's
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The label of every tick, each knowing its neighbours."""
        ticks = [float(value) for value in values]
        if self._share:
            digits = _decimals([100 * tick for tick in ticks])
            return [percent(tick, digits) for tick in ticks]
        if max((abs(tick) for tick in ticks), default=0) >= _COMPACT_FROM:
            return [_compact(tick) for tick in ticks]
        return [number(tick, _decimals(ticks)) for tick in ticks]


def _compact(value: float) -> str:
    return str(format_compact_decimal(value, locale=current(), fraction_digits=1))


def _decimals(ticks: Sequence[float]) -> int:
    span = max((abs(tick) for tick in ticks), default=0) or 1.0
    for digits in range(7):
        if all(math.isclose(tick, round(tick, digits), abs_tol=span * 1e-9) for tick in ticks):
            return digits
    return max(0, 2 - math.floor(math.log10(span)))


class _Dates(Formatter):
    """Days, months or years by the distance of ticks; the year where it is new."""

    def __call__(self, value: float, pos: int | None = None) -> str:  # noqa: ARG002 matplotlib's
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The label of every tick, each knowing its neighbours."""
        days = [num2date(value) for value in values]  # type: ignore[no-untyped-call]
        steps = [(b - a).days for a, b in itertools.pairwise(days)]
        step = min(steps, default=1)
        before = [None, *days[:-1]]
        return [_date_label(day, last, step) for day, last in zip(days, before, strict=True)]


def _date_label(day: datetime, last: datetime | None, step: int) -> str:
    language = current()
    if step >= 364:
        return str(format_skeleton("y", day, locale=language))
    fields = "MMM" if step >= 28 else "MMMd"
    new_year = last is None or last.year != day.year
    return str(format_skeleton(f"y{fields}" if new_year else fields, day, locale=language))
