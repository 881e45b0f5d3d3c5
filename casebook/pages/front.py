"""The front page of a run: `index.html`."""

from __future__ import annotations

from collections.abc import Sequence

from casebook import formats
from casebook.formats import day, number
from casebook.language import N_, _, plural, using
from casebook.pages.base import (
    Html,
    bullets,
    details,
    element,
    headline,
    html,
    join,
    key_values,
    link,
    notice,
    state,
)
from casebook.pages.document import document
from casebook.pages.front_page import (
    CardStatus,
    Failure,
    FeedbackCount,
    FrontPage,
    ModelSummary,
    OpenQuestions,
    PhaseCard,
    RunStatus,
    TableSummary,
)
from casebook.pages.states import Kind

__all__ = [
    "CardStatus",
    "Failure",
    "FeedbackCount",
    "FrontPage",
    "ModelSummary",
    "OpenQuestions",
    "PhaseCard",
    "RunStatus",
    "TableSummary",
    "duration",
    "front_page",
]

_FOLD_QUESTIONS_FROM = 6

_RUN: dict[RunStatus, tuple[Kind, str]] = {
    "ok": ("ok", N_("Complete")),
    "failed": ("failed", N_("Not everything worked")),
    "stopped": ("warning", N_("Stopped before its end")),
    "lost": ("warning", N_("Ended without a word")),
    "running": ("computing", N_("Still computing")),
    "no_go": ("warning", N_("Stopped by a decision")),
}

_CARD: dict[CardStatus, tuple[Kind, str]] = {
    "failed": ("failed", N_("Failed")),
    "skipped": ("empty", N_("Left out")),
    "not_run": ("empty", N_("Not run")),
    "stopped": ("warning", N_("Stopped")),
    "running": ("computing", N_("Computing")),
    "stale": ("stale", N_("Out of date")),
}


def front_page(page: FrontPage) -> str:
    """The HTML document of a run's front page; it works from disk, without a network."""
    top = _top(page) if page.headline else None
    with using(page.language):
        return document(
            "front.html.j2",
            scripts=False,
            language=page.language,
            page=page,
            title=page.title or page.name,
            facts=_facts(page),
            takeaway=headline(page.headline) if page.headline else "",
            picture=Html(top.picture) if top else "",
            failures=_failures(page.failures),
            cards=[_card(card, on_top=card is top) for card in page.cards],
            questions=_questions(page.unanswered),
            questions_said=_questions_said(page.unanswered),
            tables=[_table(table) for table in page.tables],
            model=_model(page.model) if page.model else "",
            feedback=_feedback(page.feedback) if page.feedback else "",
            run=_run(page),
            parameters=key_values(page.parameters) if page.parameters else "",
            versions=key_values(page.versions) if page.versions else "",
        )


