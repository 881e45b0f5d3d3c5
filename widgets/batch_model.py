"""What a page does with a file that somebody drops: answered, or refused in words; no view."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import pandas as pd
import traitlets as tr

from casebook import language
from casebook.case import Case
from casebook.exceptions import CasebookError
from casebook.language import _
from casebook.pages.prototype_batch import Download
from casebook.progress import Step, told_to
from casebook.prototype.batch import MOST_BYTES, Batch, predict_file
from casebook.prototype.batch_out import as_csv, as_xlsx, frame_of, template_of
from casebook.prototype.opened import Prototype
from casebook.serve.incidents import LOG_VARIABLE

MOST_ALIEN = 7_000_000
"""Bytes that a page of another server than ours can send; more ends its connection."""
MOST_LINKED = 4_000_000
"""Bytes of a file that a link holds; a larger one is packed first."""
MOST_BOOK = 5_000
"""Rows of a workbook to download; more take half a minute to write."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv;charset=utf-8"


class BatchModel(tr.HasTraits):
    """A file, what was said of it, and the files to take away.

    batch, frame: None before a file was taken. doing: what is being done, in words; empty at rest.
    status: empty, `done` or `refused`; message: why a file was refused.
    """

    case = tr.Instance(Case)
    prototype = tr.Instance(Prototype)
    batch = tr.Instance(Batch, allow_none=True)
    frame = tr.Instance(pd.DataFrame, allow_none=True)
    doing = tr.Unicode()
    status = tr.Unicode()
    message = tr.Unicode()

    def __init__(self, case: Case, prototype: Prototype) -> None:
        super().__init__(case=case, prototype=prototype)

    @property
    def most(self) -> int:
        """The most bytes of a file that reach this model."""
        return MOST_BYTES if LOG_VARIABLE in os.environ else MOST_ALIEN

    def take(self, name: object, content: object) -> bool:
        """Answer a file as a page sends it; False, with the reason in `message`, where it cannot.

        A file that is refused leaves nothing of an earlier one.
        """
        with language.using(self.case.record.language):
            self.batch = self.frame = None
            self.status = self.message = ""
            try:
                if not isinstance(name, str) or not isinstance(content, bytes | memoryview):
                    return self.tell("refused", _("A file has a name and a content."))
                with told_to(self._progress):
                    batch = predict_file(self.prototype, name, bytes(content))
                    self.frame = frame_of(batch)
                    self.batch = batch
            except CasebookError as error:
                return self.tell("refused", str(error))
            finally:
                self.doing = ""
            self.status = "done"
            return True

    def tell(self, status: str, message: str, path: str = "") -> bool:  # noqa: ARG002 a Teller's
        """Say in the panel what became of an act."""
        self.message = message
        self.status = status
        return False

    def _progress(self, step: Step) -> None:
        share = f" {step.done / step.total:.0%}" if step.done else ""
        self.doing = f"{step.what} …{share}"

    def template(self) -> list[Download]:
        """A file to start from, as a workbook and as CSV."""
        frame = template_of(self.prototype)
        return [
            Download("template.xlsx", XLSX, as_xlsx(frame), _("Template for Excel")),
            Download("template.csv", CSV, as_csv(frame), _("Template as CSV")),
        ]

    def files(self) -> list[Download]:
        """The predictions to take away; what is too large for a link is packed."""
        if self.batch is None or self.frame is None:
            return []
        stem = self.batch.name.rsplit(".", 1)[0] + "-" + _("predictions")
        data = as_csv(self.frame)
        found = [_of(f"{stem}.csv", CSV, data, _("Predictions as CSV"))]
        if len(self.frame) <= MOST_BOOK:
            book = as_xlsx(self.frame)
            found.insert(0, Download(f"{stem}.xlsx", XLSX, book, _("Predictions for Excel")))
        return [one for one in found if len(one.content) <= MOST_LINKED]

    @staticmethod
    def left_out() -> str:
        """What to do where nothing can be taken away."""
        return _("The result is too large for a link. Part the file into several and try again.")


def _of(name: str, kind: str, data: bytes, said: str) -> Download:
    if len(data) <= MOST_LINKED:
        return Download(name, kind, data, said)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return Download(f"{name}.zip", "application/zip", out.getvalue(),
                    _("{said}, packed (.zip)", said=said))  # fmt: skip


def sent(change: Any) -> tuple[object, object] | None:
    """Name and content of the file in an upload's value; None where there is none."""
    value = change["new"] if isinstance(change, dict) else change
    if not value:
        return None
    first = value[0]
    return first.get("name"), first.get("content")
