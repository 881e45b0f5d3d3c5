"""In which day, week or month each row of a file lies, where people can act on so many in each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from casebook.case import TableSource
from casebook.expressions.locked import connect
from casebook.language import _
from casebook.models.about import Column
from casebook.prototype.batch_cells import Wanted, forms_of, taken
from casebook.prototype.batch_names import key_of
from casebook.prototype.opened import Prototype
from casebook.prototype.values import Field
from casebook.tables.lined import Lines

FREQUENCY = {"day": "D", "week": "W", "month": "M"}


def periods_of(
    prototype: Prototype, lines: Lines, source: TableSource, folder: Path
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first day of each row's period, and what is said of it; all alike without a time.

    Nothing where the record has no capacity.
    """
    capacity = prototype.case.record.objectives.capacity
    alike = ("",) * len(lines.rows)
    if capacity.amount is None:
        return alike, ()
    time, period = prototype.table.time, capacity.period
    places = [n for n, name in enumerate(lines.names) if time and key_of(name) == key_of(time)]
    if not places or period is None:
        return alike, (_("The whole file counts as one period: people can act on {n} of its rows.",
                         n=capacity.amount),)  # fmt: skip
    texts = [row.cells[places[0]] if len(row.cells) > places[0] else "" for row in lines.rows]
    found = _spans(texts, lines.names[places[0]], FREQUENCY[period], source, folder)
    if not any(found):
        return alike, (_("'{column}' has no dates that can be read, so the whole file counts as "
                         "one period.", column=lines.names[places[0]]),)  # fmt: skip
    return found, ()


def _spans(
    texts: Sequence[str], name: str, frequency: str, source: TableSource, folder: Path
) -> tuple[str, ...]:
    column = Column(name, "time", "time", "datetime64[us]", missing=1.0)
    wanted = Wanted(column, Field(name, name, "time", may_be_missing=True))
    forms = forms_of({name: (wanted, texts)}, source)
    with connect(folder / "spill") as connection:
        cells = taken(wanted, texts, forms[name], connection, source.missing).cells
    times = pd.to_datetime(pd.Series(cells, dtype=object), format="ISO8601")
    starts = times.dt.to_period(frequency).dt.start_time
    return tuple(starts.dt.strftime("%Y-%m-%d").fillna(""))
