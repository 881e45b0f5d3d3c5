"""Changes of a problem tree as plain values, and two people's changes put together.

A tree is the record's list of boxes, each a mapping of what is written of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casebook.case import Case
from casebook.case.sections_problem import UNDER

Box = dict[str, Any]
Tree = list[Box]

_LONGEST = 40


class ConflictError(Exception):
    """Two people changed the same thing of one box; it holds the name of the box."""


def tree_of(case: Case) -> Tree:
    """The boxes of a record, each with the fields that are written there."""
    return [_plain(node.model_dump(exclude_unset=True)) for node in case.record.problem.nodes]


def _plain(value: Any) -> Any:
    """Whole numbers as people write them: 2 for 2.0."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def box_of(tree: Tree, name: str) -> Box | None:
    """The box of this name, or None."""
    return next((box for box in tree if box["id"] == name), None)


def in_order(tree: Tree, parent: str | None = None, depth: int = 0) -> Iterator[tuple[Box, int]]:
    """The boxes with their depth, each before those under it."""
    for box in tree:
        if box.get("parent") == parent:
            yield box, depth
            yield from in_order(tree, box["id"], depth + 1)


def below(tree: Tree, name: str) -> list[str]:
    """The names of a box and of all that hangs under it."""
    return [name, *(box["id"] for box, _depth in in_order(tree, name))]


def kinds_under(tree: Tree, name: str | None) -> tuple[str, ...]:
    """The kinds of box that may hang under a box, or under nothing."""
    held = box_of(tree, name) if name else None
    if held is None:
        return () if any(box["kind"] == "symptom" for box in tree) else ("symptom",)
    return tuple(kind for kind, above in UNDER.items() if held["kind"] in above)


def places_for(tree: Tree, name: str) -> list[str]:
    """The names of boxes under which a box may hang: of a kind that fits, not under itself."""
    held = box_of(tree, name)
    if held is None:
        return []
    own = set(below(tree, name))
    fitting = UNDER[held["kind"]]
    return [box["id"] for box in tree if box["kind"] in fitting and box["id"] not in own]


def added(tree: Tree, kind: str, text: str, parent: str | None) -> tuple[Tree, str]:
    """The tree with one box more, behind its siblings, and the name of the new box."""
    name = _new_name(tree, text)
    new: Box = {"id": name, "kind": kind, "text": text}
    if parent is not None:
        new = {"id": name, "kind": kind, "parent": parent, "text": text}
    return [*tree, new], name


def _new_name(tree: Tree, text: str) -> str:
    """A short name that no box has yet: the start of its text."""
    start = " ".join(text.split())[:_LONGEST].strip() or "box"
    taken, name, number = {box["id"] for box in tree}, start, 2
    while name in taken:
        name, number = f"{start} {number}", number + 1
    return name


def changed(tree: Tree, name: str, field: str, value: Any) -> Tree:
    """The tree with one field of a box as `value`; an empty one that was never there stays away."""
    return [
        {**box, field: value} if box["id"] == name and (field in box or value is not None) else box
        for box in tree
    ]


def removed(tree: Tree, name: str) -> Tree:
    """The tree without a box and without what hangs under it."""
    gone = set(below(tree, name))
    return [box for box in tree if box["id"] not in gone]


def merged(base: Sequence[Box], mine: Sequence[Box], theirs: Sequence[Box]) -> Tree:
    """Both changes of a tree together, field by field.

    base: the tree that both started from. Raises ConflictError where both changed one field
    otherwise, or one changed what the other took away.
    """
    was, own, now = ({box["id"]: box for box in tree} for tree in (base, mine, theirs))
    kept = []
    for name, box in now.items():
        if name in own:
            kept.append(_of_both(was.get(name, {}), own[name], box))
        elif name not in was:
            kept.append(box)
        elif box != was[name]:
            raise ConflictError(name)
    for name in own.keys() & was.keys() - now.keys():
        if own[name] != was[name]:
            raise ConflictError(name)
    for place, box in enumerate(mine):
        if box["id"] not in was and box["id"] not in now:
            kept = _put(kept, box, [one["id"] for one in mine[:place]])
    return _whole(kept)


def _whole(tree: Tree) -> Tree:
    """The tree, if each box hangs under one that is there."""
    names = {None, *(box["id"] for box in tree)}
    loose = next((box for box in tree if box.get("parent") not in names), None)
    if loose is not None:
        raise ConflictError(loose["id"])
    return tree


def _of_both(was: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Box:
    made = dict(theirs)
    for name in dict.fromkeys([*was, *mine]):
        before, own, now = (box.get(name) for box in (was, mine, theirs))
        if own == before:
            continue
        if now not in (before, own):
            raise ConflictError(str(theirs["id"]))
        made[name] = own
        if name not in mine:
            made.pop(name)
    return made


def _put(tree: Tree, box: Box, before: Sequence[str]) -> Tree:
    """A box behind the last of those that stood before it; at the end where none is left."""
    places = [place for place, one in enumerate(tree) if one["id"] in before]
    at = places[-1] + 1 if places else len(tree)
    return [*tree[:at], box, *tree[at:]]
