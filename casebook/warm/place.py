"""Where templates listen: a folder that only this user can enter, with a short name."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from casebook.exceptions import RunError
from casebook.language import _

LONGEST = (
    60  # of a runtime folder; a unix socket's path holds 107 characters on Linux, 103 on macOS
)


def short_parent() -> Path:
    """A folder whose name leaves room for a socket's. Raises RunError where there is none."""
    candidates = (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp")  # noqa: S108 (what is made in it has mode 700)
    for candidate in candidates:
        if candidate and len(candidate) < LONGEST and os.access(candidate, os.W_OK | os.X_OK):
            return Path(candidate)
    raise RunError(
        _("there is no folder with a short name for the kernels' sockets"),
        hint=_("Set TMPDIR to one of fewer than {n} characters.", n=LONGEST),
    )


def folder() -> Path:
    """The folder of this user's templates, made where it is not there.

    Raises RunError where it belongs to another user or others may enter it.
    """
    path = short_parent() / f"casebook-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if not private or found.st_uid != os.getuid():
        raise RunError(
            _("the folder of the templates is not private"),
            place=str(path),
            hint=_("Remove it, or set TMPDIR to a folder of your own."),
        )
    return path


def socket_of(kind: str) -> Path:
    """Where the template of a kind listens for this interpreter."""
    interpreter = f"{os.path.realpath(sys.executable)} {sys.prefix} {sys.version}"
    digest = hashlib.sha256(interpreter.encode()).hexdigest()[:12]
    return folder() / f"{kind}-{digest}.s"
