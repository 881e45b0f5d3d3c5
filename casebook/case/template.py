"""A new record: every question is there as a comment, with `null` where an answer belongs."""

from __future__ import annotations

from collections.abc import Mapping

from casebook import language as languages
from casebook.case import places
from casebook.case.file import FILE_NAME, read_record
from casebook.case.save import plain
from casebook.case.sections_data import TableSource
from casebook.language import _

_WIDTH = 96


def new_record_text(
    name: str,
    tables: Mapping[str, TableSource | Mapping[str, object] | str],
    *,
    target: str | None = None,
    time: str | None = None,
    roles: Mapping[str, str] | None = None,
    language: str = "en",
    answers: Mapping[str, object] | None = None,
) -> str:
    """The text of a commented `case.yaml` in which every question is there.

    tables: name -> how it is read; a text is its source. roles: those that are to be fixed.
    answers: what is known already, as sections: `{"symptom": {"metric": "COUNT(*)"}}`.
    Comments are in the record's language. Raises RecordError where a value is not allowed.
    """
    known = _merged(
        {"data": {"target": target, "time": time, "roles": dict(roles or {})}},
        {
            "name": name,
            "language": language,
            "data": {"tables": {k: _source(v) for k, v in tables.items()}},
        },
        plain(answers or {}),
    )
    with languages.using(language if language in languages.LANGUAGES else "en"):
        record = places.validate(known, _nowhere(), FILE_NAME)
        lines = [*_comment(_("The record of a case. null means: not answered yet."), 0), ""]
        lines += _section(record, 0)
        text = "\n".join(lines).strip() + "\n"
    read_record(text.encode())
    return text
