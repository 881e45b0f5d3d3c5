"""Mends a text whose quotes do not close: line by line, so that one bad line costs one line.

A reader of CSV takes an unclosed quote for the start of a value that goes on to the next quote,
or to the end of the file: every row between is lost. Here a value may go on over at most
`MOST_LINES` lines, and only if it closes cleanly; else the line is read leniently (a quote closes
only before a delimiter), and where that fails too it is a reject. A rejected line leaves an empty
line, so that line numbers stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from casebook.language import N_
from casebook.tables.dialect import LONGEST_LINE, Dialect
from casebook.tables.layout import Layout
from casebook.tables.model import Assumption, Reject

MOST_LINES = 50
TEXT_KEPT = 2_000

UNCLOSED = N_("a quote that is not closed")
TOO_LONG = N_("a line longer than 4,000,000 bytes")


@dataclass(frozen=True)
class Mended:
    """The mended text, how many lines were changed, and the lines given up."""

    path: Path
    changed: int
    rejects: tuple[Reject, ...]

    @property
    def assumptions(self) -> list[Assumption]:
        """What was changed."""
        if not self.changed:
            return []
        message = N_(
            "quotes within values that are not doubled are kept as they are (lines: {n:,})"
        )
        return [Assumption("quote", '"', message, {"n": self.changed})]


def mend(path: Path, target: Path, layout: Layout, file: str, line: int) -> Mended:
    """Write a text to `target` in which every quote closes.

    file and line: the name and the first line's number for rejects.
    """
    dialect, width = layout.dialect, len(layout.header.names)
    changed, rejects = 0, []
    with (
        path.open(encoding="utf-8", newline="\n") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        for number, lines in _pieces(source, dialect, line):
            text = "".join(lines)
            new = _row(text, dialect, width)
            if new is None:
                reason = TOO_LONG if len(text) > LONGEST_LINE else UNCLOSED
                rejects.append(Reject(file, number, reason, text.rstrip("\r\n")[:TEXT_KEPT]))
                new = "\n" * len(lines)
            elif new != text:
                changed += 1
            out.write(new)
    return Mended(target, changed, tuple(rejects))


def _pieces(source: IO[str], dialect: Dialect, line: int) -> Iterator[tuple[int, Sequence[str]]]:
    """The lines, those of one value that goes on over several together, with the first's number."""
    ahead: list[str] = []
    while True:
        _fill(source, ahead, 1)
        if not ahead:
            return
        n = 1
        if dialect.quote and dialect.quote in ahead[0] and not _strict(ahead[0], dialect):
            _fill(source, ahead, MOST_LINES)
            n = _closing(ahead, dialect)
        yield line, ahead[:n]
        line += n
        del ahead[:n]


def _fill(source: IO[str], ahead: list[str], n: int) -> None:
    while len(ahead) < n:
        text = source.readline(LONGEST_LINE + 1)
        if not text:
            return
        ahead.append(text)
        while not text.endswith("\n"):  # the rest of a line that is too long is not kept
            text = source.readline(LONGEST_LINE)
            if not text:
                return


def _closing(ahead: Sequence[str], dialect: Dialect) -> int:
    """How many lines make one row whose quotes all close; 1 where none do."""
    for n in range(2, len(ahead) + 1):
        if dialect.quote in ahead[n - 1] and _strict("".join(ahead[:n]), dialect):
            return n
    return 1


def _patterns(dialect: Dialect) -> tuple[re.Pattern[str], re.Pattern[str]]:
    q, d = re.escape(dialect.quote), re.escape(dialect.delimiter)
    space = "" if dialect.delimiter == " " else " *"
    inner = rf"(?:[^{q}\\]|\\.)*" if dialect.escape == "\\" else rf"[^{q}]*(?:{q}{q}[^{q}]*)*"
    quoted = rf"{space}{q}{inner}{q}{space}"
    bare = rf"(?!{space}{q})[^{d}\r\n]*"
    row = re.compile(rf"(?:{quoted}|{bare})(?:{d}(?:{quoted}|{bare}))*\r?\n?", re.DOTALL)
    cell = re.compile(rf"{space}{q}(.*?){q}{space}(?={d}|$)|([^{d}]*)(?={d}|$)")
    return row, cell


_known: dict[Dialect, tuple[re.Pattern[str], re.Pattern[str]]] = {}


def _of(dialect: Dialect) -> tuple[re.Pattern[str], re.Pattern[str]]:
    if dialect not in _known:
        _known[dialect] = _patterns(dialect)
    return _known[dialect]


def _strict(text: str, dialect: Dialect) -> bool:
    return _of(dialect)[0].fullmatch(text) is not None


def _row(text: str, dialect: Dialect, width: int) -> str | None:
    """The text of a row in which every quote closes, or None where it cannot be read."""
    if len(text) > LONGEST_LINE:
        return None
    if not dialect.quote or dialect.quote not in text or _strict(text, dialect):
        return text
    body = text.rstrip("\r\n")
    for cells in (_lenient(body, dialect), body.split(dialect.delimiter)):
        if len(cells) == width:
            return dialect.delimiter.join(_quoted(cell, dialect) for cell in cells) + "\n"
    return None


def _lenient(body: str, dialect: Dialect) -> list[str]:
    cells, at = [], 0
    cell = _of(dialect)[1]
    while at <= len(body):
        match = cell.match(body, at)
        if match is None:
            return []
        cells.append(match[2] if match[1] is None else match[1])
        at = match.end() + len(dialect.delimiter)
    return cells


def _quoted(cell: str, dialect: Dialect) -> str:
    if dialect.quote not in cell and dialect.delimiter not in cell:
        return cell
    q = dialect.quote
    undone = cell.replace(dialect.escape + q, q)
    return q + undone.replace(q, dialect.escape + q) + q
