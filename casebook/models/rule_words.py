"""A condition as a reader says it: `tenure at most 6 and Contract is Month-to-month`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from babel.dates import get_day_names

from casebook.expressions.terms import MISSING, Term, Value, terms_of
from casebook.formats import number
from casebook.language import N_, _, current

_PLAIN_UP_TO = 10_000  # years, codes and the like are written without thousands

_SAID = {
    "at most": N_("{column} at most {value}"),
    "less than": N_("{column} less than {value}"),
    "at least": N_("{column} at least {value}"),
    "more than": N_("{column} more than {value}"),
    "between": N_("{column} from {value} to {other}"),
    "is": N_("{column} is {value}"),
    "is not": N_("{column} is not {value}"),
    "is one of": N_("{column} is {value}"),
    "is none of": N_("{column} is not {value}"),
    "before": N_("{column} before {value}"),
    "from": N_("{column} on {value} or later"),
    "weekday": N_("{column} on {value}"),
    "hour": N_("{column} from {value}:00 to {other}:59"),
    "is missing": N_("{column} is missing"),
    "is known": N_("{column} is known"),
}


def in_words(text: str, columns: Iterable[str] = ()) -> str:
    """A condition in words, or its SQL where it says more than can be picked in the panel.

    columns: the table's names, whose spelling is used.

    >>> in_words("tenure <= 6 AND plan IN ('a', 'b')", ["Tenure", "plan"])
    'Tenure at most 6 and plan is a or b'
    >>> in_words("tenure + age > 6")
    'tenure + age > 6'
    """
    terms = terms_of(text)
    if terms is None:
        return text
    spelt = {name.lower(): name for name in columns}
    said = [term_in_words(term, spelt.get(term.column.lower(), term.column)) for term in terms]
    return reduce(lambda first, second: _("{first} and {second}", first=first, second=second), said)


def term_in_words(term: Term, column: str) -> str:
    """One comparison in words."""
    values = [_worded(term.comparison, value) for value in term.values]
    if term.comparison in MISSING:
        return _(_SAID[term.comparison], column=column)
    if term.comparison in ("between", "hour"):
        said = _(_SAID[term.comparison], column=column, value=values[0], other=values[-1])
    else:
        said = _(_SAID[term.comparison], column=column, value=either(values))
    return _("{condition} (or missing)", condition=said) if term.or_missing else said


def either(values: Sequence[str]) -> str:
    """Values of which any will do: `a, b or c`."""
    if len(values) < 2:
        return "".join(values)
    return _("{first} or {last}", first=", ".join(values[:-1]), last=values[-1])


def value_in_words(value: Value | None) -> str:
    """A value as it stands in the data: a number with all of its digits."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or isinstance(value, str):
        return value or "–"
    if float(value).is_integer() and abs(value) < _PLAIN_UP_TO:
        return str(int(value))
    return number(float(value), len(f"{float(value):.12g}".partition(".")[2]))


def _worded(comparison: str, value: Value) -> str:
    if comparison == "weekday" and not isinstance(value, str):
        names = get_day_names("wide", locale=current())
        return str(names[(int(value) - 1) % 7])
    return f"{int(value):02}" if comparison == "hour" else value_in_words(value)
