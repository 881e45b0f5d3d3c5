"""What nbconvert cannot say of a notebook's cells: failed, not run, printed, only alive in Lab."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from casebook import exceptions
from casebook.language import _, plural
from casebook.pages.base import Html, details, element, html, join, notice

_PAPERMILL_ERROR = "papermill-error-cell-tag"
_QUIET_LINES = 3
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07)|[\x00-\x08\x0b-\x1f\x7f]")

Cell = Mapping[str, Any]
Output = Mapping[str, Any]


class CellFailure(NamedTuple):
    """The number of a code cell, counted from 1 among code cells, and its error in a sentence."""

    number: int
    error: str


def annotated(nb: Any) -> Any:
    """A copy of the notebook whose cells say what the template needs to know of them."""
    marked, number = copy.deepcopy(nb), 0
    broken = False
    for cell in marked.cells:
        number += cell.cell_type == "code"
        failed = error_of(cell) is not None
        cell.metadata["casebook"] = {
            "number": number,
            "failed": failed,
            "pending": broken and cell.cell_type == "code" and _untouched(cell),
            "skip": _PAPERMILL_ERROR in cell.metadata.get("tags", []),
        }
        broken = broken or failed
    return marked


def failures(nb: Any) -> tuple[CellFailure, ...]:
    """The cells that failed, in order."""
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    errors = ((number, error_of(cell)) for number, cell in enumerate(code, 1))
    return tuple(CellFailure(number, said(error)) for number, error in errors if error is not None)


def error_of(cell: Cell) -> Output | None:
    """The error among a cell's outputs, or None."""
    outputs: Sequence[Output] = cell.get("outputs", [])
    return next((output for output in outputs if output["output_type"] == "error"), None)


def said(error: Output) -> str:
    """An error in one sentence; an expected one needs no class name in front of it."""
    name, text = str(error["ename"]), plain(str(error["evalue"])).strip()
    expected = isinstance(getattr(exceptions, name, None), type)
    first = text.split("\n\n", 1)[0]
    return first if expected and first else f"{name}: {first}" if first else name


def plain(text: str) -> str:
    """A text without a terminal's colours and other control characters."""
    return _TERMINAL.sub("", text.replace("\r\n", "\n"))


def _untouched(cell: Cell) -> bool:
    return cell.get("execution_count") is None and not cell.get("outputs")


def code_name(cell: Cell) -> Html:
    """What is written beside the folded code of a cell."""
    tags = cell["metadata"].get("tags", [])
    parameters = "parameters" in tags or "injected-parameters" in tags
    return html(_("Parameters") if parameters else _("Code"))


def aftermath(cell: Cell) -> Html:
    """A line under a cell that an earlier failure kept from running."""
    if not cell["metadata"]["casebook"]["pending"]:
        return Html("")
    return element("p", _("This cell did not run."), class_="cb-small pending")


def failure(error: Output) -> Html:
    """A failed cell: the sentence, and the whole traceback folded under it."""
    trace = plain("\n".join(error.get("traceback", []))).strip()
    trace_shown = details(_("Traceback"), element("pre", trace, class_="trace"))
    more = element("div", trace_shown, class_="screen-only")
    sentence = said(error)
    folded = more if "\n" in trace and trace != sentence else ""
    return notice("failed", join(sentence, folded), title=_("This cell failed"))


def printed(output: Output) -> Html:
    """Printed text, quiet: a few lines as they are, more of them folded."""
    text = plain(output["text"]).rstrip()
    lines = text.count("\n") + 1
    shown = element("pre", text, class_=f"output printed {output['name']}")
    if not text or lines <= _QUIET_LINES:
        return shown if text else Html("")
    name = _("Messages") if output["name"] == "stderr" else _("Printed text")
    said_so = join(name, " ", plural("({n} line)", "({n} lines)", lines))
    return element("div", details(said_so, shown), class_="screen-only")


def picture(output: Output, mime: str) -> Html:
    """A picture as a part of the page, with its alternative text."""
    alt = output.get("metadata", {}).get(mime, {}).get("alt") or _("A picture without words")
    data = re.sub(r"[^A-Za-z0-9+/=]", "", output["data"][mime])
    return Html('<img class="output picture" src="data:{};base64,{}" alt="{}">').format(
        mime, data, alt
    )


def not_here(output: Output) -> Html:
    """Something that only a notebook with a kernel, or another program, can show."""
    widget = any("widget-view" in mime for mime in output["data"])
    if widget:
        return notice("info", _("This part is interactive: open the notebook to use it."), title="")
    kinds = ", ".join(sorted(output["data"]))
    return notice("info", _("This output cannot be shown in a report: {kinds}", kinds=kinds))
