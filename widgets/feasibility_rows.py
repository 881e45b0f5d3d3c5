"""The rows of the feasibility panel: one sign each, and decisions that take a name and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as w

from casebook.language import _
from casebook.pages import feasibility as pages
from casebook.pages.base import Html, element, join, notice, state
from casebook.phases.feasibility import Check
from widgets.feasibility_model import (
    NUMBERS,
    OVERRIDE,
    SIGNATURE,
    SIGNED,
    FeasibilityModel,
    answer_of,
    note_of,
    number_of,
)
from widgets.parts import ClashBox, Field, button, fragment

FULL = {"width": "100%"}


class Row(w.VBox):
    """One sign: question, evidence, figures that it reads, answer, note, and what became of it."""

    def __init__(self, model: FeasibilityModel, sign: str) -> None:
        self.model, self.sign = model, sign
        check = self.check
        self.marks, self.evidence, self.state = w.HTML(), w.HTML(), w.HTML()
        self.fields = [self._answer(check), self._note(check), *self._numbers()]
        self.answer, self.note, *numbers = (field.control for field in self.fields)
        boxes = [self._box(field, check) for field in self.fields]
        answers = w.HBox([self.answer, self.note])
        answers.add_class("cb-answers")
        self.signing = Signing(model) if sign == SIGNED else None
        parts = [w.HTML(fragment(pages.asked(check))), self.marks, self.evidence, *numbers, answers,
                 self.state, *boxes]  # fmt: skip
        super().__init__([*parts, self.signing] if self.signing else parts)
        self.add_class("cb-row")
        self.show_evidence()

    @property
    def check(self) -> Check:
        """The sign as it is now."""
        return next(one for one in self.model.findings.checks if one.sign == self.sign)

    def show_evidence(self) -> None:
        """Show what the data say; it changes only where it is computed again."""
        self.evidence.value = fragment(pages.evidence(self.check))

    def show(self) -> None:
        """Show the record's answers, and what follows from them."""
        check = self.check
        for field in self.fields:
            field.fill()
        shown = element("p", pages.marks(check, self.model.findings.blocking))
        self.marks.value = fragment(shown)
        self.say()
        if self.signing is not None:
            self.signing.show()

    def say(self) -> None:
        """Say what became of the last answer here, who gave the one shown, and what disagrees."""
        said = _said(self.model, [field.path for field in self.fields])
        self.state.value = fragment(join(said, _foot(self.check)))
        if self.signing is not None:
            self.signing.say()

    def _answer(self, check: Check) -> Field:
        empty = "– {}".format(_("not answered"))  # so that `n` on the keyboard means no
        options = [
            (empty, ""),
            *((_(said), name) for name, said in pages.ANSWERS.items()),
        ]
        label = _("Your answer: {title}", title=check.title)
        control = w.Dropdown(options=options, value="", description=label, tooltip=check.question)
        control.add_class("cb-quiet-label")
        return Field(self.model, answer_of(self.sign), control, self._answered)

    def _answered(self, given: str) -> None:
        self.model.answer(self.sign, given)

    def _note(self, check: Check) -> Field:
        label = _("Your note: {title}", title=check.title)
        hint = _("Why do you say so?")
        control = w.Textarea(
            description=label, placeholder=hint, rows=1, continuous_update=False, layout=FULL
        )
        control.add_class("cb-quiet-label")
        return Field(self.model, note_of(self.sign), control, self._noted)

    def _noted(self, given: str) -> None:
        self.model.note(self.sign, given)

    def _numbers(self) -> list[Field]:
        return [self._number(name) for name in NUMBERS.get(self.sign, ())]

    def _number(self, name: str) -> Field:
        path = number_of(name)
        control = w.Text(
            description=self.model.question(path), continuous_update=False, layout=FULL
        )
        control.add_class("cb-field").add_class("cb-short")
        return Field(self.model, path, control, lambda text: self.model.number(name, text))

    def _box(self, field: Field, check: Check) -> ClashBox:
        return ClashBox(self.model, field.path, check.title, _worded, field.fill)


