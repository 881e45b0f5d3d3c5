"""The pieces of a page. Every text is escaped; only `Html` passes as it is.

    page = join(
        headline([_("Guests explain {share} of the fall.", share=...)]),
        figure.html(), details(_("The numbers"), table(columns, rows)),
    )

A notebook shows the result with its own small style; in a report the page's styles apply.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from html import unescape
from numbers import Real
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from casebook import formats
from casebook.language import _
from casebook.pages.states import Kind, icon, label
from casebook.pages.theme import fragment_style
from casebook.stats.estimate import Estimate

_INTERVAL = re.compile(r" ?\[[^\[\]<>]{1,60}\]")
_TAGS = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|#|[^:/?#]*(?:[/?#]|$))", re.IGNORECASE)


class Html(Markup):
    """HTML that is safe to show: text put into it with `+`, `%` or `format` is escaped."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return f'<div class="cb">{fragment_style()}{self}</div>'

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 IPython's
        text = " ".join(unescape(_TAGS.sub(" ", str(self))).split())
        printer.text(text if len(text) <= 300 else text[:299] + "…")


def html(text: object) -> Html:
    """The text escaped; what is already HTML (a figure's, an `Html`) as it is."""
    return Html(escape(text))


def join(*parts: object) -> Html:
    """Pieces one after the other, plain text escaped."""
    return Html("").join(html(part) for part in parts)


def element(tag: str, content: object = "", **attributes: str | bool | None) -> Html:
    """An element. Attributes: `class_` for class, `_` for `-`; None and False leave one out."""
    shown = Html("")
    for name, value in attributes.items():
        if value is not None and value is not False:
            stated = Html("") if value is True else Html('="{}"').format(value)
            shown += Html(f" {name.rstrip('_').replace('_', '-')}") + stated
    return Html(f"<{tag}") + shown + Html(">") + html(content) + Html(f"</{tag}>")


def headline(sentences: Sequence[str]) -> Html:
    """The sentences to take away: the first large, the others as prose under it."""
    parts = [
        element("p", sentence(text), class_="cb-lead" if later else "cb-headline")
        for later, text in enumerate(sentences)
    ]
    return join(*parts)


def sentence(text: object) -> Html:
    """A text with its intervals, as `[58, 83]`, set back and kept on one line."""
    # `str`, because a substitution in an Html would escape what is put in.
    return Html(_INTERVAL.sub(r'<span class="cb-interval">\g<0></span>', str(html(text))))


def prose(*paragraphs: object) -> Html:
    """Paragraphs in a column that is easy to read."""
    return element("div", join(*(element("p", text) for text in paragraphs)), class_="cb-prose")


def bullets(items: Iterable[object]) -> Html:
    """A list of short points; nothing at all where there are none."""
    points = join(*(element("li", item) for item in items))
    return element("ul", points, class_="cb-bullets") if points else points


def section(title: object, *parts: object, level: int = 3) -> Html:
    """Parts under a heading. level: 2 to 6; a notebook's own headings are 1 and 2."""
    return element("section", join(element(f"h{level}", title), *parts), class_="cb-section")


def link(address: str, text: object) -> Html:
    """A link to a page, a place in one, or a web address; any other kind stays plain text."""
    return element("a", text, href=address) if _SAFE_LINK.match(address) else html(text)


def details(summary: object, body: object, *, opened: bool = False) -> Html:
    """Something folded, its summary always to be seen; unfolded in print."""
    inside = join(element("summary", summary), body)
    return element("details", inside, class_="cb-details", open=opened)


def notice(kind: Kind, text: object, *, title: object = None) -> Html:
    """A state in a box of its own. title: None takes the word of the state."""
    named = element("span", label(kind) if title is None else title, class_="cb-notice-title")
    body = element("div", join(named, Html("<br>") if text else "", text), class_="cb-notice-body")
    return element(
        "div",
        join(Html(icon(kind)), body),
        class_=f"cb-notice cb-{kind}",
        role="alert" if kind == "failed" else "note",
    )


def state(kind: Kind, text: object = None) -> Html:
    """A state as a small chip within a line. text: None takes the word of the state."""
    shown = label(kind) if text is None else text
    return element("span", join(Html(icon(kind)), shown), class_=f"cb-chip cb-{kind}")


class Card(NamedTuple):
    """One number: what it is, its value, and a note such as its interval or its n."""

    label: object
    value: object
    note: object = ""


def cards(items: Iterable[Card]) -> Html:
    """Numbers side by side, each in a tile."""
    return element("ul", join(*(_tile(item) for item in items)), class_="cb-tiles")


def _tile(card: Card) -> Html:
    parts = [
        element("span", card.label, class_="cb-tile-label"),
        element("span", cell(card.value), class_="cb-tile-value"),
        element("span", card.note, class_="cb-tile-note") if card.note else "",
    ]
    return element("li", join(*parts), class_="cb-tile")


def key_values(pairs: Iterable[tuple[object, object]]) -> Html:
    """Names and values in two columns."""
    rows = (join(element("dt", key), element("dd", cell(value))) for key, value in pairs)
    return element("dl", join(*rows), class_="cb-pairs")


def cell(value: object) -> Html:
    """A value as a reader sees it: numbers, intervals and dates in the reader's language."""
    if value is None:
        return Html("–")
    if isinstance(value, bool):
        return html(_("yes") if value else _("no"))
    if isinstance(value, Estimate):
        return sentence(formats.interval(value))
    if isinstance(value, Real):
        return html(formats.number(float(value)))
    if isinstance(value, datetime):
        return html(formats.moment(value))
    return html(formats.day(value) if isinstance(value, date) else value)


def table(
    columns: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    caption: object = "",
    numeric: Collection[int] | None = None,
    strong: Collection[int] = (),
) -> Html:
    """A table; the first column names the row.

    numeric: indices of columns set to the right; None takes those that hold only numbers.
    strong: indices of rows that carry the point. Without rows it says so.
    """
    listed = [list(row) for row in rows]
    if not listed:
        return notice("empty", caption)
    right = _numeric_columns(listed) if numeric is None else set(numeric)
    head = join(*(_cell("th", name, i in right, scope="col") for i, name in enumerate(columns)))
    body = join(*(_row(row, right, strong=i in strong) for i, row in enumerate(listed)))
    parts = join(
        element("caption", caption) if caption else "",
        element("thead", element("tr", head)),
        element("tbody", body),
    )
    inside = element("table", parts, class_="cb-table")
    name = str(caption) or _("Table")
    return element("div", inside, class_="cb-scroll", tabindex="0", role="region", aria_label=name)


def _numeric_columns(rows: Sequence[Sequence[object]]) -> set[int]:
    def right(index: int) -> bool:
        values = [row[index] for row in rows if index < len(row) and row[index] is not None]
        return bool(values) and all(
            isinstance(value, Real | Estimate) and not isinstance(value, bool) for value in values
        )

    return {index for index in range(len(rows[0])) if right(index)}


def _row(row: Sequence[object], right: Collection[int], *, strong: bool) -> Html:
    first = _cell("th", cell(row[0]), 0 in right, scope="row") if row else Html("")
    others = (_cell("td", cell(value), i in right) for i, value in enumerate(row[1:], 1))
    return element("tr", join(first, *others), class_="cb-strong" if strong else None)


def _cell(tag: str, content: object, right: bool, scope: str | None = None) -> Html:
    if not content and scope == "col":  # a corner without words is no head of a column
        return element("td", "")
    return element(tag, content, class_="cb-number" if right else None, scope=scope)
