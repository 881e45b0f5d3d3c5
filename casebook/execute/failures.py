"""Why a cell failed, as one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from casebook.execute.kernels import exit_code
from casebook.execute.sentences import death, seconds, stopped
from casebook.execute.session import Session
from casebook.execute.stop import Stopped
from casebook.language import _
from casebook.runs.manifest import ErrorKind, PhaseError

ASKED = "StdinNotImplementedError"  # a cell called input()


def explain(
    error: BaseException,
    session: Session,
    kernel: AsyncKernelManager | None,
    cell: int,
    outputs: Sequence[Mapping[str, Any]] = (),
) -> PhaseError:
    """The error of a phase for an exception that ended one of its cells; outputs of that cell."""
    if isinstance(error, Stopped):
        return stopped(session.stop.reason, session.run_timeout, cell)
    if isinstance(error, CellExecutionError):
        expected = any(output.get("traceback") == [error.evalue] for output in outputs)
        return _of_cell(error.ename, error.evalue, cell, expected=expected)
    if isinstance(error, CellTimeoutError):
        sentence = _(
            "the cell took longer than its limit of {limit}", limit=seconds(session.cell_timeout)
        )
        return PhaseError(ErrorKind.CELL_TIMEOUT, "CellTimeout", sentence, sentence, cell)
    code = exit_code(kernel) if kernel else None
    if isinstance(error, DeadKernelError) or code is not None:
        sentence = death(code)
        return PhaseError(ErrorKind.KERNEL, "KernelDied", sentence, sentence, cell)
    name = type(error).__name__
    return PhaseError(ErrorKind.WORKER, name, str(error), f"{name}: {error}", cell)


def _of_cell(name: str, message: str, cell: int, *, expected: bool) -> PhaseError:
    """expected: an error of Casebook's own, whose message says it all."""
    if name == ASKED:
        sentence = _("a scheduled notebook cannot ask; make it a parameter")
    elif expected:
        sentence = message
    else:
        sentence = f"{name}: {message}" if message else name
    return PhaseError(ErrorKind.CELL, name, message, sentence, cell)
