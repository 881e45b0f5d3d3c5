"""Where a run keeps how it stands: its manifest, saved as it changes, and told to who watches."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casebook.runs.manifest import Manifest, PhaseError, PhaseStatus

_SAVE_EVERY = 1.0  # seconds between saves of what is only progress


@dataclass(frozen=True)
class Progress:
    """How one phase stands, for who watches the run.

    done, total: cells of code. elapsed: seconds since the run began.
    finished, phases: how many phases of the run have ended, and how many there are.
    """

    stem: str
    status: PhaseStatus
    done: int
    total: int
    elapsed: float
    finished: int
    phases: int
    sentence: str = ""


Watcher = Callable[[Progress], None]


class Board:
    """The manifest of a run that is going on."""

    def __init__(self, manifest: Manifest, folder: Path, watcher: Watcher | None) -> None:
        self.manifest = manifest
        self.folder = folder
        self._watcher = watcher
        self._began = time.monotonic()
        self._started: dict[str, float] = {}
        self._saved = 0.0

    @property
    def statuses(self) -> dict[str, PhaseStatus]:
        """Stem -> how the phase stands."""
        return {phase.stem: phase.status for phase in self.manifest.phases}

    def start(self, stem: str) -> None:
        """A phase starts."""
        self._started[stem] = time.monotonic()
        self._change(stem, status=PhaseStatus.RUNNING, started=datetime.now(UTC))

    def count(self, stem: str, done: int, total: int) -> None:
        """A phase has executed so many of its cells of code."""
        self.manifest = self.manifest.with_phase(stem, cells_done=done, cells_total=total)
        if time.monotonic() - self._saved > _SAVE_EVERY:
            self.save()
        self._tell(stem)

    def end(self, stem: str, status: PhaseStatus, error: PhaseError | None = None) -> None:
        """A phase has ended."""
        seconds = round(time.monotonic() - self._started[stem], 3)
        self._change(stem, status=status, error=error, seconds=seconds)

    def skip(self, stem: str, reason: str) -> None:
        """A phase will not run, for a reason."""
        self._change(stem, status=PhaseStatus.SKIPPED, reason=reason)

    def note(self, sentence: str) -> None:
        """Say something of the run itself."""
        self.manifest = replace(self.manifest, notes=(*self.manifest.notes, sentence))

    def save(self) -> None:
        """Write the manifest. Raises OSError where that cannot be."""
        self.manifest.save(self.folder)
        self._saved = time.monotonic()

    def _change(self, stem: str, **changes: Any) -> None:
        self.manifest = self.manifest.with_phase(stem, **changes)
        self.save()
        self._tell(stem)

    def _tell(self, stem: str) -> None:
        if self._watcher is None:
            return
        phase = self.manifest.phase(stem)
        ended = [p for p in self.manifest.phases if p.seconds is not None or p.reason]
        self._watcher(
            Progress(
                stem=stem,
                status=phase.status,
                done=phase.cells_done,
                total=phase.cells_total,
                elapsed=time.monotonic() - self._began,
                finished=len(ended),
                phases=len(self.manifest.phases),
                sentence=phase.error.sentence if phase.error else phase.reason,
            )
        )
