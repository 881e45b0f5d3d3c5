"""Changes of a record's text: only the lines of what changed are written anew.

Comments, order, quotes and spacing of everything else stay as a person wrote them. The result is
read again and held against what was meant, so a form of YAML not foreseen here is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from casebook.case import emit
from casebook.case.document import Document, parse
from casebook.exceptions import RecordError
from casebook.language import _


class _NotInPlaceError(Exception):
    """A part cannot be changed by itself; what holds it is written anew."""


@dataclass(frozen=True)
class _Owner:
    """What holds a value: where it ends, and how deep its own lines are indented.

    stop: index behind the colon or the dash.
    """

    stop: int
    indent: int
    brackets: bool


@dataclass
class _Editor:
    """Collects replacements (start, stop, text) against the text as it was."""

    text: str
    newline: str
    splices: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, stop: int, text: str) -> None:
        self.splices.append((start, stop, text))

    def add_lines(self, index: int, lines: list[str]) -> None:
        """Put lines behind the line that holds `index`."""
        stop = self.line_stop(index)
        self.replace(stop, stop, "".join(self.newline + line for line in lines))

    def line_start(self, index: int) -> int:
        return max(self.text.rfind("\n", 0, index), self.text.rfind("\r", 0, index)) + 1

    def line_stop(self, index: int) -> int:
        found = [self.text.find(sign, index) for sign in "\r\n"]
        return min([at for at in found if at >= 0], default=len(self.text))

    def result(self) -> str:
        """The new text; what was put at the same place keeps the order of its making."""
        text = self.text
        numbered = sorted(enumerate(self.splices), key=lambda one: (one[1][0], one[0]))
        for _number, (start, stop, new) in reversed(numbered):
            text = text[:start] + new + text[stop:]
        return text


def edited(document: Document, data: Mapping[str, Any], file: str) -> str:
    """The document's text with its data changed to `data`.

    Raises RecordError where the text cannot be changed by itself; then nothing is lost.
    """
    editor = _Editor(document.text, _newline(document.text))
    try:
        _fields(editor, document.root, document.data, data)
        text = editor.result()
        if same(parse(text, file).data, data):
            return text
    except (_NotInPlaceError, RecordError):
        pass  # said below, as for a text that reads otherwise than meant
    raise RecordError(
        _("this change cannot be written without touching what else is there."),
        place=file,
        hint=_("Write it by hand."),
    )


def same(one: object, other: object) -> bool:
    """Whether two values are equal and of the same kind: 1, 1.0 and true are three things."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def _newline(text: str) -> str:
    if "\r\n" in text:
        return "\r\n"
    return "\r" if "\r" in text and "\n" not in text else "\n"


def _change(editor: _Editor, node: Node, old: object, new: object, owner: _Owner) -> None:
    """Change one value; where its parts cannot be changed, the whole of it is written anew."""
    if same(old, new):
        return
    mark = len(editor.splices)
    try:
        if isinstance(node, MappingNode) and isinstance(old, dict) and isinstance(new, dict):
            _fields(editor, node, old, new)
        elif isinstance(node, SequenceNode) and isinstance(old, list) and isinstance(new, list):
            _items(editor, node, old, new)
        else:
            _write(editor, node, new, owner)
    except _NotInPlaceError:
        if isinstance(node, ScalarNode):
            raise
        del editor.splices[mark:]
        _write(editor, node, new, owner)


def _fields(
    editor: _Editor, node: MappingNode, old: dict[str, Any], new: Mapping[str, Any]
) -> None:
    kept = [(k, v) for k, v in node.value if k.value in new]
    removed = [(k, v) for k, v in node.value if k.value not in new]
    brackets = node.flow_style is True
    if not kept or (removed and brackets):
        raise _NotInPlaceError
    indent = node.value[0][0].start_mark.column
    for k, v in removed:
        _remove_field(editor, k, v)
    for k, v in kept:
        inner = _Owner(_behind(editor, k), indent + 2, brackets)
        _change(editor, v, old[k.value], new[k.value], inner)
    added = {name: value for name, value in new.items() if name not in old}
    last = _stop(editor, kept[-1][1], _behind(editor, kept[-1][0]))
    if added and brackets:
        parts = [emit.bracketed_field(name, value) for name, value in added.items()]
        editor.replace(last, last, "".join(f", {part}" for part in parts))
    elif added:
        lines = [line for name, value in added.items() for line in emit.field(name, value, indent)]
        editor.add_lines(last, lines)


def _behind(editor: _Editor, key: Node) -> int:
    """The index behind the colon of a field."""
    colon = editor.text.find(":", key.end_mark.index)
    if colon < 0:
        raise _NotInPlaceError
    return colon + 1


def _remove_field(editor: _Editor, name: Node, value: Node) -> None:
    start = editor.line_start(name.start_mark.index)
    if editor.text[start : name.start_mark.index].strip():  # it follows the dash of a list
        raise _NotInPlaceError
    stop = editor.line_stop(_stop(editor, value, _behind(editor, name)))
    stop += len(editor.newline) if editor.text.startswith(editor.newline, stop) else 0
    editor.replace(start, stop, "")


