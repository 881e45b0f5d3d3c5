"""The problem tree: each box with its evidence, and what each solution would do to the metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from casebook.case.sections_problem import Node
from casebook.language import _, plural
from casebook.phases.problem_evidence import Tested
from casebook.phases.problem_sizes import Size, scaled
from casebook.stats.estimate import Estimate


@dataclass(frozen=True)
class Box:
    """One box of the tree.

    tested: what the data say of its comparison. size: what the metric would gain without it.
    effect: of a solution, on the metric; `basis` says where it is from: "computed" from the size
    of a cause above it, "given" in the record, "unsupported" where the data do not support the
    cause, or nothing. limit: it may remove less than all.
    of: the box whose size it is computed from.
    """

    id: str
    kind: str
    parent: str | None
    depth: int
    text: str
    solution: str | None = None
    effort_days: float | None = None
    owner: str | None = None
    status: str = "idea"
    note: str | None = None
    tested: Tested | None = None
    size: Size | None = None
    effect: Estimate | None = None
    basis: str = ""
    limit: bool = False
    of: str = ""


def in_order(nodes: Sequence[Node]) -> list[tuple[Node, int]]:
    """The boxes with their depth, each before what hangs under it, siblings as the record has them.

    A problem or cause that hangs under nothing starts a tree of its own.
    """
    under: dict[str | None, list[Node]] = {}
    for node in nodes:
        under.setdefault(node.parent, []).append(node)

    def below(parent: str | None, depth: int) -> list[tuple[Node, int]]:
        found = []
        for node in under.get(parent, ()):
            found += [(node, depth), *below(node.id, depth + 1)]
        return found

    return below(None, 0)


def boxes(
    nodes: Sequence[Node], evidence: Mapping[str, Tested], sizes: Mapping[str, Size]
) -> tuple[Box, ...]:
    """The tree in order, with what was found; evidence and sizes are by the name of a box."""
    made: dict[str, Box] = {}
    for node, depth in in_order(nodes):
        box = Box(
            id=node.id,
            kind=node.kind,
            parent=node.parent,
            depth=depth,
            text=node.text,
            solution=node.solution,
            effort_days=node.effort_days,
            owner=node.owner,
            status=node.status,
            note=node.note,
            tested=evidence.get(node.id),
            size=sizes.get(node.id),
        )
        made[node.id] = _with_effect(box, node, made) if node.kind == "solution" else box
    return tuple(made.values())


def _with_effect(box: Box, node: Node, above: Mapping[str, Box]) -> Box:
    """A solution with its effect: as given, or the part that it removes of the nearest size."""
    if node.effect is not None:
        given = Estimate(node.effect, None, None, 0)
        return replace(box, effect=given, basis="given")
    cause = above.get(node.parent or "")
    while cause is not None and cause.size is None:
        cause = above.get(cause.parent or "")
    # Only what the data support has a size that a solution could take away.
    if cause is None or cause.size is None:
        return box
    if not _holds(cause):
        return replace(box, basis="unsupported", of=cause.id)
    part = 1.0 if node.removes is None else node.removes
    effect = scaled(cause.size.gain, part)
    limit = node.removes is None
    return replace(box, size=cause.size, effect=effect, basis="computed", limit=limit, of=cause.id)


def _holds(box: Box) -> bool:
    return box.tested is not None and box.tested.verdict == "supports"


def named_cause(tree: Sequence[Box]) -> Box | None:
    """The cause that the data support with the largest size; else with any."""
    held = [box for box in tree if box.kind == "cause" and _holds(box)]
    return max(held, key=lambda box: abs(box.size.gain.value) if box.size else -1.0, default=None)


def best_solution(tree: Sequence[Box], direction: str | None) -> Box | None:
    """The open solution with the most effect for a day of work, among effects that can be told.

    direction: of the symptom (`falls`, `rises`); an effect that makes it worse is none.
    """
    wanted = -1.0 if direction == "rises" else 1.0
    open_ones = [
        box for box in tree
        if box.kind == "solution" and box.basis == "computed" and box.effort_days
        and box.status not in ("done", "rejected")
    ]  # fmt: skip

    def a_day(box: Box) -> float:
        return wanted * box.effect.value / (box.effort_days or 1.0) if box.effect else 0.0

    best = max(open_ones, key=a_day, default=None)
    return best if best is not None and a_day(best) > 0 else None


def days_said(days: float) -> str:
    """An effort in words."""
    if days == int(days):
        return plural("{n} day of work", "{n} days of work", int(days))
    return _("{n} days of work", n=days)
