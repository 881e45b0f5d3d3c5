"""The form of the prototype: a control for each field, with its label, unit and usual range."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.language import _, plural
from casebook.pages.base import Html, element, join
from casebook.prototype.form import allowed, asked, label_of, span, step_of, usual
from casebook.prototype.start import Start
from casebook.prototype.texts import has_clock, shown
from casebook.prototype.values import Field
from widgets.base import NOT_DONE, guarded
from widgets.parts import button, fragment
from widgets.prototype_model import PrototypeModel

FEW = 12
"""Fields that are there at once, and levels that are in a list without a search."""


class Ask(w.VBox):
    """One field: a label, what is typed or picked, a slider for numbers, and words under it."""

    def __init__(self, model: PrototypeModel, field: Field) -> None:
        self.model, self.field = model, field
        self._filling = False
        self._kept_of: Start | None = None
        self.control = _control(field)
        self.slider = _slider(field) if field.kind == "number" else None
        self.unknown = self._unknown()
        self.words, self.trouble = w.HTML(fragment(_words(field))), w.HTML()
        self.words.add_class("cb-ask-words")
        self.trouble.add_class("cb-ask-trouble")
        parts = [self.control, self.unknown, self.slider, self.trouble, self.words]
        super().__init__([part for part in parts if part is not None])
        self.add_class("cb-ask")
        self._bind()
        self.show(None)

    def show(self, _change: object) -> None:
        """Show what the model has, where somebody else than this control has put it there."""
        text = self.model.texts.get(self.field.column)
        self._filling = True
        try:
            self._fill(text)
        finally:
            self._filling = False
        said = next((p.sentence for p in self.model.problems if p.column == self.field.column), "")
        shown_ = element("p", said, class_="cb-ask-problem") if said else ""
        value = fragment(shown_) if said else ""
        if self.trouble.value != value:
            self.trouble.value = value

    def _bind(self) -> None:
        self.control.observe(guarded(self.model, self._given, said=NOT_DONE), "value")
        if self.slider is not None:
            self.slider.observe(guarded(self.model, self._slid, said=NOT_DONE), "value")
        if self.unknown is not None:
            self.unknown.observe(guarded(self.model, self._ticked, said=NOT_DONE), "value")

    def _fill(self, text: str | None) -> None:
        is_unknown = text is None or (not text.strip() and self.field.may_be_missing)
        if self.unknown is not None:
            self.unknown.value = is_unknown
            self.control.disabled = text is None
        if text is not None and text != _text_of(self.control):
            _put(self.control, text)
        elif text is None and self._kept_of is not self.model.began:
            _put(self.control, "")
        if self.slider is not None:
            self.slider.disabled = is_unknown
            value = self._number()
            if value is not None:
                self.slider.value = _place(self.slider, value)

    def _number(self) -> float | None:
        cell = self.model.row.get(self.field.column)
        is_read = all(one.column != self.field.column for one in self.model.problems)
        return float(cell) if isinstance(cell, int | float) and is_read else None

    def _given(self, _change: object) -> None:
        if not self._filling:
            text = _text_of(self.control)
            empty = isinstance(self.control, w.Dropdown) and not text
            self.model.give(self.field.column, None if empty else text)

    def _slid(self, change: dict[str, Any]) -> None:
        now = self._number()
        is_moved = now is None or not math.isclose(change["new"], _place(change["owner"], now))
        if not self._filling and is_moved:
            value = float(f"{change['new']:.10g}")
            text = str(int(value)) if value.is_integer() else repr(value)
            self.model.give(self.field.column, text)

    def _ticked(self, change: dict[str, Any]) -> None:
        """What was typed stays in its control while it is said not to be known."""
        if not self._filling:
            self._kept_of = self.model.began if change["new"] else None
            text = None if change["new"] else _text_of(self.control)
            if text == "" and self.field.typical is not None:
                text = shown(self.field, self.field.typical, unit=False)
            self.model.give(self.field.column, text)

    def _unknown(self) -> w.Checkbox | None:
        if not self.field.may_be_missing or isinstance(self.control, w.Dropdown):
            return None
        name = _("{label}: not known", label=self.field.label)
        made = w.Checkbox(description=_("not known"), tooltip=name, indent=False)
        return made.add_class("cb-ask-unknown")


class Form(w.VBox):
    """All fields in a grid; of many the first ones at once, the others when they are asked for."""

    def __init__(self, model: PrototypeModel) -> None:
        self.model = model
        wanted = asked(model.prototype.fields)
        self.asks = {field.column: Ask(model, field) for field in wanted[:FEW]}
        self.rest = wanted[FEW:] if len(wanted) > FEW + 2 else ()
        for field in () if self.rest else wanted[FEW:]:
            self.asks[field.column] = Ask(model, field)
        self.grid = w.VBox(list(self.asks.values())).add_class("cb-asks")
        more = plural("Show {n} more field", "Show the {n} other fields", len(self.rest))
        self.more = button(model, more, _("They hold what is usual until then"), self.show_all)
        super().__init__([self.grid, *([self.more] if self.rest else []), *_fixed(model)])
        self.add_class("cb-ask-form")
        model.observe(self.show, ["texts", "problems"])

    def show(self, change: object) -> None:
        """Show what the model has in every field."""
        with language.using(self.model.case.record.language):
            for ask in self.asks.values():
                ask.show(change)

    def show_all(self) -> None:
        """Make the controls of the other fields."""
        with language.using(self.model.case.record.language):
            made = {field.column: Ask(self.model, field) for field in self.rest}
        self.asks |= made
        self.rest = ()
        self.grid.children = list(self.asks.values())
        self.more.layout.display = "none"
        next(iter(made.values())).control.focus()


def _control(field: Field) -> Any:
    label = label_of(field)
    made: Any
    if field.kind == "boolean" or (
        field.kind == "category" and len(field.levels) <= FEW and not field.levels_left_out
    ):
        made = w.Dropdown(options=_options(field), description=label)
    elif field.kind == "category":
        made = w.Combobox(options=list(field.levels), description=label,
                          placeholder=_("Type to search"))  # fmt: skip
    elif field.kind == "time":
        kind = w.NaiveDatetimePicker if has_clock(field) else w.DatePicker
        made = kind(description=label)
    elif field.kind == "number":
        made = w.Text(description=label).add_class("cb-number-field")
    else:
        made = w.Textarea(description=label, rows=3)
    return made.add_class("cb-field")


def _options(field: Field, more: str = "") -> list[tuple[str, str]]:
    """What can be picked, as shown and as typed."""
    unknown = [(_("not known"), "")] if field.may_be_missing else []
    if field.kind == "boolean":
        return [*unknown, (_("yes"), "true"), (_("no"), "false")]
    levels = [*field.levels, *([more] if more and more not in field.levels else [])]
    return [*unknown, *((level, level) for level in levels)]


def _place(slider: w.FloatSlider, value: float) -> float:
    """Where a slider stands for a number: a page would move any other place, and say so."""
    steps = round((value - slider.min) / slider.step)
    return float(min(max(slider.min + steps * slider.step, slider.min), slider.max))


def _slider(field: Field) -> w.FloatSlider:
    low, high, step = *span(field), step_of(field)
    low = math.floor(low / step + 1e-9) * step if field.least is None else low
    made = w.FloatSlider(min=low, max=max(high, low + step), value=low, step=step, readout=False)
    made.add_class("cb-ask-slide")
    return made


def _words(field: Field) -> Html:
    """Help, the usual range and what is allowed, under the control."""
    ranges = "; ".join(text for text in (usual(field), allowed(field)) if text)
    own = _("Never part of a link.") if field.sensitive else ""
    return join(*(element("p", text) for text in (field.help, ranges, own) if text))


def _text_of(control: Any) -> str:
    """What a control holds, as it would be typed."""
    value = control.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def _put(control: Any, text: str) -> None:
    """Put a text into a control; one that is none of a list's is added to it."""
    if isinstance(control, w.NaiveDatetimePicker | w.DatePicker):
        control.value = _moment(control, text)
        return
    if isinstance(control, w.Dropdown) and text not in {value for _n, value in control.options}:
        control.options = [*control.options, (text or _("choose one"), text)]
    control.value = text


def _moment(control: Any, text: str) -> date | datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if isinstance(control, w.DatePicker):
        return found.date()
    return found


def _fixed(model: PrototypeModel) -> list[w.Widget]:
    """What is always the same, as a note."""
    fixed = [field for field in model.prototype.fields if field.is_fixed]
    if not fixed:
        return []
    said = "; ".join(f"{field.label}: {shown(field, field.fixed)}" for field in fixed)
    told = _("Always the same: {values}.", values=said)
    return [w.HTML(fragment(element("p", told, class_="cb-small")))]
