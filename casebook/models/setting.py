"""What a candidate's factory is told of the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casebook.models.features import Features


@dataclass(frozen=True)
class Own:
    """A candidate of the record's own: a class by its dotted path, and its parameters.

    places: where the record has the name, the path and the parameters, for errors.
    """

    name: str
    path: str
    parameters: tuple[tuple[str, Any], ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """Columns of `Labelled.X` that hold past values of the target; never features of models.

    columns: by the name of the candidate that says them. lacking: why there is none, by the same.
    said: what they are, and how many rows fall back, in words.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """The task, the columns and the record's rules, for the factories of candidates.

    task: `two classes`, `classes` or `regression`.
    rules: (SQL expression, value) in order; the first that holds decides. May be empty.
    default: the value when no rule holds; None lets the training rows decide.
    human: the column of what people decide today. time: the column that says when a row was.
    own: the estimators that the record adds.
    """

    task: str
    features: Features
    rules: tuple[tuple[str, Any], ...] = ()
    default: Any = None
    seed: int = 0
    human: str | None = None
    time: str | None = None
    past: Past = Past()
    own: tuple[Own, ...] = ()

    @property
    def classes(self) -> bool:
        """Whether the target is one of several classes."""
        return self.task != "regression"
