"""SQL expressions that people write over a table's columns: checked, locked down, bounded."""

from casebook.expressions.check import Expression, check
from casebook.expressions.evaluate import HasValues, evaluate
from casebook.expressions.locked import connect_locked

__all__ = ["Expression", "HasValues", "check", "connect_locked", "evaluate"]
