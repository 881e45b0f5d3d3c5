"""Notes from talks with people, counted by theme: a theme is a list of words, and no more.

A word counts where it begins a word of the note, whatever its capitals: `wait` counts in
"waiting". In Hangul it counts anywhere, since words are written together. The themes and their
words stand in the record, so that anybody can see why a note was counted, and change it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casebook.case import Case
from casebook.exceptions import RecordError
from casebook.language import _
from casebook.stats.estimate import Estimate
from casebook.stats.intervals import proportion
from casebook.tables import Table, open_table

MOST_NOTES = 20_000
_EXAMPLES = 2
_OFTEN = 8
_WORD = re.compile(r"[^\W\d_]{2,}")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


@dataclass(frozen=True)
class Theme:
    """A theme: the share of notes that it is in, which words were met how often, and examples."""

    name: str
    words: tuple[tuple[str, int], ...]
    notes: int
    share: Estimate
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """All themes over the notes, the most frequent first.

    untouched: notes in which no theme is; often: words that come again in these, as a start
    for new themes.
    """

    table: str
    column: str
    notes: int
    empty: int
    themes: tuple[Theme, ...]
    untouched: int
    often: tuple[tuple[str, int], ...]


def interviews(case: Case, table: Table) -> Counted | None:
    """The notes of the record's interview table, counted; None where the record names none.

    Raises RecordError where it names a table or column that is not there.
    """
    wanted = case.record.problem.interviews
    if not wanted.table or not wanted.column:
        return None
    held = table if wanted.table == table.name else open_table(case, wanted.table)
    column = held.column(wanted.column).name
    if held.rows > MOST_NOTES:
        raise RecordError(
            _("{table} has {n:,} rows; notes from interviews are {most:,} at most.",
              table=held.name, n=held.rows, most=MOST_NOTES),
            place=case.place("problem.interviews.table"),
        )  # fmt: skip
    notes = [str(one) for one in held.frame([column])[column].dropna() if str(one).strip()]
    return counted(notes, wanted.themes, (held.name, column), held.rows - len(notes))


def counted(
    notes: Sequence[str], themes: Mapping[str, Sequence[str]], source: tuple[str, str], empty: int
) -> Counted:
    """Notes counted by theme. source: the table and the column that hold them."""
    found = {name: _theme(name, words, notes) for name, words in themes.items()}
    touched = [any(_in(word, note) for ws in themes.values() for word in ws) for note in notes]
    rest = [note for note, hit in zip(notes, touched, strict=True) if not hit]
    return Counted(
        table=source[0],
        column=source[1],
        notes=len(notes),
        empty=empty,
        themes=tuple(sorted(found.values(), key=lambda theme: -theme.notes)),
        untouched=len(rest),
        often=_often(rest),
    )


def _theme(name: str, words: Sequence[str], notes: Sequence[str]) -> Theme:
    hits = [note for note in notes if any(_in(word, note) for word in words)]
    met = tuple((word, sum(_in(word, note) for note in notes)) for word in words)
    return Theme(name, met, len(hits), proportion(len(hits), len(notes)), tuple(hits[:_EXAMPLES]))


def _in(word: str, note: str) -> bool:
    """Whether a word of a theme is in a note."""
    wanted, held = _plain(word).strip(), _plain(note)
    if not wanted:
        return False
    if _HANGUL.search(wanted):
        return wanted in held
    return re.search(rf"(?<!\w){re.escape(wanted)}", held) is not None


def _plain(text: str) -> str:
    """Without capitals, and with each Hangul syllable as one sign."""
    return unicodedata.normalize("NFC", text).casefold()


def _often(notes: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Words that are in several notes; short ones say little."""
    words = Counter(word for note in notes for word in set(_WORD.findall(_plain(note))))
    kept = [
        (word, n) for word, n in words.most_common()
        if n > 1 and (len(word) > 3 or _HANGUL.search(word))
    ]  # fmt: skip
    return tuple(kept[:_OFTEN])
