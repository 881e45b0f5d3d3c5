"""The rule builder: an ordered table of rules, made by picking, counted at once, saved at once."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from casebook import language
from casebook.exceptions import ModelError, TableError
from casebook.formats import number
from casebook.language import _
from casebook.models.labelled import Labelled
from casebook.models.rule_words import value_in_words
from casebook.pages import baseline_rules as pages
from casebook.pages.base import Html, bullets, element, headline, join, notice
from casebook.pages.states import Kind
from casebook.phases.baseline_rules import coverage_sentence, right_sentence
from casebook.phases.baseline_rules_words import noticed
from casebook.stats.splits import Rows
from casebook.workspace import Workspace
from widgets.base import Panel, guarded
from widgets.parts import ClashBox, button, dressed, fragment, watch
from widgets.rules_draft import DraftModel
from widgets.rules_form import RuleForm
from widgets.rules_model import RULES, RulesModel, rows_of
from widgets.rules_rows import RuleTable, coverage, said_lines

__all__ = ["DraftModel", "RulesModel", "RulesPanel"]

_STATES: dict[str, Kind] = {"saved": "ok", "waiting": "warning", "clash": "warning"}


class RulesPanel(Panel):
    """The record's rules in order, a form for one more, and what all of them do to the rows.

    by: who changes them; None takes the account's name, or asks behind a link that many open.
    data, rows: the labelled rows, and positions among them that may be looked at; None reads
    the case's table, and looks at all but those of the last test.
    """

    def __init__(
        self,
        work: Workspace,
        by: str | None = None,
        data: Labelled | None = None,
        rows: Rows | None = None,
    ) -> None:
        self.case = work.case
        self.trouble = ""
        super().__init__()
        with language.using(work.case.record.language):
            try:
                found = data or rows_of(work.case, work.table, work.seed)
            except (ModelError, TableError) as error:
                self.trouble = str(error)
                self.children = [*dressed(self, self.trouble), w.HTML(fragment(self.static()))]
                return
            seen = found.splits.others(len(found.y)) if rows is None else rows
            self.model = RulesModel(work.case, found, by, seen)
            self.draft = DraftModel(self.model)
            self._make()
        self.model.observe(self._show, "counted")
        self.model.observe(self._show, "steps")
        self.model.observe(self._say, "status")
        self.draft.observe(self._mark, "place")
        self._show()
        watch(self.model, self._look)

    def _named(self, change: dict[str, Any]) -> None:
        self.model.by = change["new"]

    def static(self) -> Html:
        """The rules as a table, with what is to be noticed; without a kernel."""
        if self.trouble:
            return notice("unanswered", self.trouble)
        model = self.model
        with language.using(model.case.record.language):
            named = bool(model.counter.data.classes)
            if not model.rules:
                return notice("unanswered", _("Which rules would somebody say aloud?"))
            caption = _("The record's rules, the first that holds decides; {n} rows",
                        n=number(model.lines[-1].rows))  # fmt: skip
            shown = pages.rules_table(said_lines(model), caption, named=named)
            troubles = [notice("failed", said) for said in model.counted.troubles.values()]
            return join(*troubles, shown, bullets(noticed(model.lines, model.counter.X)))

    def _make(self) -> None:
        model = self.model
        self.name = w.Text(value=model.by, description=_("Your name"),
                           placeholder=_("Who answers?"), continuous_update=False)  # fmt: skip
        self.name.add_class("cb-field").add_class("cb-short")
        self.name.observe(guarded(model, self._named), "value")
        self.summary, self.status, self.notes = w.HTML(), w.HTML(), w.HTML()
        self.table = RuleTable(model, self._change)
        self.start = button(self.model, _("Start from the proposal"), "", self._propose)
        self.back = button(self.model, _("Undo"), _("Take the last change back"), self._undo)
        self.clash = ClashBox(model, RULES, _("The rules"), _in_a_row, self._show)
        self.form = RuleForm(self.draft)
        tools = w.HBox([self.start, self.back])
        tools.add_class("cb-tools")
        asked = [] if model.by.strip() else [self.name]
        keys = _("A rule is moved by its buttons, with Alt and an arrow key, or by dragging it. "
                 "The first rule that holds for a row decides.")  # fmt: skip
        hint = w.HTML(fragment(element("p", keys, class_="cb-small")))
        self.children = [*dressed(self, self.static()), self.summary, *asked, hint, self.table,
                         tools, self.status, self.clash, self.notes, self.form]  # fmt: skip

    def _show(self, _change: object = None) -> None:
        model = self.model
        with language.using(model.case.record.language):
            self.summary.value = fragment(element("div", self._summary(), role="status",
                                                  aria_live="polite"))  # fmt: skip
            self.notes.value = fragment(bullets(noticed(model.lines, model.counter.X)))
            self.back.disabled = not model.steps
        self._mark()

    def _summary(self) -> Html:
        model, lines = self.model, said_lines(self.model)
        if not model.rules:
            first = _("There is no rule yet: {n} rows are left to the default.",
                      n=number(model.lines[-1].rows))  # fmt: skip
            return join(headline([first]), coverage(lines))
        rules = [(one["if"], one["then"]) for one in model.rules]
        right = model.counter.together(rules, model.default)
        said = [coverage_sentence(lines)]
        if right is not None:
            said.append(right_sentence(right, named=bool(model.counter.data.classes)))
        return join(headline(said), coverage(lines))

    def _say(self, _change: object) -> None:
        model = self.model
        if model.status:
            with language.using(model.case.record.language):
                box = notice(_STATES.get(model.status, "failed"), model.message)
            self.status.value = fragment(element("div", box, role="status", aria_live="polite"))

    def _mark(self, _change: object = None) -> None:
        self.table.mark(self.draft.place)

    def _change(self, place: int) -> None:
        self.draft.take(place)
        (self.form.text if self.draft.expert else self.form.column).focus()

    def _propose(self) -> None:
        with language.using(self.model.case.record.language):
            self.start.disabled = True
            self.start.description = _("Computing …")
            try:
                self.model.start_from_proposal()
            finally:
                self.start.disabled = False
                self.start.description = _("Start from the proposal")

    def _undo(self) -> None:
        self.model.undo()

    def _look(self) -> None:
        self.model.refresh()


def _in_a_row(value: Any) -> str:
    """The rules of the record in one line."""
    said = [f"{one['if']} → {value_in_words(one['then'])}" for one in value or ()]
    return "; ".join(said) if said else _("no rules")
