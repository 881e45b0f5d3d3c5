"""How cells are written in a text: delimiter, quote, escape, and a space after the delimiter.

Decided from the first part of the text; a line further down that does not fit is a reject.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casebook.language import N_, _
from casebook.tables.model import Assumption

if TYPE_CHECKING:
    from casebook.case import TableSource

SAMPLE_ROWS = 500
LONGEST_LINE = 4_000_000

DELIMITERS: tuple[tuple[str, str], ...] = (
    (",", N_("comma")),
    (";", N_("semicolon")),
    ("\t", N_("tab")),
    ("|", N_("vertical bar")),
    ("^", N_("caret")),
    ("~", N_("tilde")),
    ("\x1f", N_("unit separator")),
    ("\x01", N_("control character 1")),
    (":", N_("colon")),
    (" ", N_("space")),
)
_COMMON = (":", " ")  # they also stand within values, and count only where no other mark parts
_MARKS = tuple(mark for mark, _name in DELIMITERS if mark not in _COMMON)


@dataclass(frozen=True)
class Row:
    """A row of the sample: the line from 1 on which it starts, the one after its end, its cells."""

    line: int
    next_line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Dialect:
    """How cells are written.

    quote: empty where there is none; escape: the quote itself (doubled) or a backslash.
    skip_space: whether a space follows each delimiter and is no part of the value.
    """

    delimiter: str
    quote: str = '"'
    escape: str = '"'
    skip_space: bool = False

    def rows(self, text: str, most: int = SAMPLE_ROWS) -> list[Row]:
        """The first rows of a text, read leniently."""
        csv.field_size_limit(2 * LONGEST_LINE)
        reader = csv.reader(
            io.StringIO(text, newline="\n"),
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=self.escape == self.quote,
            escapechar="\\" if self.escape == "\\" else None,
            skipinitialspace=self.skip_space,
        )
        rows, line = [], 1
        for cells in itertools.islice(reader, most):
            rows.append(Row(line, reader.line_num + 1, tuple(cells)))
            line = reader.line_num + 1
        return rows


def find_dialect(text: str, source: TableSource) -> Dialect:
    """The dialect of a sample; what the record states is taken from there."""
    quote = source.quote if source.quote is not None else _quote(text)
    delimiter = source.delimiter or _delimiter(text, quote)
    escape = "\\" if quote and _backslashes(text, quote, delimiter) else quote
    if len(delimiter) == 2 and delimiter[1] == " ":
        return Dialect(delimiter[0], quote, escape, skip_space=True)
    return Dialect(delimiter, quote, escape, _space_follows(text, delimiter, quote))


def said(dialect: Dialect, source: TableSource) -> list[Assumption]:
    """What was guessed about the dialect."""
    notes = []
    if source.delimiter is None:
        value = repr(dialect.delimiter + " " * dialect.skip_space)
        name = _(dict(DELIMITERS)[dialect.delimiter])
        message = N_("the {name} parts most rows into the same number of columns")
        notes.append(Assumption("delimiter", value, message, {"name": name}))
    if dialect.escape == "\\":
        message = N_("quotes within quoted values have a backslash before them")
        notes.append(Assumption("escape", "\\", message))
    if dialect.quote == "'" and source.quote is None:
        notes.append(Assumption("quote", "'", N_("values stand between single quotes")))
    return notes


def _quote(text: str) -> str:
    """The double quote, unless only single ones stand around whole values."""
    double = len(re.findall(r'(?m)(?:^|[,;\t|])\s?"', text))
    single = len(re.findall(r"(?m)(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|$)", text))
    return "'" if single > 3 and double == 0 else '"'


def _delimiter(text: str, quote: str) -> str:
    lines = [line for line in itertools.islice(text.split("\n"), SAMPLE_ROWS) if line.strip()]
    sample = "\n".join(lines)
    for marks in (_MARKS, _COMMON):
        scores = {mark: _consistency(sample, mark, quote) for mark in marks}
        best = max(scores, key=lambda mark: scores[mark])
        if scores[best] > 0:
            return best
    return ","


def _consistency(sample: str, delimiter: str, quote: str) -> float:
    """How well a delimiter parts the sample into rows of one width greater than one.

    Of two that part as many rows the one with more columns is better, then the more usual one.
    """
    if delimiter not in sample:
        return 0.0
    rows = Dialect(delimiter, quote, quote).rows(sample)
    widths = Counter(len(row.cells) for row in rows)
    wide = {width: n for width, n in widths.items() if width > 1}
    if not wide:
        return 0.0
    width, n = max(wide.items(), key=lambda item: (item[1], item[0]))
    share = n / sum(widths.values())
    if share < (0.95 if delimiter in _COMMON else 0.4):
        return 0.0
    order = [mark for mark, _name in DELIMITERS].index(delimiter)
    return share * share + min(width, 50) / 500 - order / 200


def _backslashes(text: str, quote: str, delimiter: str) -> bool:
    """Whether quotes within quoted values are written with a backslash before them."""
    mark = re.escape(delimiter)
    inner = re.findall(rf"\\{quote}(?!\s*(?:{mark}|\n|$))", text)
    doubled = re.findall(rf"[^{quote}{mark}\n]{quote}{quote}[^{quote}{mark}]", text)
    return len(inner) > len(doubled)


def _space_follows(text: str, delimiter: str, quote: str) -> bool:
    if delimiter in " \t":
        return False
    lines = [line for line in itertools.islice(text.split("\n"), 1, SAMPLE_ROWS) if line]
    bare = "\n".join(lines)
    if quote:
        bare = re.sub(rf"{quote}[^{quote}\n]*{quote}", quote, bare)
    total = bare.count(delimiter)
    return total > 0 and bare.count(delimiter + " ") > 0.9 * total
