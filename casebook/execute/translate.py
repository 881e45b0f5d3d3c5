"""The texts of a notebook in the reader's language."""

from __future__ import annotations

from nbformat import NotebookNode

from casebook.language import _


def translate_markdown(notebook: NotebookNode) -> None:
    """Put the texts between the cells into the current language; a whole cell is one message."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _(cell.source)
