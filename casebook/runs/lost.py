"""Runs that were going on when their process or their machine ended: found and marked lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from casebook.exceptions import RunError
from casebook.language import _
from casebook.runs import lock
from casebook.runs import manifest as manifests
from casebook.runs.folder import RunsFolder, ended
from casebook.runs.manifest import (
    ErrorKind,
    Manifest,
    PhaseError,
    PhaseRecord,
    PhaseStatus,
    RunStatus,
)
from casebook.runs.unfinished import mark_unfinished


def is_alive(manifest: Manifest) -> bool:
    """Whether a run marked running is: same boot of the host, and it holds its lock.

    A process id would prove nothing: ids are given out again.
    """
    if manifest.status is not RunStatus.RUNNING or manifest.boot != lock.boot_id():
        return False
    holder = lock.holder(Path(manifest.lock))
    return holder is not None and holder.run == manifest.name


def settle(runs: RunsFolder) -> tuple[Manifest, ...]:
    """Mark every run that is no longer alive as lost and rename it into place."""
    return tuple(
        settled for folder in runs.unfinished() if (settled := _settle(runs, folder)) is not None
    )


def _settle(runs: RunsFolder, folder: Path) -> Manifest | None:
    try:
        manifest = manifests.load(folder)
    except RunError:  # killed before its manifest was written: nothing was run
        return None
    if is_alive(manifest):
        return None
    status = RunStatus.LOST if manifest.status is RunStatus.RUNNING else manifest.status
    phases = tuple(_phase(phase, folder) for phase in manifest.phases)
    settled = replace(manifest, phases=phases)
    if status is RunStatus.LOST:
        settled = ended(settled, status, None)
    runs.finish(settled)
    return settled


def _phase(phase: PhaseRecord, folder: Path) -> PhaseRecord:
    if phase.status is PhaseStatus.PENDING:
        reason = _("the run was lost before it began")
        return replace(phase, status=PhaseStatus.SKIPPED, reason=reason)
    if phase.status is not PhaseStatus.RUNNING:
        return phase
    sentence = _("the run was lost: its process ended without a word (killed, or a power cut)")
    cell = mark_unfinished(folder / f"{phase.name}.ipynb", sentence)
    error = PhaseError(ErrorKind.LOST, "Lost", sentence, sentence, cell)
    return replace(phase, status=PhaseStatus.FAILED, error=error)
