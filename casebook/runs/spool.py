"""The spool: a synced file for each entry that the store could not take, brought there later.

A file's name is made of the entry's id and of what was said, so that the same sent twice is one
file, and something else under the same id is never in its way. Files are first tried in the
case's folder; where that is full or read-only, in the user's folder for state (XDG_STATE_HOME).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casebook.atomic import create_bytes, sync_folder, write_bytes
from casebook.exceptions import RunError
from casebook.language import _
from casebook.runs.entry import Entry, IdTaken, Kept, Receipt, dump, load
from casebook.runs.store import Store
from casebook.runs.store_engine import StoreError

FOLDER = "spool"
AT_ONCE = 100  # entries in a transaction, and at most those that one writer brings along
_LEFT_BEHIND = 3600.0  # seconds after which a file that was never finished is swept away


class NotKept(RunError):
    """Neither the store nor a file could take it: it is not saved, and no receipt was given."""


@dataclass(frozen=True)
class Drained:
    """What became of the spool.

    stored: entries that are in the store now. waiting: files that are still there.
    problems: one sentence for each file that cannot be read or that the store does not take.
    """

    stored: int = 0
    waiting: int = 0
    problems: tuple[str, ...] = ()


class Spool:
    """The spool of a case. folders: where files are tried, in order."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders

    @classmethod
    def of_case(cls, case_folder: Path) -> Spool:
        """The spool of a case's folder."""
        beside = _state_folder(case_folder)
        return cls(case_folder / FOLDER, *([beside] if beside else []))

    def waiting(self) -> tuple[Path, ...]:
        """The files that wait to be stored."""
        return tuple(path for folder in self.folders for path in sorted(folder.glob("*.json")))

    def earlier(self, entry: Entry) -> Entry | None:
        """The same entry as it waits already, or None.

        Raises IdTaken where something else waits under its id.
        """
        name = f"{_name(entry).rpartition('-')[0]}-*.json"
        paths = (path for folder in self.folders for path in folder.glob(name))
        found = [same for path in paths if (same := _read(path)) is not None]
        for same in found:
            if same.said == entry.said:
                return same
        if found:
            entry.check_same(found[0])
        return None

    def put(self, entry: Entry, why: str) -> Receipt:
        """Keep an entry in a file; the receipt means that it is synced and renamed into place.

        why: what kept it from the store. Raises NotKept where no folder takes it.
        """
        problems = []
        for folder in self.folders:
            try:
                return _put(folder, entry, why)
            except OSError as error:
                problems.append(f"{folder}: {error.strerror or error}")
        raise NotKept(
            _("not saved: {why}; and no file takes it either: {problems}",
              why=why, problems="; ".join(problems)),
            hint=_("Is the disk full, or the folder read-only?"),
        )  # fmt: skip

    def drain(self, store: Store, *, limit: int | None = None) -> Drained:
        """Bring what waits into the store, so many at most; a file goes once its row is there.

        It may be killed at any moment and done by several processes at once: a row is stored once.
        Raises StoreError where the store does not work; what is in files stays there.
        """
        self._sweep()
        stored, problems = 0, []
        files = [(path, _read(path)) for path in self.waiting()]
        readable = [(path, entry) for path, entry in files if entry is not None]
        for first in range(0, len(readable[:limit]), AT_ONCE):
            done, refused = _store(store, readable[:limit][first : first + AT_ONCE])
            stored += done
            problems += refused
        problems += [
            _("{file} cannot be read; it stays there", file=path)
            for path, entry in files
            if entry is None and path.exists()  # else another process has just stored it
        ]
        return Drained(stored, len(self.waiting()), tuple(problems))

    def drain_some(self, store: Store) -> None:
        """Bring some along unless another process is just doing it; a fault is for the next one."""
        for path in self.waiting()[:1]:
            with contextlib.suppress(OSError, RunError), _alone(path.parent) as free:
                if free:
                    self.drain(store, limit=AT_ONCE)

    def _sweep(self) -> None:
        """Remove files that a killed process began; nobody got a receipt for them."""
        for path in (path for folder in self.folders for path in folder.glob(".*.tmp")):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _LEFT_BEHIND:
                    path.unlink()


def _put(folder: Path, entry: Entry, why: str) -> Receipt:
    if not folder.is_dir():
        own = folder.name != FOLDER  # the user's own, not the case's
        folder.mkdir(mode=0o700 if own else 0o777, parents=own, exist_ok=True)
        sync_folder(folder.parent)
    path = folder / _name(entry)
    if not create_bytes(path, dump(entry, why).encode()):
        earlier = _read(path)
        if earlier is not None:
            return Receipt(entry.id, earlier.at, Kept.SPOOLED, is_new=False)
        write_bytes(path, dump(entry, why).encode())  # drained just now, or damaged
    return Receipt(entry.id, entry.at, Kept.SPOOLED)


def _store(store: Store, files: Sequence[tuple[Path, Entry]]) -> tuple[int, list[str]]:
    """Store entries together, or one by one where one of them is in the way of the others."""
    try:
        store.append(*(entry for _path, entry in files))
    except IdTaken:
        pass
    except StoreError as error:
        if not error.refuses_content:
            raise
    else:
        for path, _entry in files:
            path.unlink(missing_ok=True)
        return len(files), []
    problems = [problem for path, entry in files for problem in _store_one(store, path, entry)]
    return len(files) - len(problems), problems


def _store_one(store: Store, path: Path, entry: Entry) -> Iterator[str]:
    """Nothing, or the sentence that says why a file stays."""
    try:
        try:
            store.append(entry)
        except IdTaken:  # a receipt was given for it: it is stored beside the other one
            store.append(replace(entry, id=f"{entry.id[:80]}~{_digest(entry.said)[:12]}"))
    except StoreError as error:
        if not error.refuses_content:
            raise
        yield _("{file} stays there: {error}", file=path, error=error.message)
        return
    path.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process holds the spool's lock; it ends with the process."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _read(path: Path) -> Entry | None:
    """The entry in a file, None where the file is gone or holds none."""
    try:
        return load(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _name(entry: Entry) -> str:
    return f"{entry.table}-{_digest(entry.id)[:24]}-{_digest(entry.said)[:16]}.json"


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _state_folder(case_folder: Path) -> Path | None:
    """Where files go if the case's folder takes none; None for a user without a home."""
    try:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    except RuntimeError:
        return None
    home = case_folder.resolve()
    return base / "casebook" / FOLDER / f"{home.name}-{_digest(str(home))[:12]}"
