"""Tell the truth in an executed notebook whose run ended from outside: which cell it was in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from casebook.atomic import write_text

_DONE = "completed"


def mark_unfinished(path: Path, sentence: str, source: Path | None = None) -> int | None:
    """Mark the first cell that is not completed as failed, those after it as pending.

    source: the notebook to start from where none was saved yet; without it nothing is done.
    Returns the index of the marked cell, or None where every cell was completed.
    """
    notebook = _read(path) or (_read(source) if source else None)
    if notebook is None:
        return None
    cells = notebook.get("cells", [])
    index = next((n for n, cell in enumerate(cells) if _status(cell) != _DONE), None)
    if index is not None:
        _mark(cells, index, sentence)
        notebook.setdefault("metadata", {}).setdefault("papermill", {})["exception"] = True
        write_text(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    return index


def _read(path: Path) -> dict[str, Any] | None:
    try:
        notebook = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return notebook if isinstance(notebook, dict) else None


def _status(cell: dict[str, Any]) -> str:
    status = cell.get("metadata", {}).get("papermill", {}).get("status", "pending")
    return str(status)


def _mark(cells: list[dict[str, Any]], index: int, sentence: str) -> None:
    for cell in cells[index:]:
        papermill = cell.setdefault("metadata", {}).setdefault("papermill", {})
        papermill.update(status="pending", exception=None)
    cells[index]["metadata"]["papermill"].update(status="failed", exception=True)
    if cells[index].get("cell_type") == "code":
        cells[index].setdefault("outputs", []).append(error_output("Stopped", sentence))


def error_output(name: str, sentence: str) -> dict[str, Any]:
    """An error as a cell shows it, with one sentence in place of a traceback."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": sentence,
        "traceback": [sentence],
    }
