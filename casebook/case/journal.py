"""The journal of a case: when, who, which field, old and new; one line of JSON a change.

A line counts only once the record holds the change. So lines are first kept aside
(`.journal.pending`, synced), then the record is replaced, then they are appended. What a crash
or a full disk leaves aside is appended by the next save.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from casebook.atomic import write_text
from casebook.case.document import dotted, where
from casebook.exceptions import RecordError
from casebook.language import _

FILE_NAME = "journal.jsonl"
PENDING_NAME = ".journal.pending"


@dataclass(frozen=True)
class Change:
    """One change of the record.

    when: UTC, ISO 8601. who: None for a change made outside Casebook, in an editor.
    field: dotted; empty for a change outside, whose fields are not known.
    version: digest of the record after the change.
    """

    when: str
    who: str | None
    field: str
    old: Any
    new: Any
    version: str


def read(folder: Path) -> tuple[Change, ...]:
    """All changes of the record so far, oldest first; those kept aside count as well.

    Raises RecordError for a line that is not a change.
    """
    content = _content(folder / FILE_NAME)
    pending = _pending(folder)
    if pending is not None:
        content = content[: pending["size"]]
        lines = content.splitlines() + [line.encode() for line in pending["lines"]]
    else:
        lines = content.splitlines()
    return tuple(_change(line, number) for number, line in enumerate(lines, 1) if line.strip())


def _change(line: bytes, number: int) -> Change:
    try:
        return Change(**json.loads(line))
    except (ValueError, TypeError):
        raise RecordError(
            _("this is not a change of the record."),
            place=where(FILE_NAME, number),
            hint=_("Put the line right, or move the file away to start a new one."),
        ) from None


def changes(
    old: Mapping[str, Any], new: Mapping[str, Any], who: str, version: str
) -> tuple[Change, ...]:
    """A change for each field that differs; a field that is not there equals null."""
    when = datetime.now(UTC).isoformat(timespec="milliseconds")
    return tuple(
        Change(when, who, dotted(path), before, after, version)
        for path, before, after in _differences((), old, new)
    )


def _differences(
    path: tuple[str | int, ...], old: object, new: object
) -> Iterator[tuple[tuple[str | int, ...], object, object]]:
    if isinstance(new, Mapping) and isinstance(old, Mapping | None):
        before = old or {}
        for name in [*before, *(name for name in new if name not in before)]:
            yield from _differences((*path, name), before.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list) and len(old) <= len(new):
        for place, (one, other) in enumerate(zip_longest(old, new)):
            yield from _differences((*path, place), one, other)
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def prepare(folder: Path, version: str, made: Sequence[Change]) -> None:
    """Keep changes aside before the record is replaced; nothing is in the journal yet.

    version: digest of the record before the change.
    Raises OSError where the journal cannot be written; the record is as it was.
    """
    _settle(folder, version)
    with (folder / FILE_NAME).open("ab") as file:
        size = file.tell()
    outside = _outside_change(folder, version)
    lines = [_line(change) for change in [*outside, *made]]
    pending = {"version": version, "size": size, "lines": lines}
    write_text(folder / PENDING_NAME, json.dumps(pending))


def commit(folder: Path) -> None:
    """Append what was kept aside; the record holds it by now.

    On a full disk it stays aside, synced, until the next save: no change goes unrecorded.
    """
    with contextlib.suppress(OSError):
        _append(folder)


def abandon(folder: Path) -> None:
    """Forget what was kept aside, for the record was not replaced."""
    (folder / PENDING_NAME).unlink(missing_ok=True)


def last_version(folder: Path) -> str | None:
    """The digest of the record after the last change that the journal knows."""
    found = read(folder)
    return found[-1].version if found else None


def _settle(folder: Path, version: str) -> None:
    """Finish what a crash or a full disk left aside, or forget it if it never came about."""
    pending = _pending(folder)
    if pending is None:
        return
    if pending["version"] == version:
        abandon(folder)
    else:
        _append(folder)


def _append(folder: Path) -> None:
    """Append the lines kept aside once, however often this is tried."""
    pending = _pending(folder)
    if pending is None:
        return
    text = "".join(f"{line}\n" for line in pending["lines"]).encode()
    with (folder / FILE_NAME).open("r+b") as file:
        file.seek(pending["size"])  # over half a line of an earlier try
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    abandon(folder)


def _outside_change(folder: Path, version: str) -> list[Change]:
    """A line for a change in an editor: the record is not what the journal last saw."""
    last = last_version(folder)
    if last in {None, version}:
        return []
    when = datetime.now(UTC).isoformat(timespec="milliseconds")
    return [Change(when, None, "", last, version, version)]


def _line(change: Change) -> str:
    return json.dumps(asdict(change), ensure_ascii=False, default=_day)


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a value of a record")


def _pending(folder: Path) -> dict[str, Any] | None:
    content = _content(folder / PENDING_NAME)
    return json.loads(content) if content else None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
