"""The text of an expression into DuckDB's own tree, within bounds that keep parsing short."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from casebook.exceptions import ExpressionError
from casebook.expressions.grammar import DEEPEST, LONGEST
from casebook.language import _

if TYPE_CHECKING:
    import duckdb

Node = dict[str, Any]

_START = "SELECT "
_NOWHERE = 2**63
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*", re.DOTALL)
_SELECT_PARTS = ("where_clause", "having", "sample", "qualify")


def parse(connection: duckdb.DuckDBPyConnection, text: str, place: str) -> Node:
    """The tree of one expression.

    Raises ExpressionError for anything else: a syntax error, several, none, a statement.
    """
    check_size(text, place)
    node = _expression(_tree(connection, text, text, place), text, place)
    # As it will be used: within brackets. `a) OR (b` is an expression there and none alone.
    _expression(_tree(connection, f"({text}\n)", text, place), text, place)
    return node


def check_size(text: str, place: str) -> None:
    """Refuse what would take long to parse: length, brackets within brackets."""
    if not text.strip():
        raise ExpressionError(_("the expression is empty"), place=place)
    if len(text) > LONGEST:
        message = _(
            "the expression has {n:,} characters; at most {most:,} are read",
            n=len(text),
            most=LONGEST,
        )
        raise ExpressionError(message, place=place)
    if "\x00" in text or "$$" in text:
        raise ExpressionError(_("the expression holds signs that are not read"), place=place)
    depth = 0
    for n, sign in enumerate(_QUOTED.sub(lambda m: " " * len(m[0]), text)):
        depth += (sign in "([{") - (sign in ")]}")
        if depth > DEEPEST:
            raise too_deep(n, place)


def too_deep(at: int | None, place: str) -> ExpressionError:
    """The error for nodes or brackets too far within one another."""
    return refusal(_("more than {n} levels within one another", n=DEEPEST), at, place)


def refusal(message: str, at: int | None, place: str, hint: str = "") -> ExpressionError:
    """An error that points into the text: `at` is a character from 0, None where it is unknown."""
    if hint:
        message += "."
    if at is not None:
        message = _("at character {n}: {message}", n=at + 1, message=message)
    return ExpressionError(message, place=place, hint=hint)


def _tree(connection: duckdb.DuckDBPyConnection, sql: str, text: str, place: str) -> Node:
    row = connection.execute("SELECT json_serialize_sql(?)", [_START + sql]).fetchone()
    try:
        tree: Node = json.loads(row[0]) if row else {}
    except RecursionError:
        raise too_deep(None, place) from None
    if tree.get("error"):
        raise _syntax(tree, text, place)
    return tree


def _syntax(tree: Node, text: str, place: str) -> ExpressionError:
    message = str(tree.get("error_message", ""))
    if "Max expression depth" in message:
        return too_deep(None, place)
    if tree.get("error_type") == "not implemented":
        return refusal(_("this is a statement, not an expression"), None, place)
    position = tree.get("position")
    at = None
    if position is not None:
        at = min(characters(text, int(position)), max(len(text) - 1, 0))
    hint = _("An expression is one value, as SUM(Quantity * UnitPrice).")
    return refusal(_("not SQL: {problem}", problem=message), at, place, hint)


def characters(text: str, location: int) -> int:
    """DuckDB counts bytes from the start of the statement, people characters of their text."""
    data = text.encode()[: max(location - len(_START), 0)]
    return len(data.decode(errors="ignore"))


def position(node: Node, text: str) -> int | None:
    """The character, from 0, at which a node stands; None where DuckDB does not say."""
    location = node.get("query_location", _NOWHERE)
    if not isinstance(location, int) or location >= _NOWHERE:
        return None
    return characters(text, location)


def _expression(tree: Node, text: str, place: str) -> Node:
    """The one expression of a parsed SELECT that has nothing else."""
    statements = tree.get("statements", [])
    node = statements[0]["node"] if len(statements) == 1 else {}
    if node.get("type") != "SELECT_NODE" or statements[0].get("named_param_map"):
        raise refusal(_("this is no single expression"), None, place)
    if len(node["select_list"]) != 1:
        second = position(node["select_list"][1], text)
        raise refusal(_("there is more than one expression"), second, place)
    source = node["from_table"]
    if source["type"] != "EMPTY":
        at = position(source, text)
        raise refusal(_("an expression has no FROM: it sees one table only"), at, place)
    rest = [node.get(part) for part in _SELECT_PARTS]
    rest += [node["modifiers"], node["group_expressions"], node["group_sets"]]
    if any(rest) or node["cte_map"]["map"] or node["aggregate_handling"] != "STANDARD_HANDLING":
        raise refusal(_("this is a query, not an expression"), None, place)
    expression: Node = node["select_list"][0]
    if expression.get("alias"):
        raise refusal(_("an expression has no name (AS)"), position(expression, text), place)
    return expression
