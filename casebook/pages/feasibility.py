"""The feasibility phase as a page: the checklist with its evidence."""

from __future__ import annotations

from casebook.language import N_, _
from casebook.pages.base import Html, element, headline, join, notice, prose, state, table
from casebook.phases.feasibility import Check, Findings

ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unsure": N_("unsure")}
OUTCOMES = {
    "yes": N_("the data say yes"),
    "no": N_("the data say no"),
    "unclear": N_("the data cannot tell"),
}


def page(findings: Findings) -> Html:
    """Headline, what keeps models from being fitted, and what they saw of the table."""
    stopped = findings.cannot_fit
    return join(
        headline(findings.headline),
        notice("cannot_tell", stopped) if stopped else "",
        prose(findings.sample) if findings.sample else "",
    )


def checklist(findings: Findings) -> Html:
    """Twelve signs: what the data say beside what a person answered."""
    names = [_("sign"), _("what the data say"), _("answer"), _("note")]
    good = [_row(item) for item in findings.checks if item.good]
    bad = [_row(item) for item in findings.checks if not item.good]
    both = join(
        table(names, good, caption=_("Signs for machine learning")),
        table(names, bad, caption=_("Signs against it")),
    )
    return element("div", both, class_="cb-checklist")


def _row(item: Check) -> list[object]:
    known = OUTCOMES.get(item.outcome)  # nothing where only a person can say
    said = join(element("strong", _(known)), ". ", item.sentence) if known else item.sentence
    answer = state("unanswered") if item.answer is None else _(ANSWERS[item.answer])
    note = " – ".join(text for text in (item.note, item.by) if text)
    return [item.title, said, answer, note]
