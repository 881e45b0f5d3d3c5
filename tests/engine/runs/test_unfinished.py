"""Notebooks whose run ended from outside say which cell they were in."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from casebook.runs.unfinished import mark_unfinished


def write(path: Path, *statuses: str) -> Path:
    cells = [new_code_cell("1", metadata={"papermill": {"status": s}}) for s in statuses]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def statuses(path: Path) -> list[str]:
    cells = json.loads(path.read_text())["cells"]
    return [cell["metadata"]["papermill"]["status"] for cell in cells]


@pytest.mark.parametrize("word", ["running", "pending"])
def test_the_first_cell_that_is_not_completed_failed(tmp_path: Path, word: str) -> None:
    path = write(tmp_path / "a.ipynb", "completed", word, "pending")
    assert mark_unfinished(path, "it was lost") == 1
    assert statuses(path) == ["completed", "failed", "pending"]
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[1].outputs[0].evalue == "it was lost"
    assert notebook.metadata.papermill.exception is True


def test_a_notebook_that_was_complete_stays_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "completed")
    before = path.read_bytes()
    assert mark_unfinished(path, "it was lost") is None
    assert path.read_bytes() == before


def test_where_nothing_was_saved_the_source_is_marked(tmp_path: Path) -> None:
    source = tmp_path / "source.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# T"), new_code_cell("1")]), source)
    path = tmp_path / "a.ipynb"
    assert mark_unfinished(path, "it was lost") is None
    assert mark_unfinished(path, "it was lost", source) == 0
    assert statuses(path) == ["failed", "pending"]
