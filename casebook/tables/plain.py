"""A text file as UTF-8 with line feeds alone, without byte-order mark and zero bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casebook.language import N_
from casebook.tables.encoding import Encoding, decoded
from casebook.tables.model import Assumption
from casebook.tables.scan import Scan
from casebook.tables.traits import CHUNK, Traits, traits_of


@dataclass(frozen=True)
class LineEnds:
    """How often each kind of line end, and the zero byte, is in a text."""

    both: int  # \r\n
    feeds: int  # \n alone
    returns: int  # \r alone
    zeros: int

    @property
    def old_mac(self) -> bool:
        """Whether lines end with a carriage return alone."""
        return self.returns > self.both + self.feeds

    @property
    def plain(self) -> bool:
        """Whether DuckDB reads the lines as they are."""
        return not self.zeros and not self.returns and not (self.both and self.feeds)


def plain_text(
    scanned: Scan, encoding: Encoding, folder: Path
) -> tuple[Path, Traits, list[Assumption]]:
    """The text in a form that DuckDB reads, its traits, and what was changed.

    The file itself where it is already so; else a copy in `folder`.
    """
    path, traits = scanned.path, scanned.traits
    if encoding.name not in ("utf-8", "ascii") or encoding.errors != "strict":
        path = _copied(path, folder / f"{path.name}.utf8", encoding, None)
        traits = traits_of(path)
    if traits.found.isdisjoint((b"\r", b"\x00")):
        return path, traits, []
    ends = _line_ends(path)
    notes = _notes(ends)
    if not ends.plain:
        path = _copied(path, folder / f"{path.name}.lines", Encoding("utf-8", "", {}), ends)
        traits = traits_of(path)
    return path, traits, notes


def _notes(ends: LineEnds) -> list[Assumption]:
    notes = []
    if ends.old_mac:
        message = N_(
            "lines end with a carriage return alone, as on old Macintosh systems (lines: {n:,})"
        )
        notes.append(Assumption("lines", "CR", message, {"n": ends.returns}))
    elif ends.returns:
        message = N_("carriage returns within lines became spaces ({n:,})")
        notes.append(Assumption("lines", "LF", message, {"n": ends.returns}))
    if ends.zeros:
        message = N_("zero bytes were taken out of the text ({n:,})")
        notes.append(Assumption("zero bytes", "", message, {"n": ends.zeros}))
    return notes


def _line_ends(path: Path) -> LineEnds:
    both = feeds = returns = zeros = 0
    last = b""
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            both += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            zeros += chunk.count(b"\x00")
            last = chunk[-1:]
    return LineEnds(both, feeds - both, returns - both, zeros)


def _copied(path: Path, target: Path, encoding: Encoding, ends: LineEnds | None) -> Path:
    with target.open("w", encoding="utf-8", newline="") as file:
        held = ""
        for text in decoded(path, encoding.name, encoding.errors):
            whole, held = held + text, ""
            if ends is None:
                file.write(whole)
                continue
            if whole.endswith("\r"):  # its line feed may come with the next piece
                whole, held = whole[:-1], "\r"
            file.write(_mended(whole, ends))
        file.write(_mended(held, ends) if ends is not None else held)
    return target


def _mended(text: str, ends: LineEnds) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "")
    return text.replace("\r", "\n" if ends.old_mac else " ")
