"""Which form a column may have, by a sample of its values; whether it has is checked elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from casebook.tables.dates import other_order, time_forms
from casebook.tables.evidence import TextColumn
from casebook.tables.forms import Form, truth
from casebook.tables.guess import Guess
from casebook.tables.numeric import is_grouped, number_forms

if TYPE_CHECKING:
    from casebook.case import TableSource

_NEARLY = 0.95


def propose(
    guesses: Sequence[Guess], source: TableSource, decimal: str | None
) -> tuple[list[Guess], str | None]:
    """The guesses with a form each, or settled as text; and the decimal mark where one is known.

    A column that leaves no doubt about the decimal comma tells how the others are to be read.
    """
    proposed = [_proposed(guess, source, decimal) for guess in guesses]
    if decimal is None and _decimal_comma(proposed):
        decimal = ","
        proposed = [_proposed(guess, source, decimal) for guess in guesses]
    return proposed, decimal


def _proposed(guess: Guess, source: TableSource, decimal: str | None) -> Guess:
    column, values = guess.column, guess.values
    forms = _forms(column, values, source, decimal)
    if not forms and column.type is None and "number" in column.guess:
        forms = _nearly(values, source)
    if not forms or (forms[0] == guess.tried and column.type is None):
        return replace(guess, form=None, other=None, settled=True)
    form = forms[0]
    either = form.order in ("day", "month") and source.day_first is None
    other = other_order(form, values) if either else None
    return replace(guess, form=form, other=other)


def _forms(
    column: TextColumn, values: Sequence[str], source: TableSource, decimal: str | None
) -> list[Form]:
    """The forms that fit all values of the sample (with a stated type: most of them)."""
    kinds = (column.type,) if column.type else column.guess
    if not values or "text" in kinds:
        return []
    if "boolean" in kinds and (form := truth(values, stated=column.type == "boolean")):
        return [form]
    if "time" in kinds:
        forms = time_forms(values, column.name, stated=column.type == "time")
        forms = [form for form in forms if _order_allowed(form, source.day_first)]
        if forms:
            return forms
    if "number" in kinds:
        return _numbers(values, source, decimal, stated=column.type == "number")
    return []


def _nearly(values: Sequence[str], source: TableSource) -> list[Form]:
    """The form of numbers that nearly all values have, to count and to say what speaks against it.

    Invoices are numbered, and cancelled ones begin with a C.
    """
    forms = number_forms(values, source.decimal, source.thousands)
    best = max(forms, key=lambda form: form.share(values), default=None)
    return [best] if best is not None and best.share(values) >= _NEARLY else []


def _order_allowed(form: Form, day_first: bool | None) -> bool:
    return (
        day_first is None
        or form.order not in ("day", "month")
        or (form.order == ("day" if day_first else "month"))
    )


def _numbers(
    values: Sequence[str], source: TableSource, decimal: str | None, *, stated: bool
) -> list[Form]:
    """The forms of numbers that fit; those with a comma first where another column needs it."""
    forms = number_forms(values, source.decimal, source.thousands)
    if decimal == "," and is_grouped(values, "."):
        forms = [form for form in forms if ",5" in form.name] or forms
    elif decimal == "," and source.decimal is None and is_grouped(values, ","):
        forms = sorted(forms, key=lambda form: ",5" not in form.name)
    fitting = [form for form in forms if form.matches(values)]
    if not fitting and stated and forms:
        return [max(forms, key=lambda form: form.share(values))]
    return fitting


def _decimal_comma(guesses: Sequence[Guess]) -> bool:
    """Whether some column leaves no doubt that the comma is the decimal mark."""
    return any(
        guess.form is not None
        and guess.form.type == "number"
        and ",5" in guess.form.name
        and not is_grouped(guess.values, ",")
        and any("," in value for value in guess.values)
        for guess in guesses
    )
