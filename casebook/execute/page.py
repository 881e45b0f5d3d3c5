"""The page of an executed notebook."""

from __future__ import annotations

from nbconvert.exporters.html import HTMLExporter
from nbformat import NotebookNode


def notebook_html(notebook: NotebookNode, *, title: str, language: str, status: str) -> str:
    """Until casebook.pages.notebook is there: nbconvert's basic page."""
    exporter = HTMLExporter(template_name="basic")
    body, _resources = exporter.from_notebook_node(notebook)
    return f"<html lang='{language}'><title>{title}</title><body data-status='{status}'>{body}</body></html>"
