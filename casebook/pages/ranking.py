"""Who comes first: rows by their need, a line under those that people can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casebook.formats import day, number, percent
from casebook.language import _, plural
from casebook.models.about import Cell
from casebook.pages.base import Html, headline, join, prose, table
from casebook.prototype.ranking import Ranked, Ranking


def page(found: Ranking) -> Html:
    """The sentences, the rows that people get to, and those after them."""
    acted = [one for one in found.rows if one.place.act]
    others = [one for one in found.rows if not one.place.act]
    parts = [
        listed(acted, plural("Act on this row", "Act on these {n} rows", len(acted))),
        listed(others, plural("The row after them", "The {n} rows after them", len(others))),
    ]
    if not acted:
        parts = [listed(others, plural("The first row by need", "The first {n} rows by need",
                                       len(others)))]  # fmt: skip
    return join(headline(summary(found)), *parts, prose(_hint()))


def summary(found: Ranking) -> tuple[str, ...]:
    """How many are ranked, of which days, and how many of them people get to."""
    words = {"acted": found.acted_words.rstrip("."), "all": number(found.ranked)}
    if found.amount is None:
        first = _("The first {n} of {all} by how much “{acted}” fits.",
                  n=number(len(found.rows)), **words)  # fmt: skip
    else:
        period = {"day": _("a day"), "week": _("a week"), "month": _("a month"), None: ""}
        words |= {"amount": number(found.amount), "period": period[found.period]}
        if found.acted < found.amount:
            first = _("{n} of {all} rows are “{acted}”, fewer than the {amount} {period} that "
                      "people can act on.", n=number(found.acted), **words)  # fmt: skip
        else:
            first = _("People can act on {amount} {period}: these are the first of {all} rows by "
                      "how much “{acted}” fits.", **words)  # fmt: skip
    return tuple(text for text in (first, _which(found)) if text)


def _which(found: Ranking) -> str:
    since = datetime.fromisoformat(found.since) if found.since else None
    if found.unlabelled:
        said = _("These are rows whose outcome is not known yet")
    else:
        said = _("The outcome of all rows is known; these are the latest")
    return _("{said}, from {day} on.", said=said, day=day(since)) if since else f"{said}."


def listed(ranked: Sequence[Ranked], title: str) -> Html:
    """Rows as a table, without columns in which nothing stands; nothing where there are none."""
    if not ranked:
        return Html("")
    rows = [_row(one) for one in ranked]
    names = [_("rank"), _("who or what"), _("when"), _("probability"), _("decision"),
             _("why, first of all")]  # fmt: skip
    kept = [n for n in range(len(names)) if n in (0, 1, 3, 4) or any(row[n] for row in rows)]
    return table(
        [names[n] for n in kept],
        [[row[n] for n in kept] for row in rows],
        caption=title,
    )


def _row(one: Ranked) -> Sequence[object]:
    return [str(one.place.rank), one.id, _when(one.time), percent(one.answer.probability, 0),
            one.answer.sentence, one.reason]  # fmt: skip


def _when(time: Cell) -> str:
    return day(datetime.fromisoformat(time)) if isinstance(time, str) else ""


def _hint() -> str:
    return _("The reason is the one value that does most against what is usual; others may hang "
             "together with it.")  # fmt: skip
