"""SQL expressions that people write over a table's columns: checked, locked down, bounded."""

from casebook.expressions.check import Expression, check
from casebook.expressions.evaluate import Evaluates, evaluate
from casebook.expressions.locked import connect_locked, identifier, literal

__all__ = [
    "Evaluates",
    "Expression",
    "check",
    "connect_locked",
    "evaluate",
    "identifier",
    "literal",
]
