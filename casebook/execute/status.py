"""Exit statuses: what a run says to the shell, a scheduler or a worker's parent."""

from __future__ import annotations

from collections.abc import Iterable

from casebook.runs.manifest import ErrorKind, PhaseError

FAILED = 1
TIMED_OUT = 124  # as timeout(1) says
KERNEL_DIED = 138  # as papermill says
INTERRUPTED = 130  # 128 + SIGINT
TERMINATED = 143  # 128 + SIGTERM

_OF_KIND = {
    ErrorKind.KERNEL: KERNEL_DIED,
    ErrorKind.CELL_TIMEOUT: TIMED_OUT,
    ErrorKind.RUN_TIMEOUT: TIMED_OUT,
    ErrorKind.STOPPED: TERMINATED,
}


def exit_status(errors: Iterable[PhaseError | None]) -> int:
    """The status for what failed: 0 for nothing, else the highest of theirs.

    >>> exit_status([]), exit_status([PhaseError(ErrorKind.KERNEL, "", "", "")])
    (0, 138)
    """
    return max((_OF_KIND.get(error.kind, FAILED) for error in errors if error), default=0)
