"""The problem tree, changed with keyboard and mouse: a list of boxes, and the one in hand."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from casebook import language
from casebook.case import Case
from casebook.language import N_, _
from casebook.pages.base import Html, bullets, element, html, join, notice, prose, state
from casebook.pages.states import Kind
from casebook.pages.theme import fragment_style
from casebook.phases.problem_words import KINDS, SOLUTIONS
from widgets.answers import AnswersModel
from widgets.base import Panel, guarded
from widgets.parts import ClashBox, Field, button, fragment, watch
from widgets.problem_form import BoxForm
from widgets.problem_model import ProblemModel
from widgets.problem_tree import Box, Tree, in_order

__all__ = ["ProblemModel", "ProblemPanel"]

STATEMENT = "problem.statement"
_ADD = {
    "symptom": N_("Add the symptom"),
    "problem": N_("Add a problem"),
    "cause": N_("Add a cause"),
    "solution": N_("Add a solution"),
}
_NEW = {
    "symptom": N_("New symptom"),
    "problem": N_("New problem"),
    "cause": N_("New cause"),
    "solution": N_("New solution"),
}
_STATES: dict[str, Kind] = {
    "saved": "ok", "waiting": "warning", "conflict": "warning", "clash": "warning",
}  # fmt: skip
_SPACE = "\u2003"


class ProblemPanel(Panel):
    """The tree as a list: arrows or the mouse choose a box, buttons and fields change it.

    by: who changes it; None takes the account's name, or asks behind a link that many open.
    """

    def __init__(self, case: Case, by: str | None = None) -> None:
        with language.using(case.record.language):
            self.model = ProblemModel(case, by)
            self.name = w.Text(value=self.model.by, description=_("Your name"),
                               continuous_update=False)  # fmt: skip
            self.answers = AnswersModel(case, [STATEMENT], by, typed=[STATEMENT])
            self.statement = Field(self.answers, STATEMENT, _statement_field(), self._state)
            self.clash = ClashBox(
                self.answers, STATEMENT, _("The problem in one sentence"), str, self.statement.fill
            )
            self.boxes = w.Select(
                rows=8, description=_("The problem tree"),
                layout={"width": "100%"}, style={"description_width": "11rem"},
            )  # fmt: skip
            self.adds = {kind: self._adding(kind) for kind in _ADD}
            self.gone = button(
                self.model, _("Delete"), _("Delete the box and all under it"), self._delete
            )
            self.back = button(self.model, _("Undo"), _("Take the last change back"), self._undo)
            self.status = w.HTML()
            self.form = BoxForm(self.model)
            super().__init__(self._parts())
        self.add_class("cb-panel")
        self._filling = False
        self._show_tree(None)
        self._bind()
        watch(self.model, self._look)

    def static(self) -> Html:
        """The tree as a list within lists, as the record has it."""
        with language.using(self.model.case.record.language):
            stated = self.answers.value(STATEMENT)
            unsaid = notice(
                "unanswered", _("Nobody has said yet, in one sentence, what the problem is.")
            )
            return join(prose(stated) if stated else unsaid, tree_list(list(self.model.tree)))

    def _parts(self) -> list[w.Widget]:
        hint = _("Choose a box with the arrow keys or the mouse. What is changed is saved at once.")
        tools = w.HBox([*self.adds.values(), self.gone, self.back], layout={"flex_flow": "wrap"})
        asked = [] if self.model.by.strip() else [self.name]
        said = w.HTML(fragment(element("p", hint, class_="cb-small")))
        stated = [self.statement.control, self.clash]
        return [w.HTML(fragment_style()), *asked, *stated, said, self.boxes, tools,
                self.status, self.form]  # fmt: skip

    def _bind(self) -> None:
        self.boxes.observe(guarded(self.model, self._choose), "value")
        self.name.observe(guarded(self.model, self._named), "value")
        self.model.observe(self._show_tree, ["tree", "chosen", "steps"])
        self.model.observe(self._say, "status")

    def _named(self, change: dict[str, Any]) -> None:
        self.model.by = self.answers.by = change["new"]

    def _state(self, given: str) -> None:
        """Save the problem in a sentence, and say how that went where all else is said."""
        self.answers.save(STATEMENT, given.strip() or None)
        self.model.tell(self.answers.status, self.answers.message)

    def _adding(self, kind: str) -> w.Button:
        return button(self.model, _(_ADD[kind]), "", lambda: self._add(kind))

    def _add(self, kind: str) -> None:
        with language.using(self.model.case.record.language):
            text = _(_NEW[kind])
        if self.model.add(kind, text, self.model.chosen or None):
            self.form.text.focus()

    def _delete(self) -> None:
        self.model.delete(self.model.chosen)

    def _undo(self) -> None:
        self.model.undo()

    def _choose(self, change: dict[str, Any]) -> None:
        if not self._filling:
            self.model.chosen = change["new"] or ""

    def _show_tree(self, _change: object) -> None:
        model = self.model
        with language.using(model.case.record.language):
            options = [(_line(box, depth), box["id"]) for box, depth in in_order(list(model.tree))]
        self._filling = True
        try:
            if tuple(options) != tuple(self.boxes.options):
                self.boxes.options = options
                self.boxes.rows = max(4, min(18, len(options)))
            self.boxes.value = model.chosen or None
        finally:
            self._filling = False
        kinds = model.kinds()
        for kind, adding in self.adds.items():
            adding.layout.display = "flex" if kind in kinds else "none"
        self.gone.disabled = not model.chosen
        self.back.disabled = not model.steps

    def _say(self, _change: object) -> None:
        model = self.model
        if model.status:
            with language.using(model.case.record.language):
                box = notice(_STATES.get(model.status, "failed"), model.message)
            self.status.value = fragment(element("div", box, role="status", aria_live="polite"))

    def _look(self) -> None:
        self.model.refresh()
        if self.answers.refresh():
            self.statement.fill()


def _statement_field() -> w.Textarea:
    return w.Textarea(
        description=_("The problem in one sentence"), continuous_update=False, rows=2,
        style={"description_width": "11rem"}, layout={"width": "100%"},
    )  # fmt: skip


def _line(box: Box, depth: int) -> str:
    """A box in one line of the list, indented as deep as it hangs."""
    kind = _(KINDS[box["kind"]])
    branch = f"{_SPACE * 2 * (depth - 1)}└{_SPACE}" if depth else ""
    return f"{branch}{kind}: {box['text']}"


def tree_list(tree: Tree) -> Html:
    """The tree as a list within lists; what is unanswered in it is marked."""
    if not tree:
        return notice("unanswered", _("The problem tree is empty."))

    def listed(parent: str | None) -> Html:
        under = [box for box in tree if box.get("parent") == parent]
        return bullets(join(_shown(box), listed(box["id"])) for box in under)

    return listed(None)


def _shown(box: Box) -> Html:
    kind = element("span", f"{_(KINDS[box['kind']])}: ", class_="cb-small")
    said = join(kind, html(box["text"]))
    if box["kind"] == "solution":
        known = box.get("solution")
        return join(said, " – ", _(SOLUTIONS[known]) if known else state("unanswered"))
    if box["kind"] == "symptom" or box.get("evidence"):
        return said
    return join(said, " – ", state("unanswered", _("tied to no comparison")))
