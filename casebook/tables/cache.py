"""The cache of typed tables: Parquet beside what was assumed, found by content and options.

A file's content is known by its sha256. To hash it once and not at every opening, the hash is
kept under size, times and inode of the file; a file that was changed less than two seconds before
it was hashed is hashed again, because its times could not tell a second change.
Everything is written beside and renamed, the description last: two processes that read the same
table at once write the same thing, and the later rename wins.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.atomic import write_text
from casebook.exceptions import TableError
from casebook.language import _
from casebook.tables.model import Assumption, ReadColumn, Reading, Rejects
from casebook.tables.scan import digest

if TYPE_CHECKING:
    from casebook.case import TableSource

# Raise it whenever the same file and options would be read into something else.
READER = 4

_UNSURE_NS = 2_000_000_000


def cache_folder(wanted: Path) -> Path:
    """The folder for the cache: the one wanted, or the user's own where that cannot be written.

    A bundled case may lie in a read-only installation. Raises TableError where neither can.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    elsewhere = home / "casebook" / hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
    for folder in (wanted, elsewhere):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    raise TableError(
        _(
            "no folder for the cache can be written: {wanted}, {other}",
            wanted=wanted,
            other=elsewhere,
        )
    )


@contextmanager
def working_folder(cache: Path) -> Iterator[Path]:
    """A folder within the cache for copies on the way, gone afterwards.

    Raises TableError where the disk is full.
    """
    folder = cache / f"work-{os.getpid()}-{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        yield folder
    except OSError as problem:
        raise TableError(
            _("the table cannot be prepared in {folder}: {problem}", folder=cache, problem=problem)
        ) from problem
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def content_hash(path: Path, cache: Path) -> str:
    """sha256 of a file, from the cache where size, times and inode are as when it was hashed."""
    note, changed = _note(path, cache)
    known = _noted(note)
    if known:
        return known
    found = digest(path)
    if time.time_ns() - changed > _UNSURE_NS:
        note.parent.mkdir(exist_ok=True)
        write_text(note, found)
    return found


def is_hashed(path: Path, cache: Path) -> bool:
    """Whether the hash of a file is known as it is now."""
    return bool(_noted(_note(path, cache)[0]))


def _note(path: Path, cache: Path) -> tuple[Path, int]:
    """Where the hash of a file in its present state is noted, and when it changed last."""
    state = path.stat()
    seen = (
        f"{path.resolve()}|{state.st_size}|{state.st_mtime_ns}|{state.st_ctime_ns}|{state.st_ino}"
    )
    name = hashlib.sha256(seen.encode()).hexdigest()[:32]
    return cache / "seen" / name, max(state.st_mtime_ns, state.st_ctime_ns)


def _noted(note: Path) -> str:
    with contextlib.suppress(OSError):
        known = note.read_text()
        return known if len(known) == 64 else ""
    return ""


def key_of(fingerprint: str, source: TableSource) -> str:
    """The name of a reading: of this content, with these options, by this version of the reader."""
    options = {
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "decimal": source.decimal,
        "thousands": source.thousands,
        "quote": source.quote,
        "header": source.header,
        "columns": list(source.columns),
        "sheet": source.sheet,
        "day_first": source.day_first,
        "missing": list(source.missing),
        "types": dict(source.types),
    }
    text = json.dumps([READER, fingerprint, options], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def recall(cache: Path, key: str) -> Reading | None:
    """The reading kept under a key; None where there is none or it is not whole."""
    try:
        kept = json.loads((cache / f"{key}.json").read_text(encoding="utf-8"))
        path = cache / f"{key}.parquet"
        if path.stat().st_size != kept.pop("size"):
            return None
        return _reading(kept, path, cache)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(cache: Path, key: str, reading: Reading) -> Reading:
    """Move a finished reading into the cache; the reading at its new place."""
    path = cache / f"{key}.parquet"
    size = reading.path.stat().st_size
    _settle(reading.path, path)
    rejects = reading.rejects
    if rejects.path is not None:
        target = cache / f"{key}.rejects.csv"
        _settle(rejects.path, target)
        rejects = Rejects(rejects.count, target, rejects.reasons)
    kept = Reading(
        path, reading.columns, reading.rows, rejects, reading.assumptions, reading.fingerprint,
        reading.files,
    )  # fmt: skip
    text = json.dumps({**_described(kept), "size": size}, ensure_ascii=False, indent=1)
    write_text(cache / f"{key}.json", text)
    return kept


def _settle(path: Path, target: Path) -> None:
    """Sync a file and rename it into place."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(target)


def _described(reading: Reading) -> dict[str, Any]:
    described = asdict(reading)
    described.pop("path")
    described["rejects"]["path"] = reading.rejects.path.name if reading.rejects.path else None
    return described


def _reading(kept: Mapping[str, Any], path: Path, cache: Path) -> Reading:
    rejects = dict(kept["rejects"])
    name = rejects.pop("path")
    return Reading(
        path=path,
        columns=tuple(ReadColumn(**column) for column in kept["columns"]),
        rows=kept["rows"],
        rejects=Rejects(path=cache / name if name else None, **rejects),
        assumptions=tuple(Assumption(**assumption) for assumption in kept["assumptions"]),
        fingerprint=kept["fingerprint"],
        files=tuple(kept["files"]),
    )
