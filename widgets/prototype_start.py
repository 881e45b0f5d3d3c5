"""Where somebody starts, and the address that says what they see."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from casebook import language
from casebook.language import _
from casebook.pages.base import Html, bullets, element, join, notice
from casebook.prototype.form import label_of
from casebook.prototype.link import PREFIX
from widgets.base import NOT_DONE, guarded
from widgets.parts import button, forgotten, fragment
from widgets.prototype_model import PrototypeModel

TYPICAL = ""

# Only on a page of its own: the address of JupyterLab says nothing of a panel. Every part of the
# address that is not ours stays as it is, the token too.
_ADDRESS = """
const panel = this.closest('.cb-panel');
if (panel && document.body.dataset.voila) {
  panel.dataset.cbPage = 'yes';
  const at = new window.URL(location.href), start = this.dataset.start;
  const kept = at.search.slice(1).split('&').filter(part => part && !part.startsWith(start));
  if (this.dataset.said) kept.push(this.dataset.said);
  at.search = kept.join('&');
  if (at.href !== location.href) history.replaceState(history.state, '', at.href);
}
"""

_COPY = """
const said = this.parentElement.querySelector('[role=status]'), done = this.dataset.done;
const copied = () => {
  said.textContent = done;
  setTimeout(() => { said.textContent = ''; }, 4000);
};
const byHand = () => {
  const field = document.createElement('textarea');
  field.value = location.href;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  this.focus();
  copied();
};
if (navigator.clipboard) navigator.clipboard.writeText(location.href).then(copied, byHand);
else byHand();
"""


class StartBox(w.VBox):
    """An example, a known row at random, or one by its id; what is known of it; the way back."""

    def __init__(self, model: PrototypeModel) -> None:
        self.model = model
        examples = [str(one) for one in model.case.record.prototype.form.examples]
        options = [(_("a typical one"), TYPICAL), *((one, one) for one in examples)]
        self.example = w.Dropdown(options=options, description=_("Start from"),
                                  value=model.began.name if model.began.name in examples
                                  else TYPICAL)  # fmt: skip
        id_column = model.prototype.known.id_column
        self.id = w.Text(description=_("Find by {column}", column=id_column),
                         placeholder=self._some_id(), continuous_update=False)  # fmt: skip
        self.random = button(model, _("One at random"), _("Start from a known row"), self._random)
        for one in (self.example, self.id):
            one.add_class("cb-field").add_class("cb-short")
        found = [self.id] if id_column else []
        self.bar = w.HBox([self.example, *found, self.random]).add_class("cb-side")
        self.known, self.trouble = w.HTML(), w.HTML()
        super().__init__([self.bar, self.trouble, self.known])
        self.add_class("cb-start")
        self._filling = False
        self._bind()
        self._show(None)

    def _bind(self) -> None:
        self.example.observe(guarded(self.model, self._picked, "start", said=NOT_DONE), "value")
        self.id.observe(guarded(self.model, self._named, "start", said=NOT_DONE), "value")
        self.model.observe(self._show, ["began", "notes"])
        self.model.observe(self._say, "status")

    def _some_id(self) -> str:
        ids = self.model.prototype.known.ids
        return _("such as {id}", id=ids.iloc[0]) if len(ids) and ids.iloc[0] else ""

    def _picked(self, change: dict[str, Any]) -> None:
        if self._filling:
            return
        if change["new"] == TYPICAL:
            self.model.typical()
        else:
            self.model.example(change["new"])

    def _named(self, change: dict[str, Any]) -> None:
        if change["new"].strip():
            self.model.example(change["new"])

    def _random(self) -> None:
        self.model.draw()

    def _show(self, _change: object) -> None:
        began = self.model.began
        self._filling = True
        try:
            names = {value for _name, value in self.example.options}
            if began.name not in names:
                self.example.options = [*self.example.options, (began.name, began.name)]
            self.example.value = began.name
        finally:
            self._filling = False
        with language.using(self.model.case.record.language):
            self.known.value = fragment(join(known(self.model), notes(self.model)))

    def _say(self, _change: object) -> None:
        """What became of a search."""
        if self.model.subject == "start":
            said = self.model.message if self.model.status == "refused" else ""
            box = element("div", notice("warning", said), role="alert") if said else ""
            self.trouble.value = fragment(box) if said else ""


class Address(w.VBox):
    """Keeps the page's address at what the form says, and copies it; nothing in JupyterLab."""

    def __init__(self, model: PrototypeModel) -> None:
        self.model = model
        self.script = w.HTML()
        super().__init__([w.HTML(fragment(_copy_button(model))), self.script])
        self.add_class("cb-address")
        model.observe(self._show, "prediction")
        self._show(None)

    def _show(self, change: object) -> None:
        image = Html('<img hidden alt="" src="data:," data-start="{}" data-said="{}" onerror="{}">')
        said = image.format(PREFIX, self.model.query, " ".join(_ADDRESS.split()))
        # A page that is opened again first offers what was typed when its kernel had gone.
        done = "" if change is None else forgotten(self._in_the_address())
        self.script.value = join(said, done)

    def _in_the_address(self) -> list[str]:
        """Labels of fields whose values the address says, so that no draft need keep them."""
        fields = self.model.prototype.fields if self.model.query else ()
        id_column = self.model.prototype.known.id_column
        with language.using(self.model.case.record.language):
            found = _("Find by {column}", column=id_column)
        return [*(label_of(one) for one in fields if not one.sensitive), found]


def _copy_button(model: PrototypeModel) -> Html:
    script = " ".join(_COPY.split())
    made = element("button", _("Copy the link to these values"), type="button", onclick=script,
                   class_="cb-copy", data_done=_("Copied."))  # fmt: skip
    hidden = [one.label for one in model.prototype.fields if one.sensitive]
    said = _("Without {labels}: sensitive values are never in a link.", labels=", ".join(hidden))
    more = element("p", said, class_="cb-small") if hidden else ""
    return join(made, element("span", "", role="status", class_="cb-small"), more)


def known(model: PrototypeModel) -> Html:
    """What is known of the row that somebody started from."""
    began = model.began
    if not began.name:
        return Html("")
    said = [_("{name} is a row of the data.", name=began.name)]
    if began.truth is not None:
        said.append(_("What really came of it: {target} is {truth}.",
                      target=model.prototype.model.file.target, truth=began.truth))  # fmt: skip
    if began.hidden:
        said.append(_("Not shown of it: {labels}.", labels=", ".join(began.hidden)))
    return element("p", " ".join(said), class_="cb-small")


def notes(model: PrototypeModel) -> Html:
    """What of a link or an example was not taken."""
    if not model.notes:
        return Html("")
    return notice("warning", bullets(model.notes), title=_("Not everything was taken"))
