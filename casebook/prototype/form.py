"""The form of the prototype: one field for each raw column that the model reads."""

from __future__ import annotations

from typing import cast

from casebook.case import Case
from casebook.models.about import Column, ModelFile
from casebook.prototype.values import Field, Kind
from casebook.tables import Table


def fields_of(case: Case, file: ModelFile, table: Table) -> tuple[Field, ...]:
    """The fields, in the record's order where it names some, then those that it does not name.

    What the record says of a field wins over what the training rows say.
    """
    named = {one.column: one for one in case.record.prototype.form.fields}
    sensitive = {column.name for column in table.columns if column.sensitive}
    found = []
    for column in file.columns:
        own = named.get(column.name)
        made = _field(column, sensitive=column.name in sensitive)
        if own is not None:
            made = Field(
                **{
                    **made.__dict__,
                    "label": own.label or made.label,
                    "help": own.help or "",
                    "unit": own.unit or "",
                    "least": own.low,
                    "most": own.high,
                    "fixed": own.fixed,
                    "is_fixed": own.fixed is not None,
                }
            )
        found.append(made)
    places = {column: place for place, column in enumerate(named)}
    return tuple(sorted(found, key=lambda one: places.get(one.column, len(places))))


def _field(column: Column, *, sensitive: bool) -> Field:
    levels = column.levels if column.role != "text" else ()
    kind = "category" if levels and column.kind != "boolean" else column.kind or "text"
    return Field(
        column.name,
        column.name,
        cast(Kind, kind),
        whole=column.dtype.lower().startswith(("int", "uint")),
        low=column.low,
        high=column.high,
        levels=levels,
        levels_left_out=column.levels_left_out,
        typical=column.typical,
        may_be_missing=column.missing > 0,
        sensitive=sensitive,
    )
