"""Numbers, dates and intervals as the reader's language writes them."""

from __future__ import annotations

import math
from datetime import date, datetime

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from casebook.language import current
from casebook.stats.estimate import Estimate


def number(value: float | None, digits: int | None = None) -> str:
    """A number with thousands in the reader's language.

    digits: decimals; None keeps three significant ones below 1,000 and none above.

    >>> number(1234567.8), number(0.84512), number(12.0), number(None)
    ('1,234,568', '0.845', '12', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if digits is None:
        if float(value).is_integer():
            digits = 0
        else:
            digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return _decimal(round(float(value), digits), digits)


def _decimal(value: float, digits: int) -> str:
    digits = min(digits, 12)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value + 0.0, format=pattern, locale=current())


def percent(share: float | None, digits: int = 1) -> str:
    """A share of one as a percentage.

    >>> percent(0.2654)
    '26.5%'
    """
    if share is None or not math.isfinite(share):
        return "–"
    return f"{_decimal(round(100 * share, digits), digits)}%"


def decimals_for(low: float, high: float) -> int:
    """Decimals that an interval of this width deserves: two digits of the width.

    Negative for wide ones: -3 rounds to thousands.
    """
    width = abs(high - low)
    if width == 0 or not math.isfinite(width):
        return 3
    return 1 - math.floor(math.log10(width))


def sentence(text: str) -> str:
    """A text as the start of a sentence: its first letter a capital.

    >>> sentence("revenue fell.")
    'Revenue fell.'
    """
    return text[:1].upper() + text[1:]


def interval(estimate: Estimate, scale: float = 1.0, suffix: str = "") -> str:
    """`0.845 [0.835, 0.855]`, with as many digits as the interval deserves, at most four.

    >>> interval(Estimate(0.84512, 0.8351, 0.8559, n=7043))
    '0.845 [0.835, 0.856]'
    >>> interval(Estimate(0.71, 0.58, 0.83, n=200), scale=100, suffix="%")
    '71% [58, 83]'
    >>> interval(Estimate(-14_858_123, -18_364_088, -11_457_481, n=61))
    '-14,900,000 [-18,400,000, -11,500,000]'
    >>> interval(Estimate(0.999999988, 0.99999994, 1.0, n=41665))
    '1.000 [1.000, 1.000]'
    """
    value = estimate.value * scale
    if estimate.low is None or estimate.high is None:
        return number(value) + suffix
    low, high = estimate.low * scale, estimate.high * scale
    largest = max(abs(value), abs(low), abs(high))
    most = 3 - math.floor(math.log10(largest)) if largest and math.isfinite(largest) else 3
    digits = min(decimals_for(low, high), max(most, 0))
    shown = [_decimal(round(x, digits), max(0, digits)) for x in (value, low, high)]
    return f"{shown[0]}{suffix} [{shown[1]}, {shown[2]}]"


def day(value: date | datetime) -> str:
    """A day, in the middle length of the reader's language.

    >>> day(date(2011, 7, 5))
    'Jul 5, 2011'
    """
    return format_date(value, format="medium", locale=current())


def month(value: date | datetime) -> str:
    """A month of a year.

    >>> month(date(2011, 7, 1))
    'Jul 2011'
    """
    return format_skeleton("yMMM", value, locale=current())


def moment(value: datetime) -> str:
    """A day and the time of day to the minute.

    >>> moment(datetime(2026, 11, 22, 18, 44, 50))
    'Nov 22, 2026 18:44'
    """
    return f"{day(value)} {value:%H:%M}"