def duration(seconds: float) -> str:
    """A time that something took, in words.

    >>> duration(0.4), duration(75), duration(7320)
    ('0.4 s', '1 min 15 s', '2 h 2 min')
    """
    whole = round(seconds)
    if seconds < 10:
        return _("{n} s", n=number(seconds, 1))
    if whole < 60:
        return _("{n} s", n=whole)
    if whole < 3600:
        return _("{m} min {s} s", m=whole // 60, s=whole % 60)
    return _("{h} h {m} min", h=whole // 3600, m=whole % 3600 // 60)


def _facts(page: FrontPage) -> list[Html]:
    kind, text = _RUN[page.status]
    facts = [state(kind, _(text))]
    if page.started is not None:
        facts.append(html(day(page.started)))
    if page.as_of is not None:
        facts.append(html(_("as the data stood on {day}", day=day(page.as_of))))
    if page.owner:
        facts.append(html(page.owner))
    return facts


def _failures(failures: Sequence[Failure]) -> Html:
    return join(*(_failure(failure) for failure in failures))


def _failure(failure: Failure) -> Html:
    where = failure.phase
    if failure.cell is not None:
        where = _("{phase}, cell {cell}", phase=failure.phase, cell=failure.cell)
    title = link(failure.link, where) if failure.link else where
    return notice("failed", failure.error, title=title)


def _top(page: FrontPage) -> PhaseCard | None:
    """The card whose picture opens the page: the symptom's, as it is what the case is about."""
    return next((card for card in page.cards if card.stem == "symptom" and card.picture), None)


def _card(card: PhaseCard, *, on_top: bool) -> Html:
    number_shown = element("span", f"{card.number:02d}", class_="number")
    title = link(card.link, card.title) if card.link else html(card.title)
    mark = _CARD.get(card.status)
    top = join(element("h3", join(number_shown, title)), state(mark[0], _(mark[1])) if mark else "")
    words = join(
        element("div", top, class_="card-top"),
        element("p", card.question, class_="question"),
        _said(card),
        _foot(card),
    )
    shown = card.more if on_top else card.picture
    picture = element("div", Html(shown), class_="card-picture") if shown else ""
    return element("article", join(element("div", words), picture), class_="card")


def _said(card: PhaseCard) -> Html:
    """What a phase found, large; what kept it from finding anything, as plain text."""
    if card.status in ("ok", "stale"):
        return headline(card.headline)
    sentences = (formats.sentence(text) for text in card.headline)
    return join(*(element("p", text, class_="cb-lead why") for text in sentences))


def _foot(card: PhaseCard) -> Html:
    if not card.link:
        return Html("")
    # The title is the link; these words only say so to the eye.
    read = element("span", join(_("Read this phase"), " →"), aria_hidden="true")
    took = element("span", duration(card.seconds)) if card.seconds is not None else ""
    return element("div", join(read, took), class_="read")


def _questions_said(groups: Sequence[OpenQuestions]) -> str:
    n = sum(len(group.questions) for group in groups)
    return plural(
        "{n} question of the record waits for a person.",
        "{n} questions of the record wait for a person.",
        n,
    )


def _questions(groups: Sequence[OpenQuestions]) -> Html:
    many = sum(len(group.questions) for group in groups) >= _FOLD_QUESTIONS_FROM
    shown = (_group(group, folded=many) for group in groups if group.questions)
    return join(*shown)


def _group(group: OpenQuestions, *, folded: bool) -> Html:
    name = f"{group.phase} ({len(group.questions)})"
    more = element("p", link(group.link, group.phase), class_="cb-small") if group.link else ""
    return details(name, join(bullets(group.questions), more), opened=not folded)


def _model(model: ModelSummary) -> Html:
    shown = bullets(link(address, words) for address, words in model.links)
    return join(element("p", model.sentence), shown)


def _feedback(count: FeedbackCount) -> Html:
    """Counts alone: what people said is shown where somebody asks for it."""
    if count.problem:
        return notice("warning", count.problem, title=_("Feedback could not be counted"))
    said = join(element("p", _feedback_said(count), class_="cb-lead"), _feedback_kinds(count))
    if not count.waiting:
        return said
    waits = plural(
        "{n} more waits in a file until the store can be written.",
        "{n} more wait in files until the store can be written.",
        count.waiting,
        n=number(count.waiting),
    )
    return join(said, notice("warning", waits))


def _feedback_said(count: FeedbackCount) -> str:
    n = number(count.stored)
    if count.since is None:
        return plural("{n} answer so far.", "{n} answers so far.", count.stored, n=n)
    return plural(
        "{n} answer since the run of {day}.",
        "{n} answers since the run of {day}.",
        count.stored,
        n=n,
        day=day(count.since),
    )


def _feedback_kinds(count: FeedbackCount) -> Html:
    kinds = (
        (_("Right"), count.right),
        (_("Wrong"), count.wrong),
        (_("Wrong, with a correction"), count.corrected),
        (_("Comment alone"), count.comments),
    )
    return key_values([(name, number(n)) for name, n in kinds if n]) if count.stored else Html("")


def _table(table: TableSummary) -> Html:
    facts: list[tuple[object, object]] = [(_("Source"), table.source)]
    facts.append((_("Size"), _size(table)))
    if table.first_day is not None and table.last_day is not None:
        facts.append((_("Period"), f"{day(table.first_day)} – {day(table.last_day)}"))
    facts += _left_out(table)
    if table.fingerprint:
        mark = element(
            "span", table.fingerprint[:16], class_="fingerprint", title=table.fingerprint
        )
        facts.append((_("Fingerprint"), mark))
    guessed = details(_("What was assumed when it was read"), bullets(table.assumptions))
    parts = join(element("h3", table.name), key_values(facts), guessed if table.assumptions else "")
    return element("div", parts)


def _size(table: TableSummary) -> str:
    rows = plural("{rows} row", "{rows} rows", table.rows, rows=number(table.rows))
    columns = plural("{n} column", "{n} columns", table.columns)
    return f"{rows}, {columns}"


def _left_out(table: TableSummary) -> list[tuple[object, object]]:
    facts: list[tuple[object, object]] = []
    if table.filtered_out:
        said = _("{n} rows, by {filter}", n=number(table.filtered_out), filter=table.filter)
        facts.append((_("Filtered out"), said))
    if table.after_as_of:
        said = _("{n} rows after the day of the report", n=number(table.after_as_of))
        facts.append((_("Not yet there"), said))
    if table.rejected:
        said = _("{n} lines, kept in {file}", n=number(table.rejected), file=table.rejects_file)
        facts.append((_("Could not be read"), state("warning", said)))
    return facts


def _run(page: FrontPage) -> Html:
    facts: list[tuple[object, object]] = []
    if page.run_id:
        facts.append((_("Identity"), page.run_id))
    if page.started is not None:
        facts.append((_("Started"), page.started))
    if page.seconds is not None:
        facts.append((_("Took"), duration(page.seconds)))
    return key_values(facts) if facts else Html("")
