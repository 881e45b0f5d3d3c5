"""What is wrong with a record, said with file, line, field, what was found and what is allowed."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from casebook.case.document import Path, dotted, shown, where
from casebook.case.record import Record
from casebook.exceptions import RecordError, nearest
from casebook.language import N_, _

_Error = Mapping[str, Any]

# The type of pydantic's error -> our sentence; `{found}`, `{gt}`, ... are filled from its context.
_SENTENCES = {
    "string_type": N_("found {found}; a text is expected (in quotes, if it looks like a number)"),
    "int_type": N_("found {found}; a whole number is expected"),
    "int_from_float": N_("found {found}; a whole number is expected"),
    "int_parsing": N_("found {found}; a whole number is expected"),
    "float_type": N_("found {found}; a number is expected"),
    "finite_number": N_("found {found}; a finite number is expected"),
    "bool_type": N_("found {found}; true or false is expected"),
    "greater_than_equal": N_("found {found}; at least {ge} is expected"),
    "less_than_equal": N_("found {found}; at most {le} is expected"),
    "tuple_type": N_("found {found}; a list is expected"),
    "dict_type": N_("found {found}; fields are expected, each with a name"),
    "model_type": N_("found {found}; fields are expected: {fields}"),
    "too_short": N_("found nothing; at least one entry is expected"),
    "missing": N_("this field is required and not there"),
}


def where_is(lines: Mapping[Path, int], file: str, path: Path) -> str:
    """The place of a field; where it is not written, the line of what would hold it."""
    held: Path = path
    while held and held not in lines:
        held = held[:-1]
    return where(file, lines.get(held) if held or not path else None, dotted(path))


def validate(data: Mapping[str, Any], lines: Mapping[Path, int], file: str) -> Record:
    """The record that data hold; `lines` says where each field is.

    Raises RecordError that names every field that is wrong, one a line.
    """
    try:
        return Record.model_validate(data)
    except ValidationError as error:
        found = _merged(error, data)
        sentences = [
            f"{where_is(lines, file, path)}: {_sentence(errors, path)}"
            for path, errors in sorted(found.items(), key=lambda item: _order(lines, item[0]))
        ]
        raise RecordError("\n".join(sentences)) from None


def _order(lines: Mapping[Path, int], path: Path) -> tuple[int, str]:
    held = path
    while held and held not in lines:
        held = held[:-1]
    return lines.get(held, 0), dotted(path)


def _merged(error: ValidationError, data: Mapping[str, Any]) -> dict[Path, list[_Error]]:
    """Errors by field; the branches of a union are one field."""
    found: dict[Path, list[_Error]] = {}
    for one in error.errors(include_url=False):
        path = _real(one["loc"], data, one["type"])
        if one["type"] == "casebook" and one["ctx"]["field"]:
            extra = one["ctx"]["field"].split(".")
            path += tuple(int(part) if part.isdigit() else part for part in extra)
        found.setdefault(path, []).append(dict(one))
    return found


def _real(loc: Sequence[str | int], data: object, kind: str) -> Path:
    """The parts of pydantic's location that are in the record; it adds names of types."""
    path: Path = ()
    for number, part in enumerate(loc):
        last_is_missing = kind == "missing" and number == len(loc) - 1
        if isinstance(data, Mapping) and part in data:
            data = data[str(part)]
        elif isinstance(data, Sequence) and isinstance(part, int) and part < len(data):
            data = data[part]
        elif not last_is_missing:
            continue
        path += (part,)
    return path


def _sentence(errors: Sequence[_Error], path: Path) -> str:
    ours = [error["ctx"]["message"] for error in errors if error["type"] == "casebook"]
    if ours:
        return str(ours[0])
    first = errors[0]
    if first["type"] == "extra_forbidden":
        return _unknown_field(path)
    found = shown(first["input"])
    if first["type"] == "literal_error":
        return _not_allowed(found, first["input"], allowed_values(path))
    fields = ", ".join(field_names(path))
    known = _SENTENCES.get(first["type"])
    if known is None or len({error["type"] for error in errors}) > 1:
        return _("found {found}, which is not allowed here", found=found)
    return _(known, found=found, fields=fields, **{k: _plain(v) for k, v in _context(first)})


def _context(error: _Error) -> list[tuple[str, Any]]:
    return [(k, v) for k, v in (error.get("ctx") or {}).items() if k in {"ge", "le"}]


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _unknown_field(path: Path) -> str:
    names = field_names(path[:-1])
    allowed = _("allowed: {names}.", names=", ".join(names))
    unknown = _("unknown field '{name}';", name=path[-1])
    return f"{unknown} {allowed} {nearest(str(path[-1]), names)}".strip()


def _not_allowed(found: str, value: object, allowed: Sequence[object]) -> str:
    names = [str(one) for one in allowed]
    message = _("found {found}; allowed: {names}.", found=found, names=", ".join(names))
    return f"{message} {nearest(str(value), names)}".strip()


def field_names(path: Path) -> list[str]:
    """The names that fields at a path can have, as the file writes them; empty if any can."""
    model = next(iter(models(annotation_at(path))), None)
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def allowed_values(path: Path) -> tuple[object, ...]:
    """The values that a field with a fixed choice can have, or nothing."""
    return choices(annotation_at(path))


def is_list(path: Path) -> bool:
    """Whether the record declares a list at a path."""
    return any(get_origin(one) is tuple for one in members(annotation_at(path)))


def annotation_at(path: Path) -> object:
    """The type that the record declares for a field; None where there is no such field."""
    found: object = Record
    for part in path:
        found = _inner(found, part)
    return found


def _inner(annotation: object, part: str | int) -> object:
    for one in members(annotation):
        if isinstance(one, type) and issubclass(one, BaseModel):
            for name, field in one.model_fields.items():
                if part in {name, field.alias}:
                    return field.rebuild_annotation()
        origin, args = get_origin(one), get_args(one)
        if origin is dict:
            return args[1]
        if origin is tuple and isinstance(part, int):
            return args[0]
    return None


def members(annotation: object) -> list[object]:
    """The types that an annotation allows, without None and without what qualifies them."""
    if get_origin(annotation) is Annotated:
        return members(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return [one for arg in get_args(annotation) for one in members(arg)]
    return [] if annotation in {None, type(None)} else [annotation]


def models(annotation: object) -> list[type[BaseModel]]:
    """The sections that an annotation allows, of one or of each entry."""
    found = [a for a in members(annotation) if isinstance(a, type) and issubclass(a, BaseModel)]
    inner = [arg for one in members(annotation) for arg in get_args(one) if arg is not Ellipsis]
    return found + [m for arg in inner if get_origin(arg) is not Literal for m in models(arg)]


def choices(annotation: object) -> tuple[object, ...]:
    """The values that an annotation allows, where they are few and named."""
    literal = [one for one in members(annotation) if get_origin(one) is Literal]
    return tuple(value for one in literal for value in get_args(one))
