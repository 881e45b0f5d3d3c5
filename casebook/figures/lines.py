"""Text broken into lines that fit a box: a Hangul syllable is as wide as two letters."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """The width of a text in letters of the Latin alphabet.

    >>> width("menu"), width("메뉴")
    (4, 4)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def wrapped(text: str, most: int, lines: int) -> str:
    r"""A text in at most `lines` lines of at most `most` letters; the rest is `…`.

    >>> wrapped("choosing takes long since the menu grew", 14, 2)
    'choosing takes\nlong since th…'
    """
    made, rest = [""], " ".join(text.split()).split(" ")
    for word in rest:
        joined = f"{made[-1]} {word}".strip()
        if width(joined) <= most:
            made[-1] = joined
        else:
            made += _pieces(word, most)
    made = [line for line in made if line]
    if len(made) <= lines:
        return "\n".join(made)
    return "\n".join([*made[: lines - 1], _cut(made[lines - 1], most)])


def _pieces(word: str, most: int) -> list[str]:
    """A word that is wider than a line, in pieces that are not."""
    pieces = [""]
    for sign in word:
        if width(pieces[-1] + sign) > most:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _cut(line: str, most: int) -> str:
    while width(line) >= most:
        line = line[:-1]
    return line.rstrip(" ,.;:") + "…"
