"""A notebook as a page, cell by cell: what it is at, what it shows, and a card where it fails."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_raw_cell
from voila.execute import VoilaExecutor
from voila.notebook_renderer import NotebookRenderer
from voila.utils import ENV_VARIABLE

from casebook.language import _
from casebook.pages.base import Html, element, join, notice
from casebook.pages.cells import picture, plain, printed
from casebook.serve import incidents
from casebook.serve.inside.talk import run

_VIEW = "application/vnd.jupyter.widget-view+json"
_VOILA = "application/vnd.voila.cell-output+json"
_MARKDOWN = re.compile(r"^#+\s.*$|[*_`>]|\[([^\]]*)\]\([^)]*\)", re.MULTILINE)
_SENTENCE = re.compile(r"(.+?[.!?。])(?:\s|$)", re.DOTALL)
_LONGEST = 120


class Renderer(NotebookRenderer):
    """Voila's renderer with cards for what fails, and words for what is being done.

    Voila shows people the English name of an option with which they would see the traceback.
    flush: called when what was written so far should be seen. words: the page around the cells.
    folder: where the notebooks are. told: variables that the kernel is to have before any cell.
    """

    def __init__(
        self, flush: Callable[[], None], words: Mapping[str, object], folder: str,
        told: Mapping[str, str], **given: Any,
    ) -> None:  # fmt: skip
        super().__init__(**given)
        self.folder = folder
        self._flush = flush
        self._words = words
        self._told = dict(told)
        self.executor: Any = None

    async def initialize(self, **kwargs: Any) -> None:
        """Read the notebook and prepare its page."""
        await super().initialize(**kwargs)
        self.resources["casebook"] = dict(self._words)

    async def _jinja_kernel_start(
        self, nb: NotebookNode, kernel_id: str, kernel_future: Any
    ) -> str:
        self._flush()
        kernel, client = await kernel_future
        self.executor = VoilaExecutor(nb, km=kernel, config=self.traitlet_config)
        self.executor.kc = client
        await self._tell({ENV_VARIABLE.VOILA_KERNEL_ID.value: kernel_id, **self._told})
        return kernel_id

    async def _tell(self, told: dict[str, str]) -> None:
        """Tell the kernel whose it is; until now it was nobody's."""
        code = f"__import__('os').environ.update({told!r})"
        await run(self.executor.km, self.executor.kc, code)

    async def _jinja_cell_generator(
        self,
        nb: NotebookNode,
        kernel_id: str,  # noqa: ARG002 Voila's form
    ) -> AsyncIterator[NotebookNode]:
        """Cells to show, in order; before each that computes, a word of what it does."""
        nb, _resources = ClearOutputPreprocessor().preprocess(nb, {"metadata": {"path": self.cwd}})
        steps = [at for at, cell in enumerate(nb.cells) if is_step(cell)]
        for at, cell in enumerate(nb.cells):
            if cell.cell_type != "code":
                yield _shown(Html("") if is_analyst_s(cell) else self._text(cell))
                continue
            if at in steps:
                yield _shown(step(steps.index(at) + 1, len(steps), said_before(nb.cells, at)))
                self._flush()
            problem = await self._executed(cell, at)
            yield _shown(problem or (Html("") if is_analyst_s(cell) else outputs(cell)))
            if problem:
                break
        await self.close()

    def _text(self, cell: NotebookNode) -> Html:
        """A text of the notebook."""
        if cell.cell_type != "markdown":
            return Html("")
        written = self.exporter.markdown2html({"cell": cell}, cell.source)
        return element("div", Html(written), class_="markdown")

    async def load_notebook(self, path: str) -> NotebookNode:
        """The notebook as it was prepared for this server; Voila's way asks who trusts it."""
        read: NotebookNode = nbformat.read(os.fspath(Path(self.folder) / path), as_version=4)
        return read

    async def _executed(self, cell: NotebookNode, at: int) -> Html:
        """Run one cell; a card where it fails, nothing otherwise."""
        place = f"{self.notebook_path}, cell {at + 1}"
        try:
            await self.executor.async_execute_cell(cell, at, store_history=False)
        except CellExecutionError as error:
            return failed(incidents.write(f"{place}: {error.ename}", plain(str(error))))
        except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
            return failed(incidents.record(error, place))
        return Html("")

    async def close(self) -> None:
        """Let go of the kernel's channels; the kernel itself lives on for the page."""
        executor, self.executor = self.executor, None
        if executor is not None and executor.kc is not None:
            executor.kc.stop_channels()


def is_step(cell: NotebookNode) -> bool:
    """Whether a cell does something that a reader waits for; parameters are none."""
    return cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])


def is_analyst_s(cell: NotebookNode) -> bool:
    """Whether a cell is for who works in the notebook: it is executed, and shows nothing here."""
    return "analyst" in cell.metadata.get("tags", [])


def _shown(html: Html) -> NotebookNode:
    cell: NotebookNode = new_raw_cell(metadata={"casebook": str(html)})
    return cell


def failed(name: str) -> Html:
    """The card in place of what a cell would have shown; the log has more under the same id."""
    said = _("This part of the page could not be made. What is above it holds.")
    ask = _("Tell who sent you the link: error id {name}.", name=name)
    card = notice("failed", join(element("p", said), element("p", ask)), title=_("Failed"))
    return element("div", card, class_="cb cb-incident", data_incident=name)


def said_before(cells: list[NotebookNode], at: int) -> str:
    """The first sentence of the text above a cell, as plain words; empty where there is none."""
    texts = [cell.source for cell in cells[:at] if cell.cell_type == "markdown"]
    said = " ".join(_MARKDOWN.sub(r"\1", texts[-1]).split()) if texts else ""
    found = _SENTENCE.match(said)
    first = found[1] if found else said
    return first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…"


def step(number: int, of: int, words: str) -> Html:
    """A script that says on the page what is being done."""
    told = json.dumps({"step": number, "of": of, "words": words}).replace("<", "\\u003c")
    return Html(f"<script>casebook.step({told})</script>")


def outputs(cell: NotebookNode) -> Html:
    """What a cell shows: HTML as it is, widgets once their scripts run, printed text."""
    return join(*(_output(one) for one in cell.get("outputs", [])))


def _output(output: NotebookNode) -> Html:
    kind = output["output_type"]
    if kind == "stream":
        return printed(output) if output["name"] == "stdout" else Html("")
    if kind not in {"display_data", "execute_result"}:
        return Html("")
    data = output["data"]
    if _VIEW in data:
        return _live(data)
    for mime in ("text/html", "image/svg+xml"):
        if mime in data:
            return element("div", Html(data[mime]), class_="cb-shown")
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            return picture(output, mime)
    text = plain(str(data.get("text/plain", "")))
    return element("pre", text, class_="output text") if text not in {"", "None"} else Html("")


def _live(data: Mapping[str, Any]) -> Html:
    """A widget, and until it is alive what it would look like without a kernel."""
    model = {"output_type": "display_data", "metadata": {}, "data": {_VIEW: data[_VIEW]}}
    written = json.dumps(model).replace("<", "\\u003c")
    still = element("div", Html(data.get("text/html", "")), class_="cb-still", inert=True)
    return join(
        still, Html(f'<div class="cb-live"><script type="{_VOILA}">{written}</script></div>')
    )
