"""Rows to be labelled by somebody who knows them: one at a time, by keys, each kept at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.case import Case
from casebook.formats import interval, number, percent
from casebook.language import N_, _, plural
from casebook.pages.base import Html, element, join, key_values, notice, state
from casebook.runs.labelling import Queue
from casebook.stats.estimate import Estimate
from widgets.base import Panel, guarded
from widgets.labels_model import LabelsModel
from widgets.parts import button, dressed, fragment

__all__ = ["LabelsModel", "LabelsPanel"]

MOST_BUTTONS = 9

REASONS = {
    "doubted": N_("The model said something else than the table."),
    "unsure": N_("The model was unsure."),
    "unlabelled": N_("The table has no label for it."),
    "random": N_("It was drawn at random."),
}

_KEYS = """
const wait = setInterval(() => {
  const panel = this.closest('.cb-panel');
  if (!panel) return;
  clearInterval(wait);
  panel.tabIndex = -1;
  if (document.activeElement === document.body) panel.focus({preventScroll: true});
  panel.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest('input, textarea, select')) return;
    const wanted = panel.querySelector('.cb-key-' + CSS.escape(event.key));
    if (!wanted) return;
    event.preventDefault();
    event.stopPropagation();
    wanted.click();
  });
}, 100);
"""


class LabelsPanel(Panel):
    """One row, what it is, and a button for each label; keys 1 to 9 press them.

    queue: the rows, as `casebook.runs.labelling.queue_of` finds them. by: who answers; None takes
    the account's name, or asks behind a link that many open.
    """

    def __init__(self, case: Case, queue: Queue, by: str | None = None) -> None:
        with language.using(case.record.language):
            self.model = LabelsModel(case, queue, by)
            super().__init__()
            look = dressed(self, self.static())
            self.add_class("cb-labels")
            self.name = _text(_("Your name"), self.model.by)
            self.progress, self.shown, self.before = w.HTML(), w.HTML(), w.HTML()
            self.status = w.HTML()
            self.note = _text(_("Note (why, or what is missing)"), "")
            self.other = _text(_("Label"), "")
            self.labels = self._labels()
            self.moves = self._moves()
            asked = [] if self.model.by.strip() else [self.name]
            typed = [self.other] if self._is_typed() else []
            self.answers = w.HBox([*typed, *self.labels, *self.moves])
            self.answers.add_class("cb-side").add_class("cb-stick")
            self.children = [
                *look, _keys(), w.HTML(fragment(_lead(self.model))), *asked, self.progress,
                self.shown, self.note, self.answers, self.status, self.before,
            ]  # fmt: skip
        self._bind()
        self._show(None)

    def static(self) -> Html:
        """The same without a kernel: what waits, and how far people agree."""
        with language.using(self.model.case.record.language):
            waits = plural("{n} row waits to be looked at.", "{n} rows wait to be looked at.",
                           len(self.model.queue.rows))  # fmt: skip
            return join(_lead(self.model), element("p", waits), _agreement(self.model))

    def _is_typed(self) -> bool:
        """Whether a label is typed: a number, or one of many."""
        return not 0 < len(self.model.queue.classes) <= MOST_BUTTONS

    def _labels(self) -> list[w.Button]:
        model = self.model
        if self._is_typed():
            return [button(model, _("Give this label"), "", self._typed)]
        made = []
        for place, label in enumerate(model.queue.classes, start=1):
            one = button(model, f"{place} · {label}", _("Label: {label}", label=label),
                         self._giver(label))  # fmt: skip
            made.append(one.add_class("cb-label").add_class(f"cb-key-{place}"))
        return made

    def _moves(self) -> tuple[w.Button, w.Button, w.Button]:
        """Buttons: cannot tell, back, skip."""
        model = self.model
        unsure = button(model, _("0 · Cannot tell"), _("Nobody could tell from this"),
                        self._giver(None))  # fmt: skip
        back = button(model, _("← Back"), _("The row before"), model.back)
        skip = button(model, _("Skip →"), _("The next row, without an answer"), model.skip)
        unsure.add_class("cb-label").add_class("cb-key-0")
        return unsure, back.add_class("cb-key-ArrowLeft"), skip.add_class("cb-key-ArrowRight")

    def _typed(self) -> None:
        if self._give(self.other.value.strip()):
            self.other.value = ""

    def _giver(self, label: str | None) -> Callable[[], None]:
        def given() -> None:
            self._give(label)

        return given

    def _give(self, label: str | None) -> bool:
        self.model.note = self.note.value
        if not self.model.give(label):
            return False
        self.note.value = ""
        return True

    def _bind(self) -> None:
        self.name.observe(guarded(self.model, self._named), "value")
        self.model.observe(self._show, ["place", "status", "message"])

    def _named(self, change: dict[str, Any]) -> None:
        self.model.by = change["new"]

    def _show(self, _change: object) -> None:
        model = self.model
        with language.using(model.case.record.language):
            self.progress.value = fragment(_progress(model))
            self.shown.value = fragment(_row(model))
            self.before.value = fragment(_before(model))
            self.status.value = fragment(_status(model))
        for control in (self.note, self.other, *self.labels, self.moves[0], self.moves[2]):
            kind = "inline-block" if isinstance(control, w.Button) else "flex"
            control.layout.display = kind if model.row else "none"
        self.moves[1].disabled = model.place == 0


def _lead(model: LabelsModel) -> Html:
    """What a label means, and what is not shown."""
    definition = model.case.record.objectives.label.definition
    left_out, note = model.queue.left_out, model.queue.note
    hidden = ""
    if left_out:
        hidden = _("Not shown, as it is sensitive: {columns}.", columns=", ".join(left_out))
    small = [text for text in (hidden, note) if text]
    meant = element("p", join(element("strong", _("What makes a label:")), f" {definition}"))
    return join(
        meant if definition else "",
        *(element("p", text, class_="cb-small") for text in small),
    )


def _progress(model: LabelsModel) -> Html:
    total = len(model.queue.rows)
    said = _("{n} of {all}", n=number(min(model.place + 1, total)), all=number(total))
    done = plural("{n} answered", "{n} answered", model.done)
    share = round(100 * model.done / total, 1) if total else 0
    bar = element("div", Html('<span style="width:{}%"></span>').format(share),
                  class_="cb-room", aria_hidden="true")  # fmt: skip
    return join(element("p", join(element("strong", said), f" · {done}")), bar)


def _row(model: LabelsModel) -> Html:
    """The row as the table has it, without its label and without what the model says."""
    row = model.row
    if row is None:
        some = bool(model.queue.rows)
        ended = _("These were all. Thank you.") if some else _("There is no row to show.")
        return join(notice("ok", ended), _agreement(model))
    head = element("h2", _("Row {row}", row=row.row), class_="cb-part-title")
    values = [element("div", join(element("dt", name), element("dd", value)))
              for name, value in row.cells if value != row.row]  # fmt: skip
    return element("div", join(head, element("dl", join(*values))), class_="cb-row cb-given")


def _before(model: LabelsModel) -> Html:
    """The row that was answered last, with what the table and the model say of it."""
    if model.last is None:
        return Html("")
    row, label = model.last
    said = _("cannot tell") if label is None else label
    pairs: list[tuple[object, object]] = [(_("You said at first"), said)]
    pairs.append((_("The table says"), state("unanswered") if row.label is None else row.label))
    if row.said is not None:
        sure = "" if row.sure is None else f" ({percent(row.sure, 0)})"
        pairs.append((_("The model says"), f"{row.said}{sure}"))
    pairs.append((_("Why you were asked"), _(REASONS[row.reason])))
    title = element("h2", _("The row before: {row}", row=row.row), class_="cb-part-title")
    return element("div", join(title, key_values(pairs), _agreement(model)), class_="cb-row")


def _agreement(model: LabelsModel) -> Html:
    """How often the table's labels are what people say, of rows drawn at random if there are."""
    drawn, whole = model.agreement("random"), model.agreement()
    if whole is None:
        return Html("")
    parts = [_("Of {n} labels of the table that you looked at you agree with {share}.",
               n=number(whole.n), share=_share(whole))]  # fmt: skip
    if drawn is not None:
        parts.append(_("Of the {n} drawn at random, with {share}: only these speak for the whole "
                       "table.", n=number(drawn.n), share=_share(drawn)))  # fmt: skip
    return element("p", " ".join(parts), class_="cb-small")


def _share(found: Estimate) -> str:
    return interval(found, scale=100, suffix="%")


def _status(model: LabelsModel) -> Html:
    if not model.message:
        return Html("")
    box = notice("ok" if model.status == "saved" else "failed", model.message)
    return element("div", box, role="status", aria_live="polite")


def _text(label: str, value: str) -> w.Text:
    made = w.Text(value=value, description=label, continuous_update=False)
    return made.add_class("cb-field").add_class("cb-short")


def _keys() -> w.HTML:
    """Keys of the panel, while the focus is in it. An image that is none runs the script."""
    script = " ".join(_KEYS.split())
    return w.HTML(Html('<img hidden alt="" src="data:," onerror="{}">').format(script))
