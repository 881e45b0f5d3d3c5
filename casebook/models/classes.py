"""Names of classes, and which of two counts as yes: what asks no more of the target loads no model.

The symptom phase asks this too, and importing scikit-learn takes longer than its question.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from casebook.case import Case
from casebook.exceptions import ModelError
from casebook.language import _

YES = ("yes", "y", "true", "1", "예", "네", "참")


def as_class(value: Any) -> str:
    """A class name as text; whole floats lose their point, so that 1.0 and 1 are one class.

    >>> as_class(1.0), as_class(True), as_class("yes")
    ('1', 'True', 'yes')
    """
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


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


def positive_class(case: Case, names: list[str]) -> str:
    """The record's positive class, else one that reads as yes, else the rarer one.

    names: the two classes, the frequent one first. Raises ModelError where the record names
    another one.
    """
    wanted = case.record.data.positive
    if wanted is not None:
        return str(target_value(case, "data.positive", wanted, tuple(names)))
    return next((name for name in names if name.lower() in YES), names[-1])
