"""Values, classes and moves as a reader sees them."""

from __future__ import annotations

import math

from casebook import formats
from casebook.language import _
from casebook.models.about import Cell
from casebook.prototype.texts import shown
from casebook.prototype.values import Field

LONGEST = 60
"""Letters of a text that are shown."""
MINUS = "−"


def value_shown(field: Field, value: Cell) -> str:
    """A raw value with the field's unit and all of its digits; a long text is cut.

    >>> minutes = Field("a", "a", "number", unit="min")
    >>> [value_shown(minutes, value) for value in (12.0, 1397.65, 1e-7, None)]
    ['12 min', '1,397.65 min', '0.0000001 min', 'missing']
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return _("missing")
    said = shown(field, value, exact=True)
    cut = isinstance(value, str) and len(said) > LONGEST
    return said[: LONGEST - 1].rstrip() + "…" if cut else said


def share_shown(share: float) -> str:
    """A probability in whole percent, finer near 0 and 1.

    >>> share_shown(0.544), share_shown(0.0042), share_shown(0.9993)
    ('54%', '0.4%', '99.9%')
    """
    return formats.percent(share, 0 if 0.01 <= share <= 0.99 or share in (0.0, 1.0) else 1)


def points_shown(points: float) -> str:
    """A move of a probability in points, with its sign.

    >>> points_shown(-0.142), points_shown(0.0042), points_shown(0.0)
    ('−14', '+0.4', '0')
    """
    return signed(100 * points, 0 if abs(points) >= 0.0095 else 1)


def signed(value: float, digits: int | None = None) -> str:
    """A number with its sign; a plain 0 where nothing of it is left at these digits."""
    if value == 0 or (digits is not None and round(value, digits) == 0):
        return "0"
    said = formats.number(abs(value), digits)
    return f"{'+' if value > 0 else MINUS}{said}"
