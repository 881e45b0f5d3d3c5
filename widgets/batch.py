"""A file of rows: dropped, answered row by row, and taken away again."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from casebook import language
from casebook.case import Case
from casebook.language import _
from casebook.pages import prototype_batch as pages
from casebook.pages.base import Html, element, join, notice
from casebook.pages.theme import letters_style
from casebook.prototype.batch import MOST
from casebook.prototype.opened import Prototype
from widgets.base import NOT_DONE, Panel, guarded
from widgets.batch_model import BatchModel, sent
from widgets.parts import dressed, fragment

__all__ = ["BatchModel", "BatchPanel"]

ACCEPTED = ".csv,.tsv,.txt,.gz,.zip,.xlsx,.xlsm,text/csv"


class BatchPanel(Panel):
    """Choose a CSV or Excel file; see how many rows are predicted, what is wrong with the others.

    Nothing of the file is kept: it is read, answered, and gone with the page.
    """

    def __init__(self, case: Case, prototype: Prototype) -> None:
        with language.using(case.record.language):
            self.model = BatchModel(case, prototype)
            super().__init__()
            self.upload = w.FileUpload(
                accept=ACCEPTED, multiple=False, description=_("Choose a file"),
                tooltip=_("A CSV or Excel file of rows to predict"), layout={"width": "auto"},
            ).add_class("cb-upload")  # fmt: skip
            self.start = w.HTML(fragment(self._lead()))
            self.told, self.result = w.HTML(), w.HTML()
            look = dressed(self, self.static())
            self.children = [*look, _uncounted(), self.start, self.upload, self.told, self.result]
        self.upload.observe(guarded(self.model, self._sent, said=NOT_DONE), "value")
        self.model.observe(self._doing, ["doing", "status"])

    def static(self) -> Html:
        """The same without a kernel: what came of the last file, or that a notebook takes one."""
        with language.using(self.model.case.record.language):
            batch, frame = self.model.batch, self.model.frame
            if batch is None or frame is None:
                said = _("Open the notebook to have a file of rows predicted.")
                return join(element("h3", _("A file of rows")), notice("info", said, title=""))
            return pages.page(batch, self.model.prototype, frame)

    def _lead(self) -> Html:
        said = _("A CSV or Excel file with one row for each case: at most {rows:,} rows and {size} "
                 "MB. Nothing of it is kept.", rows=MOST.rows,
                 size=self.model.most // 1_000_000)  # fmt: skip
        return join(
            element("h3", _("A file of rows")),
            element("p", said),
            pages.links(self.model.template()),
        )

    def _sent(self, change: Any) -> None:
        found = sent(change)
        if found is None:
            return
        self.result.value = ""
        self.upload.value = ()  # the file is not held twice
        if self.model.take(*found):
            self._show()

    def _show(self) -> None:
        model = self.model
        if model.batch is None or model.frame is None:
            return
        with language.using(model.case.record.language):
            files = model.files()
            links = pages.links(files) if files else notice("warning", model.left_out())
            shown = pages.page(model.batch, model.prototype, model.frame)
            letters = Html(letters_style(shown))
            self.result.value = join(letters, fragment(join(shown, links)))

    def _doing(self, _change: object) -> None:
        """What is being done, in words; read out, as is what became of it."""
        model = self.model
        with language.using(model.case.record.language):
            if model.doing:
                self.told.value = fragment(_aloud(notice("computing", model.doing, title="")))
            elif model.status == "refused":
                self.told.value = fragment(pages.refused(model.message))
            else:
                self.told.value = ""


# ipywidgets counts the files that the button holds, which is none: each is taken at once.
_UNCOUNTED = """
const panel = this.closest('.cb-panel');
const bare = () => panel.querySelectorAll('.cb-upload').forEach(one => one.childNodes.forEach(
  part => { if (/ [(]0[)]$/.test(part.data)) part.data = part.data.slice(0, -4); }));
if (panel) {
  new MutationObserver(bare).observe(panel, {childList: true, subtree: true});
  bare();
}
"""


def _uncounted() -> w.HTML:
    script = " ".join(_UNCOUNTED.split())
    return w.HTML(Html('<img hidden alt="" src="data:," onerror="{}">').format(script))


def _aloud(content: object) -> Html:
    return element("div", content, role="status", aria_live="polite")
