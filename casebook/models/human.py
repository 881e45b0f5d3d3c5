"""The human: what people decide today, or a forecast that is already there, as it stands."""

from __future__ import annotations

import pandas as pd

from casebook.case import Case
from casebook.exceptions import ModelError, nearest
from casebook.language import _
from casebook.models.said import SaidClassifier, SaidRegressor, numbers
from casebook.models.setting import Setting
from casebook.models.target import as_class
from casebook.tables import Table

MOST_NAMED = 5


def make(setting: Setting) -> SaidClassifier | SaidRegressor:
    """Says `baseline.human`; where nobody decided, the most frequent class, or the median."""
    assert setting.human is not None
    return (SaidClassifier if setting.classes else SaidRegressor)(setting.human)


def lacking(setting: Setting) -> str:
    """Why there is no human to compare with; empty where there is one."""
    if setting.human:
        return ""
    return _("No column holds what people decide today (baseline.human).")


def column(setting: Setting) -> str | None:
    """The column without which a row is not scored: a row that nobody decided says nothing."""
    return setting.human


def human_column(case: Case, table: Table) -> str | None:
    """The record's column of decisions. Raises ModelError where the table has none of that name."""
    wanted = case.record.baseline.human
    if wanted is None:
        return None
    found = next((name for name in table.names if name.lower() == wanted.lower()), None)
    if found is None or found == table.target:
        raise ModelError(
            _("'{name}' is not a column of decisions in {table}.", name=wanted, table=table.name),
            place=case.place("baseline.human"),
            hint=nearest(wanted, [name for name in table.names if name != table.target]),
        )
    return found


def decisions(case: Case, values: pd.Series, classes: tuple[str, ...]) -> pd.Series:
    """(n_rows,) the decisions as the target has them: class names, or floats; missing stays so.

    Raises ModelError for values that are no class of the target, or no numbers.
    """
    place = case.place("baseline.human")
    if not classes:
        try:
            return pd.Series(numbers(values, str(values.name)), index=values.index)
        except ModelError as error:
            raise ModelError(error.message, place=place) from error
    said = values.astype(object).map(as_class, na_action="ignore").astype(object)
    strange = [name for name in said.dropna().unique() if name not in classes]
    if strange:
        raise ModelError(
            _("the column '{name}' says {found}, which the target never is; it has {allowed}.",
              name=values.name, found=_named(strange), allowed=_named(classes)),
            place=place,
            hint=_("The column must say it by the names that the target has."),
        )  # fmt: skip
    return said


def _named(names: list[str] | tuple[str, ...]) -> str:
    said = ", ".join(map(repr, names[:MOST_NAMED]))
    return said if len(names) <= MOST_NAMED else _("{names} and others", names=said)
