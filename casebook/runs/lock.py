"""One run at a time for a case: a lock that ends with the process that holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from casebook.exceptions import RunError
from casebook.formats import moment
from casebook.language import _

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class AlreadyRunning(RunError):
    """Another run of the case holds the lock. Exit status 75, "try again later"."""

    exit_status = 75


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: the run's name and since when, in UTC."""

    run: str
    since: datetime


def boot_id() -> str:
    """The host's current boot; empty where the system does not say."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


@contextmanager
def hold(path: Path, run: str) -> Iterator[None]:
    """Hold the lock while a run is going on.

    The system frees it when the process ends, however it ends.
    Raises AlreadyRunning when another run holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _take(descriptor, path)
        note = json.dumps({"run": run, "since": datetime.now(UTC).isoformat()})
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning(_sentence(_read(path))) from None


def _sentence(other: Holder | None) -> str:
    if other is None:
        return _("already running; only one run of a case at a time")
    return _(
        "already running since {since} UTC (run {run}); only one run of a case at a time",
        since=moment(other.since),
        run=other.run,
    )


def holder(path: Path) -> Holder | None:
    """The run that holds a lock now, or None where it is free."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(path) or Holder(run="", since=datetime.now(UTC))
    return None


def _read(path: Path) -> Holder | None:
    """What the holder wrote; None in the moment before it did."""
    try:
        note = json.loads(path.read_text("utf-8"))
        return Holder(run=note["run"], since=datetime.fromisoformat(note["since"]))
    except (OSError, ValueError, KeyError):
        return None