class Decided(w.VBox):
    """A decision that a person takes responsibility for: with a name, a reason, and a day.

    title: what it is. act: what the button that takes it says. before: fields above the reason.
    """

    def __init__(
        self, model: FeasibilityModel, path: str, title: str, act: str, before: list[w.Widget]
    ) -> None:
        self.model, self.path = model, path
        self.held, self.message = w.HTML(), w.HTML()
        self.reason = w.Textarea(description=_("Your reason"), rows=2, layout=FULL)
        self.reason.add_class("cb-field")
        self.take = button(model, act, title, self.taken)
        self.back = button(model, _("Take it back"), title, self.taken_back)
        self.form = w.VBox([*before, self.reason, w.HBox([self.take])])
        heading = w.HTML(fragment(element("h3", title, class_="cb-check-title")))
        self.box = ClashBox(model, path, title, _decision, self.show)
        super().__init__([heading, self.held, self.form, self.back, self.message, self.box])
        self.add_class("cb-decided")
        self.show()

    def taken(self) -> None:
        """Take the decision."""
        raise NotImplementedError

    def taken_back(self) -> None:
        """Take it back."""
        raise NotImplementedError

    def show(self) -> None:
        """Show the decision that the record holds, or the form for one."""
        found = self.model.value(self.path)
        self.held.value = fragment(_decision(found)) if found else ""
        self.form.layout.display = "none" if found else "flex"
        self.back.layout.display = "inline-block" if found else "none"

    def say(self) -> None:
        """Say what became of it."""
        self.message.value = fragment(_said(self.model, [self.path]))


class Signing(Decided):
    """The signature for what no data can say: that it is ethically acceptable."""

    def __init__(self, model: FeasibilityModel) -> None:
        title = _("Signature: it is ethically acceptable")
        super().__init__(model, SIGNATURE, title, _("Sign"), [])

    def taken(self) -> None:
        """Sign."""
        self.model.sign(self.reason.value)

    def taken_back(self) -> None:
        """Take the signature back."""
        self.model.unsign()


class Overruling(Decided):
    """Another verdict in place of the rules'."""

    def __init__(self, model: FeasibilityModel) -> None:
        options = [(_(said), word) for word, said in pages.VERDICTS.items()]
        self.word = w.Dropdown(options=options, description=_("The verdict that holds instead"))
        self.word.add_class("cb-field")
        title = _("Overrule the verdict")
        super().__init__(model, OVERRIDE, title, _("Overrule"), [self.word])

    def taken(self) -> None:
        """Overrule."""
        self.model.overrule(self.word.value, self.reason.value)

    def taken_back(self) -> None:
        """Let the rules' verdict hold again."""
        self.model.withdraw()


def _said(model: FeasibilityModel, paths: Sequence[str]) -> Html:
    """What became of the answers of some fields; what is not saved is read out at once."""
    troubles = dict.fromkeys(model.troubles[path] for path in paths if path in model.troubles)
    told = join(*(notice("failed", text, title=_("Not saved")) for text in troubles))
    if model.status != "saved" or model.subject not in paths:
        return told
    return join(element("p", state("ok", model.message), role="status", class_="cb-foot"), told)


def _foot(check: Check) -> Any:
    """Who gave the answer that is shown, and whether the data say otherwise."""
    against = state("warning", _("the data say otherwise")) if check.contradicts else ""
    who = pages.signed(check.by, check.on) if check.answer else ""
    return element("p", join(against, who), class_="cb-small cb-foot") if against or who else ""


def _worded(value: Any) -> str:
    """An answer of the record as a reader sees it."""
    if value in (None, ""):
        return _("not answered")
    return _(pages.ANSWERS.get(value, value)) if isinstance(value, str) else str(value)


def _decision(found: Any) -> Any:
    if not found:
        return _("not answered")
    signed = pages.signed(found["by"], found["on"])
    return element("p", join(found["reason"], " –", signed))
