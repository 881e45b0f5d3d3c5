"""What a worker is told: one notebook, its parameters, limits and places; JSON on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from casebook.atomic import write_text


@dataclass(frozen=True)
class Job:
    """One execution of one notebook.

    notebook: what is run. output, page: where it is saved, as a notebook and as HTML.
    folder: where the kernel works. runtime: for its sockets, short. All of them absolute.
    cell_timeout, run_timeout: seconds; the parent keeps the second and says when it is over.
    memory: bytes that the kernel may have.
    watch_parent: end when standard input ends, because then the parent has.
    """

    stem: str
    title: str
    notebook: Path
    output: Path
    page: Path
    folder: Path
    runtime: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    kernel: str = "python3"
    language: str = "en"
    cell_timeout: float | None = None
    run_timeout: float | None = None
    memory: int | None = None
    watch_parent: bool = False

    def save(self, path: Path) -> None:
        """Write the job where a worker reads it."""
        write_text(path, json.dumps(asdict(self), default=str))

    @classmethod
    def load(cls, path: Path) -> Job:
        """Read a job that `save` wrote."""
        data = json.loads(path.read_text("utf-8"))
        places = ("notebook", "output", "page", "folder", "runtime")
        return cls(**{**data, **{name: Path(data[name]) for name in places}})
