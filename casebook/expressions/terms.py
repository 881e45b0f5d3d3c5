"""Conditions that can be picked instead of written: terms joined by "and", to SQL and back.

A term is a column, a comparison and its values. What is read back is DuckDB's own tree of the
text, so that a condition is either understood whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from casebook.exceptions import ExpressionError
from casebook.expressions.locked import connect_locked, identifier, literal
from casebook.expressions.parse import Node, parse

Value = str | float | bool

NUMBERS = ("at most", "less than", "at least", "more than", "between", "is", "is not")
CATEGORIES = ("is", "is one of", "is not", "is none of")
TIMES = ("before", "from", "weekday", "hour")
MISSING = ("is missing", "is known")

_SIGNS = {"at most": "<=", "less than": "<", "at least": ">=", "more than": ">", "is": "=",
          "is not": "<>"}  # fmt: skip
_COMPARED = {
    "COMPARE_LESSTHANOREQUALTO": "at most",
    "COMPARE_LESSTHAN": "less than",
    "COMPARE_GREATERTHANOREQUALTO": "at least",
    "COMPARE_GREATERTHAN": "more than",
    "COMPARE_EQUAL": "is",
    "COMPARE_NOTEQUAL": "is not",
}
_TURNED = {"at most": "at least", "at least": "at most", "less than": "more than",
           "more than": "less than", "is": "is", "is not": "is not"}  # fmt: skip
_OF_TIMES = {"less than": "before", "at least": "from"}


@dataclass(frozen=True)
class Term:
    """One comparison of a column: `at most`, `between`, `is one of`, `weekday`, `is missing`, ...

    values: as many as the comparison takes; a time as text, weekdays from 1 (Monday) to 7.
    or_missing: whether rows without a value are taken as well.
    """

    column: str
    comparison: str
    values: tuple[Value, ...] = ()
    or_missing: bool = False

    @property
    def sql(self) -> str:
        """The term as SQL."""
        name = identifier(self.column)
        if self.comparison in MISSING:
            return f"{name} IS NULL" if self.comparison == "is missing" else f"{name} IS NOT NULL"
        said = _compared(name, self.comparison, self.values)
        return f"({said} OR {name} IS NULL)" if self.or_missing else said


def written(terms: Iterable[Term]) -> str:
    r"""The condition that all terms hold, as SQL.

    >>> written([Term("tenure", "at most", (6,)), Term("plan", "is one of", ("a", "it's"))])
    '"tenure" <= 6 AND "plan" IN (\'a\', \'it\'\'s\')'
    """
    return " AND ".join(term.sql for term in terms)


def _compared(name: str, comparison: str, values: Sequence[Value]) -> str:
    said = [_value(value) for value in values]
    if comparison == "between":
        return f"{name} BETWEEN {said[0]} AND {said[1]}"
    if comparison in ("is one of", "is none of"):
        return f"{name} {'IN' if comparison == 'is one of' else 'NOT IN'} ({', '.join(said)})"
    if comparison == "weekday":
        return f"isodow({name}) IN ({', '.join(said)})"
    if comparison == "hour":
        return f"hour({name}) BETWEEN {said[0]} AND {said[-1]}"
    if comparison in ("before", "from"):
        return f"{name} {'<' if comparison == 'before' else '>='} TIMESTAMP {said[0]}"
    return f"{name} {_SIGNS[comparison]} {said[0]}"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return literal(value) if isinstance(value, str) else plain_number(value)


def plain_number(value: float) -> str:
    """A number as SQL reads it, without a point where there is nothing behind it.

    >>> plain_number(6.0), plain_number(0.1)
    ('6', '0.1')
    """
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


@lru_cache(maxsize=256)
def terms_of(text: str) -> tuple[Term, ...] | None:
    """The terms of a condition; None where it says more than terms can, or is no SQL."""
    try:
        with connect_locked() as connection:
            node = parse(connection, text, "")
    except ExpressionError:
        return None
    parts = node["children"] if _is_joined(node, "AND") else [node]
    terms = [_term(part) for part in parts]
    return None if None in terms else tuple(term for term in terms if term is not None)


def _is_joined(node: Node, word: str) -> bool:
    return node.get("class") == "CONJUNCTION" and node.get("type") == f"CONJUNCTION_{word}"


def _term(node: Node) -> Term | None:
    if _is_joined(node, "OR"):
        return _or_missing(node["children"])
    kind = node.get("class")
    if kind == "COMPARISON":
        return _comparison(node)
    if kind == "BETWEEN":
        ends = [_constant(node["lower"]), _constant(node["upper"])]
        return _of_column(node["input"], "between", ends)
    if kind != "OPERATOR":
        return None
    if node["type"] == "OPERATOR_NOT":
        inner = _term(node["children"][0])
        known = inner is not None and inner.comparison == "is one of"
        return replace(inner, comparison="is none of") if inner is not None and known else None
    names = {"OPERATOR_IS_NULL": "is missing", "OPERATOR_IS_NOT_NULL": "is known",
             "COMPARE_IN": "is one of", "COMPARE_NOT_IN": "is none of"}  # fmt: skip
    if node["type"] not in names:
        return None
    first, *others = node["children"]
    return _of_column(first, names[node["type"]], [_constant(one) for one in others])


def _or_missing(parts: Sequence[Node]) -> Term | None:
    """`x <= 5 OR x IS NULL`, where both are of one column."""
    first, second = (_term(part) for part in parts) if len(parts) == 2 else (None, None)
    if first is None or second is None:
        return None
    fits = second == Term(first.column, "is missing") and first.comparison not in MISSING
    return replace(first, or_missing=True) if fits and not first.or_missing else None


def _comparison(node: Node) -> Term | None:
    name = _COMPARED.get(node["type"])
    if name is None:
        return None
    left, right = node["left"], node["right"]
    if _constant(left) is not None:
        left, right, name = right, left, _TURNED[name]
    value = _constant(right)
    if isinstance(value, str) and name not in ("is", "is not"):
        name = _OF_TIMES.get(name, "")
    return _of_column(left, name, [value])


def _of_column(node: Node, comparison: str, values: Sequence[Value | None]) -> Term | None:
    known = tuple(value for value in values if value is not None)
    if len(known) != len(values) or not comparison:
        return None
    if node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1:
        return Term(node["column_names"][0], comparison, known)
    return _of_part(node, comparison, known)


def _of_part(node: Node, comparison: str, values: tuple[Value, ...]) -> Term | None:
    """The weekday or the hour of a time."""
    part = {"isodow": "weekday", "hour": "hour"}.get(str(node.get("function_name", "")).lower())
    arguments = [one["expression"] for one in node.get("arguments") or ()]
    whole = all(isinstance(value, int) and not isinstance(value, bool) for value in values)
    if part is None or len(arguments) != 1 or not whole or "column_names" not in arguments[0]:
        return None
    wanted = {"weekday": ("is one of", "is"), "hour": ("between",)}[part]
    column = arguments[0]["column_names"]
    fits = comparison in wanted and len(column) == 1
    return Term(column[0], part, values) if fits else None


def _constant(node: Node) -> Value | None:
    """The value of a constant, or of a text that is cast to a time; None for anything else."""
    if node.get("class") == "CAST":
        kind = str(node["type_expr"].get("type_name", "")).upper()
        inner = _constant(node["child"]) if kind in ("DATE", "TIMESTAMP") else None
        return inner if isinstance(inner, str) else None
    if node.get("class") != "CONSTANT":
        return None
    held = node.get("literal") or {}
    written_, text = held.get("kind"), str(held.get("text", ""))
    if written_ == "STRING":
        return text
    if written_ == "BOOLEAN":
        return text.lower() == "true"
    if written_ == "INTEGER":
        return int(text)
    return float(text) if written_ == "NUMERIC" else None
