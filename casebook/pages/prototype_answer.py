"""An answer of the prototype as a reader sees it: the decision, how sure it is, what is odd."""

from __future__ import annotations

from casebook.formats import number, percent
from casebook.language import _
from casebook.pages.base import Html, bullets, element, join, notice
from casebook.prototype.opened import Prototype
from casebook.prototype.texts import shown
from casebook.prototype.values import Answer, Problem, Row

_SHARES = 4  # classes whose probabilities are shown


def decision(prototype: Prototype, answer: Answer) -> Html:
    """The decision in large letters, and under it how sure it is, as words and as a bar."""
    said = element("h2", answer.sentence, class_="cb-decision-words")
    shown_ = join(said, sureness(prototype, answer))
    return element("div", shown_, class_=f"cb-decision cb-decision-{answer.decision}")


def sureness(prototype: Prototype, answer: Answer) -> Html:
    """The probability, or the interval of a number, with a bar; nothing where neither is known."""
    if answer.decision == "number":
        return _number(prototype, answer)
    if answer.probability is None:
        return element("p", _("This model says no probability."), class_="cb-small")
    if answer.decision == "class":
        return _classes(answer)
    said = _("Probability {share}", share=chance(answer.probability))
    return join(element("p", said), _bar(answer), _scale(prototype, answer))


def odd(prototype: Prototype, answer: Answer) -> Html:
    """In which ways the row is unlike all that the model has seen."""
    own = prototype.case.record.prototype.texts.unknown
    alarms = [one.sentence for one in answer.unlike if one.alarm]
    notes = [one.sentence for one in answer.unlike if not one.alarm]
    first = own or _("Take care: this is unlike what the model has learned from.")
    others = [said for said in alarms if said != own]
    told = notice("warning", bullets(others), title=first) if alarms else ""
    return join(told, element("div", bullets(notes), class_="cb-small") if notes else "")


def handed(prototype: Prototype, answer: Answer) -> Html:
    """Who decides, where the model leaves it to a person."""
    band = prototype.case.record.prototype.hand_over
    if answer.decision != "person" or answer.band is None:
        return Html("")
    words = {"low": chance(answer.band[0]), "high": chance(answer.band[1])}
    said = _("Between {low} and {high} the model does not decide.", **words)
    who = _("{name} decides.", name=band.to) if band is not None and band.to else ""
    return element("p", f"{said} {who}".strip())


def compared(
    prototype: Prototype, first: Answer | None, answer: Answer, changed: tuple[str, ...]
) -> Html:
    """What the change from the start has done: `was 62 %, now 48 %`; nothing without one.

    changed: the columns that are not as they were at the start.
    """
    if first is None or not changed or first is answer:
        return Html("")
    labels = ", ".join(prototype.field(name).label for name in changed[:3])
    more = len(changed) - 3
    what = labels if more <= 0 else _("{labels} and {n} more", labels=labels, n=more)
    before, now = (_short(one) for one in (first, answer))
    said = _("Was {before}, now {now}.", before=before, now=now)
    if first.sentence != answer.sentence:
        said = _("Was “{before}” ({was}), now “{now}” ({n}).", before=first.sentence, was=before,
                 now=answer.sentence, n=now)  # fmt: skip
    told = _("Changed: {what}.", what=what)
    return element("p", join(element("strong", said), " ", told), class_="cb-compared")


def problems(prototype: Prototype, found: tuple[Problem, ...]) -> Html:
    """Why there is no answer to what stands in the form now."""
    lines = [f"{prototype.field(one.column).label}: {one.sentence}" if one.column
             else one.sentence for one in found]  # fmt: skip
    said = join(element("p", _("The answer is to the values before.")), bullets(lines))
    return notice("warning", said, title=_("Something cannot be read yet"))


def values(prototype: Prototype, row: Row) -> tuple[tuple[str, str], ...]:
    """Labels and values of a row as a reader sees them."""
    return tuple((field.label, shown(field, row[field.column])) for field in prototype.fields
                 if field.column in row)  # fmt: skip


