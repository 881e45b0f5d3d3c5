"""The text of a record as data with places: what YAML says, and on which line it says it.

Only the scanner, parser and composer of ruamel.yaml are used. Values follow the core schema of
YAML 1.2, more strictly: `007` and `1_000` stay text, and every key is text as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from casebook.case.syntax import syntax_error
from casebook.exceptions import RecordError
from casebook.language import _

Path = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 40  # signs; what is longer is an identifier
_NOT_FINITE = re.compile(r"([-+]?)\.(inf|nan)", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: dict[str, bool | None] = {"": None, "~": None}
for _word, _meaning in {"null": None, "true": True, "false": False}.items():
    _WORDS |= dict.fromkeys((_word, _word.capitalize(), _word.upper()), _meaning)
_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge")
)


@dataclass(frozen=True)
class Document:
    """The text of a YAML file, its tree of nodes, its data, and the line of each field."""

    text: str
    root: MappingNode
    data: dict[str, Any]
    lines: Mapping[Path, int]


@dataclass
class _Walk:
    """What is gathered while the tree is walked; every error is kept, not the first alone."""

    file: str
    lines: dict[Path, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def complain(self, path: Path, message: str, line: int | None = None) -> None:
        number = self.lines.get(path, 1) if line is None else line
        self.errors.append(f"{where(self.file, number, dotted(path))}: {message}")


def dotted(path: Path) -> str:
    """`symptom.factors.0.name`, as fields are named in errors and questions."""
    return ".".join(str(part) for part in path)


def where(file: str, line: int | None, name: str = "") -> str:
    """`case.yaml, line 14, data.target`: the place that an error is about."""
    parts = [file]
    if line is not None:
        parts.append(_("line {line}", line=line))
    return ", ".join([*parts, name] if name else parts)


def parse(text: str, file: str) -> Document:
    """The data and places of a record's text.

    file: its name in errors.
    Raises RecordError for what is not YAML, with the line; for an empty file; for anything but
    fields at the top; for fields written twice, aliases and tags, all of them named.
    """
    root = _compose(text, file)
    if root is None:
        raise RecordError(_("the file is empty; a record is expected."), place=file,
                          hint=_("`casebook new` writes one."))  # fmt: skip
    walk = _Walk(file)
    data = _value(root, (), walk)
    if walk.errors:
        raise RecordError("\n".join(walk.errors))
    if not isinstance(root, MappingNode) or not isinstance(data, dict):
        message = _("fields are expected, as `name: restaurant`; found {found}", found=shown(data))
        raise RecordError(message, place=where(file, 1))
    return Document(text, root, data, walk.lines)


def shown(value: object) -> str:
    """A value as an error quotes it: short, texts in quotes, collections by their kind."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _("fields")
    if isinstance(value, list | tuple):
        return _("a list")
    text = value if isinstance(value, str) else str(value)
    short = text if len(text) <= 60 else f"{text[:57]}..."
    return f"'{short}'" if isinstance(value, str) else short


def _compose(text: str, file: str) -> Node | None:
    try:
        found: Node | None = YAML(typ="safe", pure=True).compose(text)
    except RecursionError:
        raise RecordError(_("lists and fields are nested too deeply"), place=file) from None
    except YAMLError as error:
        message, line = syntax_error(error, text)
        raise RecordError(message, place=where(file, line)) from error
    return found


def _value(node: Node, path: Path, walk: _Walk) -> Any:
    """The plain value of a node; places and errors go to `walk`."""
    walk.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in walk.seen:
        walk.complain(path, _("an alias (*) is not allowed; write the value out"))
        return None
    walk.seen.add(id(node))
    if str(node.tag) not in _TAGS:
        walk.complain(path, _("the tag {found} is not allowed", found=shown(str(node.tag))))
        return None
    if isinstance(node, MappingNode):
        return _fields(node, path, walk)
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, i), walk) for i, item in enumerate(node.value)]
    return scalar(node) if isinstance(node, ScalarNode) else None


def _fields(node: MappingNode, path: Path, walk: _Walk) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            walk.complain(path, _("the name of a field must be one text"), line)
            continue
        inner = (*path, key.value)
        if key.value in found:
            message = _("'{name}' was there before, on line {line}",
                        name=key.value, line=walk.lines[inner])  # fmt: skip
            walk.complain(inner, message, line)
            continue
        walk.lines[inner] = line
        found[key.value] = _value(value, inner, walk)
    return found


def scalar(node: ScalarNode) -> str | int | float | bool | date | None:
    """The value of one word or text: what stands in quotes is text."""
    text: str = node.value
    if node.style or str(node.tag) == "tag:yaml.org,2002:str":
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        return float(text.replace(".inf", "inf").replace(".nan", "nan"))
    return _day_or_text(text)


def _day_or_text(text: str) -> str | date:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else text
    except ValueError:  # 2025-02-30: the field says that a day is expected
        return text
