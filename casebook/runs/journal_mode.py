"""Which journal SQLite may keep: WAL where version and file system are safe, else DELETE."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_MOUNTS = Path("/proc/mounts")
_SHARED = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"}
_SHARED_PREFIX = "fuse."

Version = tuple[int, ...]


def journal_mode(path: Path) -> str:
    """`wal` or `delete` for a database file.

    WAL needs memory that all its users share, so no network disk. SQLite before 3.51.3 could
    corrupt a database in WAL mode, but for the fixed series 3.44.6 and 3.50.7.
    """
    return "wal" if is_fixed(sqlite3.sqlite_version_info) and is_local(path) else "delete"


def is_fixed(version: Version) -> bool:
    """Whether this SQLite is free of the bug.

    >>> is_fixed((3, 40, 1)), is_fixed((3, 44, 6)), is_fixed((3, 51, 3))
    (False, True, True)
    """
    return version >= (3, 51, 3) or any(
        (*series, fix) <= version < (series[0], series[1] + 1)
        for series, fix in (((3, 44), 6), ((3, 50), 7))
    )


def is_local(path: Path) -> bool:
    """Whether a file is on a disk of this machine; False where nobody can say."""
    try:
        mounts = [line.split() for line in _MOUNTS.read_text("utf-8").splitlines()]
    except OSError:
        return False
    folder = path.resolve()
    held = [m for m in mounts if folder.is_relative_to(m[1].replace("\\040", " "))]
    kind = max(held, key=lambda mount: len(mount[1]))[2] if held else ""
    return bool(kind) and kind not in _SHARED and not kind.startswith(_SHARED_PREFIX)