def chance(probability: float) -> str:
    """A probability in whole percent, never as sure as 0 or 100.

    >>> chance(0.625), chance(0.9999), chance(0.001)
    ('62%', 'over 99%', 'under 1%')
    """
    if probability < 0.01:
        return _("under {share}", share=percent(0.01, 0))
    if probability > 0.99:
        return _("over {share}", share=percent(0.99, 0))
    return percent(probability, 0)


def _short(answer: Answer) -> str:
    if answer.decision == "number":
        return number(float(answer.said))
    return str(answer.said) if answer.probability is None else chance(answer.probability)


def _yes(prototype: Prototype) -> str:
    """What a yes is called."""
    positive = prototype.model.file.positive or ""
    return prototype.case.record.prototype.texts.positive or positive


def _bar(answer: Answer) -> Html:
    """From 0 to 1: how probable a yes is, from where on it is one, where a person decides."""
    assert answer.probability is not None
    filled = _part("cb-bar-fill", 0.0, answer.probability)
    band = "" if answer.band is None else _part("cb-bar-band", answer.band[0],
                                                answer.band[1] - answer.band[0])  # fmt: skip
    mark = "" if answer.threshold is None else _part("cb-bar-mark", answer.threshold)
    return element("div", join(filled, band, mark), class_="cb-bar", aria_hidden="true")


def _part(name: str, left: float, width: float | None = None) -> Html:
    left = min(max(left, 0.0), 1.0)
    style = f"left:{100 * left:.2f}%"
    if width is not None:
        style += f";width:{100 * min(max(width, 0.0), 1.0 - left):.2f}%"
    return element("span", "", class_=name, style=style)


def _scale(prototype: Prototype, answer: Answer) -> Html:
    """What the marks of the bar say."""
    said = []
    if answer.threshold is not None:
        said.append(_("From {share} on it says “{yes}”.", share=chance(answer.threshold),
                      yes=_yes(prototype)))  # fmt: skip
    if answer.band is not None and answer.decision != "person":
        said.append(_("A person decides from {low} to {high}.",
                      low=chance(answer.band[0]), high=chance(answer.band[1])))  # fmt: skip
    return join(element("p", " ".join(said), class_="cb-small") if said else "",
                handed(prototype, answer))  # fmt: skip


def _classes(answer: Answer) -> Html:
    """The most probable classes, each with its bar."""
    rows = [
        element("div", join(element("span", name), element("span", chance(share)),
                            element("div", _part("cb-bar-fill", 0.0, share), class_="cb-bar",
                                    aria_hidden="true")), class_="cb-share")
        for name, share in answer.shares[:_SHARES]
    ]  # fmt: skip
    return element("div", join(*rows), class_="cb-shares")


def _number(prototype: Prototype, answer: Answer) -> Html:
    found = answer.interval
    if found is None:
        said = _("How far it can be off has not been measured for values of this size.")
        return element("p", said, class_="cb-small")
    words = {"low": number(found.low), "high": number(found.high),
             "share": percent(found.level, 0), "n": number(found.rows)}  # fmt: skip
    said = _("{share} of such rows lie between {low} and {high}.", **words)
    rests = _("Measured on {n} rows that the model had not seen.", **words)
    return join(element("p", said), _range(prototype, answer),
                element("p", rests, class_="cb-small"))  # fmt: skip


def _range(prototype: Prototype, answer: Answer) -> Html:
    """The number and its interval among the values that are usual."""
    found = answer.interval
    assert found is not None
    known = prototype.known.y.astype(float)
    ends = (float(known.quantile(0.01)), float(known.quantile(0.99)), found.low, found.high)
    low, high = min(ends), max(ends)
    if not high > low:
        return Html("")
    width = high - low
    inside = _part("cb-bar-fill cb-bar-between", (found.low - low) / width,
                   (found.high - found.low) / width)  # fmt: skip
    mark = _part("cb-bar-mark cb-bar-said", (float(answer.said) - low) / width)
    bar = element("div", join(inside, mark), class_="cb-bar", aria_hidden="true")
    scale = element("div", join(element("span", number(low)), element("span", number(high))),
                    class_="cb-small cb-bar-ends", aria_hidden="true")  # fmt: skip
    return join(bar, scale)
