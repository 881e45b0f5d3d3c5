"""The business phase as a page: the canvas, the inputs, what the tables hold and how they fit."""

from __future__ import annotations

from collections.abc import Iterable

from casebook.case.sections_business import Business, Stakeholder
from casebook.formats import day, number, percent
from casebook.language import N_, _, plural
from casebook.pages.base import (
    Html,
    bullets,
    details,
    element,
    headline,
    join,
    notice,
    prose,
    state,
    table,
)
from casebook.pages.states import Kind
from casebook.phases.business import Entry, Findings
from casebook.phases.business_tables import Held, Link
from casebook.phases.business_trust import LEVELS, Trust

USES = {
    "shown to customers": N_("shown to customers"),
    "helps staff decide": N_("helps staff decide"),
    "automates internal work": N_("automates internal work"),
}
ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unsure": N_("unsure")}
_STATE: dict[str, Kind] = {"good": "ok", "care": "warning", "poor": "failed"}

_GRID = (
    ".cb .cb-canvas{display:grid;"
    "grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),1fr));"
    "gap:1px;padding:1px;margin:var(--cb-space-4) 0;max-width:48rem}"
    ".cb .cb-canvas>div{box-shadow:0 0 0 1px var(--cb-line);padding:.9rem 1rem;margin:0;"
    "min-width:0}"
    ".cb .cb-canvas .cb-wide{grid-column:1/-1}"
    ".cb .cb-canvas p{margin:0 0 .4rem;font-size:var(--cb-size-2)}"
    ".cb .cb-canvas .cb-canvas-title{color:var(--cb-muted);font-weight:600}"
    ".cb .cb-canvas ul{font-size:var(--cb-size-2);margin:0}"
)


def page(findings: Findings) -> Html:
    """Headline: what the tables can be trusted with, which days they cover, how they fit."""
    return headline(findings.headline)


def canvas(business: Business) -> Html:
    """The whole of the business on one sheet: what it is worth, what goes in, what comes out."""
    boxes = [
        _box(_("Service"), _text(business.service)),
        _box(_("Value"), _text(business.value)),
        _box(_("Who has a stake in it"), _stakeholders(business.stakeholders), wide=True),
        _box(_("What goes in"), _entering(business), wide=True),
        _box(_("How it is done today"), _text(business.today)),
        _box(_("What comes out"), _text(business.output)),
        _box(_("How it is used"), join(_use(business.use), _text(business.use_note, asked=False))),
        _box(_("When it is wrong"), _text(business.when_wrong)),
        _box(_("Who notices"), _text(business.noticed), wide=True),
    ]
    return join(element("style", Html(_GRID)), element("div", join(*boxes), class_="cb-canvas"))


def _box(title: str, body: object, *, wide: bool = False) -> Html:
    """One box of the sheet; its title is no heading, or the sheet would fill a page's contents."""
    inside = join(element("p", title, class_="cb-canvas-title"), body)
    kind = "cb-wide" if wide else None
    return element("div", inside, role="group", aria_label=title, class_=kind)


def _text(answer: str | None, *, asked: bool = True) -> Html:
    if answer:
        return element("p", answer)
    return element("p", state("unanswered")) if asked else Html("")


def _use(use: str | None) -> Html:
    return element("p", element("strong", _(USES[use])) if use else state("unanswered"))


def _stakeholders(people: Iterable[Stakeholder]) -> Html:
    lines = [
        join(element("strong", one.name), ": " if one.role else "", one.role or "",
             "; " if one.interest else "", one.interest or "",
             join(" ", state("info", _("decides"))) if one.decides == "yes" else "")
        for one in people
    ]  # fmt: skip
    return bullets(lines) if lines else element("p", state("unanswered"))


def _entering(business: Business) -> Html:
    lines = [
        join(one.name, " ", state("info", one.table) if one.table
             else state("warning", _("only a plan")))
        for one in business.inputs
    ]  # fmt: skip
    return bullets(lines) if lines else element("p", state("unanswered"))


def inputs(findings: Findings) -> Html:
    """Where data can enter: tables with what was counted, plans shown as plans."""
    names = [_("input"), _("who, how fresh"), _("keeps coming"), _("people say"),
             _("the counts say")]  # fmt: skip
    return table(names, [_input(one) for one in findings.inputs])


def _input(one: Entry) -> list[object]:
    where = state("info", one.table) if one.table else state("warning", _("only a plan"))
    plan = element("div", one.plan, class_="cb-small") if one.plan and not one.table else ""
    fresh = element("div", one.freshness, class_="cb-small") if one.freshness else ""
    level = one.measured.level if one.measured else ""
    return [
        join(one.name, element("div", where), plan),
        join(one.owner or state("unanswered"), fresh),
        _(ANSWERS[one.continues]) if one.continues else state("unanswered"),
        one.said or state("unanswered"),
        state(_STATE[level], _(LEVELS[level])) if level else _("nothing to count yet"),
    ]


def trusted(found: Trust) -> Html:
    """How far a table can be trusted, as a chip, with each fault under it."""
    faults = (element("div", fault, class_="cb-small") for fault in found.faults)
    return join(state(_STATE[found.level], _(LEVELS[found.level])), *faults)


def tables(findings: Findings) -> Html:
    """What each table holds: rows, days, key, and what speaks against it."""
    names = [_("table"), _("rows"), _("columns"), _("from"), _("to"), _("a row is named by"),
             _("how far to trust it")]  # fmt: skip
    rows = [_table(one, how) for one, how in zip(findings.tables, findings.trust, strict=True)]
    return join(table(names, rows), _gaps(findings.tables))


def _table(one: Held, how: Trust) -> list[object]:
    if one.failed:
        return [one.name, None, None, None, None, None, trusted(how)]
    return [
        one.name,
        number(one.rows, 0),
        one.columns,
        one.first,
        one.last,
        " + ".join(one.key) or _("no column or pair of columns"),
        trusted(how),
    ]


def _gaps(found: Iterable[Held]) -> Html:
    """The gaps of each table, folded."""
    rows = [
        [one.name, day(gap.first), day(gap.last), gap.days] for one in found for gap in one.gaps
    ]
    if not rows:
        return Html("")
    names = [_("table"), _("from"), _("to"), _("days")]
    return details(_("Days without a row"), table(names, rows[:60]))


def links(findings: Findings) -> Html:
    """How the tables fit: the share of rows of one whose key is in the other."""
    if not findings.links:
        return notice("empty", _("No two tables have a key in common."))
    names = [_("rows of"), _("have a partner in"), _("by"), _("share"), _("of rows")]
    missing = [link for link in findings.links if link.counted.found < link.counted.rows]
    said = plural("{n} join loses rows.", "{n} joins lose rows.", len(missing))
    return join(
        table(names, [_link(one) for one in findings.links]),
        prose(said) if missing else "",
    )


def _link(one: Link) -> list[object]:
    counted = one.counted
    way = f"{one.column} → {' → '.join(one.by)}" if one.by else one.column
    digits = 0 if counted.found in (0, counted.rows) else 1
    share = percent(counted.found / max(1, counted.rows), digits)
    return [one.table, one.target, way, share, number(counted.rows, 0)]
