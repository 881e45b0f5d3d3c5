"""The notebooks that a person works in: copies in `runs/draft`, in the case's language."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat

from casebook.atomic import write_text
from casebook.execute.translate import translate_markdown
from casebook.places import notebooks_folder
from casebook.runs.folder import RunsFolder


def draft_notebooks(case: Path) -> Path:
    """Copy each notebook that is not there yet into the case's draft; return its folder.

    What a person changed in a draft stays as it is.
    """
    folder = RunsFolder.of_case(case).draft
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(notebooks_folder().glob("*.ipynb")):
        target = folder / source.name
        if not target.exists():
            notebook = nbformat.read(os.fspath(source), as_version=4)
            translate_markdown(notebook)
            write_text(target, nbformat.writes(notebook) + "\n")
    return folder
