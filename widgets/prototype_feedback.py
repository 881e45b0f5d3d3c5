"""The form in which somebody says whether a prediction was right, and the receipt under it."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from casebook import language
from casebook.language import _
from casebook.pages.base import element, join, notice
from widgets.base import guarded
from widgets.parts import button, forgotten, fragment
from widgets.prototype_model import PrototypeModel
from widgets.prototype_said import KEPT, SaidModel


class FeedbackBox(w.VBox):
    """Right, wrong, what would have been right, a reason, a comment, a name; and the receipt."""

    def __init__(self, model: PrototypeModel) -> None:
        self.model = SaidModel(model)
        question = model.case.record.prototype.feedback.question or _("Was this right?")
        title = element("h3", question, class_="cb-part-title")
        self.verdict = w.RadioButtons(options=_verdicts(), value=None)
        self.verdict.add_class("cb-verdicts")
        self.corrected = self._correction()
        reasons = [(_("choose one"), ""), *((one, one) for one in self.model.reasons)]
        self.reason = w.Dropdown(options=reasons, description=_("Why was it wrong?"))
        # Sent whole when the field is left: single letters may arrive after the button's click.
        self.comment = w.Textarea(description=_("Anything else?"), rows=2, continuous_update=False)
        self.name = w.Text(description=_("Your name"), value=self.model.by,
                           continuous_update=False)  # fmt: skip
        for one in (self.corrected, self.reason, self.comment, self.name):
            one.add_class("cb-field")
        self.sending = button(self.model, _("Send"), _("Keep what you say of this prediction"),
                              self._keep)  # fmt: skip
        self.sending.add_class("cb-main-button")
        self.receipt = w.HTML()
        super().__init__([w.HTML(fragment(title)), self.verdict, self.corrected, self.reason,
                          self.comment, self.name, self.sending, self.receipt])  # fmt: skip
        self.add_class("cb-feedback")
        self._filling = False
        self._bind()
        self._show(None)

    def _correction(self) -> Any:
        label = _("What would have been right?")
        if not self.model.classes:
            return w.Text(description=label, continuous_update=False)
        said = self.model.model.prototype
        texts = said.case.record.prototype.texts
        words = {said.model.file.positive: texts.positive}
        if said.model.file.positive is not None:
            words[said.model.file.classes[0]] = texts.negative
        named = [(f"{name}: {words[name]}" if words.get(name) else name, name)
                 for name in self.model.classes]  # fmt: skip
        return w.Dropdown(options=[(_("I do not know"), ""), *named], description=label)

    def _bind(self) -> None:
        self.fields = {"verdict": self.verdict, "corrected": self.corrected, "reason": self.reason,
                       "comment": self.comment, "by": self.name}  # fmt: skip
        for name, control in self.fields.items():
            control.observe(guarded(self.model, self._giver(name)), "value")
        self.model.observe(self._show, [*self.fields])
        self.model.observe(self._say, "status")
        self.model.model.observe(self._say_last, "prediction")

    def _giver(self, name: str) -> Any:
        def given(change: dict[str, Any]) -> None:
            if not self._filling:
                setattr(self.model, name, change["new"] or "")

        return given

    def _show(self, _change: object) -> None:
        model = self.model
        self._filling = True
        try:
            for name, control in self.fields.items():
                held = getattr(model, name)
                control.value = held or (None if name == "verdict" else "")
        finally:
            self._filling = False
        wrong = model.verdict == "wrong"
        self.corrected.layout.display = "flex" if wrong else "none"
        self.reason.layout.display = "flex" if wrong and model.reasons else "none"

    def _keep(self) -> None:
        with language.using(self.model.case.record.language):
            self.sending.disabled = True
            try:
                self.model.send()
            finally:
                self.sending.disabled = False

    def _say(self, _change: object) -> None:
        if not self.model.status:
            return
        with language.using(self.model.case.record.language):
            kept = self.model.status == KEPT
            box = notice("ok" if kept else "failed", self.model.message,
                         title=_("Kept") if kept else _("Not kept"))  # fmt: skip
        told = element("div", box, role="status", aria_live="polite", class_="cb-receipt")
        named = [self.comment, *([self.corrected] if isinstance(self.corrected, w.Text) else [])]
        done = forgotten([one.description for one in named]) if kept else ""
        self.receipt.value = fragment(join(told, done))

    def _say_last(self, _change: object) -> None:
        """The receipt of the prediction before stays, as what it is."""
        receipt = self.model.receipt
        with language.using(self.model.case.record.language):
            said = "" if receipt is None else _("Before: {receipt}", receipt=receipt.sentence)
        self.receipt.value = fragment(element("p", said, class_="cb-small")) if said else ""


def _verdicts() -> list[tuple[str, str]]:
    return [
        (_("It is right"), "right"),
        (_("It is wrong"), "wrong"),
        (_("I only want to say something"), "comment"),
    ]
