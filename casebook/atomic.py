"""Files written beside, synced and renamed into place: the old content or the new, never half."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path


def write_bytes(path: Path | str, data: bytes, *, durable: bool = True) -> None:
    """Replace the content of a file at once.

    A reader sees the old content or the new. A new file gets the permissions that the umask
    says, an existing one keeps its own; a symbolic link stays and its target is replaced.
    durable: whether it waits until a power cut cannot take the new content any more.
    Raises OSError (disk full, read-only, no such folder); then the old file is as it was and
    no temporary file is left.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        _write_new(beside, data, _mode(target), durable=durable)
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
        raise
    if durable:
        sync_folder(target.parent)


def create_bytes(path: Path, data: bytes) -> bool:
    """Make a file at once, synced, unless there is one; returns whether it was made.

    Of several processes that make the same file one does, and the others are told.
    Raises OSError (disk full, read-only, no such folder); then nothing is left of it.
    """
    beside = path.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        _write_new(beside, data, None, durable=True)
        made = _renamed_unless_there(beside, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
    sync_folder(path.parent)
    return made


def _renamed_unless_there(beside: Path, path: Path) -> bool:
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        beside.rename(path)  # a file system without hard links
    return True


def write_text(path: Path | str, text: str, *, durable: bool = True) -> None:
    """Replace the content of a text file at once, as UTF-8; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"), durable=durable)


def sync(path: Path) -> None:
    """Wait until a power cut cannot take a file's content any more. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames within a folder survive a power cut, where the system lets a folder sync."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that may be written but not listed
        return
    try:
        with contextlib.suppress(OSError):  # some network file systems refuse
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mode(target: Path) -> int | None:
    """The permissions of a file that is there, or None."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None


def _write_new(path: Path, data: bytes, mode: int | None, *, durable: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        if durable:
            os.fsync(descriptor)
