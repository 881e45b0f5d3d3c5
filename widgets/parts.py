"""What the views of panels share: bound fields, two answers beside each other, news of others."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.language import _
from casebook.pages.base import Html, element, join, notice
from casebook.pages.theme import messages_letters, panel_style
from casebook.runs.shared import once
from widgets.answers import AnswersModel, Clash
from widgets.base import NOT_DONE, Teller, guarded


class Field:
    """A control bound to a field of the record.

    It is filled where the record has changed, and left alone where it has not: what was typed
    and could not be saved stays. give: called with what a person gave.
    """

    def __init__(
        self, model: AnswersModel, path: str, control: w.Widget, give: Callable[[Any], object]
    ) -> None:
        self.model, self.path, self.control, self._give = model, path, control, give
        self._filling = False
        self._filled: Any = None
        self.fill()
        control.observe(guarded(model, self._given, path), "value")

    def fill(self) -> None:
        """Show the record's answer, where it is new and no clash is open."""
        now = self.model.value(self.path)
        if now == self._filled or (self.path in self.model.clashes and self._is_typed()):
            return
        self._filled = now
        self._filling = True
        try:
            self.control.value = "" if now is None else number_or_text(now)
        finally:
            self._filling = False

    def _is_typed(self) -> bool:
        return isinstance(self.control, w.Text | w.Textarea)

    def _given(self, change: dict[str, Any]) -> None:
        if not self._filling:
            self._give(change["new"])


def number_or_text(value: object) -> str:
    """A value of the record as it is typed: `12` for 12.0.

    >>> number_or_text(12.0), number_or_text(0.5), number_or_text("x")
    ('12', '0.5', 'x')
    """
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)


def watch(model: Teller, look: Callable[[], None], seconds: float = 3.0) -> None:
    """Call a bound method every few seconds while its object lives; nothing without a loop.

    What it raises is told once, and again only after it has worked.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no kernel, as in a test: nobody waits for news
        return
    known = weakref.WeakMethod(look)
    told = ""

    def tick() -> None:
        nonlocal told
        alive = known()
        if alive is None:
            return
        loop.call_later(seconds, tick)
        try:
            alive()
            told = ""
        except Exception as error:  # noqa: BLE001 a loop would only print it
            if told != repr(error):
                told = repr(error)
                guarded(model, _raise, said=NOT_DONE)(error)

    loop.call_later(seconds, tick)


def _raise(error: Exception) -> None:
    raise error


class ClashBox(w.VBox):
    """Two answers beside each other, and a button for each; nothing where there is no clash.

    say: a value of the record as a reader sees it. settled: called when one was chosen.
    """

    def __init__(
        self,
        model: AnswersModel,
        path: str,
        name: str,
        say: Callable[[Any], str],
        settled: Callable[[], None],
    ) -> None:
        self.model, self.path, self._say, self._settled = model, path, say, settled
        self.text = w.HTML()
        self.mine = button(model, _("Save mine instead"), name, lambda: self._settle(mine=True))
        self.theirs = button(model, _("Leave theirs"), name, lambda: self._settle(mine=False))
        super().__init__([self.text, w.HBox([self.mine, self.theirs])])
        self.add_class("cb-clash")
        self.layout.display = "none"
        model.observe(self._show, "clashes")

    def _show(self, _change: object) -> None:
        clash: Clash | None = self.model.clashes.get(self.path)
        self.layout.display = "none" if clash is None else "flex"
        if clash is None:
            return
        with language.using(self.model.case.record.language):
            self.mine.layout.display = "inline-block" if clash.given else "none"
            self.theirs.description = _("Leave theirs") if clash.given else _("Show it here")
            lines = [_("{name} answered meanwhile: {answer}",
                       name=clash.by, answer=self._say(clash.theirs))]  # fmt: skip
            if clash.given:
                lines.append(_("Yours, not saved: {answer}", answer=self._say(clash.mine)))
            shown = join(*(element("p", line) for line in lines))
            told = notice("warning", shown, title=_("Two answers"))
            self.text.value = fragment(element("div", told, role="alert"))

    def _settle(self, *, mine: bool) -> None:
        if self.path in self.model.clashes:
            self.model.settle(self.path, mine=mine)
            self._settled()


def dressed(panel: w.Box, shown: str) -> list[w.Widget]:
    """Give a panel our look, its language and its own keys; what to put first in it.

    shown: what it shows, as HTML.
    """
    panel.add_class("cb").add_class("cb-panel").add_class("cb-form")
    return [w.HTML(panel_style(shown, _letters())), _attributes()]


def _letters() -> str:
    """The letters of our messages; visitors of one server have them cut once."""
    named, texts = language.current(), language.texts()
    key = f"letters-{named}-{hashlib.sha256(texts.encode()).hexdigest()[:16]}"
    return once(key, lambda: messages_letters(named), os.environ)


_ATTRIBUTES = """
const wait = setInterval(() => {
  const panel = this.closest('.cb-panel');
  if (!panel) return;
  clearInterval(wait);
  panel.lang = '%s';
  if (document.getElementById('rendered_cells')) document.documentElement.lang = panel.lang;
  panel.addEventListener('focusin',
    event => event.target.setAttribute('data-lm-suppress-shortcuts', 'true'));
}, 100);
"""


def _attributes() -> w.HTML:
    """What ipywidgets cannot set on a panel: its language, and that it has its own keys.

    In Voila the language is the whole page's as well. In JupyterLab arrows and letters typed on
    a list are shortcuts otherwise: an arrow moves to another cell, and `x` cuts this one. An
    image that is none runs the script.
    """
    script = " ".join(_ATTRIBUTES.split()) % language.current()
    return w.HTML(Html('<img hidden alt="" src="data:," onerror="{}">').format(script))


def fragment(content: object) -> Html:
    """HTML of ours inside a panel; its styles are there once, at the panel's top."""
    return element("div", content, class_="cb", lang=language.current())


def button(model: Teller, text: str, name: str, act: Callable[[], None]) -> w.Button:
    """A button; its name is read out with it, as many rows have the same one.

    model: says so in its panel where the act fails.
    """
    made = w.Button(description=text, tooltip=name, layout={"width": "auto"})
    made.on_click(guarded(model, lambda _button: act()))
    return made


_FORGET = """
const names = JSON.parse(this.dataset.names);
for (const key of Object.keys(localStorage)) {
  if (!key.startsWith('casebook-drafts:')) continue;
  const drafts = JSON.parse(localStorage.getItem(key) || '{}');
  names.forEach(name => { delete drafts[name]; });
  localStorage.setItem(key, JSON.stringify(drafts));
}
"""


def forgotten(labels: Sequence[str]) -> Html:
    """A script for a served page: what these fields hold is kept, and no draft any more.

    labels: as the page's own script names its drafts (serve/assets/served.js).
    """
    image = Html('<img hidden alt="" src="data:," data-names="{}" onerror="{}">')
    return image.format(json.dumps(list(labels)), " ".join(_FORGET.split()))
