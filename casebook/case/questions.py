"""The questions of a record: every one, what may be answered, and whether it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple, get_origin

from pydantic.fields import FieldInfo

from casebook.case.base import Section
from casebook.case.places import choices, members, models
from casebook.case.record import PHASE_SECTIONS, Record
from casebook.language import _


class Question(NamedTuple):
    """One question of the record.

    path: dotted, as `save_answers` takes it. phase: stem of the phase that asks it.
    text: in the language in use. allowed: the answers, where they are few and named.
    kind: choice, flag, number, day, value, text, paragraph, person, column, table, expression,
        aggregate, or fields (entries that have fields of their own).
    many: the answer is a list. optional: nobody has to answer.
    """

    path: str
    phase: str
    text: str
    kind: str
    allowed: tuple[str, ...]
    answered: bool
    many: bool = False
    optional: bool = False


def questions(record: Record) -> tuple[Question, ...]:
    """Every question of a record, in its order, also of each entry of its lists and tables."""
    return tuple(_of_section(record, "", "case", ""))


def open_questions(record: Record) -> tuple[Question, ...]:
    """The questions that nobody has answered yet, without those that nobody has to answer."""
    return tuple(one for one in questions(record) if not one.answered and not one.optional)


def _of_section(section: Section, path: str, phase: str, asks: str) -> Iterator[Question]:
    """asks: the question of the section itself, which its leading field takes over."""
    needless = section.not_asked()
    for name, field in type(section).model_fields.items():
        inner = f"{path}.{field.alias or name}" if path else field.alias or name
        stem = phase if path else PHASE_SECTIONS.get(name, phase)
        value = getattr(section, name)
        text = asks if name == type(section).leading and asks else field.description or ""
        if not isinstance(value, Section):
            yield _question(field, inner, stem, text, value, needless=name in needless)
        yield from _inside(value, inner, stem, text)


def _inside(value: object, path: str, phase: str, text: str) -> Iterator[Question]:
    """The questions of a section, or of each of several."""
    if isinstance(value, Section):
        yield from _of_section(value, path, phase, text)
    elif isinstance(value, Mapping | tuple):
        named = value.items() if isinstance(value, Mapping) else enumerate(value)
        for name, inner in named:
            if isinstance(inner, Section):
                yield from _of_section(inner, f"{path}.{name}", phase, "")


def _question(
    field: FieldInfo, path: str, phase: str, text: str, value: object, *, needless: bool
) -> Question:
    annotation = field.rebuild_annotation()
    return Question(
        path=path,
        phase=phase,
        text=_(text),
        kind=kind_of(field),
        allowed=tuple(str(one) for one in choices(annotation)),
        answered=value not in (None, "", (), {}),
        many=any(get_origin(one) is tuple for one in members(annotation)),
        optional=needless or is_optional(field),
    )


def is_optional(field: FieldInfo) -> bool:
    """Whether nobody has to fill a field in."""
    return bool(_extra(field).get("x-optional"))


def kind_of(field: FieldInfo) -> str:
    """What is typed into a field; see `Question`."""
    declared = _extra(field).get("x-kind")
    if declared:
        return str(declared)
    annotation = field.rebuild_annotation()
    if models(annotation) or any(get_origin(one) is dict for one in members(annotation)):
        return "fields"
    found = set(members(annotation))
    if len(found) > 1:
        return "value"
    return _kind_of_type(next(iter(found)))


def _kind_of_type(found: object) -> str:
    if get_origin(found) is Literal:
        return "choice"
    simple: dict[object, str] = {bool: "flag", int: "number", float: "number", date: "day"}
    return simple.get(found, "text")


def _extra(field: FieldInfo) -> dict[str, Any]:
    return dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}
