"""A model card as a page that works from disk, and as Markdown that reads well as it is."""

from __future__ import annotations

import re

from casebook.language import _, plural, using
from casebook.pages.base import (
    Html,
    element,
    headline,
    join,
    key_values,
    notice,
    prose,
    section,
    state,
    table,
)
from casebook.pages.document import document
from casebook.pages.model_card_parts import Card, Grid, Part

_BREAKS = re.compile(r"\s*\n\s*")
_MARKED = re.compile(r"[\\`*<|]|(?<=\])\(")
_STARTS = re.compile(r"^([#>+-]+(?= )|\d+(?=[.)] ))")  # what would begin a heading or a list


def to_html(card: Card) -> str:
    """The card as a whole document in our look."""
    with using(card.language):
        return document(
            "card.html.j2",
            scripts=False,
            language=card.language,
            title=card.title,
            name=card.title,
            lead=headline(card.lead),
            body=fragment(card),
        )


def fragment(card: Card) -> Html:
    """The card as a part of a page, without its title and what to take away."""
    return join(_open(card), *(_section(part) for part in card.parts))


def _open(card: Card) -> Html:
    n = card.unanswered
    if not n:
        return Html("")
    said = plural(
        "{n} question of this card has no answer yet.",
        "{n} questions of this card have no answer yet.",
        n,
    )
    return notice("unanswered", said)


def _section(part: Part) -> Html:
    pairs = [
        (entry.label, state("unanswered") if entry.text is None else entry.text)
        for entry in part.entries
    ]
    return section(
        part.title,
        key_values(pairs) if pairs else "",
        *(
            table(grid.columns, grid.rows, caption=grid.caption, numeric=grid.numeric)
            for grid in part.grids
        ),
        prose(*part.notes) if part.notes else "",
        element("div", element("pre", element("code", part.code)), class_="cb-scroll", tabindex="0")
        if part.code
        else "",
        level=2,
    )


def to_markdown(card: Card) -> str:
    """The card as CommonMark with pipe tables."""
    with using(card.language):
        lines = [f"# {_plain(card.title)}", ""]
        for text in card.lead:
            lines += [_paragraph(text), ""]
        for part in card.parts:
            lines += [f"## {_plain(part.title)}", "", *_lines(part)]
    return "\n".join(lines).rstrip() + "\n"


def _lines(part: Part) -> list[str]:
    lines = []
    for entry in part.entries:
        said = f"*{_('Not answered yet')}*" if entry.text is None else _plain(entry.text)
        lines.append(f"- **{_plain(entry.label)}** {said}")
    lines += [""] if lines else []
    for grid in part.grids:
        lines += [*_pipes(grid), ""]
    for note in part.notes:
        lines += [_paragraph(note), ""]
    return lines + (["```python", part.code, "```", ""] if part.code else [])


def _pipes(grid: Grid) -> list[str]:
    marks = ["---:" if place in grid.numeric else "---" for place in range(len(grid.columns))]
    rows = [grid.columns, *grid.rows]
    shown = ["| " + " | ".join(_plain(cell) or " " for cell in row) + " |" for row in rows]
    return [f"{_plain(grid.caption)}:", "", shown[0], "| " + " | ".join(marks) + " |", *shown[1:]]


def _plain(text: str) -> str:
    """A text on one line, in which nothing is taken for a mark of Markdown."""
    return _MARKED.sub(lambda found: "\\" + found.group(0), _BREAKS.sub(" ", text.strip()))


def _paragraph(text: str) -> str:
    return _STARTS.sub(_escaped, _plain(text))


def _escaped(found: re.Match[str]) -> str:
    start = found.group(0)
    return f"{start}\\" if start.isdigit() else f"\\{start}"
