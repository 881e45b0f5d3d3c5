"""The bytes of one file: unpacked within limits, hashed, and checked for UTF-8 to the last byte."""

from __future__ import annotations

import bz2
import codecs
import gzip
import hashlib
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from casebook.exceptions import TableError
from casebook.language import _
from casebook.tables.traits import CHUNK, Look, Traits

# A packed file may become this many times its size, once it is past the free allowance; text
# seldom packs better than 50 to 1, a bomb is made to pack 1,000 to 1 or more.
MOST_PACKED = 200
FREE_ALLOWANCE = 256 << 20

_PIECE = 16 << 20

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"PK\x03\x04", "zip"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel97"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x80\x04\x95", "pickle"),
)

_UNPACK: dict[str, Callable[[Path], IO[bytes]]] = {
    "gzip": cast("Callable[[Path], IO[bytes]]", gzip.open),
    "bzip2": cast("Callable[[Path], IO[bytes]]", bz2.open),
    "xz": cast("Callable[[Path], IO[bytes]]", lzma.open),
}


@dataclass(frozen=True)
class Scan:
    """What one pass over a file's bytes found.

    path: the unpacked bytes, the file itself where it was not packed.
    utf8_error: the offset of the first byte that is not UTF-8; None where all of it is.
    """

    path: Path
    size: int
    utf8_error: int | None
    traits: Traits


def kind_of(path: Path) -> str:
    """What the first bytes say: a kind of `_MAGIC`, `excel` for a workbook, else `text`."""
    with path.open("rb") as file:
        start = file.read(16)
    kind = next((name for magic, name in _MAGIC if start.startswith(magic)), "text")
    if kind == "zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if "[Content_Types].xml" in archive.namelist():
                return "excel"
    return kind


def digest(path: Path) -> str:
    """sha256 of the file as stored.

    In few large pieces: a thread that hashes beside other work waits for Python's lock at each.
    """
    found, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(piece):
            found.update(piece[:size])
    return found.hexdigest()


def scan(path: Path, kind: str, folder: Path) -> Scan:
    """Unpack a file into `folder` if it is packed, and check the text to its end.

    Raises TableError for an empty file, a packed one that grows past all measure, or a broken one.
    """
    if path.stat().st_size == 0:
        raise TableError(_("{file} is empty: it has no bytes", file=path.name))
    target = path if kind == "text" else folder / f"{path.name}.unpacked"
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    size, error, look = 0, None, Look()
    with _opened(path, kind) as chunks, _written(path, target) as write:
        for chunk in chunks:
            if error is None:
                error = _first_error(decoder, chunk, size)
            size += len(chunk)
            look.take(chunk)
            _check_growth(path, size, kind)
            write(chunk)
    if error is None:
        error = _first_error(decoder, b"", size, final=True)
    if size == 0:
        raise TableError(_("{file} is empty: nothing is packed in it", file=path.name))
    return Scan(target, size, error, look.traits())


def _first_error(
    decoder: codecs.IncrementalDecoder, chunk: bytes, offset: int, *, final: bool = False
) -> int | None:
    held = len(decoder.getstate()[0])
    if not held and chunk.isascii():  # twenty times as quick as to decode
        return None
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as problem:
        return offset - held + problem.start
    return None


@contextmanager
def _written(path: Path, target: Path) -> Iterator[Callable[[bytes], object]]:
    if target == path:
        yield len
        return
    with target.open("wb") as file:
        yield file.write


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[Iterator[bytes]]:
    try:
        with _stream(path, kind) as stream:
            yield iter(lambda: stream.read(CHUNK), b"")
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as problem:
        raise TableError(
            _("{file} is packed and broken: {problem}.", file=path.name, problem=problem),
            hint=_("Fetch it again, or unpack it by hand."),
        ) from problem


def _stream(path: Path, kind: str) -> AbstractContextManager[IO[bytes]]:
    if kind == "text":
        return path.open("rb")
    if kind == "zip":
        return _zip_member(path)
    return _UNPACK[kind](path)


@contextmanager
def _zip_member(path: Path) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if not name.endswith("/")]
        if len(members) != 1:
            raise TableError(
                _("{file} holds {n} files, and a table is one.", file=path.name, n=len(members)),
                hint=_("Unpack it and name the file or a pattern of files."),
            )
        with closing(archive.open(members[0])) as stream:
            yield stream


def _check_growth(path: Path, size: int, kind: str) -> None:
    if kind == "text" or size <= FREE_ALLOWANCE:
        return
    packed = path.stat().st_size
    if size > MOST_PACKED * packed:
        raise TableError(
            _(
                "{file} unpacks to more than {times} times its {packed:,} bytes; reading stopped.",
                file=path.name,
                times=MOST_PACKED,
                packed=packed,
            ),
            hint=_("If it is meant, unpack it by hand and name the unpacked file."),
        )
    if size % (64 * CHUNK) < CHUNK and shutil.disk_usage(path.parent).free < size // 8:
        raise TableError(_("the disk is too full to unpack {file}", file=path.name))
