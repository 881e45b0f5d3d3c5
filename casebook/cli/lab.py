"""`casebook lab`: the notebooks of a case in JupyterLab."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from casebook import language
from casebook.case import load_case
from casebook.execute.drafts import draft_notebooks
from casebook.language import _
from casebook.workspace import CASE_VARIABLE


@click.command(
    "lab",
    help=_("Open the notebooks of a case in JupyterLab. What follows -- goes to JupyterLab."),
    context_settings={"ignore_unknown_options": True},
)
@click.argument("case", type=click.Path(path_type=Path), default=".")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def command(case: Path, options: tuple[str, ...]) -> None:
    """Copy the notebooks into the draft, in the case's language, and become JupyterLab."""
    opened = load_case(case)
    language.use(opened.record.language)
    folder = draft_notebooks(opened.folder)
    os.environ[CASE_VARIABLE] = str(opened.folder.resolve())
    arguments = [sys.executable, "-m", "jupyterlab", str(folder), *options]
    os.execv(sys.executable, arguments)  # noqa: S606 the same interpreter, no shell
