"""How numbers are written: decimal point or comma, thousands, currency, percent, brackets.

A whole number with a leading zero (007) or of 16 digits and more is a code, not a number: it would
lose its zeros or its last digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from casebook.tables.forms import Form

_SYMBOLS = ("£", "$", "€", "₩", "￦", "¥", "￥", "%", "원", "USD", "EUR", "GBP", "KRW", "JPY")
_SPACE = "[ \u00a0\u202f\u2009]"
_CODE = re.compile(r"[+-]?(?:0\d+|\d{16,})")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:[,.]\d{3})+")

# decimal mark, thousands mark, in the order of preference
_STYLES: tuple[tuple[str, str], ...] = (
    (".", ""),
    (".", ","),
    (",", ""),
    (",", "."),
    (".", " "),
    (",", " "),
    (".", "'"),
    (",", "'"),
)


def looks_like_code(values: Sequence[str]) -> bool:
    """Whether some value has a leading zero or 16 digits and more, which a number would lose."""
    return any(_CODE.fullmatch(value) for value in values)


def number_forms(values: Sequence[str], decimal: str | None, thousands: str | None) -> list[Form]:
    """The forms that may fit these values, the most likely first.

    decimal and thousands: as the record states them, None where they are guessed.
    """
    symbol = _symbol(values)
    if symbol is None:
        return []
    brackets = any(value.startswith("(") and value.endswith(")") for value in values)
    return [
        number_form(mark, group, symbol, brackets=brackets)
        for mark, group in _STYLES
        if (decimal is None or mark == decimal) and (thousands is None or group in ("", thousands))
    ]


def is_grouped(values: Sequence[str], mark: str) -> bool:
    """Whether wherever a comma (or point) stands it could part thousands: three digits follow."""
    marked = [value for value in values if mark in value]
    return bool(marked) and all(_GROUPED.fullmatch(re.sub(r"[^\d.,+-]", "", v)) for v in marked)


def _symbol(values: Sequence[str]) -> str | None:
    """The one symbol beside the numbers, empty for none, None for several or a partial percent."""
    found = {symbol for value in values for symbol in _SYMBOLS if symbol in value}
    if not found:
        return ""
    symbol = found.pop()
    if found or (symbol == "%" and not all("%" in value for value in values)):
        return None
    return symbol


def number_form(decimal: str, group: str, symbol: str = "", *, brackets: bool = False) -> Form:
    """The form of numbers with these marks.

    group: the thousands mark, empty for none; brackets: whether (12) means -12.
    """
    part = _SPACE if group == " " else re.escape(group)
    digits = r"(?:0|[1-9]\d{0,14})"
    if group:
        digits = rf"(?:[1-9]\d{{0,2}}(?:{part}\d{{2,3}})*{part}\d{{3}}|0|[1-9]\d{{0,14}})"
    mark = re.escape(decimal)
    number = rf"(?:{digits}(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d{{1,3}})?"
    spaced = bool(group) or brackets
    plain = decimal == "." and not (group or symbol or brackets)
    return Form(
        _example(decimal, group, symbol),
        "number",
        _dressed(number, symbol, spaced=spaced, brackets=brackets),
        _value(decimal, group, symbol, brackets=brackets),
        "DOUBLE",
        whole=_dressed(digits, symbol, spaced=spaced, brackets=brackets),
        again=rf"-?{digits}" if plain else "",
        within="abs({v}) < 1000000000000000",
    )


def _dressed(number: str, symbol: str, *, spaced: bool, brackets: bool) -> str:
    """The pattern of a number with its sign, symbol and brackets."""
    sign = "[+\u2212-]?"
    dressed = sign + (" ?" if spaced else "") + number
    if symbol:
        s = re.escape(symbol)
        dressed = rf"(?:(?:{s})? ?{sign} ?{number} ?(?:{s})?|{sign} ?{s} ?{number})"
    return rf"(?:{dressed}|\( ?{dressed} ?\))" if brackets else dressed


def _value(decimal: str, group: str, symbol: str, *, brackets: bool) -> str:
    text = "replace({t}, '\u2212', '-')"
    drop = "".join(sorted({*symbol, *(" \u00a0\u202f\u2009" if group == " " or symbol else "")}))
    drop += {",": ",", ".": ".", "'": "'"}.get(group, "")
    drop += "()" if brackets else ""
    if drop:
        quoted = drop.replace("'", "''")
        text = f"translate({text}, '{quoted} ', '')"
    if decimal == ",":
        text = f"replace({text}, ',', '.')"
    value = f"TRY_CAST({text} AS DOUBLE)"
    if brackets:
        value = f"(CASE WHEN starts_with({{t}}, '(') THEN -{value} ELSE {value} END)"
    return value


def _example(decimal: str, group: str, symbol: str) -> str:
    number = f"1{group}234{decimal}5"
    if symbol in ("%", "원"):
        return number + symbol
    return symbol + number
