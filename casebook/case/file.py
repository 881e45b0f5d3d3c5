"""A case and its record as it was read: the folder, the answers, their version and their places."""

from __future__ import annotations

import codecs
import errno
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from casebook import language
from casebook.case import places
from casebook.case.document import Document, parse, where
from casebook.case.record import Record
from casebook.exceptions import RecordError, nearest
from casebook.language import _

FILE_NAME = "case.yaml"
MAX_BYTES = 2_000_000  # a record is written by people; more than this is another file

_OTHER_ENCODINGS = ((codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))


@dataclass(frozen=True)
class Case:
    """A case: its folder and its record, both as they were when it was read.

    version: digest of the file; two cases with the same version have the same record.
    """

    folder: Path
    record: Record
    version: str
    lines: Mapping[tuple[str | int, ...], int] = field(repr=False, compare=False)

    @property
    def path(self) -> Path:
        """The file of the record."""
        return self.folder / FILE_NAME

    def place(self, name: str) -> str:
        """Where a field is, for an error of another room.

        name: dotted, as `data.target` or `symptom.factors.0.metric`.
        A field that is not written gets the line of the section that would hold it.
        """
        return places.where_is(self.lines, FILE_NAME, split(name))


def split(name: str) -> tuple[str | int, ...]:
    """The parts of a dotted name; numbers are places in a list, from 0.

    >>> split("symptom.factors.0.metric")
    ('symptom', 'factors', 0, 'metric')
    """
    return tuple(int(part) if part.isdecimal() else part for part in name.split("."))


def load_case(folder: Path | str) -> Case:
    """The case in a folder; the path of its `case.yaml` will do as well.

    Raises RecordError where the folder or the file is missing, cannot be read, is not YAML, or
    does not hold a record; it names every field that is wrong, with its line.
    """
    home = case_folder(folder)
    content = read_bytes(home / FILE_NAME)
    return open_case(home, content)


@lru_cache(maxsize=4)
def open_case(folder: Path, content: bytes) -> Case:
    """The case that the content of a `case.yaml` makes; it is not read twice."""
    document, record = read_record(content)
    return Case(folder, record, version_of(content), document.lines)


def read_record(content: bytes) -> tuple[Document, Record]:
    """The document and the record in the content of a `case.yaml`.

    Errors are told in the record's language.
    """
    text = decode(content)
    with language.using(_language_of(text)):
        document = parse(text, FILE_NAME)
        return document, places.validate(document.data, document.lines, FILE_NAME)


def version_of(content: bytes) -> str:
    """The digest by which a change of the file is noticed."""
    return hashlib.sha256(content).hexdigest()


def case_folder(folder: Path | str) -> Path:
    """The folder of a case, which must hold a `case.yaml`."""
    given = Path(folder).expanduser()
    home = given.parent if given.name == FILE_NAME else given
    if not home.is_dir():
        around = home.parent.glob(f"*/{FILE_NAME}") if home.parent.is_dir() else ()
        hint = nearest(home.name, [path.parent.name for path in around])
        raise RecordError(_("there is no folder '{name}'.", name=str(home)), hint=hint)
    if not (home / FILE_NAME).exists():
        raise RecordError(
            _("the folder '{name}' holds no {file}.", name=str(home), file=FILE_NAME),
            hint=_("`casebook new` makes a case."),
        )
    return home.resolve()


def read_bytes(path: Path) -> bytes:
    """The content of a record's file; RecordError where it cannot be had."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RecordError(
                _("the file is larger than {n} bytes; a record is expected.", n=MAX_BYTES),
                place=FILE_NAME,
            )
        return path.read_bytes()
    except OSError as error:
        raise not_possible(error, _("the record cannot be read"), FILE_NAME) from error


def not_possible(error: OSError, what: str, place: str) -> RecordError:
    """A RecordError for what the system refused, with the reason in plain words."""
    reasons = {
        errno.EACCES: _("permission is missing"),
        errno.EPERM: _("permission is missing"),
        errno.EROFS: _("it is on a disk that is read-only"),
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk is full"),
        errno.EFBIG: _("the file would be larger than the system allows"),
        errno.EISDIR: _("it is a folder"),
        errno.ENOENT: _("it is not there"),
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return RecordError(_("{what}: {reason}", what=what, reason=reason), place=place)


def decode(content: bytes) -> str:
    """The text of a record, without a mark at its start. Raises RecordError if not UTF-8."""
    for mark, name in _OTHER_ENCODINGS:
        if content.startswith(mark):
            raise RecordError(
                _("the file is {encoding} text; save it as UTF-8", encoding=name), place=FILE_NAME
            )
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"0x{content[error.start]:02X}"
        message = _("the byte {byte} is not UTF-8 text; save the file as UTF-8", byte=byte)
        raise RecordError(message, place=where(FILE_NAME, line)) from None


def encode(text: str, before: bytes) -> bytes:
    """The content for a changed text, with the mark at its start that there was before."""
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode("utf-8")


def _language_of(text: str) -> str:
    """The language that the text names, before it is known to be a record."""
    for line in text.splitlines():
        key, _colon, value = line.partition(":")
        if key == "language":
            named = value.partition("#")[0].strip().strip("'\"")
            return named if named in language.LANGUAGES else language.current()
    return language.current()
