"""The table of rules in the panel: a row a rule, ordered by buttons, keys or dragging."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.formats import percent
from casebook.language import _
from casebook.pages import baseline_rules as pages
from casebook.pages.base import Html, element, join, notice
from casebook.phases.baseline_rules import SaidLine, told
from widgets.base import guarded
from widgets.parts import button, fragment
from widgets.rules_model import RulesModel

_TONES = ("blue", "sky", "green", "orange", "vermillion", "purple")
_NARROW = 0.03  # of all rows: a part of the bar without a label
_COMMAND = re.compile(r"(\d{1,4})>(\d{1,4})(?: \d+)?")

# Alt with an arrow presses the button of the row in which the focus is; a row that is dropped on
# another one writes both places into a field that only this script uses. A view may be made more
# than once in one panel; listening twice would move a rule twice.
_SCRIPT = """
const wait = setInterval(() => {
  const panel = this.closest('.cb-panel');
  if (!panel) return;
  clearInterval(wait);
  if (panel.dataset.cbRules) return;
  panel.dataset.cbRules = 'ordered';
  let dragged = null, count = 0;
  const rows = () => [...panel.querySelectorAll('.cb-rule-row')];
  const row = event => event.target.closest && event.target.closest('.cb-rule-row');
  const over = found => rows().forEach(one => one.classList.toggle('cb-over', one === found));
  panel.addEventListener('keydown', event => {
    const way = {ArrowUp: '.cb-rule-up', ArrowDown: '.cb-rule-down'}[event.key];
    if (!event.altKey || !way || !row(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const pressed = row(event).querySelector(way);
    if (pressed && !pressed.disabled) pressed.click();
  }, true);
  panel.addEventListener('mousedown', event => {
    const found = row(event);
    if (found) found.draggable = !event.target.closest('button, input, select, textarea');
  });
  panel.addEventListener('dragstart', event => {
    dragged = row(event);
    if (dragged) event.dataTransfer.setData('text/plain', 'rule');
  });
  panel.addEventListener('dragover', event => {
    if (!dragged || !row(event)) return;
    event.preventDefault();
    over(row(event));
  });
  panel.addEventListener('dragend', () => { dragged = null; over(null); });
  panel.addEventListener('drop', event => {
    const target = row(event), field = panel.querySelector('.cb-command input');
    if (!dragged || !target || !field) return;
    event.preventDefault();
    count += 1;
    field.value = rows().indexOf(dragged) + '>' + rows().indexOf(target) + ' ' + count;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    field.dispatchEvent(new Event('change', {bubbles: true}));
    over(null);
  });
}, 100);
"""


_IMAGE = Html('<img hidden alt="" src="data:," onerror="{}">')
_SCRIPTED = _IMAGE.format(" ".join(_SCRIPT.split()))


class RuleRow(w.HBox):
    """One rule: what it says and does, and what can be done with it."""

    def __init__(self, table: RuleTable, place: int) -> None:
        self.shown = w.HTML()
        self.up = button(table.model, _("Earlier"), "", lambda: table.move(place, place - 1))
        self.down = button(table.model, _("Later"), "", lambda: table.move(place, place + 1))
        self.edit = button(table.model, _("Change"), "", lambda: table.change(place))
        self.gone = button(table.model, _("Take out"), "", lambda: table.remove(place))
        self.buttons = (self.up, self.down, self.edit, self.gone)
        self.up.add_class("cb-rule-up")
        self.down.add_class("cb-rule-down")
        tools = w.HBox(self.buttons)
        tools.add_class("cb-rule-buttons")
        super().__init__([self.shown, tools])
        self.add_class("cb-rule").add_class("cb-rule-row")
        self._is_in_hand = False

    def show(self, cells: Html, name: str, *, first: bool, last: bool) -> None:
        """Show a rule here. name: read out with the buttons."""
        self.shown.value = fragment(cells)
        self.up.disabled, self.down.disabled = first, last
        for one in self.buttons:
            one.tooltip = name

    def mark(self, *, in_hand: bool) -> None:
        """Mark the rule that is being changed."""
        if in_hand != self._is_in_hand:
            (self.add_class if in_hand else self.remove_class)("cb-rule-in-hand")
            self._is_in_hand = in_hand


class RuleTable(w.VBox):
    """All rules in their order, and under them what is said of all other rows.

    change: called with the place of a rule that somebody wants to change.
    """

    def __init__(self, model: RulesModel, change: Callable[[int], None]) -> None:
        self.model, self.change = model, change
        self.rows: list[RuleRow] = []
        self.command = w.Text(description=_("Order by dragging"), layout={"display": "block"})
        self.command.add_class("cb-command")
        self.script, self.rest = w.HTML(_SCRIPTED), w.HTML()
        self.other = self._other()
        self.last = w.HBox([self.rest, self.other])
        self.last.add_class("cb-rule").add_class("cb-rule-last")
        super().__init__()
        self._filling, self._shown = False, 0
        self.command.observe(guarded(model, self._dropped), "value")
        self.other.observe(guarded(model, self._otherwise), "value")
        model.observe(self.show, "counted")
        self.show()

    def show(self, _change: object = None) -> None:
        """Show the rules as they are counted now."""
        with language.using(self.model.case.record.language):
            lines = said_lines(self.model)
            while len(self.rows) < len(lines) - 1:
                self.rows.append(RuleRow(self, len(self.rows)))
            before = 0
            for row, one in zip(self.rows, lines, strict=False):
                self._fill(row, one, before, len(lines) - 1)
                before += one.line.takes
            named = bool(self.model.counter.data.classes)
            self.rest.value = fragment(pages.rule_cells(lines[-1], before, named=named))
            self._fill_other()
        shown = self.rows[: len(lines) - 1]
        wanted = [self.script, *shown, self.last, self.command]
        if len(wanted) != self._shown:
            self.children, self._shown = wanted, len(wanted)

    def _fill(self, row: RuleRow, one: SaidLine, before: int, n: int) -> None:
        place = one.line.number - 1
        cells = pages.rule_cells(one, before, named=bool(self.model.counter.data.classes))
        trouble = self.model.counted.troubles.get(place)
        told_ = join(cells, notice("failed", trouble) if trouble else "")
        name = _("Rule {n}: {words}", n=place + 1, words=one.words)
        row.show(told_, name, first=place == 0, last=place == n - 1)

    def mark(self, place: int | None) -> None:
        """Mark the rule that is being changed; None for none."""
        for n, row in enumerate(self.rows):
            row.mark(in_hand=n == place)

    def move(self, place: int, to: int) -> None:
        """Move a rule, and let the focus go along."""
        if self.model.move(place, to):
            row = self.rows[to]
            wanted, other = (row.up, row.down) if to < place else (row.down, row.up)
            (other if wanted.disabled else wanted).focus()

    def remove(self, place: int) -> None:
        """Take a rule out, and put the focus on the one that is there now."""
        if self.model.remove(place) and len(self.model.rules):
            self.rows[min(place, len(self.model.rules) - 1)].gone.focus()

    def _dropped(self, change: dict[str, Any]) -> None:
        """A page can write anything here; only two places of the table are taken."""
        found = _COMMAND.fullmatch(str(change["new"]))
        if found:
            self.move(int(found[1]), int(found[2]))

    def _other(self) -> w.Widget:
        classes = self.model.counter.data.classes
        label = _("All other rows")
        if not classes:
            made = w.Text(description=label, placeholder=_("their median"), continuous_update=False)
        else:
            options = [(_("the most frequent of them"), ""), *((name, name) for name in classes)]
            made = w.Dropdown(options=options, value="", description=label)
        made.add_class("cb-field").add_class("cb-quiet-label")
        return made

    def _fill_other(self) -> None:
        held = self.model.default
        classes = self.model.counter.data.classes
        wanted = "" if held is None else str(held) if classes else f"{held:.15g}"
        self._filling = True
        try:
            if wanted != self.other.value and (wanted in {"", *classes} or not classes):
                self.other.value = wanted
        finally:
            self._filling = False

    def _otherwise(self, change: dict[str, Any]) -> None:
        if not self._filling and not self.model.otherwise(change["new"]):
            self._fill_other()


def said_lines(model: RulesModel) -> tuple[SaidLine, ...]:
    """The rules in words, as they are counted now."""
    notes = [rule.get("note") for rule in model.rules]
    return told(model.lines, model.counter.X, notes)


def coverage(lines: tuple[SaidLine, ...]) -> Html:
    """All rows in one bar: what each rule takes, one after the other, and what remains."""
    parts, names = [], []
    for one in lines:
        share, tone = one.line.coverage, _TONES[(one.line.number - 1) % len(_TONES)]
        width = f"width:{100 * share:.2f}%"
        colour = f"{width};background:var(--cb-{tone if one.line.number else 'wash'})"
        parts.append(element("span", "", style=colour, title=f"{one.words}: {one.says}"))
        name = str(one.line.number) if one.line.number else _("remain:")
        said = f"{name} {percent(share, 0)}" if one.line.number == 0 else name
        names.append(element("span", said if share >= _NARROW else "", style=width))
    label = _("What the rules take of all rows, and what remains")
    bar = element("div", join(*parts), class_="cb-takes cb-takes-all", role="img",
                  aria_label=label)  # fmt: skip
    return join(bar, element("div", join(*names), class_="cb-small cb-takes-labels"))
