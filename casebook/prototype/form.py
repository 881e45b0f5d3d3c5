"""The form of the prototype: one field for each raw column that the model reads."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from casebook.case import Case
from casebook.case.sections_baseline import FormField
from casebook.expressions import identifier
from casebook.language import _
from casebook.models.about import Column, ModelFile
from casebook.prototype.texts import shown
from casebook.prototype.values import Field, Kind, Trust
from casebook.tables import Table

_STEPS = (1, 2, 5, 10)
_PARTS = 100  # into how many steps a slider parts the usual range, at least


def fields_of(case: Case, file: ModelFile, table: Table) -> tuple[Field, ...]:
    """The fields, in the record's order where it names some, then those that it does not name.

    What the record says of a field wins over what the training rows say.
    """
    named = {one.column: one for one in case.record.prototype.form.fields}
    sensitive = {column.name for column in table.columns if column.sensitive}
    whole = _whole(file.columns, table)
    made = [
        _named(_field(column, whole=column.name in whole, sensitive=column.name in sensitive),
               named.get(column.name))
        for column in file.columns
    ]  # fmt: skip
    places = {column: place for place, column in enumerate(named)}
    return tuple(sorted(made, key=lambda one: places.get(one.column, len(places))))


def by_weight(fields: Iterable[Field], case: Case, trust: Trust) -> tuple[Field, ...]:
    """The fields that the record does not name by how much the answers depend on them, most first.

    They follow those that it names; without measured weights they stay in their order.
    """
    named = {one.column for one in case.record.prototype.form.fields}
    weights = dict(trust.distances.weights) if trust.distances else {}
    return tuple(sorted(
        fields, key=lambda one: (0, 0.0) if one.column in named
        else (1, -weights.get(one.column, 0.0))
    ))  # fmt: skip


def step_of(field: Field) -> float:
    """By how much a number changes at a time: 1, 2 or 5 times a power of ten.

    Of the usual range it is a hundredth at most, and a whole number where the column's are.
    """
    low, high = span(field)
    most = (high - low) / _PARTS
    power = 10.0 ** math.floor(math.log10(most)) if most > 0 else 1.0
    step = max((part * power for part in _STEPS if part * power <= most * 1.0001), default=power)
    return max(1.0, float(round(step))) if field.whole else step


def span(field: Field) -> tuple[float, float]:
    """The ends of a number's slider: the usual range, within what the record allows.

    Two equal ends, as of a column that hardly varies, are set apart.
    """
    low, high = (float(end) if isinstance(end, int | float) else 0.0
                 for end in (field.low, field.high))  # fmt: skip
    low = low if field.least is None else max(low, field.least)
    high = high if field.most is None else min(high, field.most)
    return (low, high) if high > low else (low, low + 1.0)


def label_of(field: Field) -> str:
    """The label of a field with its unit."""
    return f"{field.label} ({field.unit})" if field.unit else field.label


def usual(field: Field) -> str:
    """Between which values most of the training rows lie, in words; empty where nothing says so."""
    if field.kind not in ("number", "time") or field.low is None or field.high is None:
        return ""
    low, high = (shown(field, end, unit=False) for end in (field.low, field.high))
    if low == high:
        return _("usually {value}", value=low)
    return _("usually {low} to {high}", low=low, high=high)


def allowed(field: Field) -> str:
    """What the record allows of a number, in words; empty where it says nothing."""
    least, most = (None if one is None else shown(field, one, unit=False)
                   for one in (field.least, field.most))  # fmt: skip
    if least is not None and most is not None:
        return _("{least} to {most} allowed", least=least, most=most)
    if least is not None:
        return _("at least {least}", least=least)
    return "" if most is None else _("at most {most}", most=most)


def asked(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields that somebody fills in: all but those with a fixed value."""
    return tuple(field for field in fields if not field.is_fixed)


def _named(field: Field, own: FormField | None) -> Field:
    if own is None:
        return field
    return replace(
        field,
        label=own.label or field.label,
        help=own.help or "",
        unit=own.unit or "",
        least=own.low,
        most=own.high,
        fixed=own.fixed,
        is_fixed=own.fixed is not None,
    )


def _field(column: Column, *, whole: bool, sensitive: bool) -> Field:
    levels = column.levels if column.role != "text" else ()
    kind = "category" if levels and column.kind != "boolean" else column.kind or "text"
    return Field(
        column.name,
        column.name,
        cast(Kind, kind),
        whole=whole,
        low=column.low,
        high=column.high,
        levels=levels,
        levels_left_out=column.levels_left_out,
        typical=column.typical,
        may_be_missing=column.missing > 0,
        sensitive=sensitive,
    )


def _whole(columns: Iterable[Column], table: Table) -> set[str]:
    """Columns of whole numbers: one missing value makes a column of floats of them."""
    numbers = [column for column in columns if column.kind == "number"]
    whole = {one.name for one in numbers if one.dtype.lower().startswith(("int", "uint"))}
    unsure = [one.name for one in numbers if one.name not in whole]
    if not unsure:
        return whole
    parts = {name: f"COUNT(CASE WHEN {identifier(name)} <> floor({identifier(name)}) THEN 1 END)"
             for name in unsure}  # fmt: skip
    found = table.aggregate(parts)
    return whole | {name for name in unsure if not found[name].iloc[0]}
