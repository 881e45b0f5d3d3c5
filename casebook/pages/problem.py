"""The problem phase as a page: hypotheses, the tree as a list, solutions, themes of interviews."""

from __future__ import annotations

from casebook.formats import interval, sentence
from casebook.language import _
from casebook.pages.base import (
    Html,
    bullets,
    details,
    element,
    headline,
    join,
    notice,
    prose,
    section,
    state,
    table,
)
from casebook.pages.states import Kind
from casebook.phases.problem import Claim, Findings
from casebook.phases.problem_interviews import Theme
from casebook.phases.problem_tree import Box, days_said
from casebook.phases.problem_words import KINDS, SOLUTIONS, STATES, VERDICTS

_STATE: dict[str, Kind] = {
    "supports": "ok",
    "does not support": "empty",
    "cannot tell": "cannot_tell",
}


def page(findings: Findings) -> Html:
    """Headline, and how it was measured, folded."""
    measured = details(_("How this was measured"), bullets(findings.notes))
    return join(headline(findings.headline), measured)


def hypotheses(findings: Findings) -> Html:
    """Each hypothesis with the word of the data, what was measured, and what people conclude."""
    if not findings.hypotheses:
        return notice("unanswered", _("The record holds no hypothesis yet."))
    names = [_("hypothesis"), _("the data"), _("what was measured"), _("people conclude")]
    return table(names, [_claim(one) for one in findings.hypotheses])


def verdict(word: str) -> Html:
    """What the data say, as a chip."""
    return state(_STATE[word], _(VERDICTS[word]))


def _claim(one: Claim) -> list[object]:
    by = element("div", one.by, class_="cb-small") if one.by else ""
    if one.tested is None:
        told: object = state("unanswered", _("tied to no comparison"))
    else:
        told = verdict(one.tested.verdict)
    measured = join(one.sentence, element("div", _details(one), class_="cb-small"))
    concluded: object = state("unanswered") if one.conclusion is None else _(one.conclusion)
    if one.disagrees:
        concluded = state("warning", join(concluded, ": ", _("not what the data say")))
    return [join(one.statement, by), told, measured, concluded]


def _details(one: Claim) -> str:
    """The comparison as the record has it, and what was kept together."""
    found = one.tested
    if found is None:
        return ""
    against = found.against or _("all others")
    said = _("{outcome}: {group} against {against}", outcome=found.outcome, group=found.group,
             against=against)  # fmt: skip
    if found.where:
        said = _("{comparison}, where {condition}", comparison=said, condition=found.where)
    if found.left_out:
        left = _("{n:,} rows without the outcome are left out", n=found.left_out)
        return f"{said}; {one.together}; {left}."
    return f"{said}; {one.together}."


def tree(findings: Findings) -> Html:
    """The tree as a list within lists, with evidence and expected effects, folded."""
    if not findings.tree:
        return notice("unanswered", _("The problem tree is empty."))
    said = dict(zip((box.id for box in findings.tree), findings.said, strict=True))
    under: dict[str | None, list[Box]] = {}
    for box in findings.tree:
        under.setdefault(box.parent, []).append(box)

    def listed(parent: str | None) -> Html:
        items = [join(_box(box, said[box.id]), listed(box.id)) for box in under.get(parent, ())]
        return bullets(items)

    return details(_("The tree as a list"), listed(None))


def _box(box: Box, said: str) -> Html:
    kind = element("span", _(KINDS[box.kind]), class_="cb-small")
    return join(kind, " ", box.text, f" – {said}" if said else "")


def solutions(findings: Findings) -> Html:
    """Solutions side by side: kind, effort, expected effect, who, how far."""
    rows = [
        [
            box.text,
            _(SOLUTIONS[box.solution]) if box.solution else state("unanswered"),
            days_said(box.effort_days) if box.effort_days is not None else None,
            said or _("no size of a cause to compute it from"),
            box.owner,
            _(STATES[box.status]),
        ]
        for box, said in zip(findings.tree, findings.said, strict=True)
        if box.kind == "solution"
    ]
    if not rows:
        return notice("unanswered", _("The problem tree names no solution yet."))
    names = [_("solution"), _("kind"), _("effort"), _("expected effect"), _("who"), _("how far")]
    return table(names, rows)


def themes(findings: Findings) -> Html:
    """Which words each theme was counted by, how often each was met, and examples."""
    counted = findings.interviews
    if counted is None:
        return notice("empty", _("The record names no table of notes from interviews."))
    rows = [_theme(theme) for theme in counted.themes]
    names = [_("theme"), _("notes"), _("share"), _("words, and notes that each is in"),
             _("for instance")]  # fmt: skip
    often = ", ".join(f"{word} ({n})" for word, n in counted.often)
    parts = [
        table(names, rows) if rows else notice("unanswered", _("The record names no theme yet.")),
        prose(_("In {n} of {all} notes there is no theme.", n=counted.untouched,
                all=counted.notes)),
        prose(_("Words that come again in them: {words}.", words=often)) if often else "",
        prose(_("A word counts where it begins a word of the note, in Hangul anywhere; the "
                "intervals are right only if those asked were drawn at random.")),
    ]  # fmt: skip
    return details(_("How the notes were counted"), join(*parts))


def _theme(theme: Theme) -> list[object]:
    words = ", ".join(f"{word} ({n})" for word, n in theme.words)
    examples = join(*(element("div", f"“{text}”", class_="cb-small") for text in theme.examples))
    return [theme.name, theme.notes, interval(theme.share, 100, "%"), words, examples]


def symptom(findings: Findings) -> Html:
    """What the symptom phase found, where it has run: the tree starts from it."""
    if not findings.symptom:
        return notice("empty", _("02_symptom has not run yet: its findings are not here."))
    return section(_("The symptom"), prose(sentence(findings.symptom)))
