"""A change, or that there is none, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from casebook import formats
from casebook.language import _
from casebook.prototype.opened import Prototype
from casebook.prototype.shown import share_shown
from casebook.prototype.values import Answer
from casebook.prototype.why_words import class_said


def sentence(
    prototype: Prototype, changed: Sequence[tuple[str, str, str]], after: Answer, *, real: bool
) -> str:
    """What would be said if the columns had their new values."""
    parts = [
        _("{column} were {new} instead of {old}", column=prototype.field(name).label, old=old,
          new=new)
        for name, old, new in changed
    ]  # fmt: skip
    listed = parts[0]
    for part in parts[1:]:
        listed = _("{first} and {second}", first=listed, second=part)
    told = _("If {changes}, the model would say {said}.", changes=listed,
             said=_said(prototype, after))  # fmt: skip
    if real:
        return told
    return told + " " + _("No known row is like that: take it with care.")


def _said(prototype: Prototype, after: Answer) -> str:
    if after.decision == "number":
        return formats.number(float(after.said))
    said = class_said(prototype, str(after.said))
    if after.probability is None:
        return said
    if prototype.model.file.positive is None:
        return _("{said} ({share})", said=said, share=share_shown(after.probability))
    share = share_shown(after.probability)
    return _("{said} (probability of a yes {share})", said=said, share=share)


def none_sentence(answer: Answer) -> str:
    """That nothing which is allowed turns the decision."""
    if answer.decision == "number":
        return _("No allowed change of up to three columns brings the number into that range.")
    return _("No allowed change of up to three columns turns the decision.")


def unturned(answer: Answer) -> str:
    """That there is nothing to turn."""
    if answer.decision != "number":
        return _("There is no decision to turn.")
    return _("For a number, say between which values it should come; it is not outside of them "
             "now, or none are given.")  # fmt: skip
