"""Values as YAML text: the plainest form that reads back the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

WIDTH = 100  # a list of single values that fits into a line stays on one

# Texts that need no quotes: they start with a letter and hold no sign that YAML reads.
_PLAIN = re.compile(r"[^\W\d_](?:[\w .;/()%+\-=&<>*'$€?!,]*[\w.;/()%+\-=&<>*'$€?!])?")
_PLAIN_IN_BRACKETS = re.compile(r"[^\W\d_](?:[\w ./()%+\-=<>*]*[\w./()%+\-=<>*])?")
# What some reader of YAML takes for something else than text.
_RESERVED = frozenset({"null", "true", "false", "on", "off", "y", "n"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Block(NamedTuple):
    """A value on lines of its own: what stands behind the colon, and the lines."""

    header: str
    lines: list[str]


def inline(value: object, *, brackets: bool = False, quote: str = "") -> str | None:
    """A value on the line of its field, or None where it needs lines of its own.

    brackets: it stands within a list or fields in brackets.
    quote: the sign that stood around the text before; kept.
    """
    if isinstance(value, str):
        return _text(value, brackets=brackets, quote=quote)
    if isinstance(value, Mapping):
        return "{}" if not value else None
    if isinstance(value, Sequence):
        return "[]" if not value else None
    return _single(value)


def bracketed(value: object) -> str:
    """A value in one line, lists and fields in brackets."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(bracketed_field(k, v) for k, v in value.items())}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(bracketed(item) for item in value)}]"
    return inline(value, brackets=True) or ""


def bracketed_field(name: str, value: object) -> str:
    """One field within brackets."""
    return f"{key(name)}: {bracketed(value)}"


def key(name: str) -> str:
    """The name of a field."""
    plain = _PLAIN_IN_BRACKETS.fullmatch(name) and name.isprintable()  # a key is always text
    return name if plain else _text(name, brackets=True, quote="") or '""'


def block(value: object, indent: int) -> Block:
    """A value on lines of its own, each indented by at least `indent` spaces."""
    space = " " * indent
    if isinstance(value, str):
        chomp = "" if value.endswith("\n") else "-"
        lines = value.removesuffix("\n").split("\n")
        return Block(f"|{chomp}", [f"{space}{line}" if line else "" for line in lines])
    if isinstance(value, Mapping):
        return Block("", [line for k, v in value.items() for line in field(k, v, indent)])
    items = list(value) if isinstance(value, Sequence) else []
    return Block("", [line for item in items for line in entry(item, indent)])


def field(name: str, value: object, indent: int) -> list[str]:
    """The lines of one field and its value."""
    start = f"{' ' * indent}{key(name)}:"
    short = one_line(value, room=WIDTH - len(start) - 1)
    if short is not None:
        return [f"{start} {short}"]
    found = block(value, indent + 2)
    return [f"{start} {found.header}".rstrip(), *found.lines]


def entry(value: object, indent: int) -> list[str]:
    """The lines of one entry of a list."""
    start = f"{' ' * indent}- "
    short = one_line(value, room=WIDTH - len(start))
    if short is not None:
        return [f"{start}{short}"]
    found = block(value, indent + 2)
    if found.header:
        return [f"{start}{found.header}", *found.lines]
    return [start + found.lines[0][indent + 2 :], *found.lines[1:]]


def one_line(value: object, room: int, quote: str = "") -> str | None:
    """A value on the line of its field: single values, empty ones, short lists of single ones."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        simple = all(not isinstance(item, Mapping | list | tuple) for item in value)
        text = bracketed(value)
        return text if not value or (simple and len(text) <= room) else None
    return inline(value, quote=quote)


def _single(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float.__repr__(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _text(value: str, *, brackets: bool, quote: str) -> str | None:
    """A text, in quotes where it needs them; None where lines of its own read better."""
    if not brackets and _reads_as_lines(value):
        return None
    pattern = _PLAIN_IN_BRACKETS if brackets else _PLAIN
    plain = pattern.fullmatch(value) and value.isprintable() and value.lower() not in _RESERVED
    if plain and not quote and value not in {"Yes", "YES", "No", "NO"}:
        return value
    single = value.isprintable() and (quote == "'" or (not quote and set(value) & {'"', "\\"}))
    if single:
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_escaped(sign) for sign in value) + '"'


def _reads_as_lines(value: str) -> bool:
    """Whether a text can be written as it is, line by line."""
    lines = value.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and not lines[0].startswith(" ")
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and bool(lines[0])
        and bool(lines[-1])
    )


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isprintable():
        return sign
    code = ord(sign)
    return (
        f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}" if code < 65536 else f"\\U{code:08X}"
    )
