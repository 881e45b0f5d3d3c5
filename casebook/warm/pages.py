"""What visitors of a page have in common, made before they come.

Each visitor's kernel asks whether it still holds: see `casebook.runs.tried`.
"""

from __future__ import annotations

import importlib
import os


def case() -> None:
    """Read the record."""
    workspace = importlib.import_module("casebook.workspace")
    importlib.import_module("casebook.case").load_case(os.environ[workspace.CASE_VARIABLE])


def prototype() -> None:
    """Open the model with all that answers are made from, and show its form once, to nobody."""
    workspace = importlib.import_module("casebook.workspace")
    ahead = importlib.import_module("casebook.runs.tried")
    panels = importlib.import_module("widgets")
    pages = importlib.import_module("casebook.pages.prototype")
    work = workspace.open_phase("prototype", {})
    findings = work.kept()
    if findings is None:
        return
    ahead.try_ahead(work.case, work.table, findings.trust, work.folder)
    panel = panels.PrototypePanel(work, findings)
    panel._repr_mimebundle_()
    panels.BatchPanel(work.case, panel.prototype)._repr_mimebundle_()
    pages.page(findings)._repr_html_()
    importlib.import_module("ipywidgets").Widget.close_all()
