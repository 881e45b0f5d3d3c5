"""The value of an expression for each row of a frame or a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from casebook.expressions.check import Expression
from casebook.expressions.frames import plain_frame
from casebook.expressions.locked import connect_locked, running

if TYPE_CHECKING:
    import pandas as pd


@runtime_checkable
class Evaluates(Protocol):
    """What evaluates an expression itself, as a Table does."""

    def evaluate(self, expression: Expression) -> pd.Series:
        """The value for each row, in the order of the rows."""


def evaluate(
    source: pd.DataFrame | Evaluates, expression: Expression, *, place: str = ""
) -> pd.Series:
    """The expression's value for each row, its index aligned with the rows.

    expression: checked against the columns of `source`, one value a row.
    Raises ExpressionError where a value or type does not fit, or time or memory runs out.
    """
    if isinstance(source, Evaluates):
        return source.evaluate(expression)
    frame = source[list(expression.columns)] if expression.columns else source.iloc[:, :1]
    seconds = time_for(len(frame))
    with connect_locked() as connection:
        connection.register("data", frame)
        with running(connection, seconds, place):
            query = f"SELECT {expression.sql} AS value FROM data"
            result = connection.execute(query).df()
    return plain_frame(result)["value"].set_axis(frame.index).rename(expression.text)


def time_for(rows: int) -> float:
    """Seconds that a query over so many rows may take: five, and five more for each million."""
    return 5 + 5 * rows / 1e6
