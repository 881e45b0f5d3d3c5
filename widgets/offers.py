"""What somebody is offered: a user by name or somebody new, the list with reasons, a word on it."""

from __future__ import annotations

import random
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.language import _
from casebook.pages import offers as pages
from casebook.pages.base import Html, element, join, notice
from casebook.pages.theme import letters_style
from casebook.prototype.offers import Offering, offers_of, own_choices
from casebook.workspace import Workspace
from widgets.base import NOT_DONE, Panel, guarded
from widgets.offers_model import OffersModel
from widgets.parts import button, dressed, fragment

__all__ = ["OffersModel", "OffersPanel"]

_LISTED = 5_000  # names that a list to search in holds; others can be typed


class OffersPanel(Panel):
    """Pick a user or say what somebody new likes; see the list, its reasons, and what else it was.

    work: an opened phase; its run has the findings of the baseline phase, which chose the
    recommender. Without them the most popular is offered, and that is said. by: who says
    something of a list; None takes the account's name, or asks.
    """

    def __init__(self, work: Workspace, by: str | None = None) -> None:
        with language.using(work.case.record.language):
            chosen, self.note = _chosen(work)
            offering = offers_of(work.case, work.table, chosen, seed=work.seed)
            super().__init__()
            self.model = None if offering is None else OffersModel(work.case, offering, by)
            look = dressed(self, self.static())
            if self.model is None or offering is None:
                self.children = [*look, w.HTML(fragment(self.static()))]
                return
            self.children = [*look, *self._parts(self.model, offering)]
            self._bind(self.model)
            self._show(None)

    def static(self) -> Html:
        """The same without a kernel: what somebody of whom nothing is known is offered."""
        if self.model is None:
            return pages.nothing(_("The record does not say who chose what (baseline.recommend)."))
        with language.using(self.model.case.record.language):
            model = self.model
            return join(pages.offered(model.offering, model.asked, model.offers),
                        pages.beside(model.offering, model.lists))  # fmt: skip

    def _parts(self, model: OffersModel, offering: Offering) -> list[w.Widget]:
        users = [] if not offering.users else [self._users(model, offering)]
        self.titles = _titles(offering)
        self.likes = w.Combobox(
            options=list(self.titles)[:_LISTED], description=_("Somebody new, who likes"),
            placeholder=_("type a few letters"), continuous_update=False,
        ).add_class("cb-field")  # fmt: skip
        again = button(model, _("Start again"), _("Somebody new of whom nothing is known"),
                       self._again)  # fmt: skip
        self.liked, self.told, self.list, self.more = (w.HTML() for _n in range(4))
        note = [w.HTML(fragment(notice("warning", self.note)))] if self.note else []
        return [*note, *users, w.HBox([self.likes, again]).add_class("cb-side"), self.liked,
                self.told, self.list, self.more, *self._saying(model)]  # fmt: skip

    def _users(self, model: OffersModel, offering: Offering) -> w.HBox:
        self.who = w.Combobox(
            options=list(offering.users[:_LISTED]), description=_("Who is it?"),
            placeholder=_("name or number"), continuous_update=False,
        ).add_class("cb-field")  # fmt: skip
        anybody = button(model, _("Anybody"), _("Somebody at random"), self._anybody)
        self.who.observe(guarded(model, self._typed, said=NOT_DONE), "value")
        return w.HBox([self.who, anybody]).add_class("cb-side")

    def _saying(self, model: OffersModel) -> list[w.Widget]:
        options = [(_("Right"), "right"), (_("Wrong"), "wrong"), (_("Only a comment"), "comment")]
        self.verdict = w.RadioButtons(options=options, value=None)
        self.comment = w.Textarea(description=_("What would have been better?"), rows=2,
                                  continuous_update=False)  # fmt: skip
        self.name = w.Text(value=model.by, description=_("Your name"), continuous_update=False)
        for one in (self.comment, self.name):
            one.add_class("cb-field")
        self.sending = button(model, _("Send"), _("Keep what you say of this list"), self._keep)
        self.receipt = w.HTML()
        question = model.case.record.prototype.feedback.question or _("Is this list right?")
        title = w.HTML(fragment(element("h2", question, class_="cb-part-title")))
        return [title, self.verdict, self.comment, self.name, self.sending, self.receipt]

    def _bind(self, model: OffersModel) -> None:
        self.likes.observe(guarded(model, self._liked_one, said=NOT_DONE), "value")
        model.observe(self._show, "shown")
        model.observe(self._say, "status")

    def _typed(self, change: dict[str, Any]) -> None:
        if self.model is not None and change["new"].strip() and change["new"] != self.model.user:
            self.model.choose(change["new"])

    def _liked_one(self, change: dict[str, Any]) -> None:
        item = self.titles.get(change["new"])
        if self.model is None or item is None:
            return
        self.model.like(item)
        self.likes.value = ""

    def _anybody(self) -> None:
        if self.model is not None:
            self.model.choose(random.choice(self.model.offering.users))  # noqa: S311 no secret

    def _again(self) -> None:
        if self.model is not None:
            self.model.start_again()

    def _keep(self) -> None:
        if self.model is None:
            return
        self.model.verdict = self.verdict.value or ""
        self.model.comment, self.model.by = self.comment.value, self.name.value
        self.model.send()

    def _show(self, _change: object) -> None:
        model = self.model
        if model is None:
            return
        with language.using(model.case.record.language):
            offering = model.offering
            names = [offering.choices.things.title(item) for item in model.liked]
            said = _("Likes {names}.", names=", ".join(names)) if names else ""
            self.liked.value = fragment(element("p", said)) if said else ""
            shown = pages.offered(offering, model.asked, model.offers)
            own = own_choices(offering, model.user) if model.user else None
            past = pages.past(offering, own) if own is not None else ""
            more = join(pages.beside(offering, model.lists), past)
            aloud = element("div", shown, role="status", aria_live="polite")
            self.list.value = join(Html(letters_style(shown + more)), fragment(aloud))
            self.more.value = fragment(more)
            self._clear(model)

    def _clear(self, model: OffersModel) -> None:
        self.verdict.value, self.comment.value, self.receipt.value = None, "", ""
        self.told.value = ""
        if model.offering.users and self.who.value != model.user:
            self.who.value = model.user

    def _say(self, _change: object) -> None:
        """What became of an act: beside the button that was pressed."""
        model = self.model
        if model is None or not model.status:
            return
        with language.using(model.case.record.language):
            saved = model.status == "saved"
            box = notice("ok" if saved else "failed", model.message)
            place = self.receipt if saved or self.verdict.value else self.told
            place.value = fragment(element("div", box, role="status", aria_live="polite"))


def _chosen(work: Workspace) -> tuple[str | None, str]:
    """The recommender that the baseline phase chose, or why there is none."""
    found: Any = work.findings_of("baseline")
    if found is None:
        return None, _("The baseline phase has not run, so the most popular is offered.")
    recommendation = found.recommendation
    if recommendation is None or recommendation.chosen is None:
        return None, _("Too little was known to compare recommenders, so the most popular is "
                       "offered.")  # fmt: skip
    return recommendation.chosen, ""


def _titles(offering: Offering) -> dict[str, str]:
    """Title -> item; things of the same title with their id."""
    found: dict[str, str] = {}
    for title, item in offering.items:
        found[title if title not in found else f"{title} ({item})"] = item
    return found
