"""An expression that a person wrote: checked once, then a value that other rooms carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from casebook.expressions.locked import connect_locked, identifier, running
from casebook.expressions.parse import parse, position, refusal
from casebook.expressions.walk import Walk
from casebook.language import _

_SECONDS = 5.0


@dataclass(frozen=True)
class Expression:
    """A checked SQL expression.

    columns: the table's columns that it uses, spelt as the table does, in their order of use.
    """

    text: str
    columns: tuple[str, ...]
    aggregate: bool

    @property
    def sql(self) -> str:
        """The expression within brackets, safe to stand in a query over the table.

        The line break ends a comment at its end.
        """
        return f"({self.text}\n)"


def check(
    text: str,
    columns: Iterable[str] | Mapping[str, str],
    *,
    aggregate: bool,
    place: str = "",
) -> Expression:
    """The expression, if it is one over these columns that the grammar allows.

    columns: the table's names, or names with DuckDB's types: then types are checked as well.
    aggregate: whether it is one value for many rows (a metric) or one for each row (a filter).
    place: where it stands, for the error.
    Raises ExpressionError, which points at the character of the text.
    """
    typed = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "")
    return _checked(text, tuple(typed.items()), aggregate, place)


@lru_cache(maxsize=512)  # the same few expressions are checked by every phase; 25 ms each
def _checked(
    text: str,
    columns: tuple[tuple[str, str], ...],
    aggregate: bool,
    place: str,
) -> Expression:
    names = {name.lower(): name for name, _kind in columns}
    with connect_locked() as connection:
        node = parse(connection, text, place)
        walk = Walk(text, place, names)
        walk.visit(node)
        _check_kind(walk, aggregate=aggregate)
        expression = Expression(text, tuple(walk.columns), aggregate)
        if columns and all(kind for _name, kind in columns):
            declared = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns)
            connection.execute(f"CREATE TEMP TABLE data ({declared})")
            connection.execute("INSERT INTO data DEFAULT VALUES")  # so that constants are cast
            with running(connection, _SECONDS, place):
                connection.execute(f"SELECT {expression.sql} FROM data").fetchall()
    return expression


def _check_kind(walk: Walk, *, aggregate: bool) -> None:
    if aggregate and not walk.aggregates:
        hint = _("Write for instance SUM(...), AVG(...) or COUNT(*).")
        raise refusal(_("it gives a value for each row, not one for many"), None, walk.place, hint)
    if aggregate and walk.bare is not None:
        at = position(walk.bare, walk.text)
        raise refusal(_("a column stands outside of any aggregate"), at, walk.place)
    if not aggregate and walk.aggregates:
        hint = _("A condition or value is about one row.")
        raise refusal(_("it has an aggregate, one value for many rows"), None, walk.place, hint)
