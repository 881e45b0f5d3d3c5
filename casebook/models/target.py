"""The target: class names as text or numbers, and which class counts as yes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from casebook.case import Case
from casebook.exceptions import ModelError
from casebook.formats import number
from casebook.language import _

MOST_CLASSES = 100  # boosted trees grow a hundred trees a class and fold; scores need rows of each
YES = ("yes", "y", "true", "1", "예", "네", "참")


def target_value(case: Case, field: str, value: Any, classes: tuple[str, ...]) -> str | float:
    """A value of the record, as the target has it. Raises ModelError for anything else."""
    if classes and as_class(value) in classes:
        return as_class(value)
    if not classes and not isinstance(value, str):
        return float(value)
    allowed = ", ".join(map(repr, classes)) if classes else _("numbers")
    raise ModelError(
        _("'{value}' is not a value of the target; it has {allowed}.",
          value=value, allowed=allowed),
        place=case.place(field),
    )  # fmt: skip


def as_class(value: Any) -> str:
    """A class name as text; whole floats lose their point, so that 1.0 and 1 are one class.

    >>> as_class(1.0), as_class(True), as_class("yes")
    ('1', 'True', 'yes')
    """
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def target_of(case: Case, values: pd.Series, task: str | None) -> tuple[pd.Series, tuple[str, ...]]:
    """(n_rows,) class names as text, or floats, and the classes, the positive one last of two.

    Raises ModelError for one value only, or for more than models tell apart.
    """
    if task == "regression":
        _check_varies(case, list(values.unique()[:2]))
        return values.astype(float), ()
    names = values.astype(object).map(as_class)
    counts = names.value_counts()
    _check_varies(case, list(counts.index))
    if len(counts) > MOST_CLASSES:
        raise ModelError(
            _("the target has {n} different values; models tell at most {most} classes apart.",
              n=number(len(counts)), most=MOST_CLASSES),
            place=case.place("data.target"),
            hint=_("If they are numbers, set data.task to regression; else merge rare ones, or "
                   "leave them out by data.filter."),
        )  # fmt: skip
    if len(counts) > 2:
        return names, tuple(sorted(counts.index))
    positive = positive_class(case, list(counts.index))
    negative = next(name for name in counts.index if name != positive)
    return names, (negative, positive)


def _check_varies(case: Case, found: list[Any]) -> None:
    if len(found) < 2:
        raise ModelError(
            _("the target has one value only, '{value}': there is nothing to learn.",
              value=found[0]),
            place=case.place("data.target"),
        )  # fmt: skip


def positive_class(case: Case, names: list[str]) -> str:
    """The record's positive class, else one that reads as yes, else the rarer one.

    names: the two classes, the frequent one first. Raises ModelError where the record names
    another one.
    """
    wanted = case.record.data.positive
    if wanted is not None:
        return str(target_value(case, "data.positive", wanted, tuple(names)))
    return next((name for name in names if name.lower() in YES), names[-1])
