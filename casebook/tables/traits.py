"""What one pass over the bytes of a text tells: how long its lines are, which odd bytes it has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20
SOUGHT = tuple(bytes([code]) for code in b"\x00\t\x0b\x0c\r\"'_")
"""Bytes whose absence spares a second look."""


@dataclass(frozen=True)
class Traits:
    """What is known of a text as a whole.

    longest: bytes that no line is longer than, at most a chunk more than the longest has.
    found: those of `SOUGHT` that are anywhere in it.
    """

    longest: int
    found: frozenset[bytes]


class Look:
    """Takes a text chunk by chunk; lines are measured by the chunks that they begin and end in."""

    def __init__(self) -> None:
        self._longest = 0
        self._open = 0  # bytes since the last line feed
        self._missing = set(SOUGHT)

    def take(self, chunk: bytes) -> None:
        """Look at the next bytes of the text."""
        self._missing -= {byte for byte in self._missing if byte in chunk}
        last = chunk.rfind(b"\n")
        if last < 0:
            self._open += len(chunk)
        else:
            self._longest = max(self._longest, self._open + chunk.find(b"\n"), last)
            self._open = len(chunk) - last - 1
        self._longest = max(self._longest, self._open)

    def traits(self) -> Traits:
        """What is known of the text so far."""
        return Traits(self._longest, frozenset(SOUGHT) - self._missing)


def has_byte(path: Path, byte: bytes, start: int) -> bool:
    """Whether a byte is anywhere from a place on."""
    with path.open("rb") as file:
        file.seek(start)
        return any(byte in chunk for chunk in iter(lambda: file.read(CHUNK), b""))


def traits_of(path: Path) -> Traits:
    """The traits of a file."""
    look = Look()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            look.take(chunk)
    return look.traits()
