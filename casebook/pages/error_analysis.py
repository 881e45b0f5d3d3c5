"""The error analysis as a page."""

from __future__ import annotations

from casebook.formats import number
from casebook.language import _
from casebook.pages.base import Html, details, headline, join, prose, table
from casebook.phases.error_analysis import Findings, slice_text


def page(findings: Findings) -> Html:
    """Headline and what was looked at."""
    if findings.candidate is None:
        return headline(findings.headline)
    looked = _("Looked at: the {name} on {n} rows that it had not seen.",
               name=findings.title, n=number(findings.rows))  # fmt: skip
    return join(
        headline(findings.headline), prose(" ".join(filter(None, [looked, findings.sample])))
    )


def slices(findings: Findings) -> Html:
    """The slices with their excess loss on rows that did not find them."""
    rows = [
        [slice_text(item), item.rows, item.loss, item.rest, item.excess,
         _("confirmed") if item.confirmed else _("not confirmed")]
        for item in findings.slices
    ]  # fmt: skip
    names = [
        _("slice"),
        _("rows"),
        findings.loss_name,
        _("elsewhere"),
        _("excess"),
        _("on other rows"),
    ]
    return details(_("All slices that were tested"), table(names, rows))


def examples(findings: Findings) -> Html:
    """The rows with the greatest errors."""
    if not findings.examples:
        return Html("")
    names = [_("truth"), _("prediction"), *(name for name, _value in findings.examples[0].values)]
    rows = [
        [item.truth, item.predicted, *(value for _name, value in item.values)]
        for item in findings.examples
    ]
    return details(_("The rows it was most wrong about"), table(names, rows), opened=True)
