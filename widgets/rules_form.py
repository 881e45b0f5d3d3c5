"""The form of one rule: pick column, comparison and value, or write SQL; it is counted live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import ipywidgets as w
from babel.dates import get_day_names

from casebook import language
from casebook.expressions.terms import MISSING
from casebook.formats import number
from casebook.language import N_, _, plural
from casebook.models.rule_words import term_in_words, value_in_words
from casebook.pages import baseline_rules as pages
from casebook.pages.base import Html, bullets, element, join, notice, sentence
from casebook.phases.baseline_rules import told
from casebook.phases.baseline_rules_words import about
from widgets.base import guarded
from widgets.parts import button, fragment
from widgets.rules_draft import MANY, TWO, DraftModel

COMPARISONS = {
    "at most": N_("at most"),
    "less than": N_("less than"),
    "at least": N_("at least"),
    "more than": N_("more than"),
    "between": N_("from … to"),
    "is": N_("is"),
    "is not": N_("is not"),
    "is one of": N_("is one of"),
    "is none of": N_("is none of"),
    "before": N_("before"),
    "from": N_("on or after"),
    "weekday": N_("on the weekday"),
    "hour": N_("in the hours from … to"),
    "is missing": N_("is missing"),
    "is known": N_("is known"),
}


class RuleForm(w.VBox):
    """The rule in the making, and what the table would do with it."""

    def __init__(self, draft: DraftModel) -> None:
        self.draft = draft
        self._filling = False
        self.title, self.terms, self.usual = w.HTML(), w.VBox(), w.HTML()
        self._make_fields()
        self.told = w.HTML()
        fields = (self.column, self.comparison, self.value, self.second, self.several)
        row = w.HBox(fields)
        row.add_class("cb-pick")
        self.picked = w.VBox([self.terms, row, self.usual, self.also, self.more])
        self.tools = w.HBox([self.put, self.clear])
        self.tools.add_class("cb-tools")
        super().__init__([self.title, self.picked, self.text, self.expert, self.then, self.told,
                          self.tools])  # fmt: skip
        self.add_class("cb-making")
        self._bind()
        self.show()

    def _make_fields(self) -> None:
        counter = self.draft.model.counter
        names = [(counter.data.features.title(name), name) for name in counter.columns]
        self.column = _field(w.Dropdown(options=names, description=_("Column")))
        self.comparison = _field(w.Dropdown(options=[("", "")], description=_("Comparison")))
        self.value = _field(w.Combobox(options=(), description=_("The value")))
        self.second = _field(w.Text(description=_("to")))
        self.several = _field(w.SelectMultiple(options=(), description=_("Values")))
        self.also = w.Checkbox(indent=False, description="")
        self.more = button(self.draft.model, _("And a further condition"), "", self._another)
        self.text = _field(w.Textarea(description=_("The condition in SQL"), rows=2))
        self.expert = w.Checkbox(indent=False, description=_("Write it in SQL"))
        classes = counter.data.classes
        kind = w.Dropdown(options=list(classes)) if classes else w.Text()
        kind.description = _("Then it says")
        self.then = _field(kind, short=True)
        self.put = button(self.draft.model, _("Add the rule"), "", self._put)
        self.clear = button(self.draft.model, _("Start over"), "", self.draft.reset)

    def _bind(self) -> None:
        draft = self.draft
        for field, name in ((self.column, "column"), (self.comparison, "comparison"),
                            (self.also, "or_missing"), (self.text, "text"),
                            (self.expert, "expert"), (self.then, "then")):  # fmt: skip
            self._on(field, name)
        for field in (self.value, self.second, self.several):
            field.observe(guarded(draft.model, self._valued), "value")
        draft.observe(self.show, ["terms", "column", "comparison", "values", "or_missing", "expert",
                                  "place", "preview", "trouble", "then"])  # fmt: skip

    def _on(self, field: w.Widget, name: str) -> None:
        def given(change: dict[str, Any]) -> None:
            if not self._filling:
                self.draft.set_trait(name, change["new"])

        field.observe(guarded(self.draft.model, given), "value")

    def _valued(self, _change: object) -> None:
        if self._filling:
            return
        comparison = self.draft.comparison
        if comparison in MANY:
            self.draft.values = list(self.several.value)
        elif comparison in TWO:
            self.draft.values = [self.value.value, self.second.value]
        else:
            self.draft.values = [self.value.value]

    def _another(self) -> None:
        if self.draft.another():
            self.column.focus()

    def _put(self) -> None:
        if self.draft.put():
            self.column.focus()

    def show(self, _change: object = None) -> None:
        """Show the rule as it is so far; no field in which somebody types is filled anew."""
        draft = self.draft
        with language.using(draft.model.case.record.language), self._quiet():
            self._show_title()
            self._show_terms()
            self._show_fields()
            self._show_values()
            self.told.value = fragment(element("div", self._said(), role="status",
                                               aria_live="polite"))  # fmt: skip

    def _show_title(self) -> None:
        place = self.draft.place
        title = _("A new rule") if place is None else _("Rule {n} is changed", n=place + 1)
        self.title.value = fragment(element("h4", title))
        self.put.description = _("Add the rule") if place is None else _("Save the rule")
        self.put.disabled = self.draft.preview is None

    def _show_terms(self) -> None:
        terms = self.draft.terms
        if len(terms) == len(self.terms.children) and terms == getattr(self, "_shown_terms", None):
            return
        self._shown_terms = list(terms)
        rows = []
        for at, term in enumerate(terms):
            words = term_in_words(term, term.column)
            gone = button(self.draft.model, _("Take out"), words, partial(self.draft.drop, at))
            said = w.HTML(fragment(_("{condition} – and", condition=words)))
            row = w.HBox([said, gone])
            row.add_class("cb-pick")
            rows.append(row)
        self.terms.children = rows

    def _show_fields(self) -> None:
        draft, counter = self.draft, self.draft.model.counter
        _set(self.column, draft.column)
        options = [(_(COMPARISONS[name]), name) for name in draft.comparisons]
        if list(self.comparison.options) != options:
            self.comparison.options = options
        _set(self.comparison, draft.comparison)
        _set(self.expert, draft.expert)
        _set(self.then, draft.then)
        if not counter.data.classes and draft.suggested is not None:
            known = value_in_words(draft.suggested)
            self.then.placeholder = _("their median: {value}", value=known)
        if draft.text != self.text.value:
            self.text.value = draft.text
        missing = counter.missing(draft.column) if draft.column else 0
        self.also.description = plural("also {n} row where it is missing",
                                       "also {n} rows where it is missing", missing)  # fmt: skip
        _set(self.also, draft.or_missing)
        _shown(self.also, missing > 0 and draft.comparison not in MISSING)
        _shown(self.picked, not draft.expert)
        _shown(self.text, draft.expert)
        self.more.disabled = draft.term() is None

    def _show_values(self) -> None:
        draft, counter = self.draft, self.draft.model.counter
        comparison, values = draft.comparison, list(draft.values)
        many, two = comparison in MANY, comparison in TWO
        _shown(self.several, many)
        _shown(self.value, not many and comparison not in MISSING)
        _shown(self.second, two)
        self.value.description = _("from") if two else _("The value")
        category = counter.kind(draft.column) == "category"
        levels = counter.levels(draft.column) if category or many else ()
        self.usual.value = fragment(element("p", self._usual(), class_="cb-small"))
        if many:
            options = _weekdays() if comparison == "weekday" else [
                (value_in_words(level), level) for level in levels]  # fmt: skip
            known = [value for _text, value in options]
            extra = [(str(value), value) for value in values if value not in known]
            if list(self.several.options) != [*options, *extra]:
                self.several.options = [*options, *extra]
            _set(self.several, tuple(values))
            return
        texts = tuple(str(level) for level in levels)
        if self.value.options != texts:
            self.value.options = texts
        for field, at in ((self.value, 0), (self.second, 1)):
            typed = _typed(values[at]) if len(values) > at else ""
            if field.value != typed:
                field.value = typed

    def _usual(self) -> str:
        draft = self.draft
        if draft.comparison in MISSING or draft.comparison in ("weekday", "hour"):
            return ""
        return draft.model.counter.usual(draft.column)

    def _said(self) -> Html:
        """What the rule would do, or what is missing or wrong."""
        draft = self.draft
        if draft.trouble:
            return notice("failed", draft.trouble)
        if draft.preview is None:
            return element("p", _("Pick a value, and see here what the rule does."),
                           class_="cb-small")  # fmt: skip
        remark = notice("info", draft.remark) if draft.remark else ""
        lines, at = draft.preview.lines, draft.at
        X, named = draft.model.counter.X, bool(draft.model.counter.data.classes)
        said, before = told(lines, X)[at], sum(line.takes for line in lines[:at])
        sentences = [self._takes(lines[at], lines[-1].takes, named=named)]
        return join(
            remark,
            element("p", sentence(" ".join(sentences))),
            pages.rule_cells(said, before, named=named),
            bullets(about(lines[at], lines, X)),
        )

    def _takes(self, line: Any, rest: int, *, named: bool) -> str:
        right = pages.right_said(line, named=named)
        first = plural(
            "It takes {takes} row, and {rest} remain for the default.",
            "It takes {takes} rows, and {rest} remain for the default.",
            line.takes, takes=number(line.takes), rest=number(rest),
        )  # fmt: skip
        if right is None:
            return first
        plain = pages.right_plain(line, named=named)
        second = _("It is right for {share}.", share=plain) if named else _(
            "It is off by {error} on average.", error=plain)  # fmt: skip
        return f"{first} {second}"

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Fill fields without taking that for an answer."""
        before, self._filling = self._filling, True
        try:
            yield
        finally:
            self._filling = before


def _field(made: w.Widget, *, short: bool = False) -> w.Widget:
    made.add_class("cb-field")
    if short:
        made.add_class("cb-short")
    return made


def _set(field: w.Widget, value: Any) -> None:
    if field.value != value:
        field.value = value


def _shown(field: w.Widget, shown: bool) -> None:
    field.layout.display = None if shown else "none"


def _typed(value: Any) -> str:
    """A value as it stands in its field."""
    return value if isinstance(value, str) else f"{value:.15g}" if not isinstance(
        value, bool) else str(value)  # fmt: skip


def _weekdays() -> list[tuple[str, int]]:
    names = get_day_names("wide", locale=language.current())
    return [(str(names[day]), day + 1) for day in range(7)]
