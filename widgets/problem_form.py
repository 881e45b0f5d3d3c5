"""The form of one box of the problem tree: what it says, where it hangs, what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets as w

from casebook.language import _
from casebook.phases.problem_words import KINDS, SOLUTIONS, STATES
from widgets.base import guarded
from widgets.parts import number_or_text
from widgets.problem_model import EVIDENCE, ProblemModel
from widgets.problem_tree import Box, box_of, places_for

_WIDE: dict[str, Any] = {
    "style": {"description_width": "11rem"},
    "layout": {"width": "100%"},
    "continuous_update": False,
}
_CHOICE = {name: _WIDE[name] for name in ("style", "layout")}


class BoxForm(w.VBox):
    """The fields of the box in hand; each is saved when it is left."""

    def __init__(self, model: ProblemModel) -> None:
        self.model = model
        self._filling = False
        self.text = w.Text(description=_("It says"), **_WIDE)
        self.parent = w.Dropdown(options=[("", "")], description=_("It hangs under"), **_CHOICE)
        self.fields = self._fields()
        self.evidence = self._evidence()
        self.of_evidence = w.VBox([w.HTML(), *self.evidence.values()])
        super().__init__([self.text, self.parent, *self.fields.values(), self.of_evidence])
        self._bind()
        model.observe(lambda _change: self.fill(), ["chosen", "tree"])
        self.fill()

    def fill(self) -> None:
        """Show the box in hand; only the fields that its kind has."""
        box = box_of(self.model.tree, self.model.chosen)
        self.layout.display = "none" if box is None else "flex"
        if box is None:
            return
        with self._quiet():
            self.text.value = box["text"]
            self._fill_parent(box)
            for name, field in self.fields.items():
                held = box.get(name)
                field.value = "" if held is None else number_or_text(held)
                _show(field, shown=_asked(box["kind"], name))
            known = box.get("evidence") or {}
            for name, field in self.evidence.items():
                field.value = known.get(name) or ("different" if name == "expect" else "")
            _show(self.of_evidence, shown=box["kind"] in ("problem", "cause"))

    def _fill_parent(self, box: Box) -> None:
        places = places_for(self.model.tree, box["id"])
        texts = [(_short(box_of(self.model.tree, name)), name) for name in places]
        parent = box.get("parent")
        if parent not in places:
            texts = [(_("nothing"), ""), *texts]
        self.parent.options = texts
        self.parent.value = parent if parent in places else ""
        _show(self.parent, shown=box["kind"] != "symptom")

    def _fields(self) -> dict[str, w.Widget]:
        solutions = [(_("not answered"), ""), *((_(v), k) for k, v in SOLUTIONS.items())]
        states = [(_("not answered"), ""), *((_(v), k) for k, v in STATES.items())]
        return {
            "solution": w.Dropdown(options=solutions, description=_("Kind"), **_CHOICE),
            "effort_days": w.Text(description=_("Days of work"), **_WIDE),
            "removes": w.Text(
                description=_("Share of the cause that it removes"), placeholder="0.5", **_WIDE
            ),
            "effect": w.Text(description=_("Effect, if known"), **_WIDE),
            "status": w.Dropdown(options=states, description=_("How far is it?"), **_CHOICE),
            "owner": w.Text(description=_("Who would do it?"), **_WIDE),
            "worth": w.Text(description=_("One unit is worth"), placeholder="AVG(spend)", **_WIDE),
            "note": w.Text(description=_("Note"), **_WIDE),
        }

    def _evidence(self) -> dict[str, w.Widget]:
        expected = [(_("lower"), "lower"), (_("higher"), "higher"), (_("different"), "different")]
        return {
            "group": w.Text(description=_("Rows that differ (SQL)"), **_WIDE),
            "against": w.Text(
                description=_("from these rows (SQL)"), placeholder=_("all others"), **_WIDE
            ),
            "outcome": w.Text(description=_("in (SQL)"), **_WIDE),
            "expect": w.Dropdown(options=expected, description=_("it is"), **_CHOICE),
            "where": w.Text(description=_("among rows where (SQL)"), **_WIDE),
        }

    def _bind(self) -> None:
        model = self.model
        self._on(self.text, lambda given: model.rename(model.chosen, given))
        self._on(self.parent, lambda given: not given or model.move(model.chosen, given))
        for name, field in self.fields.items():
            self._on(field, self._setter(name))
        for field in self.evidence.values():
            self._on(field, lambda _given: self._tie())

    def _setter(self, name: str) -> Callable[[Any], bool]:
        return lambda given: self.model.set(self.model.chosen, name, given)

    def _tie(self) -> bool:
        """Save the comparison once it has a group and an outcome, or when both are empty."""
        parts = {name: self.evidence[name].value for name in EVIDENCE if name in self.evidence}
        if bool(parts["group"].strip()) != bool(parts["outcome"].strip()):
            return True  # half of it is typed
        held = (box_of(self.model.tree, self.model.chosen) or {}).get("evidence") or {}
        return self.model.compare(self.model.chosen, **{**_kept(held), **parts})

    def _on(self, field: w.Widget, act: Callable[[Any], bool]) -> None:
        def given(change: dict[str, Any]) -> None:
            if not self._filling and not act(change["new"]):
                self.fill()

        field.observe(guarded(self.model, given), "value")

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Fill fields without taking that for an answer."""
        before, self._filling = self._filling, True
        try:
            yield
        finally:
            self._filling = before


def _kept(held: dict[str, Any]) -> dict[str, str]:
    """Parts of a comparison that the form does not show, such as its table."""
    return {"table": held["table"]} if held.get("table") else {}


def _asked(kind: str, field: str) -> bool:
    of_solutions = {"solution", "effort_days", "removes", "effect", "status", "owner"}
    if field in of_solutions:
        return kind == "solution"
    return field == "note" or kind in ("problem", "cause")


def _show(field: w.Widget, *, shown: bool) -> None:
    field.layout.display = "flex" if shown else "none"


def _short(box: Box | None) -> str:
    text = f"{_(KINDS[box['kind']])}: {box['text']}" if box else ""
    return text if len(text) <= 70 else f"{text[:69]}…"
