"""Which files a source names: one, or those of a pattern, in natural order."""

from __future__ import annotations

import os
import re
from pathlib import Path

from casebook.exceptions import TableError, nearest
from casebook.language import _
from casebook.tables.model import Place

_PATTERN = re.compile(r"[*?\[]")
_LISTED = 12


def is_database(source: str) -> bool:
    """Whether a source is the address of a database rather than a file."""
    return "://" in source


def find_files(source: str, folder: Path, place: Place) -> tuple[Path, ...]:
    """The files that a source names, relative to the case's folder.

    Raises TableError where there is none (naming what is there), for a folder, and for a file
    that may not be read.
    """
    path = folder / Path(source).expanduser()
    if path.exists() or not _PATTERN.search(source):
        return (_checked(path, source, place),)
    base, pattern = (Path(path.anchor), str(path.relative_to(path.anchor)))
    found = sorted(
        (p for p in base.glob(pattern) if p.is_file() and p.name[0] != "."), key=_natural
    )
    if not found:
        raise TableError(
            _("no file fits the pattern '{source}'.", source=source),
            place=place("source"),
            hint=_there(path.parent),
        )
    return tuple(_checked(p, p.name, place) for p in found)


def _natural(path: Path) -> list[tuple[int, str]]:
    """`part2` before `part10`."""
    parts = re.split(r"(\d+)", str(path))
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _checked(path: Path, source: str, place: Place) -> Path:
    if path.is_dir():
        raise TableError(
            _("'{source}' is a folder, not a file.", source=source),
            place=place("source"),
            hint=_("For all its files write '{source}/*.csv'.", source=source.rstrip("/")),
        )
    if not path.exists():
        raise TableError(
            _("there is no file '{source}'.", source=source),
            place=place("source"),
            hint=nearest(path.name, _names(path.parent)) or _there(path.parent),
        )
    if not os.access(path, os.R_OK):
        raise TableError(
            _("'{source}' may not be read: its permissions do not allow it", source=source),
            place=place("source"),
        )
    return path


def _names(folder: Path) -> list[str]:
    try:
        return sorted(p.name for p in folder.iterdir() if p.is_file() and p.name[0] != ".")
    except OSError:
        return []


def _there(folder: Path) -> str:
    if not folder.is_dir():
        return _("The folder {folder} does not exist either.", folder=folder)
    names = _names(folder)
    if not names:
        return _("There are no files in {folder}.", folder=folder)
    shown = ", ".join(names[:_LISTED])
    more = _(" and {n} more", n=len(names) - _LISTED) if len(names) > _LISTED else ""
    return _("In {folder} there is: {names}.", folder=folder, names=shown + more)
