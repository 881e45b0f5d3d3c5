"""Has a prediction value: what deciding by it saves, by the record's value matrix."""

from __future__ import annotations

from casebook.evidence.base import Found, NotApplicable, Picture, Point
from casebook.evidence.context import Context
from casebook.evidence.worth import Saving, saving
from casebook.formats import interval, percent
from casebook.language import _


def gather(context: Context) -> Found | NotApplicable:
    """The saving of 1,000 decisions with its interval."""
    found = saving(context)
    if isinstance(found, NotApplicable):
        return found
    low, high = found.per_decision.low, found.per_decision.high
    outcome = "unclear"
    if low is not None and high is not None:
        outcome = "yes" if low > 0 else "no" if high <= 0 else "unclear"
    point = Point(found.model, 1000 * found.per_decision.value, _thousand(low), _thousand(high))
    alt = _("What 1,000 decisions by the model save; zero is deciding always the same.")
    return Found(outcome, _sentence(found), _facts(found),
                 Picture("intervals", (point,), 0.0, found.unit, alt))  # fmt: skip


def _thousand(value: float | None) -> float | None:
    return None if value is None else 1000 * value


def _sentence(found: Saving) -> str:
    saved = interval(found.per_decision, 1000)
    return _(
        "1,000 decisions by the {model} save {saved} ({unit}) against always deciding '{always}'.",
        model=found.model, saved=saved, unit=found.unit or _("no unit named"), always=found.always,
    )  # fmt: skip


def _facts(found: Saving) -> tuple[tuple[str, str], ...]:
    names = (_("Rightly yes"), _("Wrongly yes"), _("Wrongly no"), _("Rightly no"))
    return tuple((name, percent(share)) for name, share in zip(names, found.confusion, strict=True))
