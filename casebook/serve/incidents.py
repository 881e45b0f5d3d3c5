"""What went wrong and is no person's business: an id for the page, the traceback for the log."""

from __future__ import annotations

import os
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

LOG_VARIABLE = "CASEBOOK_LOG"
"""The file that incidents are written to; the server sets it for its kernels."""

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read as another one
_LENGTH = 8


def record(error: BaseException, doing: str) -> str:
    """Write an error with its traceback to the log, under an id; the id is returned.

    doing: what failed, for who reads the log. Without a log it goes to the standard error of the
    process, past a notebook's own streams, which a page can read.
    """
    found = "".join(traceback.format_exception(error)).rstrip()
    return write(f"{doing}: {type(error).__name__}", found)


def write(line: str, more: str = "") -> str:
    """Write one line, and what belongs under it, to the log; its id."""
    name = "".join(secrets.choice(_LETTERS) for _letter in range(_LENGTH))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    indented = "".join(f"    {part}\n" for part in more.splitlines())
    _append(f"{now} {name} {_one_line(line)}\n{indented}")
    return name


def _append(text: str) -> None:
    """At once and at the end: several kernels write to one file."""
    path = os.environ.get(LOG_VARIABLE, "")
    if not path:
        stream = sys.__stderr__
        if stream is not None:
            stream.write(text)
        return
    descriptor = os.open(Path(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, text.encode("utf-8", errors="replace"))
    finally:
        os.close(descriptor)


def _one_line(text: str) -> str:
    """What a page sent cannot start a line of its own."""
    return " ".join(text.split())[:500]
