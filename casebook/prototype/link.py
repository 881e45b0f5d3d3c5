"""The state of the form in a link, and back: each value by its column, so that anyone can read it.

    ?v.party_size=2&v.spend=46000&v.satisfaction=

An empty value is one that is not known. All values are there, not only those that differ from a
start row: the example may change, and a link must go on meaning the same. Sensitive columns are
never in a link, and neither is what a person typed that could not be taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from casebook.exceptions import nearest
from casebook.language import _
from casebook.prototype.texts import typed_text
from casebook.prototype.typed import taken
from casebook.prototype.values import Field, Row

PREFIX = "v."
LONGEST = 8_000
"""Characters of a query that reach a page: `serve/plan.py` cuts what is longer."""

ROOM = 500  # characters left to whatever else is in an address, such as a token


@dataclass(frozen=True)
class Linked:
    """What a link says of the form.

    texts: by column, None for what is not known; empty where the link says nothing of the form.
    notes: sentences on what of it was not taken.
    """

    texts: dict[str, str | None]
    notes: tuple[str, ...] = ()


def query_of(fields: Iterable[Field], row: Row) -> str:
    """The part of an address that says a row, without a `?`; empty where it is too long."""
    said = urlencode([
        (f"{PREFIX}{field.column}", typed_text(field, row[field.column]))
        for field in fields
        if field.column in row and not field.sensitive and not field.is_fixed
    ])  # fmt: skip
    return said if len(said) <= LONGEST - ROOM else ""


def linked(fields: Iterable[Field], query: str) -> Linked:
    """What a query says of the form; other parts of it are somebody else's."""
    known = {field.column: field for field in fields}
    texts: dict[str, str | None] = {}
    notes = []
    if len(query) >= LONGEST:
        notes.append(_("The link is longer than {n} characters, so its end may be missing.",
                       n=LONGEST))  # fmt: skip
    for name, text in parse_qsl(query, keep_blank_values=True):
        if not name.startswith(PREFIX):
            continue
        column = name.removeprefix(PREFIX)
        if why := _why_not(known, column, text, seen=column in texts):
            notes.append(why)
        else:
            texts[column] = text or None
    return Linked(texts, tuple(notes))


def _why_not(known: dict[str, Field], column: str, text: str, *, seen: bool) -> str:
    """Why a part of a link is not taken; empty where it is."""
    if column not in known:
        said = _("The link names '{column}', which this form does not have.", column=column[:100])
        return f"{said} {nearest(column, known)}".strip()
    field = known[column]
    if field.sensitive:
        return _("'{label}' is never taken from a link; fill it in here.", label=field.label)
    if field.is_fixed:
        return _("'{label}' cannot be set: it is always the same.", label=field.label)
    if seen:
        return _("The link says '{label}' twice; the first is taken.", label=field.label)
    _row, problems = taken([field], {column: text})
    if problems:
        return _("'{label}' of the link was not taken: {why}",
                 label=field.label, why=problems[0].sentence)  # fmt: skip
    return ""
