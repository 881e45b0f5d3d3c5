"""A text cut in the middle, with a note that counts what was dropped."""

from __future__ import annotations

from casebook.formats import number
from casebook.language import plural

HEAD = 100_000  # characters kept at the start of an output
TAIL = 20_000  # and at its end


def note(lines: int, characters: int) -> str:
    """The sentence that stands where lines were dropped."""
    return plural(
        "[... {n} line ({characters} characters) was dropped here ...]",
        "[... {n} lines ({characters} characters) were dropped here ...]",
        lines,
        n=number(lines),
        characters=number(characters),
    )


def cut(text: str, head: int = HEAD, tail: int = TAIL) -> str:
    r"""The text where it is short, else its head, a note and its tail.

    >>> cut("a" * 50, head=3, tail=3)
    'aaa\n[... 1 line (44 characters) was dropped here ...]\naaa'
    """
    if len(text) <= head + tail:
        return text
    middle = text[head : len(text) - tail]
    lines = middle.count("\n") + (0 if middle.endswith("\n") else 1)
    return f"{text[:head]}\n{note(lines, len(middle))}\n{text[len(text) - tail :]}"
