"""What one execution of a notebook shares between its worker, its engine and its client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from casebook.execute.stop import Stop
from casebook.runs.manifest import PhaseError


@dataclass
class Session:
    """Limits, places and the outcome of one execution.

    folder: where the kernel works. runtime: for its sockets, short.
    cell_timeout, run_timeout: seconds, None for no limit; the second is kept by the parent.
    memory: bytes that the kernel may have.
    progress: told (cells of code done, all of them). started: told the kernel's process group,
    and why it was not started warm, where it should have been.
    error: why it did not end well; None while it does.
    """

    folder: Path
    runtime: Path
    stop: Stop = field(default_factory=Stop)
    cell_timeout: float | None = None
    run_timeout: float | None = None
    memory: int | None = None
    start_timeout: float = 60.0
    progress: Callable[[int, int], None] = lambda _done, _total: None
    started: Callable[[int, str], None] = lambda _group, _reason: None
    notebook: NotebookNode | None = None
    error: PhaseError | None = None
