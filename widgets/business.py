"""The business canvas: service, value, people, what goes in and comes out, when it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.case import Case
from casebook.case.sections_business import Business, Input, Stakeholder
from casebook.language import N_, _
from casebook.pages.base import Html, element, notice
from casebook.pages.business import ANSWERS, USES, canvas
from casebook.pages.states import Kind
from casebook.pages.theme import fragment_style
from widgets.base import Panel, guarded
from widgets.business_model import CHOICES, FIELDS, BusinessModel
from widgets.parts import ClashBox, Field, button, fragment, watch

__all__ = ["BusinessModel", "BusinessPanel"]

_STATES: dict[str, Kind] = {"saved": "ok", "waiting": "warning", "clash": "warning"}
_SHOWN = {
    "stakeholders": ("name", "role", "interest", "decides"),
    "inputs": ("name", "table", "plan", "owner", "freshness", "trust", "continues", "personal"),
}
_OF_PLANS = frozenset({"plan", "owner", "freshness", "trust", "continues"})
_SECTIONS = {"stakeholders": Stakeholder, "inputs": Input}
_TITLES = {
    "stakeholders": N_("Who has a stake in it"),
    "inputs": N_("What goes in: tables, and plans to get one"),
}
_WIDE: dict[str, Any] = {"style": {"description_width": "18rem"}, "layout": {"width": "100%"}}


class BusinessPanel(Panel):
    """The canvas as it is, and under it a form; each answer is saved when its field is left.

    by: who answers; None takes the account's name, or asks behind a link that many open.
    """

    def __init__(self, case: Case, by: str | None = None) -> None:
        self.model = BusinessModel(case, by)
        self.sheet, self.status = w.HTML(), w.HTML()
        with language.using(case.record.language):
            self.name = w.Text(value=self.model.by, description=_("Your name"),
                               continuous_update=False)  # fmt: skip
            self.fields = {name: self._field(f"business.{name}", Business) for name in FIELDS}
            self.lists = {name: EntryList(self.model, name) for name in _SECTIONS}
            super().__init__(self._parts())
        self.add_class("cb-panel")
        named = guarded(self.model, lambda change: setattr(self.model, "by", change["new"]))
        self.name.observe(named, "value")
        self.model.observe(self._show, "case")
        self.model.observe(self._say, "status")
        self._show(None)
        watch(self.model, self._look)

    def static(self) -> Html:
        """The canvas, on one sheet."""
        with language.using(self.model.case.record.language):
            return canvas(self.model.business)

    def _parts(self) -> list[w.Widget]:
        form = w.Accordion([w.VBox(self._rows()), *self.lists.values()])
        titles = [_("Service, value, output"), *(_(_TITLES[name]) for name in self.lists)]
        for place, title in enumerate(titles):
            form.set_title(place, title)
        asked = [] if self.model.by.strip() else [self.name]
        return [w.HTML(fragment_style()), self.sheet, *asked, self.status, form]

    def _rows(self) -> list[w.Widget]:
        rows: list[w.Widget] = []
        for name, field in self.fields.items():
            question = str(Business.model_fields[name].description)
            said = _(question)
            clash = ClashBox(self.model, field.path, said, str, field.fill)
            rows += [field.control, clash]
        return rows

    def _field(self, path: str, section: type[Business]) -> Field:
        return Field(self.model, path, control(section, path), self._giver(path))

    def _giver(self, path: str) -> Callable[[Any], object]:
        return lambda given: self.model.answer(path, given)

    def _show(self, _change: object) -> None:
        with language.using(self.model.case.record.language):
            self.sheet.value = fragment(canvas(self.model.business))
            for field in self.fields.values():
                field.fill()
            for entries in self.lists.values():
                entries.show()

    def _say(self, _change: object) -> None:
        model = self.model
        if model.status:
            with language.using(model.case.record.language):
                box = notice(_STATES.get(model.status, "failed"), model.message)
            self.status.value = fragment(element("div", box, role="status", aria_live="polite"))

    def _look(self) -> None:
        self.model.refresh()


class EntryList(w.VBox):
    """The entries of a list, each with its fields and a button that takes it out."""

    def __init__(self, model: BusinessModel, name: str) -> None:
        self.model, self.of = model, name
        self.rows: dict[str, dict[str, Field]] = {}
        self.new = w.Text(description=_("A new one is called"), **_WIDE)
        self.adding = button(model, _("Add"), _(_TITLES[name]), self._add)
        self._listed: tuple[tuple[str, bool], ...] | None = None
        super().__init__([])
        self.show()

    def show(self) -> None:
        """Build the rows anew where entries came or went; else fill what is new in them."""
        entries = getattr(self.model.business, self.of)
        listed = tuple((one.name, bool(getattr(one, "table", None))) for one in entries)
        if listed == self._listed:
            for fields in self.rows.values():
                for field in fields.values():
                    field.fill()
            return
        self._listed, self.rows = listed, {}
        boxes = [self._entry(place, name, has_table=has_table) for place, (name, has_table) in
                 enumerate(listed)]  # fmt: skip
        self.children = [*boxes, w.HBox([self.new, self.adding])]

    def _entry(self, place: int, name: str, *, has_table: bool) -> w.Widget:
        section, fields = _SECTIONS[self.of], {}
        for part in _SHOWN[self.of]:
            if has_table and part in _OF_PLANS:
                continue
            path = f"business.{self.of}.{place}.{part}"
            made = control(section, path, tables=tuple(self.model.case.record.data.tables))
            fields[part] = Field(self.model, path, made, self._giver(path))
        self.rows[name] = fields
        gone = button(self.model, _("Take out"), name, lambda: self._remove(name))
        title = w.HTML(fragment(element("h4", name)))
        return w.VBox([title, *(field.control for field in fields.values()), gone])

    def _giver(self, path: str) -> Callable[[Any], object]:
        return lambda given: self.model.answer(path, given)

    def _add(self) -> None:
        if self.model.add(self.of, self.new.value):
            self.new.value = ""
            self.show()

    def _remove(self, name: str) -> None:
        self.model.remove(self.of, name)
        self.show()


def control(section: type[Any], path: str, tables: tuple[str, ...] = ()) -> w.Widget:
    """The control that fits a field: a choice where answers are few, else a text."""
    name = path.rsplit(".", 1)[1]
    question = str(section.model_fields[name].description)
    asked = _(question)
    if name in CHOICES:
        texts = USES if name == "use" else dict.fromkeys(tables) if name == "table" else ANSWERS
        none = _("none: it is a plan") if name == "table" else _("not answered")
        options = [(none, ""), *((_(text) if text else key, key) for key, text in texts.items())]
        return w.Dropdown(options=options, value="", description=asked, **_WIDE)
    kind = w.Text if name in ("name", "owner", "freshness", "role") else w.Textarea
    return kind(description=asked, continuous_update=False, **_WIDE)
