"""What to take away of reasons, in two or three sentences."""

from __future__ import annotations

from collections.abc import Sequence

from casebook import formats
from casebook.language import _
from casebook.prototype.opened import Prototype
from casebook.prototype.shown import points_shown, share_shown, signed
from casebook.prototype.values import Contribution, Why

LEAST = 0.25
"""A reason on the other side is told where it is at least so large a part of the largest."""


def class_said(prototype: Prototype, name: str) -> str:
    """A class in the words of the record, or as the target has it."""
    file, texts = prototype.model.file, prototype.case.record.prototype.texts
    if file.positive is not None:
        own = texts.positive if name == file.positive else texts.negative
        if own:
            return f"“{own.rstrip('.')}”"
    return _("{target} = {value}", target=file.target, value=name)


def sentences(prototype: Prototype, why: Why) -> tuple[str, ...]:
    """Where it starts and ends; the strongest reasons; the strongest on the other side."""
    told = [c for c in why.contributions if _counts(c)]
    if not told:
        return (_start(prototype, why), _("No column of this row makes a difference."))
    first = told[0]
    same = [c for c in told[1:3] if c.amount * first.amount > 0 and _large(c, first)]
    other = next((c for c in told if c.amount * first.amount < 0 and _large(c, first)), None)
    found = [_start(prototype, why), _reason([first, *same[:1]], why)]
    return (*found, _reason([other], why)) if other else tuple(found)


def _large(one: Contribution, first: Contribution) -> bool:
    return abs(one.amount) >= LEAST * abs(first.amount)


def _counts(one: Contribution) -> bool:
    """Whether it is more than what sampling may do by itself, and than nothing."""
    return abs(one.amount) > max(2 * one.error, 1e-12)


def _start(prototype: Prototype, why: Why) -> str:
    n = formats.number(why.rows)
    if why.start_share is None or why.end_share is None:
        return _("The model says {end} here; on average of {n} known rows it says {start}.",
                 end=formats.number(why.end), start=formats.number(why.start), n=n)  # fmt: skip
    name = class_said(prototype, why.name)
    if prototype.model.file.positive and name.startswith("“"):
        name = _("a yes ({words})", words=name)
    told = {
        "name": name,
        "end": share_shown(why.end_share),
        "start": share_shown(why.start_share),
        "n": n,
    }
    if why.unit == "log odds":
        return _("The probability of {name} is {end} here; the typical one of {n} known rows is "
                 "{start}.", **told)  # fmt: skip
    return _("The probability of {name} is {end} here; on average of {n} known rows it is "
             "{start}.", **told)  # fmt: skip


def _reason(given: Sequence[Contribution], why: Why) -> str:
    """One or two reasons of one direction."""
    up = given[0].amount > 0
    if len(given) > 1:
        told = {"first": _named(given[0]), "second": _named(given[1])}
        if why.end_share is None:
            return (_("{first} and {second} raise it.", **told) if up
                    else _("{first} and {second} lower it.", **told))  # fmt: skip
        return (_("{first} and {second} speak for it.", **told) if up
                else _("{first} and {second} speak against it.", **told))  # fmt: skip
    told = {"first": _named(given[0])}
    if why.end_share is None:
        return _("{first} raises it.", **told) if up else _("{first} lowers it.", **told)
    return _("{first} speaks for it.", **told) if up else _("{first} speaks against it.", **told)


def _named(one: Contribution) -> str:
    told = {"column": one.label, "value": one.shown}
    if one.points is None:
        return _("{column} = {value} ({amount})", amount=signed(one.amount), **told)
    return _("{column} = {value} ({points} points of probability)",
             points=points_shown(one.points), **told)  # fmt: skip
