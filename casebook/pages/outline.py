"""Headings of a page: in order, each with a place of its own, and the contents made of them."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

_HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r'\s*\bid="[^"]*"')
_TAGS = re.compile(r"<[^>]*>")
_DEEPEST = 3


class Heading(NamedTuple):
    """A line of the contents."""

    level: int
    place: str
    text: str


def outlined(body: str) -> tuple[str, tuple[Heading, ...]]:
    """The body with one title, no level skipped and a place for each heading; and its headings.

    The contents leave out levels below the third.
    """
    found: list[Heading] = []
    taken: dict[str, int] = {}

    def put_right(match: re.Match[str]) -> str:
        text = " ".join(unescape(_TAGS.sub("", match[3])).split())
        level = _level(int(match[1]), found)
        place = _place(text, taken)
        found.append(Heading(level, place, text))
        rest = _ID.sub("", match[2])
        return f'<h{level} id="{place}"{rest}>{match[3]}</h{level}>'

    body = _HEADING.sub(put_right, body)
    return body, tuple(heading for heading in found if heading.level <= _DEEPEST)


def _level(asked: int, before: list[Heading]) -> int:
    if any(heading.level == 1 for heading in before):
        asked = max(asked, 2)
    # A page without a title of its own gets one, so nothing else has to be the first level.
    return min(asked, before[-1].level + 1) if before else min(asked, 2)


def _place(text: str, taken: dict[str, int]) -> str:
    slug = re.sub(r"[^\w]+", "-", text.casefold()).strip("-") or "part"
    taken[slug] = taken.get(slug, 0) + 1
    return slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"
