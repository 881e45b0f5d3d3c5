"""Are there data: rows, history, missing cells, rows twice, how fresh, and enough of each class."""

from __future__ import annotations

import pandas as pd

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.expressions import identifier
from casebook.formats import day, number, percent
from casebook.language import _, plural
from casebook.tables import Table

FEW_ROWS = 200
FEWEST_ROWS = 50
FEW_OF_A_CLASS = 50
MANY_TWICE = 0.05
SHOWN = 8


def gather(context: Context) -> Found | NotApplicable:
    """What the table holds, and whether it is enough to learn and to test."""
    table = context.table
    missing = {c.name: c.missing / max(1, table.rows) for c in table.columns}
    share = sum(missing.values()) / max(1, len(missing))
    twice = table.repeated()
    facts = [(_("Rows"), number(table.rows)), (_("Columns"), number(len(table.columns)))]
    facts += [(_("Rows that are there twice or more"), number(twice))]
    facts += _history(table)
    said = [
        _("{rows} rows and {columns} columns; {missing} of the cells are missing.",
          rows=number(table.rows), columns=number(len(table.columns)), missing=percent(share))
    ]  # fmt: skip
    if twice > MANY_TWICE * table.rows:
        said.append(_("{share} of the rows repeat another one.", share=percent(twice / table.rows)))
    outcome, few = _enough(context)
    return Found(outcome, " ".join([*said, *few]), tuple(facts), _picture(missing))


def _history(table: Table) -> list[tuple[str, str]]:
    if table.time is None or not table.rows:
        return []
    column = identifier(table.time)
    found = table.aggregate({"first": f"min({column})", "last": f"max({column})"}).iloc[0]
    if pd.isna(found["first"]):
        return []
    first, last = pd.Timestamp(found["first"]), pd.Timestamp(found["last"])
    facts = [
        (_("First row"), day(first.date())),
        (_("Newest row"), day(last.date())),
        (_("Days of history"), number((last - first).days + 1)),
    ]
    if table.as_of is not None:
        old = (table.as_of - last.date()).days
        facts.append((_("Days between the newest row and the day looked at"), number(old)))
    return facts


def _enough(context: Context) -> tuple[str, list[str]]:
    """The outcome, and sentences on what is too few."""
    if context.shared is None:
        return "unclear", []
    data = context.shared.data
    n = data.rows_available
    if data.classes:
        counts = data.y.value_counts()
        rare, few = str(counts.index[-1]), int(counts.iloc[-1] * n / len(data.y))
        if few < FEW_OF_A_CLASS:
            return "no", [plural("Only {n} row is '{name}'.", "Only {n} rows are '{name}'.", few,
                                 name=rare)]  # fmt: skip
    if n < FEW_ROWS:
        said = plural("Only {n} row has a label.", "Only {n} rows have a label.", n)
        return ("no" if n < FEWEST_ROWS else "unclear"), [said]
    return "yes", []


def _picture(missing: dict[str, float]) -> Picture | None:
    most = sorted(missing.items(), key=lambda item: -item[1])[:SHOWN]
    points = tuple(Point(name, share) for name, share in most if share > 0)
    if not points:
        return None
    alt = _("The share of cells that are missing, for the columns with the most.")
    return Picture("bars", points, None, _("share of rows"), alt)
