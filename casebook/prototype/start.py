"""Where somebody starts from: an example, a known row at random, or one found by its id.

Of other people's rows sensitive values are not shown: they are left open where they may be
missing, and are the most frequent one elsewhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pandas as pd

from casebook.exceptions import TableError, nearest
from casebook.expressions import identifier, literal
from casebook.language import _
from casebook.models.about import Cell
from casebook.models.target import as_class
from casebook.prototype.opened import Prototype
from casebook.prototype.values import Field, Row

_LONGEST = 200


@dataclass(frozen=True)
class Start:
    """A row to start from.

    name: what it is called; empty for the typical one. truth: what came of it, where it is known.
    hidden: labels of sensitive fields whose values are not shown.
    """

    row: Row
    name: str = ""
    truth: float | str | None = None
    hidden: tuple[str, ...] = ()


def typical(prototype: Prototype) -> Start:
    """A made-up row of what is usual in each column; it is nobody's, and always the same."""
    return Start({field.column: _usual(field) for field in prototype.fields})


def first(prototype: Prototype) -> tuple[Start, str]:
    """The first example of the record, else the typical row; and what is wrong with examples."""
    wanted = prototype.case.record.prototype.form.examples
    for name in wanted:
        try:
            return found(prototype, str(name)), ""
        except TableError as error:
            return typical(prototype), str(error)
    return typical(prototype), ""


def drawn(prototype: Prototype, draw: random.Random) -> Start:
    """One of the known rows. Raises TableError where none is known."""
    known = prototype.known
    if not len(known.X):
        raise TableError(_("no row is known yet."))
    at = draw.randrange(len(known.X))
    return _start(prototype, known.X.iloc[at], str(known.ids.iloc[at]), known.y.iloc[at])


def found(prototype: Prototype, name: str) -> Start:
    """The row with an id, also where its truth is not known yet.

    Raises TableError where there is none, where several have it, or the table has no ids.
    """
    id_column, table = prototype.known.id_column, prototype.table
    if not id_column:
        raise TableError(_("the table has no column with the role id to find a row by."))
    target = prototype.model.file.target
    columns = [one.name for one in prototype.model.file.columns]
    wanted = list(dict.fromkeys([*columns, *([target] if target in table.names else [])]))
    frame = table.frame(wanted, where=_where(prototype, name.strip()[:_LONGEST]))
    if len(frame) == 1:
        return _start(prototype, frame.iloc[0], name.strip(), _truth(prototype, frame))
    ids = [str(one) for one in prototype.known.ids]
    if len(frame):
        said = _("{n} rows have the {column} '{name}'.", n=len(frame), column=id_column, name=name)
        raise TableError(said)
    raise TableError(
        _("no row has the {column} '{name}'.", column=id_column, name=name.strip()[:_LONGEST]),
        hint=nearest(name.strip(), ids),
    )


def _where(prototype: Prototype, name: str) -> str:
    column = identifier(prototype.known.id_column)
    kind = prototype.table.column(prototype.known.id_column).type
    if kind != "number":
        return f"CAST({column} AS VARCHAR) = {literal(name)}" if kind != "text" else (
            f"{column} = {literal(name)}"
        )  # fmt: skip
    try:
        return f"{column} = {float(name):.15g}"
    except ValueError:
        return "false"


def _truth(prototype: Prototype, frame: pd.DataFrame) -> Any:
    file = prototype.model.file
    if file.target not in frame or frame[file.target].isna().all():
        return None
    if not file.classes:
        return float(frame[file.target].iloc[0])
    return as_class(frame[file.target].iloc[0])


def _start(prototype: Prototype, values: Any, name: str, truth: Any) -> Start:
    row: dict[str, Cell] = {}
    hidden = []
    for field in prototype.fields:
        if field.sensitive:
            hidden.append(field.label)
        row[field.column] = _usual(field) if field.sensitive else plain(values[field.column])
        if field.is_fixed:
            row[field.column] = field.fixed
    return Start(row, name, truth, tuple(hidden))


def _usual(field: Field) -> Cell:
    if field.is_fixed:
        return field.fixed
    if field.sensitive and field.may_be_missing:
        return None
    typical = field.typical
    if typical is None and not field.may_be_missing and field.kind == "text":
        return ""
    return int(typical) if field.whole and isinstance(typical, float) else typical


def plain(value: Any) -> Cell:
    """A value of a frame as the model's file has it; None where it is missing."""
    if value is None or value is pd.NaT or (value != value):  # noqa: PLR0124 (NaN is not itself)
        return None
    if isinstance(value, bool | int | float | str) and not hasattr(value, "dtype"):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if hasattr(value, "item"):
        plainly: Cell = value.item()
        return plainly
    return str(value)
