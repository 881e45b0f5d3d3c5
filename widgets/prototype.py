"""The prototype: a colleague fills a form, reads the answer, asks why, and says if it is right."""

from __future__ import annotations

import os
from html import escape
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.pages import prototype_about as about
from casebook.pages import prototype_answer as said
from casebook.pages.base import Html, details, element, join, key_values, notice, section
from casebook.pages.prototype_why import change_html, why_html
from casebook.prototype.change import Found
from casebook.prototype.opened import Prototype
from casebook.prototype.values import Trust, Why
from casebook.prototype.why import warm
from casebook.runs.model_files import CARD
from casebook.runs.tried import Tried, to_try
from casebook.warm.limits import give_back
from casebook.workspace import Workspace
from widgets.base import NOT_DONE, Panel, guarded
from widgets.parts import button, dressed, fragment, watch
from widgets.prototype_feedback import FeedbackBox
from widgets.prototype_form import Form
from widgets.prototype_model import PrototypeModel
from widgets.prototype_start import Address, StartBox

__all__ = ["PrototypeModel", "PrototypePanel"]

QUERY_VARIABLE = "QUERY_STRING"
"""What Voila calls the part of the address behind the `?`."""

STILL = 1.2  # seconds without a change after which reasons follow and a prediction is logged


WARM_AFTER = 3
"""Looks at a row that stands still after which what all reasons share is made."""


