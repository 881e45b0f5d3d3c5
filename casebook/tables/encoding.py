"""The encoding of a text file, decided over all of it, and its text as plain UTF-8 lines.

Order: a byte-order mark; UTF-8 if every byte agrees; UTF-16 by its zero bytes; Korean (CP949)
if all of it decodes and most other characters are Hangul; Western (CP1252, Latin-1) if the
other characters are its letters; then charset-normalizer's best guess that decodes all of it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from casebook.exceptions import TableError
from casebook.language import N_, _
from casebook.tables.model import Assumption, Place
from casebook.tables.scan import Scan
from casebook.tables.traits import CHUNK

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HANGUL = re.compile("[가-힣ㄱ-ㆎ]")
_EAST = re.compile("[가-힣ㄱ-ㆎ一-龥\u3000-\u303f\uff00-\uffef]")
_OTHER = re.compile(r"[^\x00-\x7f]")
_WESTERN = re.compile("[à-öø-ÿÀ-ÖØ-ÞŒœŠšŽžŸß°ºª£€¥¢§«»–—‘’“”„…•·´¨±²³µ½¼¾¡¿©®™\u00a0\u00ad×]")
# In Western words such letters are few; a run of them is another alphabet read wrongly.
_RUN = re.compile("[À-ÖØ-öø-ÿ]{4,}")
_CONTROLS = re.compile(rb"[\x00\x02-\x08\x0e-\x1a\x1c-\x1e]")
_STATED = N_("the record says so")


@dataclass(frozen=True)
class Encoding:
    """An encoding and the reason; `errors` is `replace` where a few bytes fit no encoding."""

    name: str
    message: str
    values: dict[str, str | int | float]
    errors: str = "strict"

    def assumption(self) -> Assumption:
        """The choice as an assumption of the reading."""
        return Assumption("encoding", self.name.removesuffix("-sig"), self.message, self.values)


def decide(scan: Scan, stated: str | None, place: Place) -> Encoding:
    """The encoding of a scanned file.

    stated: the record's `encoding`; checked over the whole file.
    Raises TableError for a name that Python does not know, for bytes that do not decode with the
    stated encoding, and for a file that is not text.
    """
    start = _start(scan.path)
    if stated is not None:
        return _stated(scan, stated, start, place)
    mark = next((name for bytes_, name in _MARKS if start.startswith(bytes_)), None)
    if mark is not None:
        return Encoding(mark, N_("the file begins with its byte-order mark"), {})
    wide = _zero_bytes(start)
    if wide is not None:
        return Encoding(wide, N_("every other byte is zero"), {})
    _refuse_binary(scan.path, start)
    if scan.utf8_error is None:
        return Encoding("utf-8", N_("every byte of the file agrees with it"), {})
    return _legacy(scan)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1 << 16)


def _stated(scan: Scan, stated: str, start: bytes, place: Place) -> Encoding:
    try:
        name = codecs.lookup(stated).name
    except LookupError as problem:
        raise TableError(
            _("'{name}' is no encoding; as examples: utf-8, cp949, utf-16, latin-1", name=stated),
            place=place("encoding"),
        ) from problem
    if name == "utf-8" and start.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    broken = _failure(scan.path, name)
    if broken is not None:
        raise TableError(
            _(
                "{file} is not {name}: byte {byte:,} does not decode.",
                file=scan.path.name,
                name=stated,
                byte=broken + 1,
            ),
            place=place("encoding"),
            hint=_("Leave the encoding empty to have it guessed."),
        )
    return Encoding(name, _STATED, {})


def _zero_bytes(start: bytes) -> str | None:
    sample = start[: len(start) // 2 * 2]
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > 0.4 * half and sample[::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.4 * half and sample[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return None


def _refuse_binary(path: Path, start: bytes) -> None:
    if len(_CONTROLS.findall(start)) > max(8, len(start) // 50):
        raise TableError(
            _("{file} is not text: it holds binary data.", file=path.name),
            hint=_("A table is CSV or other text, Parquet, Excel (.xlsx), or a database."),
        )


def decoded(path: Path, encoding: str, errors: str = "strict") -> Iterator[str]:
    """The text of a file in pieces. Raises UnicodeDecodeError."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", True)


def _failure(path: Path, encoding: str) -> int | None:
    """The offset of the first byte that does not decode; None where all of it does."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, not chunk)
            except UnicodeDecodeError as problem:
                return offset - held + problem.start
            if not chunk:
                return None
            offset += len(chunk)


def _shares(path: Path, encoding: str, pattern: re.Pattern[str]) -> tuple[int, int]:
    """How many characters match the pattern, and how many are not ASCII."""
    matching = others = 0
    for text in decoded(path, encoding):
        matching += len(pattern.findall(text))
        others += len(_OTHER.findall(text))
    return matching, others


def _legacy(scan: Scan) -> Encoding:
    """An encoding for a file that is not UTF-8 throughout."""
    damaged = _damaged_utf8(scan.path)
    if damaged:
        message = N_("bytes that fit no encoding became the replacement character ({n:,})")
        return Encoding("utf-8", message, {"n": damaged}, errors="replace")
    if _failure(scan.path, "cp949") is None:
        east, others = _shares(scan.path, "cp949", _EAST)
        hangul, _others = _shares(scan.path, "cp949", _HANGUL)
        if others and east / others > 0.9 and hangul / others > 0.5:
            message = N_("the whole file decodes, and {share:.0%} of its other letters are Hangul")
            return Encoding("cp949", message, {"share": hangul / others})
    if _failure(scan.path, "cp1252") is None:
        western, others = _shares(scan.path, "cp1252", _WESTERN)
        foreign, _others = _shares(scan.path, "cp1252", _RUN)
        if others and western / others > 0.97 and foreign < 0.05 * others:
            message = N_("the whole file decodes, and its other letters are Western European")
            return Encoding("cp1252", message, {})
    return _guessed(scan.path)


def _damaged_utf8(path: Path) -> int:
    """How many bytes break UTF-8 where nearly all other letters agree with it; else 0."""
    broken = good = 0
    for text in decoded(path, "utf-8", "replace"):
        bad = text.count("\ufffd")
        broken += bad
        good += len(_OTHER.findall(text)) - bad
    return broken if broken * 20 < good else 0


def _guessed(path: Path) -> Encoding:
    with path.open("rb") as file:
        lines = (line for line in file if any(byte > 127 for byte in line[:4096]))
        sample = b"".join(line[:4096] for _n, line in zip(range(400), lines, strict=False))
    best = charset_normalizer.from_bytes(sample).best()
    if best is not None and _failure(path, best.encoding) is None:
        return Encoding(
            best.encoding, N_("of all that decode the file it reads most like text"), {}
        )
    return Encoding("latin-1", N_("no other decodes the file; letters may be wrong"), {})
