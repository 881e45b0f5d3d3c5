"""What a server serves: the case, its pages, where it may listen, and what each visitor may use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from casebook.case import Case, load_case
from casebook.exceptions import CasebookError
from casebook.language import N_, _
from casebook.runs.folder import RunsFolder
from casebook.runs.shared import PAGE_VARIABLE, READ_VARIABLE
from casebook.serve.chrome import Frame, frame_of
from casebook.serve.pages import PAGES, Page
from casebook.serve.published import card_file
from casebook.serve.reasons import always

PLAN_FILE = "plan.json"
QUERY_VARIABLE = "QUERY_STRING"
UNREADABLE = N_("The record of this case cannot be read just now.")
_LONGEST_QUERY = 8_000  # characters
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Limits:
    """What visitors may use together, and each alone.

    kernels: at once, those that start included. memory: bytes a kernel. away: seconds without its
    page after which a kernel ends. idle: the same with the page open and nobody using it.
    cell: seconds that one cell of a page may take. spare: whether one kernel, of all that there
    may be, waits for the next visitor.
    """

    kernels: int = 12
    memory: int = 2_000_000_000
    away: float = 600.0
    idle: float = 4 * 3600.0
    cell: int = 600
    spare: bool = True

    def look_every(self) -> int:
        """Seconds between two looks at what has to end."""
        return max(1, round(min(30.0, self.away / 4, self.idle / 4)))


@dataclass(frozen=True)
class Plan:
    """What the server's process needs to know; written as JSON for it.

    pages: as the registry has them, but for what is a function. has_landing: whether `/` lists
    them, or is the first of them itself.
    """

    case: str
    frame: Frame
    pages: tuple[tuple[str, str, str, str], ...]
    has_landing: bool
    folder: str

    def chosen(self) -> tuple[Page, ...]:
        """The pages that are served."""
        known = {page.name: page.why_not for page in PAGES}
        return tuple(Page(*page, known.get(page[0], always)) for page in self.pages)

    def offers(self) -> Iterator[tuple[Page, str]]:
        """Each page, and why it cannot be opened yet; empty where it can."""
        case = self._case()
        for page in self.chosen():
            yield page, _(UNREADABLE) if case is None else page.why_not(case)

    def why_not(self, name: str) -> tuple[str, str]:
        """The title of a page, and why it cannot be opened yet; empty where it can."""
        found = next((page, why) for page, why in self.offers() if page.name == name)
        return _(found[0].title), found[1]

    def needs_kernels(self) -> bool:
        """Whether a page with a notebook can be opened now."""
        return any(page.notebook and not why for page, why in self.offers())

    def limits(self) -> str:
        """What the record says that the model should not be used for; empty without a model."""
        case = self._case() if self.has_card() else None
        return "" if case is None else case.record.prototype.texts.limits or ""

    def has_card(self) -> bool:
        """Whether there is a model with a card."""
        return card_file(Path(self.case)) is not None

    def _case(self) -> Case | None:
        """The case as it is now; None where its record cannot be read."""
        try:
            return load_case(Path(self.case))
        except CasebookError:
            return None

    def told(self, page: str, query: str) -> dict[str, str]:
        """What a kernel is told of its visitor before the first cell, as variables.

        page: its name. query: of the page's address; a page may read its state there. The token
        is no part of it.
        """
        kept = [(name, value) for name, value in parse_qsl(query) if name != "token"]
        told = {PAGE_VARIABLE: page, QUERY_VARIABLE: urlencode(kept)[:_LONGEST_QUERY]}
        latest = RunsFolder.of_case(Path(self.case)).latest()
        if latest is not None:
            told[READ_VARIABLE] = str(latest.resolve())
        return told

    def letters(self, page: Page) -> str:
        """Every letter that the texts of a page's notebook hold."""
        return _letters(Path(self.folder) / f"{page.notebook}.ipynb")

    def written(self) -> str:
        """The plan as JSON."""
        return json.dumps(asdict(self))


@cache
def _letters(notebook: Path) -> str:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return "".join(sorted({*"".join(texts)}))


def plan_of(case: Case, pages: tuple[Page, ...], folder: Path, *, landing: bool) -> Plan:
    """The plan of a case's pages, whose notebooks are in a folder."""
    plain = tuple((page.name, page.notebook, page.title, page.says) for page in pages)
    return Plan(str(case.folder.resolve()), frame_of(case), plain, landing, str(folder))


def read_plan(path: Path) -> Plan:
    """The plan that was written for the server's process."""
    found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    given = {field.name: found[field.name] for field in fields(Plan)}
    return Plan(
        **{**given, "frame": Frame(**given["frame"]), "pages": tuple(map(tuple, given["pages"]))}
    )