class PrototypePanel(Panel):
    """A form for one row, and the answer to it at once.

    findings: of the phase, for what was measured of the model; None answers without it.
    by: who says something; None takes the account's name, or asks behind a link that many open.
    query: of the page's address; None takes it from the page.
    Without a model that can be used it says what to run.
    """

    def __init__(
        self, work: Workspace, findings: Any = None, by: str | None = None,
        query: str | None = None,
    ) -> None:  # fmt: skip
        self.work, self.trouble = work, ""
        self.tried: Tried | None = None
        trust = getattr(findings, "trust", None) or Trust()
        super().__init__()
        with language.using(work.case.record.language):
            try:
                self.tried = to_try(work.case, work.table, trust, work.folder, seed=work.seed)
                asked = os.environ.get(QUERY_VARIABLE, "") if query is None else query
                self.model = PrototypeModel(self.tried.prototype, run=self.tried.folder.name,
                                            query=asked, by=by)  # fmt: skip
            except CasebookError as error:
                self.trouble = str(error)
                self.children = [*dressed(self, self.trouble), w.HTML(fragment(self.static()))]
                return
            self._make()

    @property
    def prototype(self) -> Prototype | None:
        """What is tried, for what else is shown of it; None where there is nothing to try."""
        return None if self.tried is None else self.tried.prototype

    @property
    def _level(self) -> int:
        """Of the title: on a page behind a link nothing stands above it."""
        return 1 if self.work.page else 2

    def static(self) -> Html:
        """The row from which one starts, its answer and the limits; without a kernel."""
        if self.tried is None:
            return notice("unanswered", self.trouble, title=_("There is nothing to try yet"))
        model, prototype = self.model, self.tried.prototype
        with language.using(model.case.record.language):
            answer = model.answer
            if answer is None:
                return join(
                    about.head(prototype, self._level), said.problems(prototype, model.problems)
                )
            row = details(_("The values"), key_values(said.values(prototype, answer.row)))
            shown = join(said.decision(prototype, answer), said.odd(prototype, answer))
            top = join(about.head(prototype, self._level), self._notices(), shown, row)
            return join(top, self._still(), self._limits())

    def _still(self) -> Html:
        """Reasons where nobody can ask for them; a page that is about to be alive goes without."""
        model = self.model
        if model.reasons is None and QUERY_VARIABLE in os.environ:
            return Html("")
        found, turned = (model.reasons, model.turned) if model.reasons else model.found_out()
        return section(_("Why?"), reasons_html(model, found, turned))

    def _make(self) -> None:
        model, prototype = self.model, self.model.prototype
        texts = model.case.record.prototype.model_dump_json()
        letters = "".join([texts, *(f.label + "".join(f.levels) for f in prototype.fields)])
        self.start, self.form = StartBox(model), Form(model)
        self.decision, self.more = w.HTML(), w.HTML()
        self.decision.add_class("cb-answer")
        self.asking = button(model, _("Why?"), _("What this answer rests on"), self._ask)
        self.asking.add_class("cb-main-button")
        self.undo = button(model, _("Back to the start"), _("Undo all changes"), self.model.back)
        self.taking = button(model, _("Try this change"), _("Put it into the form"),
                             self.model.try_change)  # fmt: skip
        self.reasons = w.HTML().add_class("cb-reasons")
        self.feedback, self.address = FeedbackBox(model), Address(model)
        tools = w.HBox([self.asking, self.undo, self.address]).add_class("cb-tools")
        side = [self.decision, self.more, tools, self.reasons, self.taking, self.feedback]
        columns = w.HBox([w.VBox([self.start, self.form]).add_class("cb-try-form"),
                          w.VBox(side).add_class("cb-try-side")]).add_class("cb-try")  # fmt: skip
        head = w.HTML(fragment(join(about.head(prototype, self._level), self._notices())))
        foot = w.VBox(self._about()).add_class("cb-about")
        self.children = [*dressed(self, letters), _helped(), head, columns, foot]
        self._seen, self._looks = "", 0
        self._bind()
        self._show(None)

    def _bind(self) -> None:
        show = guarded(self.model, self._show, said=NOT_DONE)
        self.model.observe(show, ["prediction", "problems"])
        self.model.observe(guarded(self.model, self._show_reasons, said=NOT_DONE),
                           ["reasons", "turned", "behind"])  # fmt: skip
        self.model.observe(show, "status")
        watch(self.model, self._look, STILL)

    def _show(self, _change: object) -> None:
        model, prototype, answer = self.model, self.model.prototype, self.model.answer
        with language.using(model.case.record.language):
            parts: list[object] = [said.problems(prototype, model.problems)] if model.stale else []
            if answer is not None:
                shown = element("div", said.decision(prototype, answer), role="status",
                                aria_live="polite")  # fmt: skip
                _put(self.decision, element("div", shown, class_="cb-faded" if model.stale else ""))
                parts += [said.compared(prototype, model.first, answer, tuple(model.changed)),
                          said.odd(prototype, answer), _named(model)]  # fmt: skip
            if model.status == "refused" and model.subject != "start":
                parts.append(notice("failed", model.message))
            _put(self.more, join(*parts))
            self.undo.layout.display = "block" if model.changed or model.stale else "none"
        self._show_reasons(None)

    def _show_reasons(self, _change: object) -> None:
        model = self.model
        with language.using(model.case.record.language):
            shown = reasons_html(model, model.reasons, model.turned) if model.reasons else Html("")
            if model.behind:
                shown = join(notice("computing", _("Following the change …"), title=""),
                             element("div", shown, class_="cb-faded"))  # fmt: skip
            _put(self.reasons, shown)
            can = model.turned is not None and model.turned.change is not None
            self.taking.layout.display = "block" if can and not model.behind else "none"

    def _ask(self) -> None:
        with language.using(self.model.case.record.language):
            self.asking.disabled = True
            try:
                self.model.ask()
            finally:
                self.asking.disabled = False

    def _look(self) -> None:
        """What follows once nobody has changed anything for a moment."""
        if self._seen == self.model.prediction:
            self.model.settle()
            self._looks += 1
        if self._looks == WARM_AFTER:  # nobody waits now, and who asks why need not either
            warm(self.model.prototype)
            give_back()
            self._looks += 1
        self._seen = self.model.prediction

    def _notices(self) -> Html:
        assert self.tried is not None
        other = about.other_data() if self.tried.is_of_other_data else ""
        return join(other, *(notice("info", one) for one in self.tried.prototype.model.notes))

    def _limits(self) -> Html:
        """What it is not for, and how good it is."""
        assert self.tried is not None
        file = self.tried.prototype.model.file
        told = about.facts(file, self.tried.baseline, self.tried.days)
        return details(_("What it is not for, and how good it is"),
                       join(about.limits(self.tried.prototype), told))  # fmt: skip

    def _about(self) -> list[w.Widget]:
        """Limits and measurements, and the whole model card when it is asked for."""
        assert self.tried is not None
        limits = w.HTML(fragment(self._limits()))
        if not (self.tried.folder / CARD).is_file():
            return [limits]
        self.card = w.HTML()
        self.opening = button(self.model, _("Open the model card"), _("All that is known of it"),
                              self._open_card)  # fmt: skip
        return [limits, self.opening, self.card]

    def _open_card(self) -> None:
        """The card as it was saved, in a frame of its own: it is a whole page."""
        assert self.tried is not None
        if self.card.value:
            self.card.value = ""
            return
        page = (self.tried.folder / CARD).read_text("utf-8")
        with language.using(self.model.case.record.language):
            title = _("Model card")
        self.card.value = (f'<iframe class="cb-card" title="{escape(title)}" sandbox="" '
                           f'srcdoc="{escape(page)}"></iframe>')  # fmt: skip


