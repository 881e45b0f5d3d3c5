"""The questions of a phase: answered in place, saved to the record one by one."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
import traitlets as tr

from casebook.case import Case, Question, load_case, questions, save_answers
from casebook.exceptions import CasebookError, RecordError
from casebook.language import _
from casebook.pages.base import Html, bullets, details, key_values, notice
from widgets.answers import check_size, parsed, who
from widgets.base import Panel, guarded
from widgets.parts import dressed

TYPED = frozenset({"text", "paragraph", "person", "column", "table", "expression", "aggregate"})
SHOWN = TYPED | {"choice", "number", "day"}


class QuestionsModel(tr.HasTraits):
    """The questions of one phase, their answers, and how the last one was received.

    status: empty, `saved` or `refused`.
    message: a sentence for the person who answered.
    """

    status = tr.Unicode()
    message = tr.Unicode()
    case = tr.Instance(Case)

    def __init__(self, case: Case, phase: str, by: str = "") -> None:
        super().__init__(case=case)
        self.phase = phase
        self.by = by or who()

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions that can be answered by one field, in the record's order."""
        return tuple(
            one
            for one in questions(self.case.record)
            if one.phase == self.phase and one.kind in SHOWN and not one.many
        )

    def value(self, path: str, case: Case | None = None) -> Any:
        """The answer that the record holds; None where there is none."""
        held: Any = (case or self.case).record.model_dump(mode="json", by_alias=True)
        for part in path.split("."):
            held = held[int(part)] if isinstance(held, list) else (held or {}).get(part)
        return held

    def answer(self, question: Question, given: Any) -> bool:
        """Save an answer; False, with the reason in `message`, where that was not possible."""
        try:
            value = parsed(question.kind, given, question.text)
            if value == self.value(question.path):
                return True
            check_size(value, self.by, question.path)
            self.case = self._saved(question, value)
        except CasebookError as error:
            self._tell("refused", str(error))
            return False
        self._tell("saved", _("Saved: {question}", question=question.text))
        return True

    def _saved(self, question: Question, value: Any) -> Case:
        """Save; where the record has moved on, again on top, unless this very answer moved."""
        try:
            return save_answers(self.case, {question.path: value}, by=self.by)
        except RecordError:
            fresh = load_case(self.case.folder)
            if fresh.version == self.case.version:
                raise
            before, now = self.value(question.path), self.value(question.path, fresh)
            self.case = fresh
            if now != before:
                raise RecordError(
                    _("Somebody else answered '{question}' meanwhile: {answer}.",
                      question=question.text, answer=now),
                    hint=_("Nothing was saved; answer again to replace it."),
                ) from None  # fmt: skip
            return save_answers(fresh, {question.path: value}, by=self.by)

    def tell(self, status: str, message: str, path: str = "") -> None:  # noqa: ARG002 one status
        """Say how something went."""
        self._tell(status, message)

    def _tell(self, status: str, message: str) -> None:
        self.message = message
        self.status = ""
        self.status = status


class QuestionsPanel(Panel):
    """A form with the questions of a phase; each answer is saved when its field is left."""

    def __init__(self, case: Case, phase: str, by: str = "") -> None:
        self.model = QuestionsModel(case, phase, by)
        self.fields = {one.path: self._field(one) for one in self.model.questions}
        self.status = w.HTML()
        self.model.observe(self._show_status, "status")
        super().__init__()
        self.children = [*dressed(self, self.static()), *self.fields.values(), self.status]

    def static(self) -> Html:
        """Questions and answers, folded."""
        model = self.model
        if not model.questions:
            return notice("empty", _("This phase asks nothing."))
        answered = [one for one in model.questions if one.answered]
        waiting = [one for one in model.questions if not one.answered and not one.optional]
        said = key_values((one.text, model.value(one.path)) for one in answered)
        title = _("{n} of {all} questions are answered",
                  n=len(answered), all=len(answered) + len(waiting))  # fmt: skip
        body = said + bullets(one.text for one in waiting)
        return details(title, body)

    def _field(self, question: Question) -> w.Widget:
        held = self.model.value(question.path)
        common = {"layout": {"width": "100%"}}
        text = question.text
        if question.kind == "choice":
            options = [(_("not answered"), ""), *((_(one), one) for one in question.allowed)]
            field = w.Dropdown(options=options, value=held or "", description=text, **common)
        else:
            kind = w.Textarea if question.kind == "paragraph" else w.Text
            shown = "" if held is None else str(held)
            field = kind(value=shown, description=text, continuous_update=False, **common)
        field.add_class("cb-field")
        given = guarded(self.model, lambda change: self.model.answer(question, change["new"]))
        field.observe(given, "value")
        return field

    def _show_status(self, _change: object) -> None:
        if self.model.status == "saved":
            self.status.value = notice("ok", self.model.message)._repr_html_()
        elif self.model.status:
            self.status.value = notice("failed", self.model.message)._repr_html_()
