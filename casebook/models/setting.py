"""What a candidate's factory is told of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casebook.models.features import Features


@dataclass(frozen=True)
class Setting:
    """The task, the columns and the record's rules, for the factories of candidates.

    task: `two classes`, `classes` or `regression`.
    rules: (SQL expression, value) in order; the first that holds decides. May be empty.
    default: the value when no rule holds; None lets the training rows decide.
    """

    task: str
    features: Features
    rules: tuple[tuple[str, Any], ...] = ()
    default: Any = None
    seed: int = 0

    @property
    def classes(self) -> bool:
        """Whether the target is one of several classes."""
        return self.task != "regression"
