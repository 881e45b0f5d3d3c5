"""The lock of a case: one process at a time changes its record."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casebook.exceptions import RecordError
from casebook.language import _

FILE_NAME = ".case.lock"
WAIT = 10.0  # seconds; a save takes a fraction of one


@contextmanager
def locked(folder: Path, wait: float = WAIT) -> Iterator[None]:
    """Hold the case's lock, waiting at most `wait` seconds for whoever holds it.

    The system frees it when its holder dies, so a lock file that lies about means nothing.
    Raises RecordError when the wait is over, OSError where the folder cannot be written.
    """
    descriptor = os.open(folder / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        _acquire(descriptor, time.monotonic() + wait)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise RecordError(
                    _("another process is saving this case."),
                    place=FILE_NAME,
                    hint=_("Nothing was saved; try again in a moment."),
                ) from None
            time.sleep(0.02)
        else:
            return
