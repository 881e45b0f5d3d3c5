"""The checklist of feasibility: evidence in view, answered in place, the verdict live on top."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.case import Case
from casebook.language import _
from casebook.pages import feasibility as pages
from casebook.pages.base import Html, element, join, notice
from casebook.phases.feasibility import Findings
from casebook.workspace import Workspace
from widgets.base import Panel, guarded
from widgets.feasibility_model import SIGNATURE, FeasibilityModel
from widgets.feasibility_rows import Overruling, Row
from widgets.parts import button, dressed, fragment, watch

__all__ = ["FeasibilityModel", "FeasibilityPanel"]


class FeasibilityPanel(Panel):
    """Twelve signs with their evidence; each answer is saved as it is given.

    by: who answers; None takes the account's name, or asks behind a link that many open.
    """

    def __init__(self, work: Workspace, findings: Findings, by: str | None = None) -> None:
        self.work = work
        self.model = FeasibilityModel(work.case, findings, by)
        self.verdict = w.HTML()
        self.status = w.HTML()
        self.name = _name_field(self.model)
        self.rows = {check.sign: Row(self.model, check.sign) for check in findings.checks}
        self.again = button(self.model, _("Compute the evidence again"), "", self._compute)
        self.stale = w.VBox([w.HTML(fragment(_stale())), self.again])
        self.override = Overruling(self.model)
        super().__init__()
        top = [self.verdict, self.name, self.status, self.stale]
        look = dressed(self, self.static())
        self.children = [*look, *top, *self._groups(), self.override]
        self.model.observe(self._show, ["findings", "stale"])
        self.model.observe(self._say, "status")
        self._show(None)
        watch(self.model, self._look)

    def static(self) -> Html:
        """The same without a kernel: the verdict, and each sign with evidence and answer."""
        with language.using(self.model.case.record.language):
            found = self.model.findings
            return join(pages.page(found), pages.checklist(found, _signature(self.model)))

    def _groups(self) -> list[w.Widget]:
        shown: list[w.Widget] = []
        for good, title in ((True, pages.for_learning()), (False, pages.against_learning())):
            shown.append(w.HTML(fragment(element("h2", title, class_="cb-group"))))
            shown += [self.rows[c.sign] for c in self.model.findings.checks if c.good == good]
        return shown

    def _show(self, _change: object) -> None:
        with language.using(self.model.case.record.language):
            found = self.model.findings
            shown = element("div", pages.page(found), role="status", aria_live="polite")
            self.verdict.value = fragment(shown)
            self.stale.layout.display = "flex" if self.model.stale else "none"
            for row in self.rows.values():
                row.show()
            self.override.show()

    def _say(self, _change: object) -> None:
        """What became of the last answer, in its row; on top what keeps all of them back."""
        model = self.model
        shown: list[Html] = []
        if model.status == "waiting" and not model.by.strip():
            shown.append(notice("unanswered", model.message, title=_("Your name")))
        if "" in model.troubles:
            shown.append(notice("failed", model.troubles[""]))
        self.status.value = fragment(join(*shown))
        for row in self.rows.values():
            row.say()
        self.override.say()

    def _look(self) -> None:
        """Show what others have saved meanwhile."""
        self.model.look()

    def _compute(self) -> None:
        with language.using(self.model.case.record.language):
            self.again.disabled = True
            self.again.description = _("Computing …")
            try:
                self.model.compute(self._examine)
            finally:
                self.again.disabled = False
                self.again.description = _("Compute the evidence again")
            for row in self.rows.values():
                row.show_evidence()

    def _examine(self, case: Case) -> Findings:
        found: Any = replace(self.work, case=case).examine()
        examined: Findings = found
        return examined


def _name_field(model: FeasibilityModel) -> w.Text:
    made = w.Text(value=model.by, description=_("Your name"), placeholder=_("Who answers?"),
                  continuous_update=False)  # fmt: skip
    made.add_class("cb-field").add_class("cb-short")
    named = guarded(model, lambda change: model.set_trait("by", change["new"].strip()))
    made.observe(named, "value")
    return made


def _stale() -> Html:
    said = _("A figure was changed since the evidence was computed.")
    return notice("stale", said)


def _signature(model: FeasibilityModel) -> tuple[str, str] | None:
    """Who signed, with the day, and why."""
    found = model.value(SIGNATURE)
    return (pages.signed(found["by"], found["on"]).strip(), found["reason"]) if found else None
