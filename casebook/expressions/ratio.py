"""An aggregate taken apart into what is above and below its fraction line.

`AVG(x)` is `SUM(x)` over `COUNT(x)`: both are sums, of which days and groups of rows can be added
up, shared out and resampled, while means cannot.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from casebook.expressions.locked import connect_locked
from casebook.expressions.parse import Node, parse

if TYPE_CHECKING:
    import duckdb

_MEANS = ("avg", "mean")


@dataclass(frozen=True)
class Ratio:
    """An aggregate as SQL: `above` divided by `below`, which is empty where it is no fraction."""

    above: str
    below: str = ""


@lru_cache(maxsize=128)
def ratio(text: str) -> Ratio:
    """The fraction that an aggregate is, as far as its outermost operations say so.

    text: checked before. `AVG(x)`, `a / b`, and both times a number that is written out; anything
    else comes back as it is. Raises ExpressionError where the text is not one expression.
    """
    with connect_locked() as connection:
        node = parse(connection, text, "")
        above, below = _parts(node)
        if below is None:
            return Ratio(text)
        return Ratio(_sql(connection, above), _sql(connection, below))


def _parts(node: Node) -> tuple[Node, Node | None]:
    name = str(node.get("function_name", "")).lower()
    arguments = [one["expression"] for one in node.get("arguments") or ()]
    if name in _MEANS and not node.get("distinct"):
        return _renamed(node, "sum"), _renamed(node, "count")
    if name == "/" and len(arguments) == 2:
        return _quotient(node, arguments[0], arguments[1])
    if name == "*" and len(arguments) == 2:
        return _multiple(node, arguments)
    return node, None


def _quotient(node: Node, above: Node, below: Node) -> tuple[Node, Node | None]:
    """`a / b` where both are plain, or a fraction over a number that is written out."""
    if below.get("class") == "CONSTANT":
        top, bottom = _parts(above)
        return (node, None) if bottom is None else (_with_arguments(node, top, below), bottom)
    if _parts(above)[1] is None and _parts(below)[1] is None:
        return above, below
    return node, None


def _multiple(node: Node, arguments: list[Node]) -> tuple[Node, Node | None]:
    """A number that is written out times a fraction, either way round."""
    plain = [one.get("class") == "CONSTANT" for one in arguments]
    if sum(plain) != 1:
        return node, None
    top, bottom = _parts(arguments[plain.index(False)])
    if bottom is None:
        return node, None
    return _with_arguments(node, arguments[plain.index(True)], top), bottom


def _renamed(node: Node, name: str) -> Node:
    other = copy.deepcopy(node)
    other["function_name"] = name
    other["qualified_name"] = {"path": [name]}
    return other


def _with_arguments(node: Node, *arguments: Node) -> Node:
    other = copy.deepcopy(node)
    for place, argument in zip(other["arguments"], arguments, strict=True):
        place["expression"] = argument
    return other


def _sql(connection: duckdb.DuckDBPyConnection, node: Node) -> str:
    row = connection.execute("SELECT json_serialize_sql('SELECT 1')").fetchone()
    tree: Any = json.loads(row[0]) if row else {}
    tree["statements"][0]["node"]["select_list"] = [node]
    written = connection.execute("SELECT json_deserialize_sql(?)", [json.dumps(tree)]).fetchone()
    return str(written[0]).removeprefix("SELECT ").strip() if written else ""