def reasons_html(model: PrototypeModel, found: Why, turned: Found | None) -> Html:
    """What the answer rests on, what is near, and the smallest change that turns it."""
    change = (
        ""
        if turned is None
        else change_html(turned.change, turned.sentence, model.prototype.fields)
    )
    return join(why_html(found, model.prototype.fields), change)


def _named(model: PrototypeModel) -> Html:
    """The prediction's id, for who wants to speak of it."""
    return element("p", _("Prediction {id}", id=model.prediction), class_="cb-small cb-id")


def _put(target: w.HTML, content: Html) -> None:
    value = fragment(content) if content else ""
    if target.value != value:
        target.value = value


# What ipywidgets leaves out: names of sliders, and which words belong to which control.
_HELPED = """
const wait = setInterval(() => {
  const panel = this.closest('.cb-panel');
  if (!panel) return;
  clearInterval(wait);
  if (panel.dataset.cbHelped) return;
  panel.dataset.cbHelped = 'yes';
  let count = 0;
  const help = () => panel.querySelectorAll('.cb-ask').forEach(ask => {
    const control = ask.querySelector('.cb-field input, .cb-field select, .cb-field textarea');
    const label = ask.querySelector('.cb-field > label');
    if (!control || !label) return;
    const words = [...ask.querySelectorAll('.cb-ask-words, .cb-ask-trouble')];
    words.forEach(one => { one.id = one.id || 'cb-words-' + (count += 1); });
    const said = words.map(one => one.id).join(' ');
    if (control.getAttribute('aria-describedby') !== said)
      control.setAttribute('aria-describedby', said);
    const wrong = String(Boolean(ask.querySelector('.cb-ask-problem')));
    if (control.getAttribute('aria-invalid') !== wrong) control.setAttribute('aria-invalid', wrong);
    if (ask.querySelector('.cb-number-field')) control.inputMode = 'decimal';
    const handle = ask.querySelector('.cb-ask-slide [role=slider]');
    if (handle) {
      handle.setAttribute('aria-label', label.textContent);
      if (handle.getAttribute('aria-valuetext') !== control.value)
        handle.setAttribute('aria-valuetext', control.value);
    }
    const box = ask.querySelector('.cb-ask-unknown input');
    if (box)
      box.setAttribute('aria-label',
        box.parentElement.textContent.trim() + ': ' + label.textContent);
  });
  new MutationObserver(help).observe(panel, {childList: true, subtree: true});
  panel.addEventListener('change', help);
  help();
}, 100);
"""


def _helped() -> w.HTML:
    script = " ".join(_HELPED.split())
    return w.HTML(Html('<img hidden alt="" src="data:," onerror="{}">').format(script))
