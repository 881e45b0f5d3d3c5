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
    there = (_phase(standing) for standing in findings.phases if standing.built)
    later = [standing for standing in findings.phases if not standing.built]
    title = _("Asked of people only: no notebook in this version")
    asked = section(title, *(_unanswered(one, one.title) for one in later), level=2)
    return join(*there, asked if any(one.unanswered for one in later) else "")


def _phase(standing: Standing) -> Html:
    name = link(f"{standing.name}.html", standing.title) if standing.ran else standing.title
    waiting = state("empty", _("has not run yet"))
    found = bullets(standing.headline) if standing.ran else waiting
    open_ones = _unanswered(standing, _("Not answered yet"))
    return section(name, prose(standing.question), found, open_ones, level=2)


def _unanswered(standing: Standing, name: str) -> Html:
    if not standing.unanswered:
        return Html("")
    return details(f"{name} ({len(standing.unanswered)})", bullets(standing.unanswered))
