"""What the prototype's answers may be trusted with, as a page."""

from __future__ import annotations

from casebook.formats import interval, number
from casebook.language import _
from casebook.pages.base import Html, details, headline, join, prose, table
from casebook.phases.prototype import Findings
from casebook.phases.prototype_values import Told
from casebook.stats.estimate import Estimate


def page(findings: Findings) -> Html:
    """Headline, what it was measured on, and the tables of what was found."""
    if findings.candidate is None:
        return headline(findings.headline)
    measured = _("The {name}, on {n} rows that it had not seen.",
                 name=findings.title, n=number(findings.rows))  # fmt: skip
    texts = [measured, findings.how, findings.refitted, findings.sample]
    return join(
        headline(findings.headline),
        prose(" ".join(filter(None, texts))),
        told(findings),
        widths(findings),
    )


def told(findings: Findings) -> Html:
    """What would be said of how many rows, and how often it is right."""
    if not findings.told:
        return Html("")
    rows = [[_what(one), _share(one.share), _share(one.right)] for one in findings.told]
    names = [_("answer"), _("of the rows"), _("of these right")]
    return details(
        _("What it says of how many rows"), table(names, rows, numeric=(1, 2)), opened=True
    )


def _share(one: Estimate | None) -> str:
    return "–" if one is None else interval(one, 100, "%")


def _what(one: Told) -> str:
    if one.decision != "person":
        return one.words or one.name
    return _("a person: {name}", name=one.name) if one.name else _("a person")


def widths(findings: Findings) -> Html:
    """How wide intervals are and how often they held, for each size of prediction."""
    conformal = findings.trust.conformal
    if conformal is None:
        return Html("")
    sizes = [[_size(one.up_to), one.half, one.rows] for one in conformal.widths]
    held = [[_size(one.up_to), one.half, _share(one.covered)] for one in findings.sized]
    first = table([_("prediction"), _("plus or minus"), _("errors that it rests on")], sizes,
                  caption=_("The intervals that answers show"))  # fmt: skip
    names = [_("prediction"), _("plus or minus"), _("held on the other half")]
    said = _("The check: intervals by one half of the rows")
    second = table(names, held, numeric=(1, 2), caption=said)
    return details(_("Intervals by the size of the prediction"), join(first, second))


def _size(up_to: float | None) -> str:
    return _("greater") if up_to is None else _("up to {value}", value=number(up_to))
