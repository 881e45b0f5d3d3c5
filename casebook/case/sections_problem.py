"""The record's section on the problem: a tree of symptom, problems, causes and solutions."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from casebook.case.base import (
    Line,
    Number,
    Positive,
    Section,
    Share,
    asked,
    complaint,
    listed,
    mapped,
    optional,
    required,
    section,
)
from casebook.case.sections_symptom import Comparison
from casebook.exceptions import nearest
from casebook.language import N_, _

Kind = Literal["symptom", "problem", "cause", "solution"]

# What may hang under what: the tree reads from the symptom down to solutions.
UNDER: dict[str, tuple[str, ...]] = {
    "symptom": (),
    "problem": ("symptom", "problem"),
    "cause": ("problem", "cause"),
    "solution": ("problem", "cause"),
}
"""The kinds of box under which a box of each kind may hang."""


class Node(Section):
    """One box of the problem tree."""

    id: Line = required(N_("What short name do other boxes call it by?"))
    kind: Kind = required(N_("Is it the symptom, a problem, a cause or a solution?"))
    parent: str | None = optional(N_("Under which box does it hang?"))
    text: str = required(N_("What does the box say?"))
    evidence: Comparison | None = asked(N_("Which comparison would show that it holds?"))
    solution: Literal["rule now", "learned", "other team", "no data needed"] | None = asked(
        N_("Is it a rule for now, a learned algorithm, work of others, or nothing with data?")
    )
    effort_days: Positive | None = asked(N_("How many days of work would it take?"))
    effect: Number | None = optional(
        N_("By how much would it move the metric? Null computes it from the size of the cause.")
    )
    worth: str | None = optional(
        N_("What is one unit of its outcome worth in the metric, such as AVG(spend)?"),
        "aggregate",
    )
    removes: Share | None = optional(
        N_("Which share of its cause would it take away? Null takes all of it, as a limit.")
    )
    owner: str | None = optional(N_("Who would do it?"), "person")
    status: Literal["idea", "chosen", "under way", "done", "rejected"] = optional(
        N_("How far is it?"), default="idea"
    )
    note: str | None = optional(N_("What else is there to say?"), "paragraph")

    def not_asked(self) -> frozenset[str]:
        """Only problems and causes need evidence; only solutions have a kind and an effort."""
        asks = {"problem": {"evidence"}, "cause": {"evidence"}}
        asks["solution"] = {"solution", "effort_days"}
        return frozenset({"evidence", "solution", "effort_days"} - asks.get(self.kind, set()))


class Interviews(Section):
    """A table of notes from talks with people, counted by theme."""

    table: str | None = optional(N_("Which table holds notes from interviews?"), "table")
    column: str | None = optional(N_("In which column is the text?"), "column")
    themes: dict[str, tuple[str, ...]] = mapped(N_("Which words belong to which theme?"))


class Problem(Section):
    """The problem in a sentence, and the tree of its causes and solutions."""

    statement: str | None = asked(N_("What exactly is the problem, in one sentence?"), "paragraph")
    nodes: tuple[Node, ...] = listed(
        N_("Which problems lie under the symptom, which causes under them, and what could be done?")
    )
    interviews: Interviews = section(Interviews, N_("Where are notes from talks with people?"))

    @model_validator(mode="after")
    def _is_a_tree(self) -> Problem:
        kinds = {node.id: node.kind for node in self.nodes}
        seen: set[str] = set()
        for place, node in enumerate(self.nodes):
            if node.id in seen:
                message = _("two boxes are called '{name}'", name=node.id)
                raise complaint(message, f"nodes.{place}.id")
            seen.add(node.id)
            self._check_parent(node, kinds, f"nodes.{place}.parent")
        self._check_no_circle()
        return self

    def _check_parent(self, node: Node, kinds: dict[str, Kind], field: str) -> None:
        if node.parent is None:
            return
        if node.parent not in kinds:
            message = _("no box is called '{name}'.", name=node.parent)
            raise complaint(f"{message} {nearest(node.parent, kinds)}".strip(), field)
        if kinds[node.parent] not in UNDER[node.kind]:
            raise complaint(
                _(
                    "a box of the kind '{kind}' cannot hang under one of the kind '{parent}'",
                    kind=node.kind,
                    parent=kinds[node.parent],
                ),
                field,
            )

    def _check_no_circle(self) -> None:
        parents = {node.id: node.parent for node in self.nodes}
        for place, node in enumerate(self.nodes):
            above = node.parent
            for _step in self.nodes:
                if above == node.id:
                    message = _("'{name}' hangs under itself", name=node.id)
                    raise complaint(message, f"nodes.{place}.parent")
                above = parents.get(above) if above else None
