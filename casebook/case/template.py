"""A new record: every question is there as a comment, with `null` where an answer belongs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from casebook import language as languages
from casebook.case import emit, places
from casebook.case.base import Section
from casebook.case.file import FILE_NAME, read_record
from casebook.case.questions import is_optional
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
        record = places.validate(known, {}, FILE_NAME)
        lines = [*_comment(_("The record of a case. null means: not answered yet."), 0), ""]
        text = "\n".join([*lines, *_section(record, 0)]).strip() + "\n"
    read_record(text.encode())
    return text


def _source(table: TableSource | Mapping[str, object] | str) -> object:
    return {"source": table} if isinstance(table, str) else plain(table)


def _merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of all parts; a later one wins."""
    found: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            both = isinstance(value, Mapping) and isinstance(found.get(name), Mapping)
            found[name] = _merged(found[name], value) if both else value
    return found


def _section(section: Section, indent: int) -> Iterator[str]:
    """The lines of a section's fields."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        inner = _inner_lines(value, indent + 2)
        if inner is None:
            yield from _leaf(section, name, field, indent)
            continue
        yield from [""] if indent == 0 else []
        text = field.description or ""
        yield from _comment(_(text), indent)
        yield f"{' ' * indent}{emit.key(name)}:"
        yield from inner


def _inner_lines(value: object, indent: int) -> list[str] | None:
    """The lines within a section or named sections; None for anything else."""
    if isinstance(value, Section):
        return list(_section(value, indent))
    if not isinstance(value, Mapping) or not any(isinstance(v, Section) for v in value.values()):
        return None
    found = []
    for name, inner in value.items():
        found += [f"{' ' * indent}{emit.key(name)}:", *_section(inner, indent + 2)]
    return found


def _leaf(section: Section, name: str, field: FieldInfo, indent: int) -> list[str]:
    """The lines of one field: a question stands above it, what is optional behind it."""
    lines = emit.field(field.alias or name, plain(getattr(section, name)), indent)
    leading = type(section).leading
    text = _about(field, asks=not leading)
    if leading:
        text = text if name == leading else ""
    elif not is_optional(field):
        return [*_comment(text, indent), *lines]
    if not text:
        return lines
    if len(lines) == 1 and len(lines[0]) + len(text) + 4 <= emit.WIDTH:
        return [f"{lines[0]}  # {text}"]
    return [*_comment(text, indent), *lines]


def _about(field: FieldInfo, *, asks: bool) -> str:
    """What a comment says of a field: its question, the answers allowed, the fields of entries."""
    annotation, text = field.rebuild_annotation(), field.description or ""
    choices = [emit.bracketed(one) for one in places.choices(annotation)]
    entries = places.models(annotation)
    names = [inner.alias or n for m in entries[:1] for n, inner in m.model_fields.items()]
    parts = [
        _(text) if asks else "",
        f"({' | '.join(choices)})" if len(choices) > 1 else "",
        _("Fields: {names}.", names=", ".join(names)) if names else "",
    ]
    return " ".join(part for part in parts if part)


def _comment(text: str, indent: int) -> list[str]:
    start = f"{' ' * indent}# "
    return textwrap.wrap(text, _WIDTH, initial_indent=start, subsequent_indent=start)
