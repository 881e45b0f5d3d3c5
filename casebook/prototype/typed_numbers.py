"""Numbers as people type them: decimal comma or point, thousands, units, 만 and 억."""

from __future__ import annotations

import math
import re

from casebook.exceptions import ParameterError
from casebook.language import _
from casebook.prototype.texts import shown
from casebook.prototype.values import Field

_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "'": " ",
                        "\u2019": " ", "_": " "})  # fmt: skip
_MONEY = ("₩", "$", "€", "£", "¥", "원", "krw", "usd", "eur")
_PLAIN = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|\.\d+")
_GROUPED = {  # thousands mark -> a number that it parts; a first 0 parts no thousands
    ",": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"),
    ".": re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?|[1-9]\d{0,2}(?:\.\d{3})+,\d+"),
    " ": re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?"),
}
_COMMA = re.compile(r"\d*,\d+")
_LARGE = {"조": 10**12, "억": 10**8, "만": 10**4}
_SMALL = {"천": 1_000, "백": 100}
_CHUNK = re.compile(r"([^조억만]*)([조억만])")
_KOREAN = re.compile(r"[\d.,천백]*[조억만천백][\d.,조억만천백]*")


def read_number(field: Field, text: str) -> float:
    """The number that a text says. Raises ParameterError that says how numbers are written.

    `1,234` is a thousand and more, `3,5` and `0,125` are decimals, `5만 4천` is 54,000.
    """
    bare = _bare(field, text)
    sign = -1.0 if bare.startswith("-") else 1.0
    value = _value((bare[1:] if bare[:1] in ("+", "-") else bare).strip())
    if value is None or not math.isfinite(value):
        example = shown(field, field.typical) if field.typical is not None else "12.5"
        raise ParameterError(
            _("'{found}' is not a number, such as {example}.", found=text, example=example)
        )
    if field.whole and not value.is_integer():
        raise ParameterError(_("'{found}' is not a whole number.", found=text))
    return sign * value


def _bare(field: Field, text: str) -> str:
    """Without the unit, which some people type as well, and without signs of money."""
    said = text.translate(_SIGNS).strip()
    for unit in (field.unit, *_MONEY):
        mark = unit.strip().casefold()
        if mark and said.casefold().endswith(mark):
            said = said[: -len(mark)].strip()
        elif mark and said.casefold().startswith(mark):
            said = said[len(mark) :].strip()
    return said


def _value(text: str) -> float | None:
    """A number without a sign; None where it is none."""
    joined = text.replace(" ", "")
    if _KOREAN.fullmatch(joined):
        return _korean(joined)
    if _PLAIN.fullmatch(text):
        return float(text)
    for mark, pattern in _GROUPED.items():
        if pattern.fullmatch(text):
            return float(text.replace(mark, "").replace(",", "."))
    return float(text.replace(",", ".")) if _COMMA.fullmatch(text) else None


def _korean(text: str) -> float | None:
    """`1억2천만`, `5만4천`, `2.5만`; None where the units are not in order."""
    total, last, rest = 0.0, math.inf, text
    while match := _CHUNK.match(rest):
        size, value = _LARGE[match[2]], _below(match[1])
        if value is None or size >= last:
            return None
        total, last, rest = total + value * size, size, rest[match.end() :]
    below = _below(rest) if rest else 0.0
    return None if below is None else total + below


def _below(text: str) -> float | None:
    """What stands before a large unit: `2천5백`, `2500`, `2.5`; nothing is one."""
    if not text:
        return 1.0
    total, rest = 0.0, text
    for unit, size in _SMALL.items():
        before, found, after = rest.partition(unit)
        if found:
            value = _value(before) if before else 1.0
            if value is None:
                return None
            total, rest = total + value * size, after
    if not rest:
        return total
    value = None if re.search("[천백조억만]", rest) else _value(rest)
    return None if value is None else total + value
