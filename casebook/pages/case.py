"""The brief: the whole case on one page."""

from __future__ import annotations

from casebook.language import _
from casebook.pages.base import (
    Card,
    Html,
    bullets,
    cards,
    details,
    headline,
    join,
    link,
    prose,
    section,
    state,
)
from casebook.phases.case import Findings, Standing


def page(findings: Findings) -> Html:
    """Headline, the case in one paragraph, and its numbers."""
    return join(
        headline(findings.headline),
        prose(*filter(None, [findings.summary, findings.goal])),
        cards(
            [
                Card(_("rows"), findings.rows),
                Card(_("columns"), findings.columns),
                Card(_("questions not answered"), findings.unanswered,
                     _("of {n}", n=findings.questions)),
            ]
        ),
    )  # fmt: skip


def phases(findings: Findings) -> Html:
    """Each phase: its question, what it found, what is open."""
    return join(*(_phase(standing) for standing in findings.phases))


def _phase(standing: Standing) -> Html:
    name = link(f"{standing.name}.html", standing.title) if standing.ran else standing.title
    waiting = _("has not run yet") if standing.built else _("has no notebook in this version")
    found = bullets(standing.headline) if standing.ran else state("empty", waiting)
    open_ones = (
        details(_("Not answered yet"), bullets(standing.unanswered)) if standing.unanswered else ""
    )
    return section(name, prose(standing.question), found, open_ones)
