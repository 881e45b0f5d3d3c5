"""Casebook's papermill engine: truthful cells, atomic saves, kernels that end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import papermill
from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers
from papermill.iorw import LocalHandler, papermill_io, write_ipynb

from casebook.atomic import sync, write_text
from casebook.execute.client import CaseClient
from casebook.execute.session import Session

NAME = "casebook"
_SAVE_EVERY = 5  # seconds, within a long cell


class AtomicHandler(LocalHandler):
    """Reads as papermill does; writes beside and renames, so that a full disk harms nothing."""

    def write(self, buf: str, path: str) -> None:
        """Replace the notebook at once; what a cell later replaces need not survive a power cut."""
        write_text(path, buf, durable=False)


class CellBook(NotebookExecutionManager):
    """Keeps the status of every cell, and saves when there is something new to see."""

    def __init__(self, nb: NotebookNode, output_path: str | None, session: Session) -> None:
        super().__init__(nb, output_path, progress_bar=False, autosave_cell_every=_SAVE_EVERY)
        self.session = session
        self.total = sum(cell.cell_type == "code" for cell in nb.cells)
        self.done = 0
        self._quiet = False

    def cell_start(self, cell: NotebookNode, cell_index: int | None = None, **_: Any) -> None:
        """Mark a cell as running."""
        self._quiet = cell.cell_type != "code"
        super().cell_start(cell, cell_index)

    def cell_complete(self, cell: NotebookNode, cell_index: int | None = None, **_: Any) -> None:
        """Mark a cell as completed, unless it failed."""
        super().cell_complete(cell, cell_index)
        self._quiet = False
        if cell.cell_type == "code" and self.session.error is None:
            self.done += 1
            self.session.progress(self.done, self.total)

    def save(self, **_: Any) -> None:
        """Save the notebook; texts between the cells of code are no news."""
        if not self._quiet or self.session.error is not None:
            super().save()


class CaseEngine(Engine):
    """The engine that papermill calls by the name `casebook`."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        *,
        session: Session,
        **_: Any,
    ) -> NotebookNode:
        """Execute a notebook and return it; the session holds the error where there is one."""
        session.notebook = nb
        book = CellBook(nb, output_path, session)
        book.notebook_start()
        session.progress(0, book.total)
        try:
            asyncio.run(CaseClient(book, kernel_name, session).run())
        finally:
            book.notebook_complete()
        return nb


def register() -> None:
    """Make papermill use our engine and our way of writing files; once a process."""
    papermill_engines.register(NAME, CaseEngine)
    papermill_io.register("/", AtomicHandler())


def execute(
    notebook: NotebookNode, output: Path, parameters: dict[str, Any], kernel: str, session: Session
) -> NotebookNode:
    """Execute a notebook into `output`, an absolute path, and return it as it was left.

    Why it failed is in `session.error`; a cell that fails raises nothing here.
    Raises OSError where it cannot be saved.
    """
    register()
    session.notebook = notebook
    try:
        papermill.execute_notebook(
            notebook,
            _literal(output),
            parameters=parameters,
            engine_name=NAME,
            kernel_name=kernel,
            progress_bar=False,
            session=session,
        )
    except PapermillExecutionError:  # known already: the session holds it
        executed = remove_error_markers(session.notebook)
        write_ipynb(executed, str(output))
    sync(output)
    return session.notebook


def _literal(path: Path) -> str:
    """A path that papermill formats back to itself: braces in it are not fields."""
    return str(path).replace("{", "{{").replace("}", "}}")
