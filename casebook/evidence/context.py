"""What a kind of evidence is given: the case, its table, and what all kinds share."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.case import Case
from casebook.evidence.base import NotApplicable
from casebook.evidence.rivals import Rivals, rivals
from casebook.evidence.shared import MOST_ROWS, Shared, fit
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.models.labelled import labelled
from casebook.models.target import MOST_CLASSES
from casebook.tables import Table

FEW_CLASSES = 5
LEAST_ROWS = 2_000


@dataclass(frozen=True, eq=False)
class Context:
    """What a kind of evidence is given.

    shared and rivals: None where nothing can be fitted; then `cannot_fit` says why.
    """

    case: Case
    table: Table
    shared: Shared | None
    rivals: Rivals | NotApplicable | None
    cannot_fit: str | None
    seed: int = 0

    def without_models(self) -> NotApplicable:
        """The same answer of every kind of evidence that needs fits."""
        return NotApplicable(_("Nothing can be fitted: {reason}", reason=self.cannot_fit or ""))


def make_context(case: Case, table: Table, *, seed: int = 0) -> Context:
    """The shared rows and fits; what keeps models from being fitted is kept as a reason."""
    try:
        shared = fit(labelled(case, table, seed=seed, most=_most_rows(table), past=False))
    except CasebookError as error:
        return Context(case, table, None, None, str(error), seed)
    return Context(case, table, shared, rivals(shared), None, seed)


def _most_rows(table: Table) -> int:
    """Fewer rows where many classes are told apart: the time grows with both."""
    if table.target is None or table.task != "classification":
        return MOST_ROWS
    classes = max(2, table.column(table.target).distinct)
    if classes > MOST_CLASSES:  # nothing is fitted, and what is said counts them in all rows
        return MOST_ROWS
    return max(LEAST_ROWS, min(MOST_ROWS, MOST_ROWS * FEW_CLASSES // classes))
