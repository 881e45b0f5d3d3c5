"""Answers saved into a record: validated, written atomically, journalled, never over others'."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from casebook.atomic import write_bytes
from casebook.case import journal, places
from casebook.case.document import Document, dotted, shown
from casebook.case.document import Path as FieldPath
from casebook.case.edits import edited
from casebook.case.file import (
    FILE_NAME,
    Case,
    encode,
    not_possible,
    open_case,
    read_bytes,
    read_record,
    split,
    version_of,
)
from casebook.case.lock import locked
from casebook.exceptions import RecordError
from casebook.language import _

Name = str | FieldPath


def save_answers(case: Case, answers: Mapping[Name, object], by: str) -> Case:
    """Set fields of the record and return the case as it is then.

    answers: dotted name (or its parts, for names with dots) -> value; entries of a list by
        their place, one past the last appends.
    by: who answers, for the journal.
    Comments, order and every line that is not concerned stay; a file in which nothing changes
    stays as it is, byte for byte.
    Raises RecordError where an answer is not allowed, where somebody else changed the record
    since it was read, or where it cannot be written; then nothing has changed.
    """
    if not _whole(by).strip():
        raise RecordError(_("a name is needed: who answers?"))
    try:
        with locked(case.folder):
            return _save(case, answers, by)
    except OSError as error:
        raise not_possible(error, _("the answers cannot be saved"), _file(error)) from error


def _file(error: OSError) -> str:
    """The name of the file that an error is about, as far as it is one that people know."""
    name = Path(str(error.filename)).name if error.filename else FILE_NAME
    return FILE_NAME if name.endswith(".tmp") else name


def _save(case: Case, answers: Mapping[Name, object], by: str) -> Case:
    content = read_bytes(case.path)
    if version_of(content) != case.version:
        raise _changed_by_others(case.folder, version_of(content))
    document, _record = read_record(content)
    data = with_answers(document, answers)
    places.validate(data, document.lines, FILE_NAME)
    text = edited(document, data, FILE_NAME)
    if text == document.text:
        return case
    new = encode(text, content)
    _write(case, new, journal.changes(document.data, data, by, version_of(new)))
    return open_case(case.folder, new)


def _write(case: Case, content: bytes, made: Sequence[journal.Change]) -> None:
    """Replace the record, with its lines for the journal kept aside before and appended after."""
    journal.prepare(case.folder, case.version, made)
    try:
        write_bytes(case.path, content)
    except BaseException:
        journal.abandon(case.folder)
        raise
    journal.commit(case.folder)


def _changed_by_others(folder: Path, version: str) -> RecordError:
    last = next(iter(reversed(journal.read(folder))), None)
    if last is not None and last.version == version and last.who:
        message = _("{name} changed the record at {when}, after you opened it.",
                    name=last.who, when=last.when)  # fmt: skip
    else:
        message = _("the record was changed in an editor after you opened it.")
    hint = _("Nothing was saved; open it again, then answer.")
    return RecordError(message, place=FILE_NAME, hint=hint)


def with_answers(document: Document, answers: Mapping[Name, object]) -> dict[str, Any]:
    """The document's data with answers set; what is missing on the way to a field is made."""
    data = copy.deepcopy(document.data)
    for name, value in answers.items():
        path = split(name) if isinstance(name, str) else name
        _set(data, path, plain(value))
    return data


def plain(value: object) -> Any:  # any value of YAML
    """A value as YAML knows it: sections as fields, tuples as lists, numbers of NumPy as numbers.

    Raises RecordError for anything else.
    """
    if isinstance(value, BaseModel):
        return plain(value.model_dump(by_alias=True))
    if isinstance(value, Mapping):
        return {_whole(str(name)): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _whole(str(value))
    if isinstance(value, int | float):
        return int(value) if isinstance(value, int) else float(value)
    if type(value) is date:
        return value
    found = type(value).__name__
    raise RecordError(_("a value of type {found} cannot be written to a record", found=found))


def _whole(text: str) -> str:
    """The text, if each of its signs can be stored as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        code = f"{ord(text[error.start]):04X}"
        raise RecordError(_("a text holds half a sign (U+{code})", code=code)) from None
    return text


def _set(data: dict[str, Any], path: FieldPath, value: object) -> None:
    """Set one field, making what is missing on the way."""
    held: Any = data
    for depth, part in enumerate(path[:-1], start=1):
        inner = _get(held, part, path[:depth])
        if inner is None:
            empty = isinstance(path[depth], int) and places.is_list(path[:depth])
            inner = [] if empty else {}
            _put(held, part, inner, path[:depth])
        held = inner
    _put(held, path[-1], value, path)


def _get(held: object, part: str | int, path: FieldPath) -> Any:  # any value of YAML
    if isinstance(held, dict):
        return held.get(str(part))
    if isinstance(held, list) and isinstance(part, int):
        return held[part] if part < len(held) else None
    raise _no_such_place(held, path)


def _put(held: object, part: str | int, value: object, path: FieldPath) -> None:
    if isinstance(held, dict):
        held[str(part)] = value
    elif isinstance(held, list) and isinstance(part, int) and part <= len(held):
        held[part : part + 1] = [value]
    else:
        raise _no_such_place(held, path)


def _no_such_place(held: object, path: FieldPath) -> RecordError:
    if isinstance(held, list):
        message = _("the list has {n} entries; there is no place {part}",
                    n=len(held), part=path[-1])  # fmt: skip
    else:
        message = _(
            "found {found}, which holds no field '{part}'", found=shown(held), part=path[-1]
        )
    return RecordError(message, place=f"{FILE_NAME}, {dotted(path)}")
