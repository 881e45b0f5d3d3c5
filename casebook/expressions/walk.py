"""Walks the tree of an expression and refuses every node that the grammar does not name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from casebook.exceptions import ExpressionError, nearest
from casebook.expressions import grammar
from casebook.expressions.parse import Node, position, refusal, too_deep
from casebook.language import _

_CLOCK = {
    "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "now",
    "today", "get_current_time", "get_current_timestamp",
}  # fmt: skip


@dataclass
class Walk:
    """One walk over a tree: what it found, and where errors point.

    names: the table's columns by their lower-case names.
    """

    text: str
    place: str
    names: Mapping[str, str]
    columns: dict[str, None] = field(default_factory=dict)
    aggregates: int = 0
    nodes: int = 0
    joins: int = 0
    heavy: int = 0
    bare: Node | None = None  # a column outside of any aggregate

    def visit(self, node: Node, depth: int = 0, *, inside: bool = False) -> None:
        """Check a node and all below it. Raises ExpressionError.

        inside: whether an aggregate is above it.
        """
        self.nodes += 1
        if depth > grammar.DEEPEST:
            raise too_deep(position(node, self.text), self.place)
        if self.nodes > grammar.MOST_NODES:
            raise self.refuse(node, _("more than {n} parts", n=grammar.MOST_NODES))
        kind = node.get("class", "")
        if kind not in grammar.NODES:
            what = _(grammar.REFUSED.get(kind, str(kind).lower()))
            raise self.refuse(node, _("{what} is not allowed", what=what))
        self._no_other_field(node, kind)
        inside = self._checked(node, kind, inside=inside) or inside
        for child in _children(node, kind):
            self.visit(child, depth + 1, inside=inside)

    def refuse(self, node: Node, message: str, hint: str = "") -> ExpressionError:
        """The error for a node, with its place in the text."""
        return refusal(message, position(node, self.text), self.place, hint)

    def _no_other_field(self, node: Node, kind: str) -> None:
        known = grammar.PLAIN_FIELDS.union(grammar.NODES[kind])
        for name, value in node.items():
            if name == "order_bys":
                value = value.get("orders") if isinstance(value, dict) else value  # noqa: PLW2901
            if name not in known and value:
                raise self.refuse(node, _("'{name}' is not allowed here", name=name))
        if node.get("alias"):
            raise self.refuse(node, _("an expression has no name (AS)"))

    def _checked(self, node: Node, kind: str, *, inside: bool) -> bool:
        """Check a node by itself; whether it is an aggregate."""
        if kind == "COLUMN_REF":
            self._column(node, inside=inside)
        elif kind == "CAST":
            self._cast(node)
        elif kind == "OPERATOR" and node["type"] not in grammar.OPERATOR_TYPES:
            what = str(node["type"]).lower().replace("_", " ")
            raise self.refuse(node, _("{what} is not allowed", what=what))
        elif kind == "FUNCTION":
            return self._function(node, inside=inside)
        return False

    def _column(self, node: Node, *, inside: bool) -> None:
        parts = node["column_names"]
        name = ".".join(parts)
        if len(parts) == 1 and name.lower() in self.names:
            self.columns[self.names[name.lower()]] = None
            if not inside and self.bare is None:
                self.bare = node
            return
        if name.lower() in _CLOCK:
            raise self.refuse(node, _("the clock is not allowed: a result must not depend on it"))
        listed = ", ".join(list(self.names.values())[:12])
        hint = nearest(name, self.names.values()) or _("There is: {names}.", names=listed)
        raise self.refuse(node, _("there is no column '{name}'", name=name), hint)

    def _cast(self, node: Node) -> None:
        type_ = node["type_expr"]
        name = str(type_.get("type_name", "")).lower()
        if name not in grammar.TYPES:
            raise self.refuse(node, _("a cast to '{name}' is not allowed", name=name))
        if any(child.get("class") != "CONSTANT" for child in type_.get("children", [])):
            raise self.refuse(node, _("a cast to '{name}' is not allowed", name=name))

    def _function(self, node: Node, *, inside: bool) -> bool:
        name = str(node["function_name"]).lower()
        if len(node["qualified_name"]["path"]) != 1:
            raise self.refuse(node, _("a function of another schema is not allowed"))
        if any(argument["name"] for argument in node["arguments"]):
            raise self.refuse(node, _("named arguments are not allowed"))
        aggregate = name in grammar.AGGREGATES
        if aggregate:
            self.aggregates += 1
            if inside:
                raise self.refuse(node, _("an aggregate within an aggregate is not allowed"))
        elif name not in grammar.SCALARS and name not in grammar.OPERATORS:
            raise self._unknown(node, name)
        elif node.get("distinct") or node.get("filter"):
            raise self.refuse(node, _("DISTINCT and FILTER go with aggregates only"))
        self._bounded(node, name)
        return aggregate

    def _unknown(self, node: Node, name: str) -> ExpressionError:
        if name in _CLOCK or name in ("random", "uuid", "gen_random_uuid"):
            message = _("'{name}' is not allowed: each run would give another result", name=name)
            return self.refuse(node, message)
        hint = nearest(name, grammar.SCALARS | grammar.AGGREGATES)
        return self.refuse(node, _("the function '{name}' is not allowed", name=name), hint)

    def _bounded(self, node: Node, name: str) -> None:
        """Refuse what makes texts or time grow without bound."""
        arguments = [argument["expression"] for argument in node["arguments"]]
        for n in grammar.CONSTANT_ARGUMENTS.get(name, ()):
            if n < len(arguments) and not _constant(arguments[n]):
                message = _("argument {n} of '{name}' must be a constant", n=n + 1, name=name)
                raise self.refuse(node, message)
        if name in ("||", "concat"):
            self.joins += max(len(arguments) - 1, 1)
        self.heavy += name in grammar.HEAVY
        if self.joins > grammar.MOST_JOINS or self.heavy > grammar.MOST_HEAVY:
            raise self.refuse(node, _("texts are joined, parted or replaced too often"))
        if name in ("replace", "regexp_replace") and _grows(name, arguments):
            raise self.refuse(node, _("what replaces a text must not be longer than it"))
        if name.strip("!") in ("~~", "~~*") or name.endswith("like_escape"):
            self._wildcards(node, str(_literal(arguments[1])))

    def _wildcards(self, node: Node, pattern: str) -> None:
        runs = len(re.findall("%+", pattern))
        if runs > grammar.MOST_WILDCARDS and "_" in pattern:
            message = _("at most {n} % go with _ in a pattern", n=grammar.MOST_WILDCARDS)
            raise self.refuse(node, message)


def _children(node: Node, kind: str) -> Iterator[Node]:
    for name in grammar.NODES[kind]:
        value = node.get(name)
        if name == "arguments":
            yield from (argument["expression"] for argument in value or ())
        elif name == "case_checks":
            for check in value or ():
                yield check["when_expr"]
                yield check["then_expr"]
        elif isinstance(value, list):
            yield from value
        elif value is not None:
            yield value


def _constant(node: Node) -> bool:
    """Whether a node is written out: a constant, perhaps with a sign or a type."""
    if node.get("class") == "CAST":
        return _constant(node["child"])
    if node.get("class") == "FUNCTION" and node["function_name"] == "-":
        return len(node["arguments"]) == 1 and _constant(node["arguments"][0]["expression"])
    return node.get("class") == "CONSTANT"


def _literal(node: Node) -> object:
    """The value of a constant as DuckDB writes it in the tree."""
    if node.get("class") == "CAST":
        return _literal(node["child"])
    literal = node.get("literal") or node.get("value") or {}
    return literal.get("text", literal.get("value", ""))


def _grows(name: str, arguments: list[Node]) -> bool:
    if len(arguments) < 3:
        return False
    search, new = str(_literal(arguments[1])), str(_literal(arguments[2]))
    return len(new.encode()) > (1 if name == "regexp_replace" else len(search.encode()))
