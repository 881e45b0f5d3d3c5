"""The feasibility phase as a page: the verdict and why, then the checklist with its evidence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache

from casebook.evidence.base import Evidence, Picture
from casebook.figures.feasibility import small_figure
from casebook.formats import day
from casebook.language import N_, _, current
from casebook.pages.base import (
    Html,
    bullets,
    details,
    element,
    html,
    join,
    key_values,
    notice,
    prose,
    sentence,
    state,
)
from casebook.pages.states import Kind
from casebook.phases.feasibility import Check, Findings

ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unsure": N_("unsure")}
OUTCOMES = {
    "yes": N_("the data say yes"),
    "no": N_("the data say no"),
    "unclear": N_("the data cannot tell"),
    "none": N_("only a person can say"),
}
VERDICTS = {
    "go": N_("Go: machine learning is worth trying."),
    "rule first": N_("A rule first: something simpler may be enough."),
    "collect data first": N_("Collect data first: they do not carry a model yet."),
    "stop": N_("Stop: something stands in the way of machine learning."),
}
_COLOURS = {"go": "go", "rule first": "rule", "collect data first": "collect", "stop": "stop"}
_FAVOURABLE = {(True, "yes"), (False, "no")}


def page(findings: Findings) -> Html:
    """The verdict with its reasons, and what keeps models from being fitted."""
    stopped = findings.cannot_fit
    return join(
        verdict(findings),
        notice("cannot_tell", stopped) if stopped else "",
        prose(findings.sample) if findings.sample else "",
    )


def verdict(findings: Findings) -> Html:
    """The verdict, large, why it is so, and what it rests on."""
    said = element("p", _(VERDICTS[findings.verdict]), class_="cb-headline")
    overruled = findings.override is not None
    reasons = findings.reasons[1:] if overruled else findings.reasons
    parts = join(
        said,
        notice("warning", findings.reasons[0], title=_("Overruled")) if overruled else "",
        bullets(sentence(reason) for reason in reasons),
        element("p", _progress(findings), class_="cb-small"),
    )
    return element("div", parts, class_=f"cb-verdict cb-verdict-{_COLOURS[findings.verdict]}")


def _progress(findings: Findings) -> str:
    total = len(findings.checks)
    done = total - findings.unanswered
    if findings.rests_on == "evidence":
        return _("The verdict rests on the data alone; none of {all} signs is answered.", all=total)
    return _("The verdict rests on answers and data; {n} of {all} signs are answered.",
             n=done, all=total)  # fmt: skip


def checklist(findings: Findings, signature: tuple[str, str] | None = None) -> Html:
    """Every sign: its question, what the data say with a small picture, and the answer.

    signature: who signed that it is ethically acceptable, and why.
    """
    signed_for = {"unethical": _signature(signature)} if signature else {}

    def group(good: bool, title: str) -> Html:
        chosen = (check for check in findings.checks if check.good == good)
        rows = (row(one, findings.blocking, signed_for.get(one.sign)) for one in chosen)
        return join(element("h2", title, class_="cb-group"), *rows)

    both = join(group(True, for_learning()), group(False, against_learning()))
    return element("div", both, class_="cb-checklist")


def _signature(signature: tuple[str, str]) -> Html:
    who, reason = signature
    said = _("Signed by {who}: {reason}", who=who, reason=reason)
    return element("p", said, class_="cb-check-note")


def for_learning() -> str:
    """What the good signs are called together."""
    return _("Signs for machine learning")


def against_learning() -> str:
    """What the bad signs are called together."""
    return _("Signs against it")


def row(check: Check, blocking: Collection[str] = (), more: Html | None = None) -> Html:
    """One sign with its evidence and its answer. more: what is said under that."""
    inside = join(about(check, blocking), answer(check), more or "")
    return element("article", inside, class_="cb-check")


def about(check: Check, blocking: Collection[str] = ()) -> Html:
    """One sign without its answer: title and question, what the data say, what is folded."""
    shown = element("p", marks(check, blocking), class_="cb-check-marks")
    return join(asked(check), shown, evidence(check))


def asked(check: Check) -> Html:
    """The title of a sign and the question that it asks."""
    question = element("p", check.question, class_="cb-check-question") if check.question else ""
    return join(element("h3", check.title, class_="cb-check-title"), question)


def evidence(check: Check) -> Html:
    """What the data say of a sign, with a small picture; the facts are folded."""
    more = details(_("What this rests on"), _facts(check)) if _has_facts(check) else ""
    said = element("p", sentence(check.sentence), class_="cb-check-sentence")
    return element("div", join(said, _picture(check), more), class_="cb-check-body")


def marks(check: Check, blocking: Collection[str] = ()) -> Html:
    """What the data say of a sign, in a word, and whether it stands in the way."""
    stands = state("failed", _("stands in the way")) if check.sign in blocking else ""
    return join(state(_kind(check), _(OUTCOMES[check.outcome])), stands)


def _kind(check: Check) -> Kind:
    if check.outcome == "none":
        return "empty"
    if check.outcome == "unclear":
        return "cannot_tell"
    return "ok" if (check.good, check.outcome) in _FAVOURABLE else "warning"


def answer(check: Check) -> Html:
    """What a person answered, and whether the data say otherwise."""
    if check.answer is None and not check.note:
        return element("p", state("unanswered"), class_="cb-check-answer")
    said = _(ANSWERS[check.answer]) if check.answer else _("not answered")
    against = state("warning", _("the data say otherwise")) if check.contradicts else ""
    parts = join(
        element("span", _("Answer:"), class_="cb-small"), " ", element("strong", said), " ",
        against, element("span", signed(check.by, check.on), class_="cb-small"),
    )  # fmt: skip
    note = element("p", check.note, class_="cb-check-note") if check.note else ""
    return join(element("p", parts, class_="cb-check-answer"), note)


def signed(by: str | None, on: str | None) -> str:
    """Who and when, as ` Kim, Nov 22, 2026`; empty where nobody is named."""
    when = day(date.fromisoformat(on)) if on else None
    return "".join(f" {part}" for part in (", ".join(filter(None, (by, when))),) if part)


def _has_facts(check: Check) -> bool:
    return len(check.evidence) > 1 or any(item.facts for item in check.evidence)


def _facts(check: Check) -> Html:
    """Each piece of evidence under its title; the sentence of the row is not said twice."""
    return join(*(_piece(item, check) for item in check.evidence))


def _piece(item: Evidence, check: Check) -> Html:
    first = item.sentence == check.sentence
    titled = element("p", element("strong", item.title)) if len(check.evidence) > 1 else ""
    said = "" if first else element("p", sentence(item.reason or item.sentence))
    shown = Html("") if first else _drawn(item.picture, item.title)
    facts = key_values((label, html(text)) for label, text in item.facts) if item.facts else ""
    return element("div", join(titled, said, shown, facts), class_="cb-check-piece")


def _picture(check: Check) -> Html:
    """The small picture of the evidence whose sentence the row shows."""
    own = (item for item in check.evidence if item.sentence == check.sentence)
    return _drawn(next((item.picture for item in own if item.picture), None), check.title)


def _drawn(picture: Picture | None, name: str) -> Html:
    return Html("") if picture is None else _drawn_once(picture, name, current())


@lru_cache(maxsize=128)
def _drawn_once(picture: Picture, name: str, _language: str) -> Html:
    """A small picture; a panel shows the same one live and static."""
    figure = small_figure(picture, name)
    if figure is None:
        return Html("")
    return element("div", Html(figure.svg()), class_="cb-small-picture")
