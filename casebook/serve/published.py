"""What of a run can be read by a link: its pages and the model's card, and nothing else of it.

Notebooks, findings, the manifest and the model itself stay on the machine. A notebook holds rows
and a model may hold what it learned from them, so who is to have them is for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape
from pathlib import Path
from typing import NamedTuple

from casebook.phases.registry import PHASES
from casebook.runs.folder import RunsFolder
from casebook.runs.model_files import CARD, CARD_TEXT, folder_with_model
from casebook.runs.report import INDEX

READABLE = (INDEX, *(f"{phase.name}.html" for phase in PHASES), CARD, CARD_TEXT)
"""The names of files that are served of a run; every other name is not there."""

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A page of a report holds all that it shows; it loads nothing, and sends nothing."""

KINDS = {".html": "text/html", ".md": "text/markdown"}

_BUTTONS = '<div class="bar-end">'
_LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|$", re.IGNORECASE)


class Place(NamedTuple):
    """A link of the bar on top: its address and its words."""

    address: str
    words: str


def report_files(case: Path) -> dict[str, Path]:
    """The files of the published run that can be read, by name; none where there is no run."""
    return _readable(RunsFolder.of_case(case).latest(), READABLE)


def card_file(case: Path) -> Path | None:
    """The card of the model that the prototype tries; None where there is none."""
    return _readable(folder_with_model(case), (CARD,)).get(CARD)


def _readable(folder: Path | None, names: Collection[str]) -> dict[str, Path]:
    """Files of a folder that are there, without those that are links to somewhere else."""
    if folder is None:
        return {}
    files = {name: folder / name for name in names}
    return {name: path for name, path in files.items() if path.is_file() and not path.is_symlink()}


def served(html: str, readable: Collection[str], places: Collection[Place]) -> str:
    """A page of a run as it is shown by a link.

    What it links to and cannot be read there becomes plain text. places: links that its bar gets.
    """
    shown = _LINK.sub(lambda found: _link(found, readable), html)
    links = "".join(
        f'<a class="tool" href="{escape(place.address)}">{escape(place.words)}</a>'
        for place in places
    )
    top, mark, rest = shown.partition(_BUTTONS)
    return f"{top}{mark}{links}{rest}" if mark else f"{links}{shown}"


def _link(found: re.Match[str], readable: Collection[str]) -> str:
    target, text = found[1], found[2]
    keeps = _ELSEWHERE.match(target) or target.partition("#")[0] in readable
    return found[0] if keeps else f"<span>{text}</span>"