def _items(editor: _Editor, node: SequenceNode, old: list[Any], new: list[Any]) -> None:
    brackets = node.flow_style is True
    if not new or not old or (len(new) < len(old) and brackets):
        raise _NotInPlaceError
    indent = node.start_mark.column
    if not brackets and (_taken_out(editor, node, old, new) or _put_in(editor, node, old, new)):
        return
    for item, before, after in zip(node.value, old, new, strict=False):
        inner = _Owner(item.start_mark.index, item.start_mark.column, brackets)
        _change(editor, item, before, after, inner)
    last = _stop(editor, node.value[min(len(old), len(new)) - 1], None)
    if len(new) < len(old):
        end = editor.line_stop(_stop(editor, node.value[-1], None))
        editor.replace(editor.line_stop(last), end, "")
    elif brackets:
        parts = [f", {emit.bracketed(item)}" for item in new[len(old) :]]
        editor.replace(last, last, "".join(parts))
    else:
        added = [line for item in new[len(old) :] for line in emit.entry(item, indent)]
        editor.add_lines(last, added)


def _places(part: list[Any], whole: list[Any]) -> list[int] | None:
    """Where the entries of a list stand in a longer one, in order; None where they do not."""
    places: list[int] = []
    for place, one in enumerate(whole):
        places += [place] if len(places) < len(part) and same(part[len(places)], one) else []
    return places if len(places) == len(part) < len(whole) else None


def _taken_out(editor: _Editor, node: Node, old: list[Any], new: list[Any]) -> bool:
    """Take entries out, each with its own lines, where nothing else has changed."""
    kept = _places(new, old)
    spans = []
    for place in [n for n in range(len(old)) if kept is not None and n not in kept]:
        item = node.value[place]
        start = editor.line_start(item.start_mark.index)
        if editor.text[start : item.start_mark.index].strip() != "-":
            return False
        stop = editor.line_stop(_stop(editor, item, None)) + len(editor.newline)
        spans.append((start, min(stop, len(editor.text)), ""))
    editor.splices += spans
    return bool(spans)


def _put_in(editor: _Editor, node: Node, old: list[Any], new: list[Any]) -> bool:
    """Put entries behind others, where nothing else has changed."""
    kept = _places(old, new)
    if kept is None or kept[0] != 0:
        return False
    indent, ends = node.start_mark.column, [*kept[1:], len(new)]
    for item, start, stop in zip(node.value, kept, ends, strict=True):
        added = [line for one in new[start + 1 : stop] for line in emit.entry(one, indent)]
        editor.add_lines(_stop(editor, item, None), added)
    return True


def _stop(editor: _Editor, node: Node, empty: int | None) -> int:
    """The index behind a value; `empty` is that of a value of which nothing is written."""
    start, stop = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, ScalarNode):
        if not node.style and not node.value:
            if empty is None:
                raise _NotInPlaceError
            return empty
        lines = node.style in {"|", ">"}  # their end is where the next thing starts
        return start + len(editor.text[start:stop].rstrip()) if lines else stop
    if not isinstance(node, CollectionNode) or node.flow_style is True:
        return stop
    last = node.value[-1]
    if isinstance(last, tuple):
        return _stop(editor, last[1], _behind(editor, last[0]))
    return _stop(editor, last, None)


def _write(editor: _Editor, node: Node, new: object, owner: _Owner) -> None:
    """Write a value anew, in the place of the old one."""
    stop = _stop(editor, node, owner.stop)
    empty = stop == owner.stop
    start = owner.stop if empty else node.start_mark.index
    before = editor.text[editor.line_start(start) : start]
    if not empty and owner.stop < start and "\n" in editor.text[owner.stop : start]:
        _write_below(editor, (start, stop), before, new, owner)
    else:
        _write_beside(editor, node, (start, stop), new, owner)


def _write_below(
    editor: _Editor, span: tuple[int, int], before: str, new: object, owner: _Owner
) -> None:
    """The old value stands on lines of its own, under its field."""
    start, stop = span
    if before.strip() or owner.brackets:
        raise _NotInPlaceError
    short = emit.one_line(new, emit.WIDTH - owner.indent)
    found = emit.Block(short, []) if short is not None else emit.block(new, len(before))
    if found.header:
        editor.replace(owner.stop, owner.stop, f" {found.header}")
    if not found.lines:  # the lines go, with the end of the line before them
        start = editor.line_start(start) - len(editor.newline)
        editor.replace(start, editor.line_stop(stop), "")
        return
    lines = editor.newline.join(found.lines)
    editor.replace(editor.line_start(start), stop, lines)


def _write_beside(
    editor: _Editor, node: Node, span: tuple[int, int], new: object, owner: _Owner
) -> None:
    """The old value starts on the line of its field or entry."""
    start, stop = span
    is_field = editor.text[owner.stop - 1 : owner.stop] == ":"
    space = " " if is_field and start == owner.stop else ""
    short = _short(editor, node, start, new, owner)
    if short is not None:
        editor.replace(start, stop, space + short)
        return
    found = emit.block(new, owner.indent)
    if found.header:
        editor.replace(start, stop, space + found.header)
        editor.add_lines(stop, found.lines)
    elif is_field:
        editor.replace(owner.stop, stop, "")
        editor.add_lines(stop, found.lines)
    else:  # an entry of a list: the first line follows the dash
        lines = [found.lines[0][owner.indent :], *found.lines[1:]]
        editor.replace(start, stop, editor.newline.join(lines))


def _short(editor: _Editor, node: Node, start: int, new: object, owner: _Owner) -> str | None:
    """A value in one line, in the quotes of the old one, or None where it needs more."""
    quote = node.style if isinstance(node, ScalarNode) and node.style in {"'", '"'} else ""
    if not owner.brackets:
        return emit.one_line(new, emit.WIDTH - (start - editor.line_start(start)), quote)
    if isinstance(new, str):
        return emit.inline(new, brackets=True, quote=quote)
    return emit.bracketed(new)
