"""Expected failures: each says where, what was found, what is allowed and the next step."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from casebook.language import _


class CasebookError(Exception):
    """An expected failure, told in one clear line.

    message: what was found and what is allowed, already in the reader's language.
    place: where, as `case.yaml, line 14, data.target`; empty where there is no place.
    hint: the next step; empty where the message already says it.
    """

    exit_status = 1

    def __init__(self, message: str, *, place: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        start = f"{self.place}: " if self.place else ""
        end = f" {self.hint}" if self.hint else ""
        return f"{start}{self.message}{end}"

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [str(self)]


class RecordError(CasebookError):
    """`case.yaml` cannot be read, is not valid, or was changed by somebody else."""


class TableError(CasebookError):
    """A table cannot be found, read, or is not fit for what was asked."""


class ExpressionError(CasebookError):
    """An expression is not one SQL expression over the table's columns."""


class ParameterError(CasebookError):
    """A notebook parameter is unknown or of another type than declared."""


class MissingFindings(CasebookError):
    """A phase needs the findings of another one that has not run."""


class ModelError(CasebookError):
    """A model cannot be fitted, saved or loaded."""


class RunError(CasebookError):
    """A run cannot start or did not end well."""


def nearest(name: str, allowed: Iterable[str]) -> str:
    """`Did you mean 'Churn'?` for the closest allowed name, or an empty string.

    >>> nearest("Chrun", ["Churn", "tenure"])
    "Did you mean 'Churn'?"
    >>> nearest("zzz", ["Churn"])
    ''
    """
    names = list(allowed)
    lowered = {candidate.lower(): candidate for candidate in reversed(names)}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    return _("Did you mean '{name}'?", name=lowered[close[0]]) if close else ""
