"""A parameter's value as its declared type says; nothing is guessed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from casebook.exceptions import ParameterError
from casebook.language import N_, _

_WHOLE = re.compile(r"[+-]?[0-9]{1,4000}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_TRUTH = {"true": True, "false": False}


def convert(name: str, kind: str, value: object, *, place: str = "") -> Any:
    """The value as the declared type says.

    kind: one of TYPES. value: a text, as from a command line, or a plain value.
    A declared `date` is a text as 2026-11-22, or empty.
    Raises ParameterError that names the parameter, what was found and what is allowed.

    >>> convert("x", "str", "007"), convert("x", "int", "007")
    ('007', 7)
    """
    allowed, read = TYPES[kind]
    try:
        return read(value)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise ParameterError(
            _(
                "parameter '{name}' is {allowed}, not {found}",
                name=name,
                allowed=_(allowed),
                found=_shown(value),
            ),
            place=place,
        ) from None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode("utf-8")  # a lone surrogate has no place in a notebook
    return value


def _whole(value: object) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError


def _decimal(value: object) -> float:
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        raise ValueError
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise TypeError
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    raise TypeError


def _refuse() -> Any:
    raise ValueError


def _day(value: object) -> str:
    if type(value) is date:
        return value.isoformat()
    text = _text(value)
    if text and date.fromisoformat(text).isoformat() != text:
        raise ValueError
    return text


def _list(value: object) -> list[Any]:
    found = _json(value)
    return found if isinstance(found, list) else _refuse()


def _dict(value: object) -> dict[str, Any]:
    found = _json(value)
    return found if isinstance(found, dict) else _refuse()


def _json(value: object) -> Any:
    return _plain(json.loads(value) if isinstance(value, str) else value)


def _plain(value: object) -> Any:
    """The value itself where JSON can hold all of it. Raises TypeError or ValueError."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError


TYPES: Mapping[str, tuple[str, Callable[[object], Any]]] = {
    "str": (N_("a text"), _text),
    "int": (N_("a whole number, as 7"), _whole),
    "float": (N_("a finite number, as 0.5"), _decimal),
    "bool": (N_("true or false"), _truth),
    "date": (N_("a day, as 2026-11-22, or empty"), _day),
    "list": (N_("a JSON list, as [1, 2]"), _list),
    "dict": (N_('a JSON object, as {"a": 1}'), _dict),
}
