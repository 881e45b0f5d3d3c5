"""Raw values as a person reads them, and as a person types them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from casebook.formats import day, moment, number
from casebook.language import _
from casebook.models.about import Cell
from casebook.prototype.values import Field


def shown(field: Field, cell: Cell, *, unit: bool = True, exact: bool = False) -> str:
    """A value in the reader's language, with its unit; `not known` for a missing one.

    exact: a number with all of its digits, not with as many as an overview needs.
    """
    if cell is None:
        return _("not known")
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if field.kind == "time":
        at = datetime.fromisoformat(str(cell))
        return moment(at) if has_clock(field) else day(at)
    if field.kind == "number" and isinstance(cell, int | float):
        whole = float(cell).is_integer()
        digits = 0 if whole else _decimals(cell) if exact else None
        said = str(int(cell)) if whole and _are_years(field) else number(cell, digits)
        return f"{said} {field.unit}".strip() if unit else said
    return str(cell)


def typed_text(field: Field, cell: Cell) -> str:
    """A value as it is put into the form and into a link: what `typed` reads back as it was.

    >>> spend = Field("spend", "Spend", "number")
    >>> typed_text(spend, 46000.0), typed_text(spend, 0.1), typed_text(spend, None)
    ('46000', '0.1', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if field.kind == "time":
        at = datetime.fromisoformat(str(cell))
        whole = at.replace(tzinfo=None)
        if not has_clock(field) and not (whole.hour or whole.minute or whole.second):
            return whole.date().isoformat()
        return whole.isoformat(timespec="minutes" if not whole.second else "seconds")
    if isinstance(cell, int | float) and field.kind == "number":
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)


def has_clock(field: Field) -> bool:
    """Whether a column's times have a time of day, as far as its usual ones tell."""
    ends = [datetime.fromisoformat(str(one)) for one in (field.low, field.typical, field.high)
            if one is not None]  # fmt: skip
    return any((one.hour, one.minute, one.second) != (0, 0, 0) for one in ends)


def _decimals(cell: float) -> int:
    """How many decimals a number is written with, at twelve digits in all."""
    exponent = Decimal(f"{cell:.12g}").as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0  # infinity has none


def _are_years(field: Field) -> bool:
    """Whether whole numbers are years, in which nobody parts thousands."""
    ends = (field.low, field.high)
    return field.whole and all(isinstance(end, int | float) and 1500 <= end <= 2200 for end in ends)
