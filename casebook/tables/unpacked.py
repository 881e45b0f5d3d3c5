"""How large a packed file becomes, measured before anything of it is kept."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from casebook.exceptions import TableError
from casebook.language import _
from casebook.tables.scan import kind_of
from casebook.tables.traits import CHUNK

_OPEN: dict[str, Callable[[Path], Any]] = {
    "gzip": gzip.open,
    "bzip2": bz2.open,
    "xz": lzma.open,
}


def check_unpacked(path: Path, most: int) -> None:
    """Raises TableError where a packed file, or a workbook, becomes more than `most` bytes."""
    kind = kind_of(path)
    try:
        size = _size(path, kind, most)
    except (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as problem:
        raise TableError(
            _("{file} is packed and broken: {problem}.", file=path.name, problem=problem),
            hint=_("Fetch it again, or unpack it by hand."),
        ) from problem
    if size > most:
        raise TableError(
            _("{file} unpacks to more than {most} MB; this takes at most so much.",
              file=path.name, most=most // 1_000_000),
            hint=_("Part it into several files."),
        )  # fmt: skip


def _size(path: Path, kind: str, most: int) -> int:
    """The size when unpacked, counted no further than just past `most`."""
    if kind in ("zip", "excel"):
        with zipfile.ZipFile(path) as archive:  # no member gives more than its entry says
            return sum(member.file_size for member in archive.infolist())
    if kind not in _OPEN:
        return path.stat().st_size
    size = 0
    stream: IO[bytes]
    with _OPEN[kind](path) as stream:
        while size <= most and (chunk := stream.read(CHUNK)):
            size += len(chunk)
    return size
